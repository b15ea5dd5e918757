"""Tables: headers with their scope, spans, sides, captions; each scrolls in a box that the keyboard reaches."""

from __future__ import annotations

from panlearn.content.rendering.attributes import classes, side
from panlearn.content.rendering.html import tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, items_of, render, renders

_MOST = 1000


@renders("table")
def _lone_table(page: Page, node: Node) -> str:
    return table_box(page, node, name=anchor(node), look=side(node))


def table_box(
    page: Page, node: Node, *, caption: str = "", label: str = "Table", name: str | None = None, look: str = ""
) -> str:
    """A table in its box. `label`: what the box is called; `name`: its anchor; `look`: its classes."""
    rows = items_of(node)
    head = 0
    while head < len(rows) and items_of(rows[head]) and all(cell.get("header") for cell in items_of(rows[head])):
        head += 1
    top = "".join(_row_of(page, row, "col") for row in rows[:head])
    body = "".join(_row_of(page, row, "row") for row in rows[head:])
    content = caption + (tag("thead", top) if top else "") + tag("tbody", body)
    box = classes("table-wrap", look)
    return tag("div", tag("table", content), class_=box, tabindex=0, role="region", aria_label=label, id=name)


def _row_of(page: Page, row: Node, scope: str) -> str:
    if row.get("type") != "tableRow":
        return render(page, row)
    cells = [
        _cell_of(page, cell, scope) if cell.get("type") == "tableCell" else render(page, cell) for cell in items_of(row)
    ]
    return tag("tr", "".join(cells), id=anchor(row))


def _cell_of(page: Page, cell: Node, scope: str) -> str:
    items = items_of(cell)
    lone = len(items) == 1 and items[0].get("type") == "paragraph"
    content = children(page, items[0]) if lone else children(page, cell)
    shared = {"class_": side(cell) or None, "colspan": _span(cell, "colspan"), "rowspan": _span(cell, "rowspan")}
    if cell.get("header"):
        return tag("th", content, id=anchor(cell), scope=scope, **shared)
    return tag("td", content, id=anchor(cell), **shared)


def _span(cell: Node, key: str) -> int | None:
    text = str(cell.get(key) or "")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and int(text) > 1 else None


@renders("tableRow")
def _row(page: Page, node: Node) -> str:
    return _row_of(page, node, "row")


@renders("tableCell")
def _cell(page: Page, node: Node) -> str:
    return _cell_of(page, node, "row")
