"""A notebook that was worked on elsewhere: which of its cells answers which exercise.

A cell may have been moved, copied, split off its metadata or lost its first lines. It is known, in this order, by its
`#| exercise:` line or nbgrader's id, by the names it defines, by its likeness to the starter.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panlearn.content.names import bound_in, parse
from panlearn.content.options import option_line
from panlearn.errors import AuthorError, BadInput

MAX_BYTES = 16 * 1024 * 1024
_ALIKE = 0.6
_MOST_CELLS = 5_000
_MOST_SIGNS = 64 * 1024
"""A longer cell would not be accepted as an answer."""
_MOST_COMPARED = 300
_MOST_SIGNS_COMPARED = 512 * 1024
_MOST_LIKENED = 4_000
"""Of cells that name no exercise so many are looked at, with so many signs, and of each so many are compared."""
_BLANK = re.compile(r"\s+")
_Likes = Callable[[str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An exercise as far as its answer can be known by it."""

    id: str
    names: tuple[str, ...]
    starter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to an exercise, the number of its cell among the code cells (from 1), and what it was known by."""

    exercise: str
    source: str
    cell: int
    known_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What a notebook holds.

    `untouched`: starters as they were. `missing`: no cell. `unknown`: what cells name and is not there. `copies`: how
    many cells an exercise has, of which the last that was worked on counts.
    """

    found: tuple[Found, ...] = ()
    untouched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    copies: Mapping[str, int]


def read_cells(data: bytes) -> list[tuple[str, str]]:
    """The code cells of a notebook of format 3 or 4: source, and the exercise that its metadata name or nothing.

    Raises `BadInput` for what is no notebook.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(
            f"This file is {len(data) >> 20} MB; notebooks of up to {MAX_BYTES >> 20} MB are taken.",
            todo="Clear the outputs in Jupyter (Kernel, Restart and clear), save, and hand it in again.",
        )
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("This file is not a notebook.", todo="Hand in a file that ends in .ipynb.") from error
    cells = _cells_of(notebook)
    return [(_source(cell), _named_by_metadata(cell)) for cell in cells if cell.get("cell_type") == "code"]


def match(cells: Sequence[tuple[str, str]], asked: Sequence[Asked]) -> HandedIn:
    """Which cell answers which exercise."""
    by_id = {one.id: one for one in asked}
    taken: dict[str, list[Found]] = {}
    left: list[tuple[int, str]] = []
    unknown: list[str] = []
    for number, (source, metadata) in enumerate(cells, 1):
        named, body = _named_by_line(source)
        name, known_by = (named, "its first line") if named else (metadata, "its metadata")
        if name in by_id:
            taken.setdefault(name, []).append(Found(exercise=name, source=body, cell=number, known_by=known_by))
        else:
            if named:
                unknown.append(named)
            left.append((number, body))
    left = _last(left)
    for known_by, likes in (("the names it defines", _defining), ("its likeness", _likeness)):
        for one in asked:
            if one.id not in taken and (cell := _best(left, likes(one))) is not None:
                number, body = cell
                taken[one.id] = [Found(exercise=one.id, source=body, cell=number, known_by=known_by)]
                left.remove(cell)
    return _sorted_out(asked, taken, unknown)


def _sorted_out(asked: Sequence[Asked], taken: Mapping[str, list[Found]], unknown: Sequence[str]) -> HandedIn:
    found, untouched = [], []
    for one in asked:
        worked = [each for each in taken.get(one.id, ()) if _bare(each.source) not in {"", _bare(one.starter)}]
        if worked:
            found.append(worked[-1])
        elif one.id in taken:
            untouched.append(one.id)
    return HandedIn(
        found=tuple(found),
        untouched=tuple(untouched),
        missing=tuple(one.id for one in asked if one.id not in taken),
        unknown=tuple(dict.fromkeys(unknown)),
        copies={name: len(each) for name, each in taken.items() if len(each) > 1},
    )


def _cells_of(notebook: Any) -> list[dict[str, Any]]:
    if isinstance(notebook, dict):
        cells = notebook.get("cells")
        if cells is None and isinstance(notebook.get("worksheets"), list):
            sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
            cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
        if isinstance(cells, list) and all(isinstance(cell, dict) for cell in cells):
            if len(cells) > _MOST_CELLS:
                raise BadInput(f"This notebook has {len(cells):,} cells.", todo=f"At most {_MOST_CELLS:,} are read.")
            return cells
    raise BadInput("This file is JSON, but not a notebook.", todo="Hand in a file that ends in .ipynb.")


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(str(part) for part in source)
    return str(source).replace("\r\n", "\n")


def _named_by_metadata(cell: Mapping[str, Any]) -> str:
    metadata = cell.get("metadata")
    told = metadata if isinstance(metadata, dict) else {}
    for key, inner in (("panlearn", "exercise"), ("nbgrader", "grade_id")):
        part = told.get(key)
        if isinstance(part, dict) and isinstance(part.get(inner), str):
            return str(part[inner])
    return ""


def _named_by_line(source: str) -> tuple[str, str]:
    """The exercise that a cell's option lines name, and the cell without those lines."""
    rows = source.split("\n")
    named, at = "", 0
    while at < len(rows) and (not rows[at].strip() or option_line(rows[at]) is not None):
        pair = option_line(rows[at])
        if pair is not None and pair[0] == "exercise":
            named = pair[1].strip().strip("'\"")
        at += 1
    return named, "\n".join(rows[at:] if named else rows)


def _last(left: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The cells that are worth looking into, from the end: to match the rest could take minutes."""
    kept: list[tuple[int, str]] = []
    signs = 0
    for number, source in reversed([cell for cell in left if len(cell[1]) <= _MOST_SIGNS][-_MOST_COMPARED:]):
        signs += len(source)
        if signs > _MOST_SIGNS_COMPARED:
            break
        kept.append((number, source))
    return kept[::-1]


def _defining(one: Asked) -> _Likes:
    """Whether a cell defines what the exercise asks for."""
    return lambda source: _defines(source, one) if one.names and all(name in source for name in one.names) else 0.0


def _defines(source: str, one: Asked) -> float:
    try:
        bound = bound_in(parse(source, "<notebook>", 1))
    except (AuthorError, RecursionError):
        return (
            1.0 if all(re.search(rf"\bdef {name}\b|^{name}\s*=", source, re.MULTILINE) for name in one.names) else 0.0
        )
    return 1.0 if set(one.names) <= bound else 0.0


def _likeness(one: Asked) -> _Likes:
    """How much of a cell is the starter; 0 below what can be chance."""
    compared = difflib.SequenceMatcher(None, b=one.starter, autojunk=False)

    def likes(source: str) -> float:
        compared.set_seq1(source[:_MOST_LIKENED])
        # The quick ones are upper bounds: most cells need no more than those.
        for bound in (compared.real_quick_ratio, compared.quick_ratio, compared.ratio):
            if (ratio := bound()) < _ALIKE:
                return 0.0
        return ratio

    return likes


def _best(left: Sequence[tuple[int, str]], likes: _Likes) -> tuple[int, str] | None:
    """The cell that is most like it; of equals the last, which is where somebody went on working."""
    best, most = None, 0.0
    for cell in left:
        if (likeness := likes(cell[1])) and likeness >= most:
            best, most = cell, likeness
    return best


def _bare(source: str) -> str:
    return _BLANK.sub(" ", source).strip()
