"""Signing in with work done as a guest: the account takes it over, and loses nothing newer of its own."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from panlearn.models import Enrolment, HintShown, Learner, SavedCell, Submission

_Row = TypeVar("_Row", SavedCell, HintShown, Enrolment)


class Claiming:
    """Moves a guest's work into an account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, guest: Learner, account: Learner) -> None:
        """Give the account all that the guest left, then remove the guest's row.

        Answers are a history and move whole; of an edited cell the newer text stays; a course both have begun
        stays at the account's release, and is continued where either was last.
        """
        if guest.id == account.id or not guest.is_guest or account.is_guest:
            return
        # Nothing is added to a row that is about to go: who adds holds a lock on it until that is committed.
        self._session.get(Learner, guest.id, with_for_update=True, populate_existing=True)
        self._session.execute(update(Submission).where(Submission.learner_id == guest.id).values(learner_id=account.id))
        self._cells(guest, account)
        self._hints(guest, account)
        self._enrolments(guest, account)
        self._session.flush()
        self._session.expire_all()
        self._session.execute(delete(Learner).where(Learner.id == guest.id))

    def _cells(self, guest: Learner, account: Learner) -> None:
        own = {(cell.course_slug, cell.lesson, cell.cell): cell for cell in self._all(SavedCell, account)}
        for cell in self._all(SavedCell, guest):
            mine = own.get((cell.course_slug, cell.lesson, cell.cell))
            if mine is None:
                cell.learner_id = account.id
            elif mine.saved_at < cell.saved_at:
                mine.source, mine.saved_at = cell.source, cell.saved_at

    def _hints(self, guest: Learner, account: Learner) -> None:
        own = {(hint.course_slug, hint.exercise_id, hint.number) for hint in self._all(HintShown, account)}
        for hint in self._all(HintShown, guest):
            if (hint.course_slug, hint.exercise_id, hint.number) not in own:
                hint.learner_id = account.id

    def _enrolments(self, guest: Learner, account: Learner) -> None:
        own = {enrolment.course_slug: enrolment for enrolment in self._all(Enrolment, account)}
        for enrolment in self._all(Enrolment, guest):
            mine = own.get(enrolment.course_slug)
            if mine is None:
                enrolment.learner_id = account.id
                continue
            mine.release_digest = mine.release_digest or enrolment.release_digest
            mine.started_at = min(mine.started_at, enrolment.started_at)
            if mine.last_at < enrolment.last_at:
                mine.last_page, mine.last_section = enrolment.last_page, enrolment.last_section
                mine.last_at = enrolment.last_at

    def _all(self, kind: type[_Row], learner: Learner) -> list[_Row]:
        return list(self._session.scalars(select(kind).where(kind.learner_id == learner.id)))
