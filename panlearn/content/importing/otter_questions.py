"""Otter's questions: where each begins and ends in an assignment's own notebook, and in one made for students."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from panlearn.content.importing.cells import Cell, Note
from panlearn.content.importing.checks import parsed
from panlearn.content.importing.otter_tests import Case, from_cell, number, settings

_BLOCK = re.compile(r"^\s*#\s+(?P<word>BEGIN|END)\s+(?P<what>QUESTION|PROMPT|SOLUTION|TESTS)\b", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"^\s*#\s+ASSIGNMENT\s+CONFIG\b", re.IGNORECASE)
_FENCED = re.compile(r"^```otter[ \t]*\n(.*?)\n?```[ \t]*$", re.DOTALL | re.MULTILINE)
_CHECK = re.compile(r"^\s*grader\.check\(\s*(['\"])(?P<name>[^'\"]+)\1\s*\)\s*;?\s*$", re.MULTILINE)
_GRADER = re.compile(r"^\s*(import otter\b|from otter\b|grader\s*=|grader\.(export|check_all|check)\b)", re.MULTILINE)
_SUBMISSION = re.compile(r"^\s*##\s+Submission\s*\n+\s*Make sure you have run all cells")
_COMMENT = re.compile(r"<!--\s*(?P<word>BEGIN|END)\s+QUESTION\s*-->\n*", re.IGNORECASE)
_TYPE_HERE = re.compile(r"^\s*_Type your answer here")
_POINTS = re.compile(r"^\s*_Points:_\s*(?P<points>[\d.]+)\s*$", re.MULTILINE)
OLD = re.compile(r"^```[ \t]*\n\s*BEGIN (QUESTION|ASSIGNMENT)\b", re.MULTILINE)
_TAG = "otter_answer_cell"


@dataclass(slots=True)
class Question:
    """A question by the places of its cells. `where`: the place of its tests, or of the cell that runs them."""

    name: str
    points: Any = None
    manual: bool = False
    text: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    prompts: list[int] = field(default_factory=list)
    cases: list[tuple[int, Case]] = field(default_factory=list)
    where: int = 0


@dataclass(slots=True)
class Found:
    """What a notebook holds: its questions, the places of cells that are not carried over, and notes on them."""

    cells: list[Cell]
    questions: list[Question] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    functions: bool = False

    def note(self, index: int, what: str, todo: str = "") -> None:
        """A note on a cell."""
        self.notes.append(Note(cell=self.cells[index].number if index < len(self.cells) else 0, what=what, todo=todo))


def without_fences(cell: Cell) -> Iterator[Cell]:
    """A Markdown cell with ```` ```otter ```` blocks as the raw cells that these stand for."""
    if cell.kind != "markdown" or "```otter" not in cell.source:
        yield cell
        return
    for place, part in enumerate(_FENCED.split(cell.source)):
        if part.strip():
            yield replace(cell, kind="raw" if place % 2 else "markdown", source=part.strip("\n"))


def delimiter(cell: Cell) -> re.Match[str] | None:
    """The raw cell that begins or ends a block, or None."""
    return _BLOCK.match(cell.source) if cell.kind == "raw" else None


def leave_out_machinery(found: Found) -> None:
    """Cells that start Otter, check everything, or hand in."""
    for index, cell in enumerate(found.cells):
        if cell.kind == "code" and _GRADER.search(cell.source) and _only_machinery(cell.source):
            found.gone.add(index)
            if not _CHECK.search(cell.source):
                found.note(index, "A cell that only Otter needs is left out.")
        elif cell.kind == "markdown" and _SUBMISSION.match(cell.source):
            found.gone.add(index)
            found.note(index, "How to hand in with Otter is left out: answers are handed in on the page here.")


def _only_machinery(source: str) -> bool:
    tree = parsed(source)
    rows = [row for row in source.split("\n") if row.strip() and not row.strip().startswith("#")]
    return tree is not None and all(_GRADER.match(row) for row in rows)


class _Block:
    """Which block of a question the walk is in."""

    def __init__(self) -> None:
        self.question: Question | None = None
        self.inside = ""


def walk(found: Found) -> None:
    """An assignment's own notebook: raw cells say where everything begins and ends."""
    at = _Block()
    for index, cell in enumerate(found.cells):
        if cell.kind == "raw" and _ASSIGNMENT.match(cell.source):
            _assignment(index, cell, found)
        elif mark := delimiter(cell):
            found.gone.add(index)
            _step(index, mark["word"].upper() == "BEGIN", mark["what"].upper(), at, found)
        elif at.question is not None and index not in found.gone:
            _take(index, cell, at.question, at.inside, found)
    if at.question is not None:
        found.note(
            at.question.where, f"The question `{at.question.name}` has no END QUESTION.", "Look at what it took in."
        )


