"""What a learner is told of grades that were changed after they were given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Release
from panlearn.domain.reading import page_url
from panlearn.models import Learner
from panlearn.services.regrading import Regrading

TOLD_FOR = timedelta(days=30)
"""So long the learner's own page tells of a change; the exercise itself does for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegradeNote:
    """One exercise whose grade was changed last at `at`, from `before` to `after` points."""

    course: str
    title: str
    url: str
    at: datetime
    before: float
    after: float
    reason: str


def regrade_notes(
    session: Session, learner: Learner | None, releases: Iterable[Release], clock: Clock = utc_now
) -> list[RegradeNote]:
    """The changes of the last weeks in these courses, the newest first."""
    if learner is None:
        return []
    by_slug = {release.course.slug: release for release in releases}
    since = clock() - TOLD_FOR
    found = [
        RegradeNote(
            course=by_slug[slug].course.title,
            title=exercise.title,
            url=page_url(slug, exercise.lesson, exercise.id),
            at=change.changed_at,
            before=change.points_before,
            after=change.points_after,
            reason=change.reason,
        )
        for (slug, name), change in Regrading(session).latest(learner).items()
        if change.changed_at > since and slug in by_slug and (exercise := by_slug[slug].exercises.get(name))
    ]
    return sorted(found, key=lambda note: note.at, reverse=True)
