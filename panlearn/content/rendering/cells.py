"""Live cells and exercises: the code blocks of a page meet the cells that the publisher knows."""

from __future__ import annotations

from panlearn.content.published import PublishedCell
from panlearn.content.rendering.code import code_block
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, render, renders, walk

_HIDE_CODE = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell"})
_HIDE_OUTPUT = frozenset({"hide-output", "remove-output", "remove-cell"})
_NODE = '<div class="node"></div>'


@renders("block")
def _block(page: Page, node: Node) -> str:
    if node.get("kind") != "notebook-code":
        return children(page, node)
    code = next((found for found in walk(node) if found.get("type") == "code"), None)
    if code is None or not page.cells:
        return page.error(
            "PL014", node, "This code cell is not one that can be run.", "Move it to the page's top level."
        )
    cell = page.cells.pop(0)
    if _squeezed(str(code.get("value", ""))) != _squeezed(cell.source):
        return page.error(
            "PL014", code, "This code cell was not read as it is shown.", "Fence it with ``` at the margin."
        )
    mark = f'<span id="{escape(anchor(node))}"></span>' if cell.label and anchor(node) else ""
    return mark + (_exercise(page, cell) if cell.exercise else _cell(page, cell))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _cell(page: Page, cell: PublishedCell) -> str:
    code = tag("div", code_block(cell.source), class_="code")
    outputs = page.outputs.get(cell.id, "")
    if cell.tags & _HIDE_CODE:
        code = f'<details class="hidden-code"><summary>Show the code</summary>{code}</details>'
    if cell.tags & _HIDE_OUTPUT:
        outputs = ""
    return tag("div", _NODE + code + tag("div", outputs, class_="out"), class_="cell", id=cell.id, data_cell=cell.id)


def _exercise(page: Page, cell: PublishedCell) -> str:
    """The section of an exercise: its task from the page's text, its starter from the answer cell."""
    name = cell.exercise or ""
    face, node = page.exercises[name], page.tasks.get(name, {})
    items = node.get("children", [])
    title = "".join(children(page, item) for item in items if item.get("type") == "admonitionTitle") or escape(
        face.title
    )
    task = "".join(render(page, item) for item in items if item.get("type") != "admonitionTitle")
    points = f"{face.points:g} point" + ("" if face.points == 1 else "s")
    header = tag(
        "header",
        tag("h3", title, id=f"{name}-title", aria_level=None if page.sections else 2)
        + tag("span", points, class_="chip points"),
    )
    return tag(
        "section",
        '<div class="node"><span class="st"></span></div>'
        + header
        + tag("div", task, class_="task")
        + tag("div", code_block(cell.source), class_="ed"),
        class_="ex",
        id=name,
        data_exercise=name,
        data_cell=cell.id,
        data_points=f"{face.points:g}",
        data_hints=face.hints,
        data_needs=" ".join(face.needs),
        aria_labelledby=f"{name}-title",
    )
