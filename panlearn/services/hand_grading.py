"""Grades given by a person: what waits for one, giving one, and what was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Criterion, Exercise, Release
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotFound
from panlearn.models import HandGrade, Learner, Submission

MOST_COMMENT = 10_000
_FULL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a grader gives: points by criterion where there is a rubric, else `points` of those given by hand."""

    points: float
    comment: str = ""
    rubric: Mapping[str, float] | None = None


class HandGrading:
    """The queue of answers that wait for a person, and the grades they get."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def waiting(self, release: Release, limit: int = 200) -> list[Submission]:
        """Answers of a course that wait for a person, the oldest first: the last one of each learner and exercise."""
        names = [name for name, one in release.exercises.items() if one.by_hand]
        if not names:
            return []
        last = (
            select(func.max(Submission.id))
            .where(
                Submission.course_slug == release.course.slug,
                Submission.exercise_id.in_(names),
                Submission.state == SubmissionState.GRADED,
            )
            .group_by(Submission.learner_id, Submission.exercise_id)
        )
        rows = select(Submission).where(Submission.id.in_(last), Submission.verdict == Verdict.HANDED_IN)
        return list(self._session.scalars(rows.order_by(Submission.id).limit(limit)))

    def counts(self, release: Release) -> dict[str, int]:
        """How many wait, by exercise."""
        found: dict[str, int] = {}
        for one in self.waiting(release, limit=10_000):
            found[one.exercise_id] = found.get(one.exercise_id, 0) + 1
        return found

    def find(self, course: str, public_id: str) -> Submission:
        """A graded submission of this course. Raises `NotFound`."""
        found = self._session.scalar(
            select(Submission).where(
                Submission.public_id == public_id,
                Submission.course_slug == course,
                Submission.state == SubmissionState.GRADED,
            )
        )
        if found is None:
            raise NotFound("There is no such answer in this course.", todo="The list shows what waits.")
        return found

    def newer(self, submission: Submission) -> Submission | None:
        """The last answer that its learner handed in after this one."""
        return self._session.scalar(
            select(Submission)
            .where(
                Submission.learner_id == submission.learner_id,
                Submission.course_slug == submission.course_slug,
                Submission.exercise_id == submission.exercise_id,
                Submission.verdict == Verdict.HANDED_IN,
                Submission.id > submission.id,
            )
            .order_by(Submission.id.desc())
            .limit(1)
        )

    def give(self, submission: Submission, exercise: Exercise, given: Given, grader: Learner | None) -> HandGrade:
        """Put a grade into force: checks' points as they are, and the points given beside them.

        Raises `BadInput` for points that the exercise has not.
        """
        points = _points(exercise, given)
        comment = given.comment.strip()
        if len(comment) > MOST_COMMENT:
            raise BadInput(f"The comment has {len(comment):,} characters.", todo=f"At most {MOST_COMMENT:,} are kept.")
        total = self._by_checks(submission) + points
        grade = HandGrade(
            submission_id=submission.id,
            grader_id=grader.id if grader else None,
            points=total,
            points_before=submission.points,
            comment=comment,
            rubric=dict(given.rubric or {}),
            given_at=self._clock(),
        )
        self._session.add(grade)
        full = total >= exercise.points - _FULL
        submission.by_hand, submission.points = True, total
        submission.verdict = Verdict.PASSED if full else Verdict.FAILED
        submission.fault = None if full else Fault.LEARNER
        self._session.flush()
        return grade

    def history(self, submission: Submission) -> list[HandGrade]:
        """All grades of a submission, the one in force first."""
        rows = select(HandGrade).where(HandGrade.submission_id == submission.id).order_by(HandGrade.id.desc())
        return list(self._session.scalars(rows))

    def in_force(self, submissions: Sequence[Submission]) -> dict[int, HandGrade]:
        """The grade in force of each of these that has one, by the submission's number."""
        numbers = [one.id for one in submissions if one.by_hand]
        if not numbers:
            return {}
        rows = select(HandGrade).where(HandGrade.submission_id.in_(numbers)).order_by(HandGrade.id)
        return {grade.submission_id: grade for grade in self._session.scalars(rows)}

    @staticmethod
    def _by_checks(submission: Submission) -> float:
        """What the checks gave, whatever a person gave before."""
        report = submission.report or {}
        return sum(float(check.get("points", 0.0)) for check in report.get("checks", ()))


def _points(exercise: Exercise, given: Given) -> float:
    if not exercise.rubric:
        if not 0 <= given.points <= exercise.by_hand:
            raise BadInput(f"{given.points:g} points were given.", todo=f"Give 0 to {exercise.by_hand:g}.")
        return given.points
    chosen = given.rubric or {}
    return sum(_of(criterion, chosen) for criterion in exercise.rubric)


def _of(criterion: Criterion, chosen: Mapping[str, float]) -> float:
    points = chosen.get(criterion.text, 0.0)
    if not 0 <= points <= criterion.points:
        raise BadInput(f"{points:g} points were given for “{criterion.text}”.", todo=f"Give 0 to {criterion.points:g}.")
    return points