def _assignment(index: int, cell: Cell, found: Found) -> None:
    found.gone.add(index)
    said: list[str] = []
    config = settings(cell.source, said)
    tests = config.get("tests")
    found.functions = isinstance(tests, Mapping) and tests.get("ok_format") is False
    rest = sorted(set(config) - {"tests"})
    keys = ", ".join(rest[:12])
    if said or rest:
        found.note(index, f"The settings of the assignment are not used{f': {keys}' if keys else ''}.")


def _step(index: int, begins: bool, what: str, at: _Block, found: Found) -> None:
    if what == "QUESTION" and begins:
        if at.question is not None:
            found.note(index, f"The question `{at.question.name}` has no END QUESTION.", "Look at where it should end.")
        at.question, at.inside = _question(index, found), ""
        found.questions.append(at.question)
    elif at.question is None:
        found.note(
            index, f"{what} stands outside of a question, so it is not used.", "Look at this place in the lesson."
        )
    elif what == "QUESTION":
        at.question, at.inside = None, ""
    else:
        at.inside = what if begins else ""


def _question(index: int, found: Found) -> Question:
    said: list[str] = []
    config = settings(found.cells[index].source, said)
    for remark in said:
        found.note(index, remark, "Write points and name into the exercise.")
    rest = sorted(set(config) - {"name", "points", "manual", "check_cell", "export"})
    if rest:
        found.note(index, f"Not used: {', '.join(rest[:12])}.")
    name = config.get("name")
    return Question(
        name=str(name) if isinstance(name, str | int) else "",
        points=config.get("points"),
        manual=config.get("manual") is True,
        where=index,
    )


def _take(index: int, cell: Cell, question: Question, inside: str, found: Found) -> None:
    if inside == "TESTS":
        found.gone.add(index)
        if cell.kind == "code" and cell.source.strip():
            case = from_cell(cell, functions=found.functions)
            question.cases.append((index, case))
            for remark in case.remarks:
                found.note(index, remark, "Look at this check.")
        question.where = index
    elif inside == "SOLUTION" and cell.kind == "code":
        question.answers.append(index)
    elif inside == "SOLUTION" and "otter_include" not in (cell.metadata.get("tags") or ()):
        question.words.append(index)
        found.gone.add(index)
    elif inside == "PROMPT":
        question.prompts.append(index)
        found.gone.add(index)
    elif cell.kind == "markdown" and not question.answers and not question.words:
        question.text.append(index)


def resolved(points: Any, cases: Sequence[Case]) -> list[float]:
    """The points of each case, as Otter shares a question's among its tests."""
    if isinstance(points, Mapping):
        each = number(points.get("each"))
        points = (1.0 if each is None else each) * len(cases)
    if isinstance(points, list) and len(points) == len(cases):
        return [number(one) or 0.0 for one in points]
    stated = [case.points for case in cases]
    total = number(points)
    if total is None and all(one is None for one in stated):
        total = 1.0
    if total is None:
        return [one or 0.0 for one in stated]
    left = total - sum(one or 0.0 for one in stated)
    share = max(0.0, left) / max(1, sum(one is None for one in stated))
    return [share if one is None else one for one in stated]


def answer_of(source: str) -> str:
    """The question whose tests a cell runs, or nothing."""
    match = _CHECK.search(source)
    return match["name"] if match and _only_machinery(source) else ""


def is_answer(cell: Cell) -> bool:
    """Whether a student writes in this cell."""
    tags = cell.metadata.get("tags")
    tagged = isinstance(tags, list) and _TAG in tags
    return tagged or (cell.kind == "markdown" and bool(_TYPE_HERE.match(cell.source)))


def is_prompt(cell: Cell) -> bool:
    """Whether a cell is what Otter puts where an answer in words goes."""
    return bool(_TYPE_HERE.match(cell.source))


def comments(source: str) -> list[str]:
    """`BEGIN` and `END` of the comments that stand for questions, in order."""
    return [match["word"].upper() for match in _COMMENT.finditer(source)]


def without_comments(source: str) -> str:
    """A text without these comments."""
    return _COMMENT.sub("", source)


def points_in(source: str) -> float | None:
    """The points that Otter writes under a question's text."""
    match = _POINTS.search(source)
    try:
        return number(float(match["points"])) if match else None
    except ValueError:
        return None
