"""Block nodes: headings, paragraphs, lists, tables, figures, formulas, admonitions, code, cards and tabs."""

from __future__ import annotations

from panlearn.content.rendering.assets import image_size
from panlearn.content.rendering.code import code_block
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import (
    Node,
    Page,
    anchor,
    asset,
    children,
    render,
    renders,
    safe_class,
    target_address,
    text_of,
    walk,
)
from panlearn.content.rendering.quiz import render_quiz
from panlearn.domain.course import Section

_PLAIN = {
    "root": "",
    "paragraph": "p",
    "blockquote": "blockquote",
    "listItem": "li",
    "definitionList": "dl",
    "div": "div",
}
_LOWEST_HEADING = 6


@renders("root", "glossary", "mystDirective", "mystDirectiveBody")
def _through(page: Page, node: Node) -> str:
    if node["type"] == "mystDirective" and not node.get("children"):
        todo = "Check its spelling, or write it another way."
        return page.error("PL030", node, f"Unknown directive: {node.get('name', '')}.", todo)
    return children(page, node)


@renders("paragraph", "blockquote", "definitionList", "div")
def _plain(page: Page, node: Node) -> str:
    return tag(_PLAIN[node["type"]], children(page, node), id=anchor(node))


@renders("definitionTerm", "definitionDescription")
def _definition(page: Page, node: Node) -> str:
    return tag("dt" if node["type"] == "definitionTerm" else "dd", children(page, node), id=anchor(node))


@renders("heading")
def _heading(page: Page, node: Node) -> str:
    depth = min(max(int(node.get("depth", 2)) + page.shift, 2), _LOWEST_HEADING)
    name = anchor(node)
    if depth == 2 and name:  # noqa: PLR2004 - the page's sections
        page.sections.append(Section(id=name, title=text_of(node)))
    return tag(f"h{depth}", children(page, node), id=name)


@renders("thematicBreak")
def _rule(page: Page, node: Node) -> str:
    del page, node
    return "<hr>"


@renders("list")
def _list(page: Page, node: Node) -> str:
    if not node.get("ordered"):
        return tag("ul", children(page, node))
    start = node.get("start")
    return tag("ol", children(page, node), start=int(start) if start not in {None, 1} else None)


@renders("listItem")
def _list_item(page: Page, node: Node) -> str:
    """A tight item's single paragraph is shown without its margins."""
    items = node.get("children", [])
    if items and items[0].get("type") == "paragraph" and all(i.get("type") in {"paragraph", "list"} for i in items[:2]):
        content = children(page, items[0]) + "".join(render(page, child) for child in items[1:])
    else:
        content = children(page, node)
    if node.get("checked") is None:
        return tag("li", content)
    box = tag(
        "input",
        type="checkbox",
        disabled=True,
        checked=bool(node["checked"]),
        aria_label="done" if node["checked"] else "to do",
    )
    return tag("li", f"{box} {content}", class_="task-item")


@renders("math")
def _math(page: Page, node: Node) -> str:
    if not node.get("html"):
        message = str(node.get("message") or "The formula cannot be set.")
        return page.error("PL034", node, message, "Check its LaTeX.")
    number = (
        tag("span", f"({escape(node['enumerator'])})", class_="eqno") if node.get("enumerator") and anchor(node) else ""
    )
    return tag(
        "div", str(node["html"]) + number, class_="eq", id=anchor(node), tabindex=0, role="group", aria_label="Equation"
    )


@renders("mathGroup")
def _math_group(page: Page, node: Node) -> str:
    return tag("div", children(page, node), id=anchor(node))


@renders("table")
def _lone_table(page: Page, node: Node) -> str:
    return _table(page, node, name=anchor(node))


def _table(page: Page, node: Node, *, caption: str = "", label: str = "Table", name: str | None = None) -> str:
    rows = node.get("children", [])
    head = 0
    while head < len(rows) and all(cell.get("header") for cell in rows[head].get("children", [])):
        head += 1
    top = tag("thead", "".join(render(page, row) for row in rows[:head])) if head else ""
    body = tag("tbody", "".join(render(page, row) for row in rows[head:]))
    table = tag("table", caption + top + body)
    return tag("div", table, class_="table-wrap", tabindex=0, role="region", aria_label=label, id=name)


