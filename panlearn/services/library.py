"""Which release of a course a reader sees, and all courses there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from panlearn.domain.course import Exercise, Page, Release
from panlearn.domain.exercise import GradingBundle
from panlearn.errors import NotFound, PlatformError
from panlearn.models import CourseRelease, Enrolment, Learner
from panlearn.services.enrolments import Enrolments
from panlearn.services.releases import Releases

log = structlog.get_logger(__name__)


class Store(Protocol):
    """Where releases lie (`panlearn.content.release_store.ReleaseStore`); what it loads it keeps in memory."""

    def load(self, course: str, digest: str) -> Release:
        """The release with this digest."""

    def fragment(self, release: Release, page: str) -> str:
        """A page's HTML, as it was published."""

    def asset_path(self, release: Release, name: str) -> Path:
        """A picture of the release; `NotFound` for a name that is none of its own."""

    def download_path(self, release: Release, name: str) -> Path:
        """The student notebook of a page."""

    def bundle(self, release: Release, exercise_id: str) -> GradingBundle:
        """The private side of an exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The release that a reader may move to. `version`, `notes`: as of its row."""

    release: Release
    version: int
    notes: str
    newer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A course as one reader has it: their release, and where they stopped in it.

    `other`: the current release, where that is another one than theirs: newer, or an older one that was gone back to.
    """

    release: Release
    enrolment: Enrolment | None
    other: Other | None = None


class Library:
    """Finds releases by course, page and exercise; all raise `NotFound` in words a reader understands."""

    def __init__(self, session: Session, store: Store) -> None:
        self._session = session
        self._store = store

    def courses(self) -> list[Release]:
        """The current release of every course, for beginners first."""
        found = [release for row in Releases(self._session).list() if (release := self._present(row))]
        order = {"beginner": 0, "intermediate": 1, "advanced": 2}
        return sorted(found, key=lambda release: (order[release.course.level], release.course.title))

    def copy(self, slug: str, reader: Learner | None) -> Copy:
        """The release this reader began with, or the current one where there is no work of theirs yet."""
        current = Releases(self._session).current(slug)
        if current is None:
            raise NotFound("There is no such course here.", todo="The catalogue lists every course.")
        enrolment = Enrolments(self._session).of(reader, slug) if reader else None
        pinned = enrolment.release_digest if enrolment else None
        release = self._load(slug, pinned or current.digest, current.digest)
        return Copy(release=release, enrolment=enrolment, other=self._other(current, pinned))

    def _other(self, current: CourseRelease, pinned: str | None) -> Other | None:
        if pinned is None or pinned == current.digest:
            return None
        release = self._present(current)
        if release is None:  # whoever works in another one goes on with it
            return None
        own = Releases(self._session).by_digest(current.course_slug, pinned)
        return Other(
            release=release,
            version=current.version,
            notes=current.notes,
            newer=own is None or own.version < current.version,
        )

    def published(self, slug: str, digest: str) -> Release:
        """A release by its digest, current or not: pictures and data of every release stay reachable."""
        if Releases(self._session).by_digest(slug, digest) is None:
            raise NotFound("There is no such release of this course.")
        return self._store.load(slug, digest)

    def _present(self, row: CourseRelease) -> Release | None:
        """The release of this row; None, and a word to the operator, where its folder is gone or damaged."""
        try:
            return self._store.load(row.course_slug, row.digest)
        except (NotFound, PlatformError):
            log.warning("release.missing", course=row.course_slug, release=row.digest)
            return None

    def _load(self, slug: str, digest: str, current: str) -> Release:
        """The release with this digest; the current one where that is no longer on disk."""
        try:
            return self._store.load(slug, digest)
        except NotFound:
            return self._store.load(slug, current)


def page_of(release: Release, slug: str) -> Page:
    """The page with this slug, or `NotFound`."""
    page = release.page(slug)
    if page is None:
        raise NotFound(
            f"The course {release.course.title} has no page named {slug}.",
            todo="The course's own page lists its lessons.",
        )
    return page


def exercise_of(release: Release, exercise_id: str) -> Exercise:
    """The exercise with this id, or `NotFound`."""
    exercise = release.exercises.get(exercise_id)
    if exercise is None:
        raise NotFound(
            f"The course {release.course.title} has no exercise named {exercise_id}.",
            todo="Reload the lesson: the course may have been published anew.",
        )
    return exercise
