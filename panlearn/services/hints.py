"""Hints: free, one at a time, each remembered once it was asked for."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.errors import NotFound
from panlearn.models import HintShown, Learner
from panlearn.services.rows import find_or_add


class Hints:
    """Which hints one learner has seen."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def shown(self, learner: Learner, course: str, exercises: list[str]) -> dict[str, int]:
        """How many hints of each of these exercises the learner has seen."""
        rows = self._session.execute(
            select(HintShown.exercise_id, func.max(HintShown.number))
            .where(
                HintShown.learner_id == learner.id,
                HintShown.course_slug == course,
                HintShown.exercise_id.in_(exercises),
            )
            .group_by(HintShown.exercise_id)
        )
        return {row[0]: row[1] for row in rows}

    def next(self, learner: Learner, course: str, exercise: str, total: int) -> int:
        """The number of the next hint, from 1, remembered as shown. After the last one it is the last again."""
        if total == 0:
            raise NotFound("This exercise has no hints.", todo="Check your answer: the first failed check says more.")
        seen = self.shown(learner, course, [exercise]).get(exercise, 0)
        if seen >= total:
            return total
        place = {"learner_id": learner.id, "course_slug": course, "exercise_id": exercise, "number": seen + 1}
        find_or_add(
            self._session,
            select(HintShown).filter_by(**place),
            lambda: HintShown(**place, shown_at=self._clock()),
        )
        return seen + 1
