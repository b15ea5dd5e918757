"""Figures about exercises, out of the table of answers. Nobody is named; guests are learners like all others.

Counts come from the database as counts. What needs the answers themselves is made from the last ones only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.report import CheckStatus, Fault, Verdict
from panlearn.domain.statistics import (
    QUIET,
    Answer,
    Figures,
    Flicker,
    Stop,
    WrongAnswer,
    flickers,
    slower_quarter,
    stops,
    ways_through,
    wrong_answers,
)
from panlearn.domain.submission import SubmissionState
from panlearn.models import GradeChange, Submission

LAST_ANSWERS = 2_000
"""Of one exercise, so many of the last answers are read one by one."""
ENOUGH = 8
"""So many have to have passed before anybody is measured by their time."""
LAST_PASSES = 20_000
"""Times are the median of so many of the last passes of a course."""

GIVEN_BY_A_PERSON = "A person gave part of the points."
"""What stands for the message of an answer that a person graded: its report is from before."""

_passed = Submission.verdict == Verdict.PASSED
_own = or_(_passed, and_(Submission.verdict.is_not(None), Submission.fault == Fault.LEARNER))

ByExercise = dict[str, Figures]
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFigures:
    """One course at a glance: people who tried anything in it, and its exercises."""

    learners: int
    exercises: ByExercise


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFigures:
    """All that is known of one exercise; what follows `read` is made from that many of the last answers."""

    figures: Figures
    read: int
    ways: list[tuple[str, int]]
    stops: list[Stop]
    wrong: list[WrongAnswer]
    flickers: list[Flicker]


class Statistics:
    """Reads figures; writes nothing."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def courses(self) -> dict[str, CourseFigures]:
        """Every course in which somebody tried something, by slug."""
        exercises = self._figures()
        return {
            slug: CourseFigures(learners=learners, exercises=exercises.get(slug, {}))
            for slug, learners in self._learners().items()
        }

    def course(self, slug: str) -> CourseFigures:
        """One course; one that nobody tried has no exercises here."""
        learners = self._learners(slug).get(slug, 0)
        return CourseFigures(learners=learners, exercises=self._figures(slug).get(slug, {}))

    def exercise(self, slug: str, exercise: str, names: tuple[str, ...] = (), *, quiz: bool = False) -> ExerciseFigures:
        """One exercise. `names`: what it asks learners to define; `quiz`: its answers are fields, not code."""
        answers = self._answers(slug, exercise)
        return ExerciseFigures(
            figures=self._figures(slug, exercise).get(slug, {}).get(exercise, Figures()),
            read=len(answers),
            ways=ways_through(answers),
            stops=stops(answers),
            wrong=wrong_answers(answers, names, quiz=quiz),
            flickers=flickers(answers),
        )

    def paces(self, slug: str) -> dict[str, float]:
        """By exercise, the seconds from the first answer to the pass that three of four stay below, of many enough."""
        return {
            exercise: slower_quarter(seconds)
            for (_, exercise), seconds in self._seconds(slug, None).items()
            if len(seconds) >= ENOUGH
        }

    def _figures(self, slug: str | None = None, exercise: str | None = None) -> dict[str, ByExercise]:
        seconds = self._seconds(slug, exercise)
        found: dict[str, ByExercise] = defaultdict(dict)
        for place, rows in self._counts(slug, exercise).items():
            passes = {row.tries: row.learners for row in rows if row.passed}
            found[place[0]][place[1]] = Figures(
                tried=sum(row.learners for row in rows),
                passed=sum(passes.values()),
                gave_up=sum(row.gave_up for row in rows),
                tries=passes,
                seconds=median(seconds[place]) if place in seconds else None,
            )
        return found

    def _counts(self, slug: str | None, exercise: str | None) -> dict[_Place, list[Row[Any]]]:
        """By exercise, how many learners passed or not after how many tries."""
        each = _journeys(slug, exercise).subquery()
        passed = each.c.pass_id.is_not(None)
        gave_up = and_(each.c.pass_id.is_(None), each.c.last_at < self._clock() - QUIET)
        groups = (each.c.course_slug, each.c.exercise_id, passed, each.c.tries)
        query = select(
            each.c.course_slug,
            each.c.exercise_id,
            passed.label("passed"),
            each.c.tries,
            func.count().label("learners"),
            func.sum(case((gave_up, 1), else_=0)).label("gave_up"),
        ).group_by(*groups)
        found: dict[_Place, list[Row[Any]]] = defaultdict(list)
        for row in self._session.execute(query):
            found[row.course_slug, row.exercise_id].append(row)
        return found

    def _seconds(self, slug: str | None, exercise: str | None) -> dict[_Place, list[float]]:
        each = _journeys(slug, exercise).subquery()
        query = (
            select(each.c.course_slug, each.c.exercise_id, each.c.first_at, each.c.passed_at)
            .where(each.c.pass_id.is_not(None), each.c.tries > 1)
            .order_by(each.c.pass_id.desc())
            .limit(LAST_PASSES)
        )
        found: dict[_Place, list[float]] = defaultdict(list)
        for course, name, first, passed in self._session.execute(query):
            found[course, name].append(max(0.0, (passed - first).total_seconds()))
        return found

    def _learners(self, slug: str | None = None) -> dict[str, int]:
        query = select(
            Submission.course_slug, func.count(func.distinct(Submission.learner_id)).label("learners")
        ).where(_own)
        if slug is not None:
            query = query.where(Submission.course_slug == slug)
        rows = self._session.execute(query.group_by(Submission.course_slug))
        return {row.course_slug: row.learners for row in rows}

    def _answers(self, slug: str, exercise: str) -> list[Answer]:
        """The last graded answers, the oldest first."""
        changed = or_(Submission.by_hand, exists().where(GradeChange.submission_id == Submission.id))
        query = (
            select(
                Submission.learner_id,
                Submission.source,
                Submission.release_digest,
                Submission.environment_digest,
                Submission.earlier,
                Submission.drawn,
                Submission.verdict,
                Submission.fault,
                Submission.report,
                Submission.by_hand,
                changed.label("changed"),
            )
            .where(
                Submission.course_slug == slug,
                Submission.exercise_id == exercise,
                Submission.state == SubmissionState.GRADED,
            )
            .order_by(Submission.id.desc())
            .limit(LAST_ANSWERS)
        )
        return [_answer(row) for row in reversed(self._session.execute(query).all())]


