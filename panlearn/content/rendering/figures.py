"""Containers: figures, figures of several parts, tables and listings with captions, quotes with their source."""

from __future__ import annotations

from panlearn.content.rendering.attributes import chosen, classes, side
from panlearn.content.rendering.embeds import embedding
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.listings import diagram
from panlearn.content.rendering.nodes import Node, Page, anchor, children, items_of, render, renders, text_of, walk
from panlearn.content.rendering.tables import table_box

_WORDS = {"figure": "Figure", "table": "Table", "code": "Listing"}
_MOST_PARTS = 4


@renders("caption", "legend")
def _caption(page: Page, node: Node) -> str:
    return "".join(
        children(page, item) if item.get("type") == "paragraph" else render(page, item) for item in items_of(node)
    )


@renders("container")
def _container(page: Page, node: Node) -> str:
    if isinstance(node.get("source"), dict) and not page.embedded:
        return embedding(page, node, lambda: _container(page, node))
    kind = str(node.get("kind") or "figure")
    items = items_of(node)
    captions = [item for item in items if item.get("type") == "caption"]
    legends = [item for item in items if item.get("type") == "legend"]
    body = [item for item in items if item not in captions and item not in legends]
    caption = numbered(node, "".join(render(page, item) for item in captions), captions)
    legend = "".join(tag("div", children(page, item), class_="legend") for item in legends)
    if kind == "table" and len(body) == 1 and body[0].get("type") == "table":
        label = _spoken(captions) or "Table"
        inside = tag("caption", caption + legend) if caption or legend else ""
        return table_box(
            page, body[0], caption=inside, label=label, name=anchor(node), look=side(node) or side(body[0])
        )
    if kind == "quote":
        return _quote(page, node, body, caption)
    foot = tag("figcaption", caption + legend) if caption or legend else ""
    return tag("figure", _body(page, body) + foot, class_=_look(node), id=anchor(node))


def _spoken(captions: list[Node]) -> str:
    """The text of captions in one line, its number apart."""
    pieces = [text_of(piece) for item in captions for line in items_of(item) for piece in items_of(line) or [line]]
    return " ".join(" ".join(pieces).split())


def _look(node: Node) -> str | None:
    part = "part" if node.get("subcontainer") else "fig"
    kind = "code-fig" if node.get("kind") == "code" else None
    return classes(part, kind, chosen(node, "full-width"), side(node))


def _body(page: Page, body: list[Node]) -> str:
    """What a figure shows. Outputs take the place of the picture that stands in for them, and of their cell's code."""
    if any(item.get("type") == "outputs" and render(page, item) for item in body):
        body = [item for item in body if not (item.get("placeholder") or item.get("executable"))]
    parts = sum(1 for item in body if item.get("subcontainer"))
    pictures = any(item.get("type") == "image" for item in body)
    content = "".join(
        diagram(item, folded=pictures) if item.get("type") == "mermaid" else render(page, item) for item in body
    )
    return tag("div", content, class_=f"parts n-{min(parts, _MOST_PARTS)}") if parts > 1 else content


def _quote(page: Page, node: Node, body: list[Node], caption: str) -> str:
    """A quote and whom it is from."""
    content = "".join(render(page, item) for item in body)
    source = tag("figcaption", f"— {caption}") if caption else ""
    look = classes("quote", chosen(node, "epigraph", "pull-quote"))
    return tag("figure", content + source, class_=look, id=anchor(node))


def numbered(node: Node, caption: str, captions: list[Node]) -> str:
    """The caption behind its number: `Figure 1.`, or `(a)` for a part of a figure."""
    numbers = [found for item in captions for found in walk(item) if found.get("type") == "captionNumber"]
    if numbers:
        number = text_of(numbers[0]).strip()
        end = "" if number.endswith(")") else "."
        return f"<b>{escape(number if not end else number.rstrip(':. '))}{end}</b> {caption}"
    if node.get("enumerator") and caption and node.get("kind") in _WORDS and anchor(node):
        return f"<b>{_WORDS[str(node['kind'])]} {escape(node['enumerator'])}.</b> {caption}"
    return caption
