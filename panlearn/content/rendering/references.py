"""What points elsewhere: links, references, citations, footnotes, and the lists that gather them."""

from __future__ import annotations

from panlearn.content.rendering.attributes import words
from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.content.rendering.nodes import (
    Node,
    Page,
    anchor,
    children,
    items_of,
    render,
    renders,
    target_address,
    text_of,
    walk,
)


def _look(node: Node) -> str | None:
    """The role `{button}` makes a link that looks like one."""
    return "btn" if "button" in words(node) else None


@renders("link", "linkBlock")
def _link(page: Page, node: Node) -> str:
    url = str(node.get("url") or "")
    address = target_address(page, node)
    if address is None:
        shown = node.get("urlSource") or url
        if ":" in url.split("/", maxsplit=1)[0]:
            return page.error(
                "PL039", node, f"The address `{shown}` is not allowed.", "Links are http, https, mailto or relative."
            )
        return page.error(
            "PL032", node, f"The link `{shown}` leads nowhere.", "Check the path: pages are named relative to this one."
        )
    content = children(page, node) or escape(url)
    outside = address.startswith(("http:", "https:"))
    name = str(node.get("urlSource") or url).rsplit("/", 1)[-1] if address.startswith("{assets}") else None
    rel = "noopener noreferrer" if outside else None
    return tag("a", content, href=address, rel=rel, download=name, class_=_look(node))


@renders("crossReference")
def _cross_reference(page: Page, node: Node) -> str:
    """A reference. Graded exercises are shown without their numbers, so that they are referred to by title."""
    content = children(page, node)
    address = target_address(page, node)
    label = node.get("label") or node.get("identifier") or ""
    if node.get("resolved") is False or address is None:
        return page.error("PL032", node, f"The reference to `{label}` leads nowhere.", "Check the label of its target.")
    title = page.titles.get(str(label))
    if title and node.get("kind") == "exercise" and _by_number(node):
        content = escape(title)
    return tag("a", content or escape(label), href=address, class_=_look(node))


def _by_number(node: Node) -> bool:
    number = str(node.get("enumerator") or "")
    return bool(number) and " ".join(text_of(node).split()) == f"Exercise {number}"


@renders("mystTarget")
def _target(page: Page, node: Node) -> str:
    """A place that the index or a reference leads to."""
    del page
    return tag("span", id=anchor(node)) if anchor(node) else ""


@renders("toc", "genindex")
def _gathered(page: Page, node: Node) -> str:
    """A list of contents or an index that Jupyter Book found nothing for: its heading."""
    return children(page, node)


def index_list(page: Page, node: Node) -> str:
    """An index: letters, and under each its entries, one a line. Jupyter Book ends each entry with a list."""
    letters = []
    for found in items_of(node):
        if found.get("type") != "definitionList":
            letters.append(render(page, found))
            continue
        rows = []
        for item in items_of(found):
            if item.get("type") != "definitionDescription":
                rows.append(render(page, item))
                continue
            entries, entry = [], ""
            for piece in items_of(item):
                entry += render(page, piece)
                if piece.get("type") == "list":
                    entries.append(tag("li", entry))
                    entry = ""
            rows.append(tag("dd", tag("ul", "".join(entries)) + entry if entries else entry))
        letters.append(tag("dl", "".join(rows)))
    return "".join(letters)


@renders("citeGroup")
def _cite_group(page: Page, node: Node) -> str:
    joined = "; ".join(render(page, child) for child in items_of(node))
    return f"({joined})" if node.get("kind") == "parenthetical" else joined


@renders("cite")
def _cite(page: Page, node: Node) -> str:
    label = str(node.get("label") or "")
    if node.get("error") or label not in _works(page):
        return page.error(
            "PL032", node, f"No bibliography has an entry `{label}`.", "Add it to the course's .bib file."
        )
    if label not in page.cited:
        page.cited.append(label)
    return tag("a", children(page, node) or escape(label), href=f"#ref-{key_of(label)}", class_="cite")


@renders("footnoteReference")
def _footnote_reference(page: Page, node: Node) -> str:
    key = str(node.get("identifier") or "")
    if key not in page.footnotes:
        return page.error("PL032", node, f"The footnote `{key}` has no text.", f"Add `[^{key}]: ...`.")
    again = key in page.noted
    if not again:
        page.noted.append(key)
    number = page.noted.index(key) + 1
    link = tag(
        "a",
        str(number),
        href=f"#fn-{key_of(key)}",
        id=None if again else f"fnref-{key_of(key)}",
        aria_label=f"Note {number}",
    )
    return tag("sup", link, class_="footnote")


@renders("footnoteDefinition")
def _footnote(page: Page, node: Node) -> str:
    """Notes are gathered at the page's end."""
    del page, node
    return ""


@renders("bibliography")
def _bibliography(page: Page, node: Node) -> str:
    """The works that the page cites, where the author wants them; elsewhere they stand at the page's end."""
    if page.listed:
        return ""
    page.listed = True
    works = _works(page)
    labels = [str(work) for work in page.references.get("cite", {}).get("order", []) if str(work) in works]
    listed = _list_of(page, labels or list(page.cited))
    return tag("div", listed, class_="references", id=anchor(node), role="group", aria_label="Works cited")


def references(page: Page) -> str:
    """The list of works cited in this page, where its author placed none."""
    if not page.cited or page.listed:
        return ""
    taken = any(section.id == "references" for section in page.sections)
    name = "works-cited" if taken else "references"
    heading = tag("h2", "References", id=name)
    return tag("section", heading + _list_of(page, page.cited), class_="references", aria_labelledby=name)


def _list_of(page: Page, labels: list[str]) -> str:
    works = _works(page)
    items = [tag("li", sanitise(str(works[label].get("html", ""))), id=f"ref-{key_of(label)}") for label in labels]
    return tag("ol", "".join(items)) if items else ""


def _works(page: Page) -> dict[str, Node]:
    found: dict[str, Node] = page.references.get("cite", {}).get("data", {})
    return found


def footnotes(page: Page) -> str:
    """The notes of this page, in the order they are called; a note may call another one."""
    items = []
    for key in page.noted:
        back = tag("a", "↩", href=f"#fnref-{key_of(key)}", aria_label="Back to the text")
        items.append(tag("li", f"{children(page, page.footnotes[key])} {back}", id=f"fn-{key_of(key)}"))
    return tag("section", tag("ol", "".join(items)), class_="footnotes", aria_label="Notes") if items else ""


def called_notes(tree: Node) -> dict[str, Node]:
    """The notes that a page defines, by name."""
    return {str(node.get("identifier")): node for node in walk(tree) if node.get("type") == "footnoteDefinition"}


def key_of(label: str) -> str:
    """A label as a part of an anchor."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in label)
