"""nbgrader's cell metadata, schemas 1 to 4 and what came before them: what a cell is for, and its points.

Schema 1 writes every key; points may be text, and none stand at cells that are not graded. Schema 2 keeps `cell_type`
beside the checksum. Schema 3 adds `task`. Schema 4 changes nothing that is read here. Before schema 1, keys that are
false are missing (nbgrader/nbgraderformat).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from panlearn.content.importing.blocks import MOST_POINTS
from panlearn.content.importing.cells import Cell

Role = Literal["plain", "answer", "tests", "manual", "written", "task"]
NEWEST_SCHEMA = 4
_AUTOMATIC = re.compile(r"^cell-[0-9a-f]{8,}$")
_SCHEME = re.compile(r"^\W*(?P<word>BEGIN|END)\s+MARK\s+SCHEME\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What nbgrader knows of a cell. `said`: what is wrong with its metadata, in words."""

    role: Role
    name: str = ""
    points: float = 0.0
    said: tuple[str, ...] = ()


def read(cell: Cell) -> Graded:
    """A cell's role. What nbgrader itself would refuse is read as the nearest thing that it could mean."""
    given = cell.metadata.get("nbgrader")
    if not isinstance(given, Mapping) or _is_ours(cell):
        return Graded(role="plain")
    said = _complaints(given)
    grade, solution, task = (given.get(key) is True for key in ("grade", "solution", "task"))
    role: Role = "plain"
    if task:
        role = "task" if cell.kind == "markdown" else "manual"
    elif grade and solution:
        role = "manual" if cell.kind == "code" else "written"
    elif grade:
        role = "tests" if cell.kind == "code" else "written"
    elif solution:
        role = "answer" if cell.kind == "code" else "written"
    if role == "plain" or cell.kind == "raw":
        return Graded(role="plain", said=tuple(said) if role != "plain" else ())
    points, why = _points(given.get("points")) if grade or task else (0.0, "")
    name = given.get("grade_id")
    kept = name if isinstance(name, str) and not _AUTOMATIC.match(name) else ""
    return Graded(role=role, name=kept, points=points, said=(*said, *([why] if why else [])))


def is_nbgrader(metadata: Mapping[str, Any]) -> bool:
    """Whether a cell carries nbgrader's metadata with something to do in it."""
    given = metadata.get("nbgrader")
    return isinstance(given, Mapping) and any(given.get(key) is True for key in ("grade", "solution", "task"))


def _is_ours(cell: Cell) -> bool:
    return cell.kind == "code" and bool(re.match(r"#\|\s*(exercise|check|wrong)\s*:", cell.source))


def _complaints(given: Mapping[str, Any]) -> list[str]:
    schema = given.get("schema_version", 0)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 0:
        return ["Its schema_version is no number; it is read as schema 3."]
    return [f"It has schema {schema}; those up to {NEWEST_SCHEMA} are known."] if schema > NEWEST_SCHEMA else []


def _points(value: Any) -> tuple[float, str]:
    """Points as nbgrader reads them: text too, nothing for what is below 0."""
    if value is None or value == "":
        return 0.0, ""
    try:
        points = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        points = math.nan
    if math.isnan(points) or points < 0:
        return 0.0, f"Its points are {str(value)[:40]!r}, which is no number of points."
    if points > MOST_POINTS:
        return MOST_POINTS, f"It has {points:g} points; at most {MOST_POINTS:g} are given."
    return points, ""


def without_scheme(text: str) -> tuple[str, str]:
    """A text without its mark scheme, and that: learners do not read it."""
    kept: list[str] = []
    scheme: list[str] = []
    inside = False
    for row in text.split("\n"):
        if mark := _SCHEME.match(row):
            inside = mark["word"].upper() == "BEGIN"
        else:
            (scheme if inside else kept).append(row)
    return "\n".join(kept), "\n".join(scheme).strip("\n")
