"""The line in front of the graders: who comes next, what place an answer has, and how long that will take.

Fair twice over. Between learners: the first answer of everybody comes before anybody's second, and what was graded or
taken up since the oldest one that waits was sent counts as a turn had. Between courses, among answers of the same
turn: one of each in rotation, so that a class of hundreds which begins at once does not hold up who works on something
else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.submission import SubmissionState
from panlearn.models import Submission, UtcDateTime

SECONDS_EACH = 0.1
"""What an answer is taken to need before enough were graded to tell."""
_FEW = 3
_LOOK_BACK = 500
"""Among so many of the latest answers it is counted how many were graded while somebody waited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the line: 1 for the next one; and an estimate of the seconds until its verdict, at least 1."""

    position: int
    seconds: int


@cache
def in_turn(*, due: bool) -> Select[tuple[int, int]]:
    """Of queued answers `id` and `place`, in the order in which they will be taken up.

    With `due` only of those that were not put off beyond `now`, a parameter. Made once: it takes longer than to run.
    """
    conditions = [Submission.not_before <= bindparam("now", type_=UtcDateTime())] if due else []
    other, courses = aliased(Submission), _courses()
    served = (
        select(func.count())
        .select_from(other)
        .where(other.learner_id == Submission.learner_id, _served(other))
        .scalar_subquery()
    )
    own = func.row_number().over(partition_by=Submission.learner_id, order_by=Submission.id)
    turns = (
        select(Submission.id, Submission.course_slug, (own + served).label("turn"))
        .where(Submission.state == SubmissionState.QUEUED, *conditions)
        .subquery()
    )
    among = func.row_number().over(partition_by=(turns.c.turn, turns.c.course_slug), order_by=turns.c.id)
    line = (
        select(turns.c.id, turns.c.turn, (among + func.coalesce(courses.c.served, 0)).label("rotation"))
        .join(courses, courses.c.course_slug == turns.c.course_slug, isouter=True)
        .subquery()
    )
    order = (line.c.turn, line.c.rotation, line.c.id)
    return select(line.c.id, func.row_number().over(order_by=order).label("place")).order_by(*order)


@cache
def _place() -> Select[Any]:
    """The place of the answer whose id is the parameter `submission`."""
    line = in_turn(due=False).subquery()
    return select(line.c.place).where(line.c.id == bindparam("submission"))


def _oldest(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """The least value of a column among queued answers."""
    queued = aliased(Submission)
    return select(func.min(getattr(queued, column.key))).where(queued.state == SubmissionState.QUEUED).scalar_subquery()


def _served(row: Any) -> ColumnElement[bool]:
    """Whether an answer was graded or taken up while the oldest queued one was waiting."""
    return or_(row.state == SubmissionState.GRADING, row.graded_at >= _oldest(Submission.created_at))


def _courses() -> Subquery:
    """How many answers of each course were served."""
    row = aliased(Submission)
    return (
        select(row.course_slug, func.count().label("served"))
        .where(row.id > _oldest(Submission.id) - _LOOK_BACK, _served(row))
        .group_by(row.course_slug)
        .subquery()
    )


class Line:
    """Where answers stand."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def place(self, submission: Submission) -> Place | None:
        """Where a queued answer stands; None once it is taken up."""
        if submission.state is not SubmissionState.QUEUED:
            return None
        position: int = self._session.scalar(_place(), {"submission": submission.id}) or 1
        seconds = self.seconds_for(position)
        put_off = (submission.not_before - self._clock()).total_seconds()
        return Place(position=position, seconds=max(seconds, math.ceil(put_off)))

    def seconds_for(self, answers: int) -> int:
        """In how many seconds so many more answers of the line will be graded, at least 1."""
        oldest = self._session.scalar(select(func.min(Submission.id)).where(Submission.state == SubmissionState.QUEUED))
        return max(1, math.ceil(answers * self._seconds_each(oldest or 0)))

    def _seconds_each(self, oldest: int) -> float:
        """What an answer took since the oldest one that waits was sent: in that time the graders had no rest."""
        since: datetime | None = self._session.scalar(select(Submission.created_at).where(Submission.id == oldest))
        if since is None:
            return SECONDS_EACH
        graded = self._session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.id > oldest - _LOOK_BACK,
                Submission.state == SubmissionState.GRADED,
                Submission.graded_at >= since,
            )
        )
        if not graded or graded < _FEW:
            return SECONDS_EACH
        return (self._clock() - since) / timedelta(seconds=1) / graded
