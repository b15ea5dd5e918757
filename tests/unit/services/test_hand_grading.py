"""Grades given by a person: the queue, points and rubric, history, and what a machine may not change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import factories
from fakes import report_for
from panlearn.domain.course import Criterion
from panlearn.domain.regrading import Move, Regrade
from panlearn.domain.report import Verdict
from panlearn.errors import BadInput, NotFound
from panlearn.grading.reports import to_json
from panlearn.services.gradings import Gradings
from panlearn.services.hand_grading import Given, HandGrading
from panlearn.services.regrading import Regrading, graded_again, stored
from panlearn.services.standings import standings
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases

RUBRIC = (Criterion(text="names the planes", points=1.0), Criterion(text="gives the unit", points=1.0))


@pytest.fixture
def grading(session, clock):
    return HandGrading(session, clock)


@pytest.fixture
def by_hand(release):
    """The small course, in which a person gives three points of `first`."""
    first = replace(release.exercises["first"], points=4.0, by_hand=3.0)
    return replace(release, exercises={**release.exercises, "first": first})


@pytest.fixture
def hand_in(session, clock, by_hand):
    def made(learner, source="x", verdict=Verdict.HANDED_IN):
        row = Submissions(session, clock).accept(learner, by_hand, by_hand.exercises["first"], source)
        claimed = Gradings(session, clock).claim("me", timedelta(minutes=1))
        report = replace(report_for(factories.bundle(by_hand.exercises["first"]), Verdict.PASSED), verdict=verdict)
        points = replace(report.checks[0], points=1.0, max_points=1.0)
        report = replace(report, checks=(points,), points=1.0, max_points=4.0)
        assert Gradings(session, clock).finish(claimed, report, to_json(report))
        session.refresh(row)
        return row

    return made


def test_the_last_answer_of_each_learner_waits_the_oldest_first(grading, hand_in, by_hand, session):
    ann, bob = factories.guest(session), factories.guest(session)
    hand_in(ann, "one")
    first = hand_in(bob, "two")
    second = hand_in(ann, "three")
    hand_in(factories.guest(session), "does not run", Verdict.ERROR)

    assert [one.source for one in grading.waiting(by_hand)] == [first.source, second.source]
    assert grading.counts(by_hand) == {"first": 2}


def test_points_by_hand_are_added_to_those_of_checks(grading, hand_in, by_hand, session):
    learner = factories.guest(session)
    row = hand_in(learner)
    grade = grading.give(row, by_hand.exercises["first"], Given(points=2.0, comment=" Name the unit. "), None)

    assert (row.points, row.verdict, row.by_hand) == (3.0, Verdict.FAILED, True)
    assert (grade.points, grade.points_before, grade.comment) == (3.0, 1.0, "Name the unit.")
    assert grading.waiting(by_hand) == []
    assert standings(session, learner)["waves"]["first"].points == 3.0


def test_full_points_are_a_pass_and_a_changed_grade_keeps_its_history(grading, hand_in, by_hand, session):
    learner = factories.guest(session)
    row = hand_in(learner)
    grading.give(row, by_hand.exercises["first"], Given(points=1.0), None)
    grading.give(row, by_hand.exercises["first"], Given(points=3.0), None)

    assert (row.points, row.verdict, row.fault) == (4.0, Verdict.PASSED, None)
    assert [(one.points, one.points_before) for one in grading.history(row)] == [(4.0, 2.0), (2.0, 1.0)]
    assert grading.in_force([row])[row.id].points == 4.0
    assert standings(session, learner)["waves"]["first"].passed


def test_a_rubric_adds_up_its_criteria(grading, hand_in, by_hand, session):
    exercise = replace(by_hand.exercises["first"], points=3.0, by_hand=2.0, rubric=RUBRIC)
    row = hand_in(factories.guest(session))
    grade = grading.give(row, exercise, Given(points=99.0, rubric={"names the planes": 0.5}), None)
    assert row.points == 1.5
    assert grade.rubric == {"names the planes": 0.5}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Given(points=3.5), "3.5 points were given"),
        (Given(points=-1.0), "Give 0 to 3"),
        (Given(points=1.0, comment="x" * 10_001), "10,001 characters"),
    ],
)
def test_a_grade_that_cannot_be_is_refused(grading, hand_in, by_hand, session, given, says):
    row = hand_in(factories.guest(session))
    with pytest.raises(BadInput, match=says):
        grading.give(row, by_hand.exercises["first"], given, None)
    assert not row.by_hand


def test_too_much_for_a_criterion_is_refused(grading, hand_in, by_hand, session):
    exercise = replace(by_hand.exercises["first"], rubric=RUBRIC)
    with pytest.raises(BadInput, match="“gives the unit”"):
        grading.give(hand_in(factories.guest(session)), exercise, Given(points=0, rubric={"gives the unit": 2}), None)


def test_another_course_or_an_answer_not_yet_graded_is_not_found(grading, hand_in, session):
    row = hand_in(factories.guest(session))
    with pytest.raises(NotFound):
        grading.find("optics", row.public_id)
    with pytest.raises(NotFound):
        grading.find("waves", "made-up")


def test_no_regrade_changes_it(grading, hand_in, by_hand, session, clock):
    row = hand_in(factories.guest(session))
    grading.give(row, by_hand.exercises["first"], Given(points=3.0), None)
    bundle = factories.bundle(by_hand.exercises["first"])
    found: Regrade = graded_again(
        stored(session, "waves", "first"), by_hand, bundle, lambda *_: report_for(bundle, Verdict.FAILED), workers=1
    )

    assert found.counts[Move.KEPT] == 1
    assert Regrading(session, clock).put_in_force(found, to_json, lower=True, reason="a stricter check") == 0
    session.refresh(row)
    assert (row.points, row.verdict) == (4.0, Verdict.PASSED)
