"""Live cells and exercises: the code blocks of a page meet the cells that the publisher knows."""

from __future__ import annotations

from collections.abc import Mapping

from panlearn.content.published import PublishedCell
from panlearn.content.rendering.code import code_block
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, render, renders, text_of, walk
from panlearn.content.rendering.references import index_list

_HIDE_CODE = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell"})
_HIDE_OUTPUT = frozenset({"hide-output", "remove-output", "remove-cell"})
_NODE = '<div class="node"></div>'


@renders("block")
def _block(page: Page, node: Node) -> str:
    if page.embedded or node.get("kind") != "notebook-code":
        return _text_block(page, node)
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
    frame = next((found for found in walk(node) if found.get("type") == "container"), {})
    name = anchor(node) or anchor(frame)
    mark = tag("span", id=name) if cell.label and name else ""
    return mark + (_exercise(page, cell) if cell.exercise else _cell(page, cell, _number(frame)))


def _text_block(page: Page, node: Node) -> str:
    """A block between `+++`: with the anchor of its label; a list of contents, an index or a named part is marked."""
    if node.get("visibility") == "remove":
        return ""
    data = node.get("data")
    part = str(data.get("part") or "") if isinstance(data, Mapping) else ""
    mark = tag("span", id=anchor(node)) if anchor(node) else ""
    if part == "index":
        return mark + tag("div", index_list(page, node), class_="index")
    content = children(page, node)
    if part.startswith("toc:"):
        return mark + tag("div", content, class_="toc-list")
    if node.get("visibility") == "hide":
        return mark + tag("details", tag("summary", "Show this part") + content, class_="dropdown")
    return mark + content


def _number(frame: Node) -> str:
    """The number that Jupyter Book gave a cell's figure: `Figure 2`."""
    found = next((node for node in walk(frame) if node.get("type") == "captionNumber"), None) if frame else None
    return text_of(found).strip().rstrip(":. ") if found else ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _cell(page: Page, cell: PublishedCell, number: str = "") -> str:
    code = tag("div", code_block(cell.source), class_="code")
    outputs = page.outputs.get(cell.id, "")
    if number and cell.caption and outputs:
        outputs = _captioned(outputs, f"<b>{escape(number)}.</b> ", cell.caption)
    if cell.tags & _HIDE_CODE:
        code = f'<details class="hidden-code"><summary>Show the code</summary>{code}</details>'
    if cell.tags & _HIDE_OUTPUT:
        outputs = ""
    return tag("div", _NODE + code + tag("div", outputs, class_="out"), class_="cell", id=cell.id, data_cell=cell.id)


def _captioned(outputs: str, number: str, caption: str) -> str:
    """Outputs as a numbered figure: a picture has its caption already, a table or text is given one."""
    if "<figcaption>" in outputs:
        return outputs.replace("<figcaption>", f"<figcaption>{number}", 1)
    return tag("figure", outputs + tag("figcaption", number + escape(caption)), class_="fig")


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
