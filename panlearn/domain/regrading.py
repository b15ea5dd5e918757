"""Grading stored answers again: what changed for whom, and what of it may be put into force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from panlearn.domain.report import Fault, GradeReport, Verdict


class Move(StrEnum):
    """What grading an answer again did to it."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    KEPT = "kept"  # a person gave the grade: no machine changes it
    BREAKS = "breaks"  # the check itself fails with this answer, or the platform did: nothing is put into force


class RunState(StrEnum):
    """Where a dry run that somebody asked for is; the row is the truth."""

    QUEUED = "queued"
    GRADING = "grading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """One stored answer: how it stood, and the report it gets now. `row` is the submission's own number."""

    row: int
    learner: str
    source: str
    verdict: Verdict
    points: float
    report: GradeReport
    by_hand: bool = False

    @property
    def move(self) -> Move:
        """By points first: a pass that becomes a fail with the same points moves down as well."""
        if self.by_hand:
            return Move.KEPT
        if self.report.fault in (Fault.AUTHOR, Fault.PLATFORM):
            return Move.BREAKS
        before = (self.points, self.verdict is Verdict.PASSED)
        after = (self.report.points, self.report.verdict is Verdict.PASSED)
        if after == before:
            return Move.SAME
        return Move.UP if after > before else Move.DOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrade:
    """What a regrade of one exercise with one release would do."""

    course: str
    exercise: str
    release: str
    answers: tuple[Regraded, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many answers move which way; every way is named."""
        found = Counter(one.move for one in self.answers)
        return {move.value: found[move] for move in Move}

    def learners(self, *moves: Move) -> int:
        """How many people these moves concern."""
        return len({one.learner for one in self.answers if one.move in moves})

    def examples(self, move: Move, most: int = 3) -> list[Regraded]:
        """Some answers of one kind, no text twice."""
        by_source: dict[str, Regraded] = {}
        for one in self.answers:
            if one.move is move:
                by_source.setdefault(one.source.strip(), one)
        return list(by_source.values())[:most]

    def in_force(self, *, lower: bool) -> Iterable[Regraded]:
        """The answers whose grade would change: never down unless `lower`."""
        wanted = {Move.UP, Move.DOWN} if lower else {Move.UP}
        return (one for one in self.answers if one.move in wanted)