@renders("tableRow")
def _row(page: Page, node: Node) -> str:
    return tag("tr", children(page, node))


@renders("tableCell")
def _cell(page: Page, node: Node) -> str:
    items = node.get("children", [])
    lone = len(items) == 1 and items[0].get("type") == "paragraph"
    content = children(page, items[0]) if lone else children(page, node)
    align = f"align-{safe_class(node['align'])}" if node.get("align") else None
    spans = {key: int(node[key]) if str(node.get(key, "")).isdigit() else None for key in ("colspan", "rowspan")}
    return tag("th" if node.get("header") else "td", content, class_=align, **spans)


@renders("caption", "legend")
def _caption(page: Page, node: Node) -> str:
    items = node.get("children", [])
    return "".join(children(page, item) if item.get("type") == "paragraph" else render(page, item) for item in items)


@renders("container")
def _container(page: Page, node: Node) -> str:
    kind = str(node.get("kind", "figure"))
    items = node.get("children", [])
    captions = [item for item in items if item.get("type") in {"caption", "legend"}]
    body = [item for item in items if item not in captions]
    caption = _numbered(node, "".join(render(page, item) for item in captions), captions)
    if kind == "table" and len(body) == 1 and body[0].get("type") == "table":
        label = " ".join("".join(text_of(item) for item in captions).split()) or "Table"
        return _table(page, body[0], caption=caption and tag("caption", caption), label=label, name=anchor(node))
    content = "".join(render(page, item) for item in body)
    if kind == "quote":
        return tag("figure", content + (tag("figcaption", caption) if caption else ""), class_="quote", id=anchor(node))
    return tag("figure", content + (tag("figcaption", caption) if caption else ""), class_="fig", id=anchor(node))


_WORDS = {"figure": "Figure", "table": "Table", "code": "Listing"}


def _numbered(node: Node, caption: str, captions: list[Node]) -> str:
    """The caption behind its number (`Figure 1.`)."""
    numbers = [found for item in captions for found in walk(item) if found.get("type") == "captionNumber"]
    if numbers:
        return f"<b>{escape(text_of(numbers[0]).rstrip(':. '))}.</b> {caption}"
    if node.get("enumerator") and caption and node.get("kind") in _WORDS and anchor(node):
        return f"<b>{_WORDS[node['kind']]} {escape(node['enumerator'])}.</b> {caption}"
    return caption


@renders("image")
def _image(page: Page, node: Node) -> str:
    url = str(node.get("url") or "")
    source = node.get("urlSource") or url
    if "//" in url or url.startswith("data:"):
        return page.error(
            "PL033", node, f"The image `{source}` is not a file of the course.", "Put it into the course's folder."
        )
    address = asset(page, node, url)
    if address is None:
        return ""
    alt = str(node.get("alt") or "")
    if not alt:
        todo = "Write `:alt: ...`: what it shows, for those who cannot see it."
        page.warn("PL038", node, f"The image `{source}` has no text alternative.", todo)
    content = page.assets.files[address.rsplit("/", 1)[1]]
    width, height = image_size(content) or (None, None)
    return tag("img", src=address, alt=alt, class_=_width_class(node), width=width, height=height, loading="lazy")


def _width_class(node: Node) -> str | None:
    """`:width: 50%` becomes the class `w-50`, in tens: pages have no inline styles."""
    text = str(node.get("width") or "").strip()
    if not text.endswith("%") or not text[:-1].replace(".", "", 1).isdigit():
        return None
    return f"w-{min(100, max(10, round(float(text[:-1]) / 10) * 10))}"


