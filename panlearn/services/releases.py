"""Which release of a course is current."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.models import CourseRelease
from panlearn.services.rows import one_at_a_time


class Releases:
    """The releases that were published, and the one of each course that new readers get."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def current(self, slug: str) -> CourseRelease | None:
        """The release that new readers get, or None for a course that was never published."""
        return self._session.scalar(
            select(CourseRelease).where(CourseRelease.course_slug == slug, CourseRelease.active.is_(True))
        )

    def by_digest(self, slug: str, digest: str) -> CourseRelease | None:
        """This release of this course, current or not."""
        return self._session.scalar(
            select(CourseRelease).where(CourseRelease.course_slug == slug, CourseRelease.digest == digest)
        )

    def next_version(self, slug: str) -> int:
        """The version that the next new release will have."""
        last = self._session.scalar(select(func.max(CourseRelease.version)).where(CourseRelease.course_slug == slug))
        return (last or 0) + 1

    def activate(self, slug: str, digest: str) -> int:
        """Make this release current and say its version. A release that was there before keeps its version."""
        one_at_a_time(self._session, "release", slug)
        release = self.by_digest(slug, digest)
        if release is None:
            release = CourseRelease(
                course_slug=slug, digest=digest, version=self.next_version(slug), published_at=self._clock()
            )
        if not release.active:
            self._session.execute(update(CourseRelease).where(CourseRelease.course_slug == slug).values(active=False))
            release.active = True
            self._session.add(release)
            self._session.flush()
        return release.version

    def list(self) -> list[CourseRelease]:
        """The current release of every course, by slug."""
        return [
            *self._session.scalars(
                select(CourseRelease).where(CourseRelease.active.is_(True)).order_by(CourseRelease.course_slug)
            )
        ]
