"""Inline nodes: text, emphasis, abbreviations, inline formulas, results of expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from panlearn.content.rendering.attributes import chosen, words
from panlearn.content.rendering.html import escape, sanitise, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, renders

_SIMPLE = {
    "emphasis": "em",
    "strong": "strong",
    "subscript": "sub",
    "superscript": "sup",
    "delete": "del",
    "underline": "u",
    "keyboard": "kbd",
}


@renders("text")
def _text(page: Page, node: Node) -> str:
    del page
    return escape(node.get("value", ""))


@renders(*_SIMPLE)
def _simple(page: Page, node: Node) -> str:
    return tag(_SIMPLE[node["type"]], children(page, node), id=anchor(node))


@renders("span")
def _span(page: Page, node: Node) -> str:
    """A span keeps its anchor; of its classes, `button` without an address becomes a chip.

    Words of the index come with the space that parts them from their entry (`{index}`the cell <cell>``).
    """
    look = "chip" if "button" in words(node) else chosen(node, "smallcaps") or None
    content = children(page, node)
    return tag("span", content.strip() if node.get("indexEntries") else content, class_=look, id=anchor(node))


@renders("smallcaps")
def _smallcaps(page: Page, node: Node) -> str:
    return tag("span", children(page, node), class_="smallcaps", id=anchor(node))


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
    title = str(node.get("title") or "")
    return tag("abbr" if title else "span", children(page, node), title=title or None)


@renders("inlineExpression")
def _expression(page: Page, node: Node) -> str:
    """The result of an expression, where the tree holds one; expressions are not run when a course is published."""
    result = node.get("result")
    data = result.get("data", {}) if isinstance(result, Mapping) else {}
    shown = _result(data if isinstance(data, Mapping) else {})
    if shown is None:
        what = f"The expression `{node.get('value', '')}` is not computed when the course is published."
        return page.error("PL035", node, what, "Write its value, or print it in a code cell.")
    return tag("span", shown, class_="result")


def _result(data: Mapping[str, Any]) -> str | None:
    if "text/html" in data:
        return sanitise(str(data["text/html"]))
    if "text/plain" not in data:
        return None
    text = str(data["text/plain"])
    return escape(text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text)


@renders("mystRole")
def _role(page: Page, node: Node) -> str:
    if node.get("children"):
        return children(page, node)
    name = node.get("name", "")
    return page.error("PL031", node, f"Unknown role: {name}.", "Check its spelling, or write it another way.")
