"""One submission graded: whole, or without its hidden checks while they are paced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import factories
from fakes import report_for
from panlearn.domain.report import CheckStatus, Verdict
from panlearn.services.grade_one import grade_one
from panlearn.services.gradings import Grading


class Store:
    def __init__(self, bundle):
        self._bundle = bundle

    def load(self, *_):
        return factories.release()

    def bundle(self, *_):
        return self._bundle


class Grader:
    def __init__(self):
        self.graded = []

    def grade(self, bundle, answer, earlier=None):
        self.graded.append(bundle)
        return report_for(bundle, Verdict.PASSED)


@pytest.fixture
def bundle():
    made = factories.bundle(factories.release().exercises["first"])
    visible = replace(made.checks[0], hidden=False)
    return replace(made, checks=(visible, replace(visible, hidden=True, idea="more")), paced=True)


def grading(hidden_in):
    names = {"submission": "s", "course": "c", "release": "r", "exercise": "first"}
    return Grading(id=1, source="x", earlier={}, number=1, worker="me", hidden_in=hidden_in, **names)


def test_all_checks_run_where_nobody_has_to_wait(bundle):
    grader = Grader()
    assert grade_one(grading(0), Store(bundle), grader).verdict is Verdict.PASSED
    assert grader.graded == [bundle]


def test_hidden_checks_do_not_run_while_they_are_paced(bundle):
    grader = Grader()
    report = grade_one(grading(30), Store(bundle), grader)
    assert report.verdict is Verdict.FAILED
    assert [check.status for check in report.checks] == [CheckStatus.PASSED, CheckStatus.SKIPPED]
    assert not any(check.hidden for check in grader.graded[0].checks)


def test_an_exercise_without_a_pace_is_graded_whole(bundle):
    grader = Grader()
    assert grade_one(grading(30), Store(replace(bundle, paced=False)), grader).verdict is Verdict.PASSED


def test_hidden_checks_whose_day_is_past_are_told_like_any_others(bundle):
    grader = Grader()
    checks = tuple(replace(check, shows="full-after-2026-01-31") for check in bundle.checks)
    clock = lambda: datetime(2026, 2, 1, tzinfo=UTC)  # noqa: E731
    grade_one(grading(0), Store(replace(bundle, checks=checks)), grader, clock)
    assert [check.hidden for check in grader.graded[0].checks] == [False, False]
