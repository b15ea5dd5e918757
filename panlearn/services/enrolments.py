"""A learner in a course: pinned to a release by their first work, moved up only when they ask."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.models import Enrolment, Learner
from panlearn.services.rows import find_or_add


class Enrolments:
    """Enrolments are made by doing something in a course, never by a form."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def of(self, learner: Learner, course: str) -> Enrolment | None:
        """This learner in this course, if they ever looked or worked there."""
        return self._session.scalar(
            select(Enrolment).where(Enrolment.learner_id == learner.id, Enrolment.course_slug == course)
        )

    def every(self, learner: Learner) -> list[Enrolment]:
        """All courses of a learner, the last one first."""
        return list(
            self._session.scalars(
                select(Enrolment).where(Enrolment.learner_id == learner.id).order_by(Enrolment.last_at.desc())
            )
        )

    def visit(self, learner: Learner, course: str, page: str, section: str = "") -> Enrolment:
        """Remember that the learner was here, to continue from. Pins nothing: there is no work to keep yet."""
        enrolment = find_or_add(
            self._session,
            select(Enrolment).where(Enrolment.learner_id == learner.id, Enrolment.course_slug == course),
            lambda: Enrolment(learner_id=learner.id, course_slug=course, started_at=self._clock(), last_page=page),
        )
        if section or enrolment.last_page != page:
            enrolment.last_section = section
        enrolment.last_page = page
        enrolment.last_at = self._clock()
        self._session.flush()
        return enrolment

    def work(self, learner: Learner, course: str, *, digest: str, page: str, section: str = "") -> Enrolment:
        """The learner leaves work made on this release: from now on they stay on it, until they move up."""
        enrolment = self.visit(learner, course, page, section)
        enrolment.release_digest = enrolment.release_digest or digest
        self._session.flush()
        return enrolment

    def move_all(self, course: str, digest: str) -> None:
        """Move everybody to a release: on a preview, where the only learner is the author."""
        self._session.execute(
            update(Enrolment)
            .where(Enrolment.course_slug == course, Enrolment.release_digest.is_not(None))
            .values(release_digest=digest)
        )

    def by_release(self, course: str) -> dict[str, int]:
        """How many learners work in each release of a course, by its digest."""
        rows = self._session.execute(
            select(Enrolment.release_digest, func.count())
            .where(Enrolment.course_slug == course, Enrolment.release_digest.is_not(None))
            .group_by(Enrolment.release_digest)
        )
        return {str(digest): count for digest, count in rows}

    def move_up(self, learner: Learner, course: str, digest: str) -> None:
        """Go on with another release. Work stays: cells and exercises are found again by their ids."""
        enrolment = self.of(learner, course)
        if enrolment is not None and enrolment.release_digest is not None:
            enrolment.release_digest = digest
            self._session.flush()
