"""Edited cells: kept as they are typed, given back as they were, gone when reset."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.submission import check_source
from panlearn.models import Learner, SavedCell
from panlearn.services.rows import find_or_add


class Work:
    """One learner's edits in the cells of a lesson."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def cells(self, learner: Learner, course: str, lesson: str) -> dict[str, SavedCell]:
        """The edited cells of a lesson by cell id."""
        rows = self._session.scalars(
            select(SavedCell).where(
                SavedCell.learner_id == learner.id, SavedCell.course_slug == course, SavedCell.lesson == lesson
            )
        )
        return {row.cell: row for row in rows}

    def save(self, learner: Learner, course: str, lesson: str, cell: str, source: str) -> datetime:
        """Keep this text for this cell; the last one sent is the one kept."""
        check_source(source)
        query = select(SavedCell).where(
            SavedCell.learner_id == learner.id,
            SavedCell.course_slug == course,
            SavedCell.lesson == lesson,
            SavedCell.cell == cell,
        )
        place = {"learner_id": learner.id, "course_slug": course, "lesson": lesson, "cell": cell}
        row = find_or_add(self._session, query, lambda: SavedCell(**place, source=source))
        row.source, row.saved_at = source, self._clock()
        self._session.flush()
        return row.saved_at

    def reset(self, learner: Learner, course: str, lesson: str, cell: str | None = None) -> None:
        """Forget the edits of one cell, or of the whole lesson. Answers already sent stay."""
        gone = delete(SavedCell).where(
            SavedCell.learner_id == learner.id, SavedCell.course_slug == course, SavedCell.lesson == lesson
        )
        self._session.execute(gone if cell is None else gone.where(SavedCell.cell == cell))
