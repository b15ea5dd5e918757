"""Numbers that a lesson's code cells draw per learner: the same ones every time the learner comes back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from panlearn.domain.course import Page, Release
from panlearn.domain.quiz.drawing import draw, seed_of
from panlearn.models import Learner, Submission

_LOOK_BACK = 20
"""Answers of the learner in the lesson that are looked at."""


def drawn_for(session: Session, reader: Learner | None, reader_id: str, release: Release, page: Page) -> dict[str, str]:
    """This reader's numbers in a lesson, by name; empty where it draws none.

    Those of the last answer there stay, which may have been given as a guest or on an older release.
    """
    if not page.variant:
        return {}
    drawn = draw(page.variant, seed_of(reader_id, release.course.slug, page.slug))
    if reader is None:
        return drawn
    rows = session.scalars(
        select(Submission.drawn)
        .where(
            Submission.learner_id == reader.id,
            Submission.course_slug == release.course.slug,
            Submission.lesson == page.slug,
        )
        .order_by(Submission.id.desc())
        .limit(_LOOK_BACK)
    )
    last = next((row for row in rows if row), {})
    return drawn | {one.name: last[one.name] for one in page.variant if one.has(last.get(one.name, ""))}
