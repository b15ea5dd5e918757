"""Text in blocks: headings, paragraphs, lists, definitions, quotes, formulas, and containers without a look."""

from __future__ import annotations

from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, items_of, render, renders, text_of, whole
from panlearn.domain.course import Section

_LOWEST_HEADING = 6
#: What cannot stand in a `<p>`: a paragraph that holds one becomes a `<div>`.
_NO_PHRASES = frozenset(
    {"container", "embed", "outputs", "iframe", "math", "code", "admonition", "card", "list", "table", "aside", "div"}
)


@renders("root", "mystDirective", "mystDirectiveBody")
def _through(page: Page, node: Node) -> str:
    if node["type"] == "mystDirective" and not node.get("children"):
        todo = "Check its spelling, or write it another way."
        return page.error("PL030", node, f"Unknown directive: {node.get('name', '')}.", todo)
    return children(page, node)


@renders("glossary")
def _glossary(page: Page, node: Node) -> str:
    return tag("div", children(page, node), class_="glossary", id=anchor(node))


@renders("paragraph")
def _paragraph(page: Page, node: Node) -> str:
    blocks = any(item.get("type") in _NO_PHRASES for item in items_of(node))
    content = children(page, node)
    if not content.strip() and not anchor(node):
        return ""
    return tag("div" if blocks else "p", content, class_="p" if blocks else None, id=anchor(node))


@renders("blockquote", "definitionList")
def _plain(page: Page, node: Node) -> str:
    return tag("dl" if node["type"] == "definitionList" else "blockquote", children(page, node), id=anchor(node))


@renders("definitionTerm", "definitionDescription")
def _definition(page: Page, node: Node) -> str:
    return tag("dt" if node["type"] == "definitionTerm" else "dd", children(page, node), id=anchor(node))


@renders("heading")
def _heading(page: Page, node: Node) -> str:
    """A heading, behind its number where the course numbers them; those of the second depth are the page's sections."""
    depth = min(max(whole(node.get("depth"), 2) + page.shift, 2), _LOWEST_HEADING)
    name = anchor(node)
    number = str(node.get("enumerator") or "")
    if depth == 2 and name:  # noqa: PLR2004 - the page's sections
        page.sections.append(Section(id=name, title=f"{number} {text_of(node)}".strip()))
    mark = tag("span", escape(number), class_="hn") + " " if number else ""
    return tag(f"h{depth}", mark + children(page, node), id=name)


@renders("thematicBreak", "blockBreak")
def _rule(page: Page, node: Node) -> str:
    del page
    return tag("hr", id=anchor(node)) if node["type"] == "thematicBreak" else ""


@renders("list")
def _list(page: Page, node: Node) -> str:
    if not items_of(node):
        return ""
    if not node.get("ordered"):
        tasks = any(item.get("checked") is not None for item in items_of(node))
        return tag("ul", children(page, node), class_="tasks" if tasks else None, id=anchor(node))
    start = whole(node.get("start"), 1)
    return tag("ol", children(page, node), start=None if start == 1 else start, id=anchor(node))


@renders("listItem")
def _list_item(page: Page, node: Node) -> str:
    """A tight item's single paragraph is shown without its margins."""
    items = items_of(node)
    if items and items[0].get("type") == "paragraph" and all(i.get("type") in {"paragraph", "list"} for i in items[:2]):
        content = children(page, items[0]) + "".join(render(page, child) for child in items[1:])
    else:
        content = children(page, node)
    if node.get("checked") is None:
        return tag("li", content, id=anchor(node))
    box = tag(
        "input",
        type="checkbox",
        disabled=True,
        checked=bool(node["checked"]),
        aria_label="done" if node["checked"] else "to do",
    )
    return tag("li", f"{box} {content}", class_="task-item", id=anchor(node))


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
