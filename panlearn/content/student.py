"""Notebooks: the student's, to take away, and the one that is run for its outputs."""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path
from typing import Any

from panlearn.content.book_config import inside
from panlearn.content.course_source import Lesson
from panlearn.content.directives import Block, blocks_in
from panlearn.content.published import PublishedCell, public_option_rows, published_cells
from panlearn.content.quiz_staging import plain_rows
from panlearn.content.quizzes import quiz_rows
from panlearn.content.reading import SourceCell

_ADMONITIONS = frozenset(
    {"note", "tip", "warning", "important", "caution", "attention", "danger", "seealso", "hint", "admonition"}
)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]+)\)")
_MAX_ATTACHMENT = 2 * 1024 * 1024


def run_notebook(lesson: Lesson) -> tuple[Any, tuple[PublishedCell, ...]]:
    """The lesson as it is run for its outputs: public cells, and solutions in place of starters. Never published."""
    import nbformat  # noqa: PLC0415 - slow to import

    cells = published_cells(lesson)
    plain = _notebook([_code(cell.run, cell.tags) for cell in cells])
    return nbformat.from_dict(plain), cells  # type: ignore[no-untyped-call]


def student_notebook(lesson: Lesson, title: str, folder: Path) -> dict[str, Any]:
    """The lesson to take away: starters, no checks, no hints, no outputs; it opens in any Jupyter."""
    published = {cell.index: cell for cell in published_cells(lesson)}
    hints = {(hint.cell, row) for exercise in lesson.exercises for hint in exercise.hint_blocks for row in hint.rows}
    hints |= quiz_rows(lesson.page)
    cells: list[dict[str, Any]] = []
    for index, cell in enumerate(lesson.page.cells):
        if cell.kind == "markdown":
            text, attachments = _markdown(lesson, cell, index, hints, folder)
            if text:
                cells.append(_text(text, attachments))
        elif index in published:
            rows = [*public_option_rows(cell), published[index].source]
            cells.append(_code("\n".join(rows), cell.tags))
    if title and not _begins_with_title(cells):
        cells.insert(0, _text(f"# {title}", {}))
    return _notebook(cells)


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Format 4.5, with ids that are the same every time."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _code(source: str, tags: frozenset[str]) -> dict[str, Any]:
    metadata = {"tags": sorted(tags)} if tags else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def _text(source: str, attachments: dict[str, Any]) -> dict[str, Any]:
    attached = {"attachments": attachments} if attachments else {}
    return {"cell_type": "markdown", "source": source, "metadata": {}, **attached}


def _begins_with_title(cells: list[dict[str, Any]]) -> bool:
    return bool(cells) and cells[0]["cell_type"] == "markdown" and cells[0]["source"].lstrip().startswith("# ")


def _markdown(
    lesson: Lesson, cell: SourceCell, index: int, hints: set[tuple[int, int]], folder: Path
) -> tuple[str, dict[str, Any]]:
    """A Markdown cell that reads well in a Jupyter without MyST: blocks become plain Markdown, images are attached."""
    rows = cell.source.split("\n")
    if index == 0 and lesson.page.is_notebook and lesson.page.front and rows[0].strip() == "---":
        end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)
        rows[: end + 1] = [""] * (end + 1)
    for row in range(len(rows)):
        if (index, row) in hints:
            rows[row] = ""
    for quiz in lesson.quizzes:
        if quiz.cell == index:
            rows[quiz.rows.start] = "\n".join(plain_rows(quiz))
    rows = "\n".join(rows).split("\n")
    for block in reversed(list(blocks_in("\n".join(rows), 0))):
        plain = _plain_block(block)
        if plain is not None:
            rows[block.rows.start : block.rows.stop] = plain
    rows = [_plain_row(row) for row in rows]
    attachments = dict(cell.attachments)
    base = (folder / lesson.page.file).parent
    text = _IMAGE.sub(lambda match: _attach(match, base, folder, attachments), "\n".join(rows))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n"), attachments


def _plain_row(row: str) -> str:
    """A line without what only MyST understands: targets, labels of equations, roles, links without a text."""
    row = re.sub(r"^\([\w:.-]+\)=\s*$", "", row)
    row = re.sub(r"^(\s*\$\$)\s*\([\w:.-]+\)\s*$", r"\1", row)
    row = re.sub(r"\{cite[\w:]*\}`([^`]+)`", r"[\1]", row)
    row = re.sub(r"\{[\w:-]+\}`(?:([^`<]+?)\s*<[^`>]*>|([^`]+))`", lambda match: match[1] or match[2], row)
    return re.sub(r"(?<!!)\[\]\(#?([^)\s]+)\)", lambda match: f"*{_stem(match[1])}*", row)


def _stem(target: str) -> str:
    return target.removesuffix(".md").removesuffix(".ipynb").replace("-", " ").replace("_", " ")


def _plain_block(block: Block) -> list[str] | None:
    if block.name == "exercise":
        return [f"### Exercise: {block.argument}".rstrip(": "), "", *block.body.split("\n")]
    if block.name == "math":
        return ["$$", *block.body.split("\n"), "$$"]
    if block.name in {"figure", "image"}:
        return [f"![]({block.argument})", "", *([f"*{' '.join(block.body.split())}*"] if block.body.strip() else [])]
    if block.name in _ADMONITIONS:
        title = block.argument or block.name.capitalize()
        return [f"> **{title}**", ">", *(f"> {row}".rstrip() for row in block.body.split("\n"))]
    return None


def _attach(match: re.Match[str], base: Path, folder: Path, attachments: dict[str, Any]) -> str:
    """An image of the course goes into the cell itself, so that the notebook stands alone."""
    path = match["path"]
    if ":" in path or path.startswith("#"):
        return match[0]
    target = inside(folder, str((base / path).resolve().relative_to(folder)) if _within(base / path, folder) else path)
    kind = mimetypes.guess_type(path)[0] or ""
    if target is None or not kind.startswith("image/") or target.stat().st_size > _MAX_ATTACHMENT:
        return match[0]
    attachments[target.name] = {kind: base64.b64encode(target.read_bytes()).decode()}
    return f"![{match['alt']}](attachment:{target.name})"


def _within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
