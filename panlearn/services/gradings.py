"""The queue of answers, which is the table of submissions: take one with a lease, write its report once.

At least once: whoever takes a submission and does not come back loses it when its lease ends, and somebody else
takes it. Grading is idempotent, and only the holder of the lease writes the report, so no submission is graded twice
in the table. Who comes next is `panlearn.services.line`'s to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, func, select, update
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.pacing import WINDOW, seconds_to_wait
from panlearn.domain.report import GradeReport, Verdict
from panlearn.domain.submission import RETRY_AFTER, SubmissionState
from panlearn.models import Submission
from panlearn.services.line import in_turn

_LOOK_BACK = 30
"""Answers of a learner to an exercise that are looked at for the pace of hidden checks."""
_CANDIDATES = 32
"""How far down the line a worker looks past those that others are just taking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """One submission taken up by one worker. `number` counts the beginnings, from 1.

    `hidden_in`: seconds until hidden checks run again for this learner, where they are paced.
    """

    id: int
    submission: str
    course: str
    release: str
    exercise: str
    source: str
    earlier: dict[str, str]
    number: int
    worker: str
    drawn: dict[str, str] = field(default_factory=dict)
    hidden_in: int = 0


class Gradings:
    """Takes submissions from the table and puts reports into it."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def claim(self, worker: str, lease: timedelta) -> Grading | None:
        """The next submission in fair order, now leased to this worker; None when nothing waits.

        Should another worker take it first, the next one is tried. On PostgreSQL a row that another worker is just
        taking is skipped instead of waited for; on SQLite workers take turns.
        """
        for candidate in self.waiting(limit=_CANDIDATES):
            if not self._locked(candidate):
                continue
            taken = self._session.execute(
                update(Submission)
                .where(Submission.id == candidate, Submission.state == SubmissionState.QUEUED)
                .values(
                    state=SubmissionState.GRADING,
                    worker=worker,
                    lease_until=self._clock() + lease,
                    gradings=Submission.gradings + 1,
                )
            )
            if _count(taken):
                return self._grading(candidate, worker)
        return None

    def finish(self, grading: Grading, report: GradeReport, report_json: dict[str, Any]) -> bool:
        """Write the report, if this worker still holds the lease. False: somebody else has it now."""
        return self._update(
            self._held(grading).values(
                state=SubmissionState.GRADED,
                verdict=report.verdict,
                fault=report.fault,
                points=report.points,
                report=report_json,
                author_note=_storable(report.author_note),
                graded_at=self._clock(),
                lease_until=None,
            )
        )

    def put_back(self, grading: Grading) -> bool:
        """The platform failed: the submission waits a little and is tried again."""
        delay = RETRY_AFTER[min(grading.number, len(RETRY_AFTER)) - 1]
        return self._update(
            self._held(grading).values(
                state=SubmissionState.QUEUED, worker="", lease_until=None, not_before=self._clock() + delay
            )
        )

    def sweep(self, gone: Callable[[str], bool] = lambda _worker: False) -> int:
        """Put back what nobody works on any more: its lease has ended, or `gone(worker)` says the worker has.

        Rows that are just being written by their worker are left alone.
        """
        now = self._clock()
        rows = self._session.execute(
            select(Submission.id, Submission.worker, Submission.lease_until)
            .where(Submission.state == SubmissionState.GRADING)
            .with_for_update(skip_locked=True)
        ).all()
        lost = [row.id for row in rows if row.lease_until is None or row.lease_until <= now or gone(row.worker)]
        if not lost:
            return 0
        result = self._session.execute(
            update(Submission)
            .where(Submission.id.in_(lost), Submission.state == SubmissionState.GRADING)
            .values(state=SubmissionState.QUEUED, worker="", lease_until=None)
        )
        return _count(result)

    def let_go(self, worker: str) -> int:
        """Put back whatever this worker holds: it lost the database in between, and does not know what."""
        result = self._session.execute(
            update(Submission)
            .where(Submission.state == SubmissionState.GRADING, Submission.worker == worker)
            .values(state=SubmissionState.QUEUED, worker="", lease_until=None)
        )
        return _count(result)

    def counts(self) -> dict[str, int]:
        """How many submissions wait and are being graded."""
        rows = self._session.execute(
            select(Submission.state, func.count())
            .where(Submission.state.in_((SubmissionState.QUEUED, SubmissionState.GRADING)))
            .group_by(Submission.state)
        )
        return {"queued": 0, "grading": 0} | {state.value: count for state, count in rows}

    def waiting(self, limit: int = 1) -> list[int]:
        """The rows that are due, in the order they will be taken."""
        return list(self._session.scalars(in_turn(due=True).limit(limit), {"now": self._clock()}))

    def _locked(self, row_id: int) -> bool:
        """Whether this row still waits, and is now this transaction's alone."""
        row = select(Submission.id).where(Submission.id == row_id, Submission.state == SubmissionState.QUEUED)
        return self._session.scalar(row.with_for_update(skip_locked=True)) is not None

    def _grading(self, row_id: int, worker: str) -> Grading:
        row = self._session.get_one(Submission, row_id, populate_existing=True)
        return Grading(
            id=row.id,
            submission=row.public_id,
            course=row.course_slug,
            release=row.release_digest,
            exercise=row.exercise_id,
            source=row.source,
            earlier=dict(row.earlier),
            drawn=dict(row.drawn),
            number=row.gradings,
            worker=worker,
            hidden_in=seconds_to_wait(self._hidden_failures(row), self._clock()),
        )

    def _hidden_failures(self, row: Submission) -> list[datetime]:
        """When hidden checks of this exercise said no to this learner lately."""
        rows = self._session.execute(
            select(Submission.graded_at, Submission.report)
            .where(
                Submission.learner_id == row.learner_id,
                Submission.course_slug == row.course_slug,
                Submission.exercise_id == row.exercise_id,
                Submission.graded_at > self._clock() - WINDOW,
                Submission.verdict == Verdict.FAILED,
            )
            .order_by(Submission.id.desc())
            .limit(_LOOK_BACK)
        )
        return [at for at, report in rows if at and _hidden_said_no(report or {})]

    def _held(self, grading: Grading) -> Update:
        return update(Submission).where(
            Submission.id == grading.id,
            Submission.state == SubmissionState.GRADING,
            Submission.worker == grading.worker,
            Submission.gradings == grading.number,
        )

    def _update(self, statement: Update) -> bool:
        return _count(self._session.execute(statement)) == 1


def _hidden_said_no(report: dict[str, Any]) -> bool:
    return any(check.get("hidden") and check.get("status") == "failed" for check in report.get("checks", ()))


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _storable(text: str) -> str:
    """The text without what a database refuses to keep: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
