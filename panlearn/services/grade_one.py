"""Grade one submission that a worker has taken up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import structlog

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.disclosure import opened
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.pacing import visible_part, with_hidden_waiting
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.domain.report import Fault, GradeReport, Verdict
from panlearn.errors import PanlearnError
from panlearn.services.gradings import Grading
from panlearn.services.library import Store, exercise_of

log = structlog.get_logger(__name__)

UNGRADED = "We could not grade this. Your answer is saved; check it again in a while."


class GradesAnswers(Protocol):
    """What turns an answer into a report."""

    def grade(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str] = ...) -> GradeReport:
        """The report on an answer."""


def grade_one(grading: Grading, store: Store, grader: GradesAnswers, clock: Clock = utc_now) -> GradeReport:
    """The report on this submission. Whatever goes wrong on our side becomes a platform error, never an exception."""
    points = 0.0
    try:
        release = store.load(grading.course, grading.release)
        points = exercise_of(release, grading.exercise).points
        bundle = opened(store.bundle(release, grading.exercise), clock().date())
        if bundle.quiz is not None:
            return grade_quiz(bundle, grading.source)
        bundle = bundle.drawn(grading.drawn)
        if grading.hidden_in and bundle.paced:
            seen = grader.grade(visible_part(bundle), grading.source, grading.earlier)
            return with_hidden_waiting(bundle, seen, grading.hidden_in)
        return grader.grade(bundle, grading.source, grading.earlier)
    except PanlearnError as error:
        log.warning("submission.ungraded", submission=grading.submission, exc_info=error)
        return _platform_error(grading, points, note=f"{type(error).__name__}: {error}")
    except Exception as error:
        log.exception("submission.ungraded", submission=grading.submission)
        return _platform_error(grading, points, note=type(error).__name__)


def given_up(grading: Grading) -> GradeReport:
    """The report on a submission whose grading has ended the whole process too often."""
    return _platform_error(grading, 0.0, note=f"begun {grading.number - 1} times, never ended")


def _platform_error(grading: Grading, points: float, note: str) -> GradeReport:
    return GradeReport(
        exercise=grading.exercise,
        verdict=Verdict.PLATFORM_ERROR,
        fault=Fault.PLATFORM,
        points=0.0,
        max_points=points,
        checks=(),
        message=UNGRADED,
        author_note=note,
    )
