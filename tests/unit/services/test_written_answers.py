"""Texts that a person grades: handed in, replaced, graded, and what no machine and no second thought changes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import factories
from panlearn.domain.progress import progress_of
from panlearn.domain.quiz.answers import written_text
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.domain.regrading import Move
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotAllowed
from panlearn.grading.reports import to_json
from panlearn.models import Learner, Submission, new_public_id
from panlearn.services.claiming import Claiming
from panlearn.services.hand_grading import Given, HandGrading
from panlearn.services.hints import Hints
from panlearn.services.lessons import ExerciseView, Lessons
from panlearn.services.quizzes import Quizzes
from panlearn.services.regrading import Regrading, graded_again, stored
from panlearn.services.standings import standings
from panlearn.services.statistics import GIVEN_BY_A_PERSON, Statistics
from quiz_files import CHOICE, FREE, WRITTEN, option, publish_quizzes

pytestmark = pytest.mark.databases

FULL = {"names the planes": 2.0, "gives the law": 1.0}
PART = {"names the planes": 1.0, "gives the law": 0.0}


@pytest.fixture
def lesson():
    return WRITTEN + FREE


@pytest.fixture
def quizzes(tmp_path, store, session, lesson):
    return publish_quizzes(tmp_path / "course", store, session, lesson)


@pytest.fixture
def hand_in(quizzes, store, session, clock):
    def give(learner: Learner, text: str = "planes are dense", exercise: str = "why", **more: str) -> Submission:
        asked = quizzes.exercises[exercise]
        return Quizzes(session, store, clock).answer(learner, quizzes, asked, {"text": [text]}, **more)

    return give


@pytest.fixture
def grade(quizzes, session, clock):
    def give(row: Submission, rubric: dict[str, float], comment: str = "") -> None:
        given = Given(points=0.0, rubric=rubric, comment=comment)
        HandGrading(session, clock).give(row, quizzes.exercises["why"], given, None)

    return give


@pytest.fixture
def seen(quizzes, store, session):
    def view(learner: Learner) -> ExerciseView:
        return Lessons(session, store).view(quizzes, quizzes.pages[1], learner).exercises[0]

    return view


def refused(session, error, says, hand_in, *arguments):
    with session.begin_nested() as savepoint:
        with pytest.raises(error, match=says):
            hand_in(*arguments)
        savepoint.rollback()


def test_it_is_handed_in_in_the_transaction_that_keeps_it(session, hand_in, clock):
    learner = factories.guest(session)
    row = hand_in(learner, "planes\nare dense")

    assert (row.state, row.verdict, row.fault, row.points, row.graded_at) == (
        SubmissionState.GRADED, Verdict.HANDED_IN, None, 0.0, clock.now,
    )  # fmt: skip
    assert written_text(row.source) == "planes\nare dense"
    assert "explainWHY" not in json.dumps(row.report)


def test_until_it_is_graded_it_is_no_try_and_no_failure(session, quizzes, hand_in):
    learner = factories.guest(session)
    hand_in(learner)
    found = standings(session, learner)["waves"]

    assert (found["why"].status, found["why"].tries, found["why"].sent, found["why"].points) == ("tried", 0, 1, 0.0)
    progress = progress_of(quizzes.exercises.values(), found)
    assert (progress.arcs, progress.passed, progress.points, progress.max_points) == (("tried", "todo"), 0, 0.0, 7.0)


def test_it_waits_beside_all_others_and_the_last_of_each_learner_counts(session, quizzes, hand_in):
    ann, bob = factories.guest(session), factories.guest(session)
    hand_in(ann, "my first text")
    hand_in(bob, "anything at all", "next")
    hand_in(ann, "my second text")
    grading = HandGrading(session)

    assert [written_text(one.source) for one in grading.waiting(quizzes)] == ["anything at all", "my second text"]
    assert grading.counts(quizzes) == {"why": 1, "next": 1}


def test_the_same_text_again_is_not_handed_in_twice(session, quizzes, hand_in, grade):
    learner = factories.guest(session)
    row = hand_in(learner)
    refused(session, BadInput, "handed this in already", hand_in, learner)
    assert len(stored(session, "waves", "why")) == 1

    assert hand_in(learner, "planes are far apart", key="k").id == hand_in(learner, "planes are far apart", key="k").id
    assert hand_in(learner).id != row.id


def test_too_few_words_are_not_written_down(session, hand_in):
    learner = factories.guest(session)
    refused(session, BadInput, "2 words; at least 3", hand_in, learner, "dense planes")

    assert standings(session, learner).get("waves", {}) == {}


def test_a_pass_opens_the_explanation_and_closes_the_question(session, hand_in, grade, seen):
    learner = factories.guest(session)
    row = hand_in(learner)
    assert not seen(learner).solution_open
    grade(row, FULL, "Well put.")

    assert (row.verdict, row.points, row.by_hand) == (Verdict.PASSED, 3.0, True)
    view = seen(learner)
    assert (view.solution_open, view.standing.passed, view.by_hand.comment) == (True, True, "Well put.")
    refused(session, NotAllowed, "graded, so it cannot be replaced", hand_in, learner, "something else entirely")


def test_a_part_of_the_points_opens_the_explanation_so_that_nothing_more_is_taken(session, hand_in, grade, seen):
    learner = factories.guest(session)
    grade(hand_in(learner), PART)

    assert seen(learner).solution_open
    assert standings(session, learner)["waves"]["why"].points == 1.0
    refused(session, NotAllowed, "cannot be replaced", hand_in, learner, "copied from the explanation")


def test_what_was_replaced_before_its_grade_came_waits_on(session, quizzes, hand_in, grade, seen):
    learner = factories.guest(session)
    first = hand_in(learner)
    second = hand_in(learner, "another text altogether")
    grade(first, PART)

    grading = HandGrading(session)
    assert grading.waiting(quizzes) == [second]
    assert (grading.newer(first), grading.newer(second)) == (second, None)
    assert not seen(learner).solution_open
    assert hand_in(learner, "and one more text").verdict is Verdict.HANDED_IN


def test_without_an_explanation_a_graded_text_may_be_written_anew(session, quizzes, hand_in):
    learner = factories.guest(session)
    row = hand_in(learner, "short", "next")
    HandGrading(session).give(row, quizzes.exercises["next"], Given(points=1.0, comment="Why that?"), None)
    refused(session, BadInput, "this very text before, and it is graded", hand_in, learner, "short", "next")

    assert hand_in(learner, "longer", "next").verdict is Verdict.HANDED_IN


def test_another_s_grade_opens_nothing(session, hand_in, grade, seen):
    learner = factories.guest(session)
    hand_in(learner)
    grade(hand_in(factories.guest(session)), FULL)

    assert not seen(learner).solution_open


def test_hints_come_on_request_and_not_with_tries(session, hand_in, grade, seen, clock):
    learner = factories.guest(session)
    grade(hand_in(learner), PART)
    assert seen(learner).hints == ()
    Hints(session, clock).next(learner, "waves", "why", 2)

    assert seen(learner).hints == ("<p>hintPLANES</p>",)


class TestAttempts:
    @pytest.fixture
    def lesson(self):
        return WRITTEN.replace("kind: written", ":attempts: 2\nkind: written")

    def test_each_text_that_is_handed_in_is_one(self, session, hand_in):
        learner = factories.guest(session)
        hand_in(learner)
        hand_in(learner, "another text altogether")

        with pytest.raises(NotAllowed, match="2 attempts") as caught:
            hand_in(learner, "and one more text")
        assert caught.value.todo == "What you handed in is kept."


def test_no_regrade_changes_what_a_person_gave_and_what_waits_goes_on_waiting(session, store, quizzes, hand_in, grade):
    grade(hand_in(factories.guest(session)), FULL)
    hand_in(factories.guest(session), "this one still waits")
    bundle = store.bundle(quizzes, "why")
    found = graded_again(
        stored(session, "waves", "why"), quizzes, bundle, lambda one, source, *_: grade_quiz(one, source), workers=1
    )

    assert (found.counts[Move.KEPT], found.counts[Move.SAME]) == (1, 1)
    assert Regrading(session).put_in_force(found, to_json, lower=True, reason="again") == 0
    assert [one.points for one in stored(session, "waves", "why")] == [3.0, 0.0]


def test_a_text_stays_when_its_question_becomes_one_for_machines(session, quizzes, hand_in, grade):
    grade(hand_in(factories.guest(session)), FULL)
    bundle = factories.bundle(factories.release().exercises["first"])
    found = graded_again(
        stored(session, "waves", "why"),
        quizzes,
        bundle,
        lambda one, source, *_: grade_quiz(replace(one, quiz=None), source),
        workers=1,
    )

    assert found.counts[Move.KEPT] == 1


def test_figures_say_that_a_person_gave_the_points(session, clock, quizzes, hand_in, grade):
    grade(hand_in(factories.guest(session)), PART)
    grade(hand_in(factories.guest(session)), FULL)
    hand_in(factories.guest(session))
    found = Statistics(session, clock).exercise("waves", "why", quiz=True)

    assert (found.figures.tried, found.figures.passed) == (2, 1)
    assert [one.message for one in found.stops] == [GIVEN_BY_A_PERSON]
    assert [one.source for one in found.wrong] == ["text: planes are dense"]
    assert found.flickers == []


def test_a_guest_who_signs_in_keeps_it_with_its_grade(session, quizzes, hand_in, grade, seen):
    guest = factories.guest(session)
    grade(hand_in(guest), PART, "Which planes?")
    account = Learner(public_id=new_public_id(), name="Ada", email="ada@example.org")
    session.add(account)
    session.flush()
    Claiming(session).claim(guest, account)

    assert seen(account).by_hand.comment == "Which planes?"


class TestBesideOthers:
    @pytest.fixture
    def lesson(self):
        return CHOICE + WRITTEN

    def test_a_quiz_for_machines_goes_on_as_it_was(self, session, store, quizzes):
        learner = factories.guest(session)
        fields = {"choice": [option(quizzes, "longer", "it shrinks")]}
        row = Quizzes(session, store).answer(learner, quizzes, quizzes.exercises["longer"], fields)

        assert row.verdict is Verdict.FAILED
        assert HandGrading(session).waiting(quizzes) == []
        found = standings(session, learner)["waves"]["longer"]
        assert (found.tries, found.sent) == (1, 1)
