"""Which release of a course is current."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.errors import BadInput, NotFound
from panlearn.models import CourseRelease
from panlearn.services.rows import one_at_a_time

MOST_NOTES = 4_000


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

    def activate(self, slug: str, digest: str, notes: str = "") -> int:
        """Make this release current and say its version. A release that was there before keeps its version.

        `notes`, if there are any, take the place of those it had.
        """
        one_at_a_time(self._session, "release", slug)
        release = self.by_digest(slug, digest)
        if release is None:
            release = CourseRelease(
                course_slug=slug, digest=digest, version=self.next_version(slug), published_at=self._clock()
            )
        if notes.strip():
            release.notes = notes.strip()[:MOST_NOTES]
        if not release.active:
            self._session.execute(update(CourseRelease).where(CourseRelease.course_slug == slug).values(active=False))
            release.active = True
            self._session.add(release)
            self._session.flush()
        return release.version

    def history(self, slug: str) -> Sequence[CourseRelease]:
        """Every release of a course, the newest first."""
        return self._session.scalars(
            select(CourseRelease).where(CourseRelease.course_slug == slug).order_by(CourseRelease.version.desc())
        ).all()

    def roll_back(self, slug: str, version: int | None = None) -> CourseRelease:
        """Make an earlier release current: this version, else the last one before the current. Returns it.

        Raises `NotFound` for a course or a version that is not there, `BadInput` where there is nothing before.
        """
        one_at_a_time(self._session, "release", slug)
        history = self.history(slug)
        current = next((one for one in history if one.active), None)
        if current is None:
            raise NotFound(f"No course {slug!r} is published.", todo="`panlearn course list` shows the courses.")
        wanted = [
            one for one in history if one.version == version or (version is None and one.version < current.version)
        ]
        if not wanted and version is None:
            raise BadInput(f"{slug} has no version before {current.version}.", todo="Publish the course again instead.")
        if not wanted:
            known = ", ".join(str(one.version) for one in history)
            raise NotFound(f"{slug} has no version {version}.", todo=f"There are: {known}.")
        self.activate(slug, wanted[0].digest)
        return wanted[0]

    def list(self) -> list[CourseRelease]:
        """The current release of every course, by slug."""
        return [
            *self._session.scalars(
                select(CourseRelease).where(CourseRelease.active.is_(True)).order_by(CourseRelease.course_slug)
            )
        ]
