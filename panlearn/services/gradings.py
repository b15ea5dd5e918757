"""The queue of answers, which is the table of submissions: take one with a lease, write its report once.

At least once: whoever takes a submission and does not come back loses it when its lease ends, and somebody else
takes it. Grading is idempotent, and only the holder of the lease writes the report, so no submission is graded twice
in the table. Fair: the first waiting answer of everybody comes before anybody's second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, func, select, update
from sqlalchemy.orm import Session, aliased

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.report import GradeReport
from panlearn.domain.submission import RETRY_AFTER, SubmissionState
from panlearn.models import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """One submission taken up by one worker. `number` counts the beginnings, from 1."""

    id: int
    submission: str
    course: str
    release: str
    exercise: str
    source: str
    earlier: dict[str, str]
    number: int
    worker: str


class Gradings:
    """Takes submissions from the table and puts reports into it."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def claim(self, worker: str, lease: timedelta) -> Grading | None:
        """The next submission in fair order, now leased to this worker; None when nothing waits.

        Should another worker take it first, the next one is tried.
        """
        for candidate in self.waiting(limit=8):
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
                author_note=report.author_note,
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
        """Put back what nobody works on any more: its lease has ended, or `gone(worker)` says the worker has."""
        now = self._clock()
        rows = self._session.execute(
            select(Submission.id, Submission.worker, Submission.lease_until).where(
                Submission.state == SubmissionState.GRADING
            )
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

    def counts(self) -> dict[str, int]:
        """How many submissions wait and are being graded."""
        rows = self._session.execute(
            select(Submission.state, func.count())
            .where(Submission.state != SubmissionState.GRADED)
            .group_by(Submission.state)
        )
        return {"queued": 0, "grading": 0} | {state.value: count for state, count in rows}

    def waiting(self, limit: int = 1) -> list[int]:
        """The rows that are due, in the order they will be taken."""
        busy = aliased(Submission)
        in_hand = (
            select(func.count())
            .select_from(busy)
            .where(busy.learner_id == Submission.learner_id, busy.state == SubmissionState.GRADING)
            .scalar_subquery()
        )
        turn = func.row_number().over(partition_by=Submission.learner_id, order_by=Submission.id)
        due = (
            select(Submission.id, (turn + in_hand).label("turn"))
            .where(Submission.state == SubmissionState.QUEUED, Submission.not_before <= self._clock())
            .subquery()
        )
        return list(self._session.scalars(select(due.c.id).order_by(due.c.turn, due.c.id).limit(limit)))

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
            number=row.gradings,
            worker=worker,
        )

    def _held(self, grading: Grading) -> Update:
        return update(Submission).where(
            Submission.id == grading.id,
            Submission.state == SubmissionState.GRADING,
            Submission.worker == grading.worker,
            Submission.gradings == grading.number,
        )

    def _update(self, statement: Update) -> bool:
        return _count(self._session.execute(statement)) == 1


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
