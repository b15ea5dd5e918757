"""What grading says of an answer: verdict, fault, points, and one result per check."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Verdict(StrEnum):
    """How a grading ended. `passed` means full points; partial credit is `failed` with its points.

    `handed-in`: all that a machine can check passes, and a person gives the rest of the points.
    """

    PASSED = "passed"
    HANDED_IN = "handed-in"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    KILLED = "killed"
    AUTHOR_ERROR = "author-error"
    PLATFORM_ERROR = "platform-error"


class Fault(StrEnum):
    """Who must act on a verdict that is not `passed`."""

    LEARNER = "learner"
    AUTHOR = "author"
    PLATFORM = "platform"


class CheckStatus(StrEnum):
    """How one check ended; `skipped`: it waits for an earlier one."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A learner's curve over the band that is accepted, and the residual: points in order of x, labels with units.

    All are equally long, at most `MOST` points. A value of theirs that is no number is None, and so is its residual.
    """

    MOST: ClassVar[int] = 400

    x: tuple[float, ...]
    yours: tuple[float | None, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    residual: tuple[float | None, ...]
    x_label: str = ""
    y_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check's outcome, as a learner may read it: a hidden check's name is its idea, its message holds no more.

    `got`, `accepted`, `off` are short texts with units for the three-number row; `hint` is one thing to try; `curve`
    is there where a visible check compared curves.
    """

    name: str
    status: CheckStatus
    hidden: bool
    points: float
    max_points: float
    message: str = ""
    got: str = ""
    accepted: str = ""
    off: str = ""
    hint: str = ""
    curve: Curve | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReport:
    """The whole answer of the grader, as a learner may read it. `seconds` by phase, `total` among them.

    `message` is there for every verdict but `passed`. `output` is what the learner's own code printed (capped),
    `traceback` holds the learner's own lines only. `author_note` is for the author, never for the learner.
    """

    exercise: str
    verdict: Verdict
    fault: Fault | None
    points: float
    max_points: float
    checks: tuple[CheckResult, ...]
    message: str = ""
    output: str = ""
    traceback: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    author_note: str = ""
