"""The pages on which a person grades."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import factories
from fakes import report_for
from panlearn.domain.access import Role
from panlearn.domain.course import Criterion
from panlearn.domain.report import Verdict
from panlearn.grading.reports import to_json
from panlearn.services.accounts import Accounts
from panlearn.services.gradings import Gradings
from panlearn.services.hand_grading import HandGrading

pytestmark = pytest.mark.databases

LIST = "/teach/waves/to-grade"


@pytest.fixture
def release(store, application):
    """The small course with points given by hand, in `first` freely and in `second` by a rubric."""
    made = factories.release()
    rubric = (Criterion(text="names the planes", points=2.0), Criterion(text="gives the unit", points=1.0))
    exercises = {
        **made.exercises,
        "first": replace(made.exercises["first"], points=3.0, by_hand=2.0),
        "second": replace(made.exercises["second"], points=3.0, by_hand=3.0, rubric=rubric),
    }
    with application.writing() as session:
        return factories.publish(store, session, replace(made, exercises=exercises))


@pytest.fixture
def trainer(newcomer, application):
    visitor = newcomer()
    visitor.sign_up("trainer@example.org")
    with application.writing() as session:
        Accounts(session, application.clock, application.hasher).grant("trainer@example.org", Role.TRAINER)
    return visitor


@pytest.fixture
def handed_in(newcomer, application, release):
    def made(exercise="first", source="because"):
        learner = newcomer()
        learner.answer(exercise, source)
        with application.writing() as session:
            grading = Gradings(session).claim("me", timedelta(minutes=1))
            report = report_for(factories.bundle(release.exercises[exercise]), Verdict.PASSED)
            report = replace(report, verdict=Verdict.HANDED_IN, checks=(), points=0.0, message="A person reads it.")
            Gradings(session).finish(grading, report, to_json(report))
            return learner, HandGrading(session).waiting(release)[-1].public_id

    return made


def test_learners_and_strangers_do_not_get_there(visitor, handed_in):
    learner, answer = handed_in()
    for path in (LIST, f"/teach/waves/answers/{answer}"):
        assert visitor.get(path).status_code == 403
        assert learner.get(path).status_code == 403


def test_what_waits_is_listed_and_graded_and_its_learner_reads_it(trainer, handed_in):
    learner, answer = handed_in(source="the planes are dense")
    assert "1 answer waits" in trainer.get(LIST).text
    assert "To grade: 1" in trainer.get("/teach/waves").text

    page = f"/teach/waves/answers/{answer}"
    assert "the planes are dense" in trainer.get(page).text
    done = trainer.form(page, points="1.5", comment="Which planes?")

    assert done.headers["Location"] == LIST
    assert "Nothing waits" in trainer.get(LIST).text
    state = learner.state()["exercises"]["first"]
    assert state["by_hand"]["points"] == 1.5
    assert state["by_hand"]["comment"] == "Which planes?"
    assert "in force" in trainer.get(page).text


def test_by_a_rubric_and_on_to_the_next(trainer, handed_in):
    _, answer = handed_in("second")
    _, other = handed_in("second")
    page = trainer.get(f"/teach/waves/answers/{answer}").text
    assert "names the planes" in page
    done = trainer.form(f"/teach/waves/answers/{answer}", **{"criterion-0": "2", "criterion-1": "0,5", "comment": ""})
    assert done.headers["Location"] == f"/teach/waves/answers/{other}"


@pytest.mark.parametrize(
    ("points", "says"), [("", "no number"), ("many", "no number"), ("7", "Give 0 to 2"), ("nan", "no number")]
)
def test_points_that_cannot_be_are_said_and_the_comment_stays(trainer, handed_in, points, says):
    _, answer = handed_in()
    done = trainer.form(f"/teach/waves/answers/{answer}", points=points, comment="kept as typed")
    assert done.status_code == 400
    assert says in done.text
    assert "kept as typed" in done.text


def test_what_no_person_grades_is_not_there(trainer, newcomer, handed_in, application):
    learner = newcomer()
    identity = learner.answer("third", "x").json["id"]
    assert trainer.get(f"/teach/waves/answers/{identity}").status_code == 404
    assert trainer.get("/teach/waves/answers/made-up").status_code == 404
    assert trainer.get("/teach/nowhere/to-grade").status_code == 404
