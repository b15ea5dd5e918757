"""Stand-ins for what tests must not start: a grader that needs no sandbox, a clock that stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 as weak as it gets: a test of signing in should not wait for it."""


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def report_for(
    bundle: GradingBundle, verdict: Verdict, *, message: str = "", points: float | None = None
) -> GradeReport:
    """A report of this verdict, with the fault that belongs to it."""
    passed = verdict is Verdict.PASSED
    faults = {Verdict.PASSED: None, Verdict.AUTHOR_ERROR: Fault.AUTHOR, Verdict.PLATFORM_ERROR: Fault.PLATFORM}
    got = points if points is not None else bundle.points if passed else 0.0
    status = CheckStatus.PASSED if passed else CheckStatus.FAILED
    check = CheckResult(name="it is right", status=status, hidden=False, points=got, max_points=bundle.points)
    return GradeReport(
        exercise=bundle.exercise,
        verdict=verdict,
        fault=faults.get(verdict, Fault.LEARNER),
        points=got,
        max_points=bundle.points,
        checks=(check,),
        message=message or ("" if passed else "Not yet."),
        seconds={"total": 0.01},
        author_note="for the author only",
    )


class FakeGrader:
    """Passes an answer that holds `right`; `answer` may decide otherwise, or raise. `hold` keeps gradings waiting."""

    def __init__(self, answer: Callable[[GradingBundle, str], GradeReport] | None = None) -> None:
        self.answer = answer
        self.graded: list[tuple[str, str, dict[str, str]]] = []
        self.hold = threading.Event()
        self.hold.set()
        self.closed = False

    def grade(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str] | None = None) -> GradeReport:
        self.hold.wait(30)
        self.graded.append((bundle.exercise, answer, dict(earlier or {})))
        if self.answer is not None:
            return self.answer(bundle, answer)
        return report_for(bundle, Verdict.PASSED if "right" in answer else Verdict.FAILED)

    def close(self) -> None:
        self.closed = True
