"""Exercises proposed in notebooks that no grader has marked: functions with asserts about them, tags, marked solutions.

What is proposed is marked as nbgrader marks it, so that everything else is that conversion's.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from panlearn.content.importing import blocks, checks, nbgrader
from panlearn.content.importing.cells import Cell, Converted, Note, safe_names
from panlearn.content.importing.nbgrader_cells import is_nbgrader

_ANSWER_TAGS = frozenset({"exercise", "solution", "answer"})
_CHECK_TAGS = frozenset({"check", "checks", "test", "tests", "hidden-check"})
_KEEP = "Look at it, or take the lines that begin with `#|` out of its cells."


def convert(cells: Sequence[Cell], page: str, taken: set[str]) -> Converted:
    """A notebook's cells in our form, with a note for each exercise that is proposed."""
    if any(is_nbgrader(cell.metadata) for cell in cells):
        return nbgrader.convert(cells, page, taken)
    marked, answers = propose(cells)
    converted = nbgrader.convert(marked, page, taken)
    notes = [
        Note(cell=cell.number, what="This cell is proposed as the answer of an exercise.", todo=_KEEP)
        for cell in answers
    ]
    return replace(converted, notes=tuple(sorted([*notes, *converted.notes], key=lambda note: note.cell)))


def propose(cells: Sequence[Cell]) -> tuple[list[Cell], list[Cell]]:
    """The cells with what could be answers and tests marked so, and those that are answers."""
    apart = [part for cell in cells for part in _apart(cell)]
    tests = {index for index, cell in enumerate(apart) if _is_test(cell)}
    answers = {index for index in range(len(apart)) if _is_answer(apart, index, tests)}
    made: list[Cell] = []
    for index, cell in enumerate(apart):
        if index in answers:
            made.append(_marked(replace(cell, source=_with_markers(cell.source)), solution=True))
        elif index in tests and any(answer < index for answer in answers):
            made.append(_marked(cell, grade=True, points=1))
        else:
            made.append(cell)
    return made, [apart[index] for index in sorted(answers)]


def _marked(cell: Cell, **given: Any) -> Cell:
    marks = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "grade_id": "", **given}
    return replace(cell, metadata={**_without_ours(cell.metadata), "nbgrader": marks})


def _without_ours(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata without the tags that were read here."""
    tags = [tag for tag in _tags(metadata) if tag not in _ANSWER_TAGS | _CHECK_TAGS]
    kept = {key: value for key, value in metadata.items() if key != "tags"}
    return {**kept, "tags": tags} if tags else kept


def _tags(metadata: Mapping[str, Any]) -> list[str]:
    given = metadata.get("tags")
    return [tag for tag in given if isinstance(tag, str)] if isinstance(given, list) else []


def _apart(cell: Cell) -> list[Cell]:
    """A cell that defines functions and then asserts something of them, as two."""
    tree = checks.parsed(cell.source) if cell.kind == "code" and not blocks.is_marked(cell.source) else None
    if tree is None or not any(isinstance(one, ast.FunctionDef) for one in tree.body):
        return [cell]
    first = next((index for index, one in enumerate(tree.body) if isinstance(one, ast.Assert)), None)
    if first is None or any(isinstance(one, ast.FunctionDef | ast.ClassDef) for one in tree.body[first:]):
        return [cell]
    line = tree.body[first].lineno - 1
    rows = cell.source.split("\n")
    if not any(row.strip() for row in rows[:line]) or rows[line][:1].isspace():
        return [cell]
    head, tail = "\n".join(rows[:line]).rstrip("\n"), "\n".join(rows[line:])
    return [replace(cell, source=head), replace(cell, source=tail, attachments={})]


def _is_test(cell: Cell) -> bool:
    """Whether a cell does nothing but look at what others defined."""
    if cell.kind != "code":
        return False
    if _CHECK_TAGS & set(_tags(cell.metadata)):
        return True
    tree = checks.parsed(cell.source)
    if tree is None or not any(isinstance(one, ast.Assert) for one in tree.body):
        return False
    return all(isinstance(one, ast.Assert | ast.Assign | ast.Expr | ast.Import | ast.ImportFrom) for one in tree.body)


def _is_answer(cells: Sequence[Cell], index: int, tests: set[int]) -> bool:
    """Marked or tagged so; else functions that a test cell uses before others define them anew."""
    cell = cells[index]
    if cell.kind != "code" or index in tests:
        return False
    if blocks.is_marked(cell.source) or _ANSWER_TAGS & set(_tags(cell.metadata)):
        return True
    tree = checks.parsed(cell.source)
    functions = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)} if tree else set()
    for later in range(index + 1, len(cells)):
        names = safe_names(cells[later].source) if cells[later].kind == "code" else None
        if names is None:
            continue
        if later in tests and functions & names.used:
            return True
        functions -= names.bound
    return False


def _with_markers(source: str) -> str:
    """The bodies of functions as the solution, so that learners keep signatures and docstrings."""
    tree = checks.parsed(source)
    if tree is None or blocks.is_marked(source):
        return source
    rows = source.split("\n")
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    bodies = [lines for one in found if (lines := _body_rows(one, rows)) is not None]
    if not found or len(bodies) != len(found):
        return source
    for first, last in reversed(bodies):
        indent = rows[first][: len(rows[first]) - len(rows[first].lstrip())]
        rows[last + 1 : last + 1] = [indent + blocks.END]
        rows[first:first] = [indent + blocks.BEGIN]
    return "\n".join(rows)


def _body_rows(function: ast.FunctionDef, rows: Sequence[str]) -> tuple[int, int] | None:
    """The first and last row (from 0) of what follows a function's docstring; None where it shares its lines."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    if not body or body[0].end_lineno is None or body[-1].end_lineno is None:
        return None
    first = min([body[0].lineno, *(one.lineno for one in getattr(body[0], "decorator_list", []))]) - 1
    own_line = not rows[first][: body[0].col_offset].strip() and first > function.lineno - 1
    return (first, body[-1].end_lineno - 1) if own_line else None
