"""Grade every stored answer to an exercise again with a release, look at what moves, and put it into force.

Three steps, so that no session is open while answers are graded: `stored` reads, `graded_again` grades without a
database, `put_in_force` writes in one transaction what has not changed in the meantime.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Release
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.regrading import Regrade, Regraded
from panlearn.domain.report import GradeReport, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotFound
from panlearn.models import GradeChange, Learner, Submission
from panlearn.services.library import Library, Store

Grade = Callable[[GradingBundle, str, Mapping[str, str]], GradeReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """One graded answer as it stands in the table."""

    row: int
    learner: str
    source: str
    earlier: Mapping[str, str]
    verdict: Verdict
    points: float
    drawn: Mapping[str, str] = field(default_factory=dict)
    by_hand: bool = False

    @property
    def world(self) -> str:
        """What else its grading depends on: equal answers in equal worlds get equal reports."""
        return json.dumps([dict(self.earlier), dict(self.drawn)], sort_keys=True)


def course_of(session: Session, store: Store, exercise: str, course: str | None) -> Release:
    """The current release that has the exercise. Raises `NotFound`, or `BadInput` where several courses have one."""
    library = Library(session, store)
    found = [one for one in library.courses() if exercise in one.exercises and course in (None, one.course.slug)]
    if not found:
        where = f"The course {course}" if course else "No published course"
        raise NotFound(f"{where} has no exercise {exercise!r}.", todo="`panlearn course list` shows the courses.")
    if len(found) > 1:
        names = ", ".join(one.course.slug for one in found)
        raise BadInput(f"Several courses have an exercise {exercise!r}: {names}.", todo="Name one with --course.")
    return found[0]


def stored(session: Session, course: str, exercise: str) -> list[StoredAnswer]:
    """Every answer that has a verdict of the learner's own or by a broken check, the oldest first."""
    rows = session.execute(
        select(Submission, Learner.public_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(
            Submission.course_slug == course,
            Submission.exercise_id == exercise,
            Submission.state == SubmissionState.GRADED,
            Submission.verdict != Verdict.PLATFORM_ERROR,
        )
        .order_by(Submission.id)
    ).all()
    return [
        StoredAnswer(
            row=row.id,
            learner=learner,
            source=row.source,
            earlier=dict(row.earlier),
            drawn=dict(row.drawn),
            verdict=row.verdict or Verdict.FAILED,
            points=row.points,
            by_hand=row.by_hand,
        )
        for row, learner in rows
    ]


def graded_again(
    answers: Sequence[StoredAnswer],
    release: Release,
    bundle: GradingBundle,
    grade: Grade,
    *,
    workers: int,
    done: Callable[[int], None] = lambda _count: None,
) -> Regrade:
    """Grade them; equal answers once. `done` hears how many of the different ones are graded."""
    keys = [(one.source, one.world) for one in answers]
    first = dict(zip(keys, answers, strict=True))
    reports: dict[tuple[str, str], GradeReport] = {}
    with ThreadPoolExecutor(max(1, workers)) as pool:
        each = pool.map(
            lambda item: (item[0], grade(bundle.drawn(item[1].drawn), item[1].source, item[1].earlier)), first.items()
        )
        for key, report in each:
            reports[key] = report
            done(len(reports))
    return Regrade(
        course=release.course.slug,
        exercise=bundle.exercise,
        release=release.digest,
        answers=tuple(
            Regraded(
                row=one.row,
                learner=one.learner,
                source=one.source,
                verdict=one.verdict,
                points=one.points,
                report=reports[key],
                by_hand=one.by_hand,
            )
            for key, one in zip(keys, answers, strict=True)
        ),
    )


class Regrading:
    """Writes a regrade, and tells what was written."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def put_in_force(
        self,
        regrade: Regrade,
        to_json: Callable[[GradeReport], dict[str, Any]],
        *,
        lower: bool,
        reason: str,
        by: str = "",
    ) -> int:
        """Change the grades that moved; how many. One that changed since it was read is left alone."""
        if not reason.strip():
            raise BadInput(
                "A regrade that is put into force needs a reason.", todo="Learners read it: say what was mended."
            )
        return sum(self._change(one, regrade, to_json, reason.strip(), by) for one in regrade.in_force(lower=lower))

    def _change(
        self, one: Regraded, regrade: Regrade, to_json: Callable[[GradeReport], dict[str, Any]], reason: str, by: str
    ) -> bool:
        row = self._session.get(Submission, one.row, with_for_update=True, populate_existing=True)
        if row is None or row.by_hand or (row.verdict, row.points) != (one.verdict, one.points):
            return False
        self._session.add(
            GradeChange(
                submission_id=row.id,
                verdict_before=one.verdict,
                points_before=one.points,
                verdict_after=one.report.verdict,
                points_after=one.report.points,
                release_digest=regrade.release,
                reason=reason,
                by=by,
                changed_at=self._clock(),
            )
        )
        row.verdict, row.points = one.report.verdict, one.report.points
        row.fault = one.report.fault
        row.report, row.author_note = to_json(one.report), one.report.author_note
        self._session.flush()
        return True

    def latest(self, learner: Learner, course: str | None = None) -> dict[tuple[str, str], GradeChange]:
        """The last change of each of the learner's exercises, by course and exercise."""
        query = (
            select(GradeChange, Submission.course_slug, Submission.exercise_id)
            .join(Submission, Submission.id == GradeChange.submission_id)
            .where(Submission.learner_id == learner.id)
            .order_by(GradeChange.id)
        )
        if course is not None:
            query = query.where(Submission.course_slug == course)
        return {(slug, exercise): change for change, slug, exercise in self._session.execute(query)}
