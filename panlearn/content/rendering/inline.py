"""Inline nodes: text, emphasis, links, references, citations, footnote marks, inline formulas."""

from __future__ import annotations

from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.content.rendering.nodes import Node, Page, children, render, renders, target_address

_SIMPLE = {
    "emphasis": "em",
    "strong": "strong",
    "subscript": "sub",
    "superscript": "sup",
    "delete": "del",
    "underline": "u",
    "keyboard": "kbd",
    "span": "span",
}


@renders("text")
def _text(page: Page, node: Node) -> str:
    del page
    return escape(node.get("value", ""))


@renders(*_SIMPLE)
def _simple(page: Page, node: Node) -> str:
    return tag(_SIMPLE[node["type"]], children(page, node))


@renders("smallcaps")
def _smallcaps(page: Page, node: Node) -> str:
    return tag("span", children(page, node), class_="smallcaps")


@renders("inlineCode")
def _inline_code(page: Page, node: Node) -> str:
    del page
    return tag("code", escape(node.get("value", "")))


@renders("break")
def _break(page: Page, node: Node) -> str:
    del page, node
    return "<br>"


@renders("comment", "mystComment", "captionNumber")
def _nothing(page: Page, node: Node) -> str:
    """Comments are the author's own; numbers of captions are placed by their figures."""
    del page, node
    return ""


@renders("inlineMath")
def _inline_math(page: Page, node: Node) -> str:
    if not node.get("html"):
        return page.error("PL034", node, f"The formula ${node.get('value', '')}$ cannot be set.", "Check its LaTeX.")
    return str(node["html"])


@renders("abbreviation")
def _abbreviation(page: Page, node: Node) -> str:
    return tag("abbr", children(page, node), title=str(node.get("title", "")))


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
    return tag("a", content, href=address, rel="noopener noreferrer" if outside else None, download=name)


@renders("crossReference")
def _cross_reference(page: Page, node: Node) -> str:
    content = children(page, node)
    address = target_address(page, node)
    if node.get("resolved") is False or address is None:
        label = node.get("label") or node.get("identifier") or ""
        return page.error("PL032", node, f"The reference to `{label}` leads nowhere.", "Check the label of its target.")
    return tag("a", content or escape(node.get("label", "")), href=address)


@renders("citeGroup")
def _cite_group(page: Page, node: Node) -> str:
    cites = [render(page, child) for child in node.get("children", [])]
    joined = "; ".join(cites)
    return f"({joined})" if node.get("kind") == "parenthetical" else joined


@renders("cite")
def _cite(page: Page, node: Node) -> str:
    label = str(node.get("label", ""))
    if node.get("error") or label not in page.references.get("cite", {}).get("data", {}):
        return page.error(
            "PL032", node, f"No bibliography has an entry `{label}`.", "Add it to the course's .bib file."
        )
    if label not in page.cited:
        page.cited.append(label)
    return tag("a", children(page, node) or escape(label), href=f"#ref-{_key(label)}", class_="cite")


@renders("footnoteReference")
def _footnote_reference(page: Page, node: Node) -> str:
    key = str(node.get("identifier", ""))
    if key not in page.footnotes:
        return page.error("PL032", node, f"The footnote `{key}` has no text.", f"Add `[^{key}]: ...`.")
    again = key in page.noted
    if not again:
        page.noted.append(key)
    number = page.noted.index(key) + 1
    link = tag(
        "a",
        str(number),
        href=f"#fn-{_key(key)}",
        id=None if again else f"fnref-{_key(key)}",
        aria_label=f"Note {number}",
    )
    return tag("sup", link, class_="footnote")


@renders("html")
def _html(page: Page, node: Node) -> str:
    del page
    return sanitise(str(node.get("value", "")))


@renders("mystRole")
def _role(page: Page, node: Node) -> str:
    if node.get("children"):
        return children(page, node)
    name = node.get("name", "")
    return page.error("PL031", node, f"Unknown role: {name}.", "Check its spelling, or write it another way.")


def references(page: Page) -> str:
    """The list of works cited in this page."""
    data = page.references.get("cite", {}).get("data", {})
    items = [tag("li", sanitise(str(data[label].get("html", ""))), id=f"ref-{_key(label)}") for label in page.cited]
    if not items:
        return ""
    heading = tag("h2", "References", id="references")
    return tag("section", heading + tag("ol", "".join(items)), class_="references", aria_labelledby="references")


def footnotes(page: Page) -> str:
    """The notes of this page, in the order they are called; a note may call another one."""
    items = []
    for key in page.noted:
        back = tag("a", "↩", href=f"#fnref-{_key(key)}", aria_label="Back to the text")
        items.append(tag("li", f"{children(page, page.footnotes[key])} {back}", id=f"fn-{_key(key)}"))
    return tag("section", tag("ol", "".join(items)), class_="footnotes", aria_label="Notes") if items else ""


def _key(label: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in label)