@renders("admonition", "proof")
def _admonition(page: Page, node: Node) -> str:
    kind = safe_class(node.get("kind") or "note") or "note"
    title, rest = _title(page, node)
    if node["type"] == "proof":
        number = f" {escape(node['enumerator'])}" if node.get("enumerator") else ""
        title = f"{kind.capitalize()}{number}" + (f" ({title})" if title else "")
        kind = f"proof {kind}"
    title = title or kind.capitalize()
    if "dropdown" in str(node.get("class", "")).split():
        return tag(
            "details", tag("summary", title, class_="title") + rest, class_=f"admonition {kind}", id=anchor(node)
        )
    return tag("aside", tag("p", title, class_="title") + rest, class_=f"admonition {kind}", id=anchor(node))


def _title(page: Page, node: Node) -> tuple[str, str]:
    items = node.get("children", [])
    title = "".join(children(page, item) for item in items if item.get("type") == "admonitionTitle")
    return title, "".join(render(page, item) for item in items if item.get("type") != "admonitionTitle")


@renders("admonitionTitle", "cardTitle")
def _only_title(page: Page, node: Node) -> str:
    return tag("p", children(page, node), class_="title")


@renders("details")
def _details(page: Page, node: Node) -> str:
    return tag("details", children(page, node), open=bool(node.get("open")), id=anchor(node))


@renders("summary")
def _summary(page: Page, node: Node) -> str:
    return tag("summary", children(page, node))


@renders("aside", "margin")
def _aside(page: Page, node: Node) -> str:
    return tag("aside", children(page, node), class_="margin-note", id=anchor(node))


@renders("code")
def _code(page: Page, node: Node) -> str:
    del page
    return tag("div", code_block(str(node.get("value", "")), safe_class(node.get("lang") or "")), class_="listing")


@renders("mermaid")
def _mermaid(page: Page, node: Node) -> str:
    del page
    return tag("div", code_block(str(node.get("value", "")), ""), class_="listing mermaid")


@renders("grid")
def _grid(page: Page, node: Node) -> str:
    return tag("div", children(page, node), class_="cards", id=anchor(node))


@renders("card")
def _card(page: Page, node: Node) -> str:
    content = children(page, node)
    address = target_address(page, node) if node.get("url") else None
    if node.get("url") and address is None:
        return page.error("PL032", node, f"The card's link `{node['url']}` leads nowhere.", "Check the path.")
    more = tag("p", tag("a", "Open", href=address), class_="more") if address else ""
    return tag("div", content + more, class_="card", id=anchor(node))


@renders("header", "footer", "cardHeader", "cardFooter")
def _part(page: Page, node: Node) -> str:
    return tag("div", children(page, node), class_=safe_class(node["type"]))


@renders("tabSet")
def _tabs(page: Page, node: Node) -> str:
    """Tabs are shown one under the other, each with its title: readable without a script, on paper and by ear."""
    return tag("div", children(page, node), class_="tab-set")


@renders("tabItem")
def _tab(page: Page, node: Node) -> str:
    title = str(node.get("title", ""))
    return tag(
        "section", tag("p", escape(title), class_="title") + children(page, node), class_="tab", aria_label=title
    )


@renders("exercise", "solution")
def _lone_exercise(page: Page, node: Node) -> str:
    """An exercise with an answer cell is shown at that cell; a quiz leaves a mark; any other is text."""
    if quiz := page.quizzes.get(str(node.get("html_id") or node.get("identifier"))):
        return render_quiz(page, node, quiz)
    if node.get("identifier") in page.exercises or node.get("html_id") in page.exercises:
        return ""
    title, rest = _title(page, node)
    kind = str(node["type"])
    return tag(
        "aside",
        tag("p", title or kind.capitalize(), class_="title") + rest,
        class_=f"admonition {kind}",
        id=anchor(node),
    )


@renders("footnoteDefinition")
def _footnote(page: Page, node: Node) -> str:
    """Notes are gathered at the page's end."""
    del page, node
    return ""


@renders("bibliography")
def _bibliography(page: Page, node: Node) -> str:
    """Works cited are always listed at the page's end."""
    del page, node
    return ""


@renders("output", "outputs")
def _output(page: Page, node: Node) -> str:
    """Outputs are rendered from the notebook that was run, at their cells."""
    del page, node
    return ""
