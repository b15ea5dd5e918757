"""Guards what a lesson's outputs may show: a solution was in the kernel that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from panlearn.content.course_source import Lesson
from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell, published_cells
from panlearn.content.rendering.ansi import plain

#: A shorter line of code says nothing by itself.
SHORTEST = 8

Outputs = list[dict[str, Any]]


def secret_rows(lesson: Lesson) -> frozenset[str]:
    """Lines that stand in solutions of a lesson only, not in anything its learners may read."""
    public = "\n".join(cell.source for cell in published_cells(lesson)) + _prose(lesson)
    rows = {row.strip() for exercise in lesson.exercises for row in exercise.answer.secret}
    return frozenset(row for row in rows if len(row) >= SHORTEST and row not in public)


def public_outputs(
    lesson: Lesson, cells: Sequence[PublishedCell], notebook: Any, findings: Findings
) -> dict[str, Outputs]:
    """The outputs of a run that may be shown: none of answer cells, no frames inside solutions, no solution's text."""
    secrets = secret_rows(lesson)
    kept: dict[str, Outputs] = {}
    for cell, ran in zip(cells, notebook.cells, strict=True):
        if cell.exercise:
            continue
        outputs = [_without_frames(dict(output), secrets) for output in ran.get("outputs", [])]
        if any(row in text for row in secrets for text in _texts(outputs)):
            todo = "Print something else: this output would be on the page for everyone."
            findings.error(
                "PL041", lesson.page.file, cell.line, "An output of this cell shows a part of a solution.", todo
            )
            continue
        kept[cell.id] = outputs
    return kept


def _prose(lesson: Lesson) -> str:
    return "\n".join(cell.source for cell in lesson.page.cells if cell.kind == "markdown")


def _without_frames(output: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """An error without the frames that show lines of a solution; what was raised stays."""
    if output.get("output_type") == "error":
        rows = [str(row) for row in output.get("traceback", [])]
        output["traceback"] = [row for row in rows if not any(secret in plain(row) for secret in secrets)]
    return output


def _texts(outputs: Outputs) -> list[str]:
    return [plain(text) for output in outputs for text in _strings(output)]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list | tuple):
        return [
            "".join(item for item in value if isinstance(item, str)),
            *(t for item in value for t in _strings(item)),
        ]
    return []
