"""The cells of an exercise in our form: its text, its answer, what a person reads of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from panlearn.content.importing.cells import Cell, code, exercise_block, figure, headings, plain_title, without_rule

BEGIN, STUB, END = "### BEGIN SOLUTION", "### STUB", "### END SOLUTION"
EMPTY = "# The notebook holds no solution."
MOST_POINTS = 1000.0
_MARKED = re.compile(r"^\s*#{2,}\s*BEGIN\s+SOLUTION\s*$", re.IGNORECASE | re.MULTILINE)


def task_text(label: str, cell: Cell | None, number: int, *, name: str = "") -> list[Cell]:
    """The `{exercise}` block of a task whose text is `cell`; a short one of its own where that cannot be in a block.

    `name`: what the exercise is called where its text has no heading.
    A text with headings of its own keeps its place before the block: a heading inside a block is none of the page.
    """
    cell = replace(cell, source=without_rule(cell.source)) if cell else None
    found = headings(cell.source) if cell else []
    leads = bool(found) and cell is not None and not "\n".join(cell.source.split("\n")[: found[0][0]]).strip()
    opens = leads and found[0][1] == 1
    title = plain_title(found[-1][2]) if found else ""
    title = title or (plain_title(name) or label).replace("-", " ").capitalize()
    fits = cell is not None and not (len(found) > 1 or (found and not leads) or opens)
    own = "Write your answer in the cell below."
    if cell is None or not fits or _looks_like_front(cell.source):
        block = Cell(kind="markdown", source=exercise_block(label, title, own), number=number)
        return [block] if cell is None else [cell, block]
    body = "\n".join(cell.source.split("\n")[found[0][0] + 1 :]) if found else cell.source
    return [replace(cell, source=exercise_block(label, title, body if body.strip() else own), shift=3)]


def _looks_like_front(text: str) -> bool:
    return text.lstrip().startswith("---")


def is_marked(source: str) -> bool:
    """Whether a cell says which of its lines are the solution."""
    return bool(_MARKED.search(source))


def wrapped(source: str) -> str:
    """A cell that is all solution; an empty one would be no answer."""
    return f"{BEGIN}\n{source if source.strip() else EMPTY}\n{END}"


def answer(label: str, body: str, number: int, by_hand: float = 0.0, options: Mapping[str, str] | None = None) -> Cell:
    """An answer cell in code. `by_hand`: the points that a person gives."""
    given = {"by-hand": figure(by_hand)} if by_hand else {}
    return code({"exercise": label, **given, **(options or {})}, body, number)


def as_comments(text: str) -> str:
    """A text as lines of a comment."""
    return "\n".join(f"# {row}".rstrip() for row in text.strip().split("\n"))