def _journeys(slug: str | None, exercise: str | None) -> Select[Any]:
    """One row for each learner at each exercise: when first and last tried, the first pass, tries up to it."""
    place = (Submission.course_slug, Submission.exercise_id, Submission.learner_id)
    chosen = [_own]
    if slug is not None:
        chosen.append(Submission.course_slug == slug)
    if exercise is not None:
        chosen.append(Submission.exercise_id == exercise)
    passes = (
        select(*place, func.min(Submission.id).label("pass_id")).where(_passed, *chosen).group_by(*place).subquery()
    )
    counted = or_(passes.c.pass_id.is_(None), Submission.id <= passes.c.pass_id)
    return (
        select(
            *place,
            passes.c.pass_id,
            func.min(Submission.created_at).label("first_at"),
            func.max(Submission.created_at).label("last_at"),
            func.max(case((Submission.id == passes.c.pass_id, Submission.created_at))).label("passed_at"),
            func.sum(case((counted, 1), else_=0)).label("tries"),
        )
        .outerjoin(passes, and_(*(passes.c[column.key] == column for column in place)))
        .where(*chosen)
        .group_by(*place, passes.c.pass_id)
    )


def _answer(row: Any) -> Answer:
    report = row.report or {}
    return Answer(
        learner=row.learner_id,
        source=row.source,
        world=json.dumps([row.release_digest, row.environment_digest, row.earlier, row.drawn], sort_keys=True),
        verdict=row.verdict,
        fault=row.fault,
        message=GIVEN_BY_A_PERSON if row.by_hand else str(report.get("message", "")),
        checks=tuple((str(one.get("name", "")), CheckStatus(one["status"])) for one in report.get("checks", ())),
        changed=row.changed,
    )
