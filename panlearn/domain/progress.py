"""How far a learner is: per exercise a standing, per lesson and course their sum and one arc for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from panlearn.domain.course import Exercise

Arc = Literal["pass", "fail", "tried", "todo"]
Status = Literal["passed", "failed", "tried", "todo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One learner's record at one exercise. `tries` counts what the learner's own answers caused.

    `honest` are the tries that bring the solution nearer: answers that ran and failed, each different text once.
    `sent` are those that a limit of attempts counts: all but what failed by the author's or the platform's fault.
    `points` are the best ever had; `began_at` is when the first answer was sent. `submitted` is set once anything was
    sent, graded or not.
    """

    passed: bool = False
    failed: bool = False
    submitted: bool = False
    tries: int = 0
    honest: int = 0
    sent: int = 0
    points: float = 0.0
    began_at: datetime | None = None

    @property
    def status(self) -> Status:
        """`tried`: sent, but without a verdict that is the learner's own."""
        if self.passed:
            return "passed"
        if self.failed:
            return "failed"
        return "tried" if self.submitted else "todo"

    @property
    def arc(self) -> Arc:
        """The same, as the ring draws it."""
        arcs: dict[Status, Arc] = {"passed": "pass", "failed": "fail", "tried": "tried", "todo": "todo"}
        return arcs[self.status]


UNTRIED = Standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Exercises passed of a lesson or a course, with one arc each in reading order."""

    passed: int
    total: int
    points: float
    max_points: float
    arcs: tuple[Arc, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether anything was tried yet."""
        return any(arc != "todo" for arc in self.arcs)

    @property
    def done(self) -> bool:
        """Whether everything is passed; a lesson without exercises is never done."""
        return self.total > 0 and self.passed == self.total


def progress_of(exercises: Iterable[Exercise], standings: Mapping[str, Standing]) -> Progress:
    """The progress over these exercises; a release that gave fewer points since never shows more than all."""
    pairs = [(exercise, standings.get(exercise.id, UNTRIED)) for exercise in exercises]
    return Progress(
        passed=sum(standing.passed for _, standing in pairs),
        total=len(pairs),
        points=sum(_points(exercise, standing) for exercise, standing in pairs),
        max_points=sum(exercise.points for exercise, _ in pairs),
        arcs=tuple(standing.arc for _, standing in pairs),
    )


def _points(exercise: Exercise, standing: Standing) -> float:
    return exercise.points if standing.passed else min(standing.points, exercise.points)
