"""What of a lesson's cells is published: ids that stay while a cell's text stays, starters in place of answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from panlearn.content.course_source import Lesson
from panlearn.content.options import OURS
from panlearn.content.reading import SourceCell
from panlearn.content.variants import with_draw
from panlearn.domain.quiz.drawing import example, filled

_PRIVATE = ("check", "wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """A code cell as a learner sees it. `index`: its place among all cells; `run`: what its outputs come from.

    Where numbers are drawn per learner, `source` holds their markers, and `run` an example.
    """

    id: str
    index: int
    source: str
    run: str
    exercise: str | None
    line: int
    alt: str = ""
    caption: str = ""
    tags: frozenset[str] = frozenset()
    label: str = ""


def is_private(cell: SourceCell) -> bool:
    """Whether a cell never leaves the author's side: checks and wrong answers."""
    return any(key in cell.options.values for key in _PRIVATE)


def published_cells(lesson: Lesson) -> tuple[PublishedCell, ...]:
    """The lesson's public code cells in order; exercise cells hold their starters."""
    exercises = {exercise.cell: exercise for exercise in lesson.exercises}
    taken: set[str] = set()
    cells = []
    for index, cell in enumerate(lesson.page.cells):
        variables = lesson.variants.get(index, ())
        if cell.kind != "code" or is_private(cell) or not (index in exercises or variables or cell.body.strip()):
            continue
        exercise = exercises.get(index)
        source = exercise.answer.starter if exercise else with_draw(cell, variables)
        cells.append(
            PublishedCell(
                id=_id(exercise.id if exercise else "", source, taken),
                index=index,
                source=source,
                run=exercise.answer.solution if exercise else filled(source, example(variables)),
                exercise=exercise.id if exercise else None,
                line=cell.body_line - bool(variables),
                alt=cell.options.text("alt", "fig-alt"),
                caption=cell.options.text("caption", "fig-cap"),
                tags=cell.tags | _switched_off(cell),
                label=cell.options.text("label"),
            )
        )
    return tuple(cells)


def _switched_off(cell: SourceCell) -> set[str]:
    """Quarto's `echo: false`, `output: false` and `include: false` as the tags they mean."""
    tags = {"echo": "hide-input", "output": "remove-output", "include": "remove-cell"}
    return {tags[key] for key in tags if cell.options.values.get(key) is False}


def _id(exercise: str, source: str, taken: set[str]) -> str:
    """An id that a saved edit can rely on: it moves with the cell, and goes when the cell's text is another one."""
    base = f"x-{exercise}" if exercise else f"c-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
    cell_id, number = base, 2
    while cell_id in taken:
        cell_id, number = f"{base}-{number}", number + 1
    taken.add(cell_id)
    return cell_id


def public_option_rows(cell: SourceCell) -> list[str]:
    """The option lines that may stay in a published notebook: none of ours."""
    rows = cell.source.split("\n")[: cell.options.count]
    ours = {line - cell.line for key, line in cell.options.lines.items() if key in OURS}
    return [row for number, row in enumerate(rows) if number not in ours and ":" in row]
