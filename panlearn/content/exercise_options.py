"""Options of an answer cell: what it needs, its limits, how often it may be tried, when its solution opens."""

from __future__ import annotations

import re

from panlearn.content.checks import number
from panlearn.content.config import ATTEMPTS, HIDDEN, REVEAL
from panlearn.content.findings import FileFindings
from panlearn.content.reading import SourceCell
from panlearn.domain.course import Criterion
from panlearn.domain.disclosure import opens_after
from panlearn.domain.exercise import Limits

#: A learner waits this long for a verdict at most, in seconds.
MAX_SECONDS = 300
MAX_MEMORY_MIB = 64 * 1024
_MOST_POINTS = 1000
_MEBIBYTES = {"": 1, "M": 1, "G": 1024}
_EXPECTED = {
    "attempts": "unlimited or a number",
    "reveal": "never, always, after-pass or after-pass-or-5-tries",
    "hidden": "idea, message, points or full-after-2027-01-31",
}
_PATTERNS = {"attempts": ATTEMPTS, "reveal": REVEAL, "hidden": HIDDEN}


def needs_of(cell: SourceCell, findings: FileFindings) -> tuple[str, ...] | None:
    """The exercises that the cell says it needs; None where it says nothing."""
    if "needs" not in cell.options.values:
        return None
    value = cell.options.values["needs"]
    value = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        where = cell.options.lines["needs"]
        findings.error("PL013", where, "`needs` is not a list.", "Write `#| needs: [first-exercise]`.")
        return ()
    return tuple(value)


def limits_of(cell: SourceCell, findings: FileFindings) -> Limits:
    """`timeout` in seconds and `memory` as 512M or 1G."""
    seconds = number(cell, "timeout", findings, MAX_SECONDS) or Limits().seconds
    text = cell.options.text("memory")
    if not text:
        return Limits(seconds=seconds)
    match = re.fullmatch(r"(\d{1,6})\s*([MG]?)(?:i?B)?", text)
    mebibytes = int(match[1]) * _MEBIBYTES[match[2]] if match else 0
    if not 0 < mebibytes <= MAX_MEMORY_MIB:
        where = cell.options.lines["memory"]
        todo = f"Write a size such as `#| memory: 512M`, at most {MAX_MEMORY_MIB // 1024}G."
        findings.error("PL013", where, f"`memory: {text}` cannot be used.", todo)
        return Limits(seconds=seconds)
    return Limits(seconds=seconds, memory_mib=mebibytes)


def by_hand_of(cell: SourceCell, findings: FileFindings) -> tuple[float, tuple[Criterion, ...]]:
    """The points that a person gives, and what for: `by-hand: 3`, or `rubric: {names the planes: 2, ...}`, or both."""
    stated = number(cell, "by-hand", findings) or 0.0
    if "rubric" not in cell.options.values:
        return stated, ()
    line = cell.options.lines["rubric"]
    rubric = criteria_in(cell.options.values["rubric"])
    if not rubric:
        todo = "Write `#| rubric: {names the planes: 2, gives the unit: 1}`: words, and points above 0."
        findings.error("PL013", line, "`rubric` cannot be used.", todo)
        return stated, ()
    total = sum(one.points for one in rubric)
    if stated and abs(total - stated) > 1e-9:  # noqa: PLR2004 - rounding of decimals
        message = f"The rubric has {total:g} points, `by-hand` says {stated:g}."
        findings.error("PL026", line, message, "Make them equal, or leave `by-hand` out.")
    return total, rubric


def criteria_in(value: object) -> tuple[Criterion, ...]:
    """A rubric such as `{names the planes: 2, gives the unit: 1}`; nothing where it cannot be used."""
    rows = list(value.items()) if isinstance(value, dict) else []
    if not all(_is_points(points) for _, points in rows):
        return ()
    return tuple(Criterion(text=str(text), points=float(points)) for text, points in rows)


def _is_points(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST_POINTS


def _is_a_day(text: str) -> bool:
    try:
        opens_after(text)
    except ValueError:
        return False
    return True


def policy_of(cell: SourceCell, key: str, default: str, findings: FileFindings) -> str:
    """`reveal`, `attempts` or `hidden` of this cell, else the course's."""
    text = cell.options.text(key)
    if text and not (re.match(_PATTERNS[key], text) and _is_a_day(text)):
        message = f"`{key}: {text}` is not known."
        findings.error("PL013", cell.options.lines[key], message, f"Expected: {_EXPECTED[key]}.")
        return default
    return text or default
