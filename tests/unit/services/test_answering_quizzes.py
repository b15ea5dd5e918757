import json

import pytest

import factories
from panlearn.domain.quiz.answers import stored_in
from panlearn.domain.quiz.drawing import draw
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotAllowed
from panlearn.models import Learner, Submission, new_public_id
from panlearn.services.claiming import Claiming
from panlearn.services.lessons import Lessons
from panlearn.services.quizzes import Quizzes
from panlearn.services.regrading import graded_again, stored
from panlearn.services.standings import standings
from quiz_files import option, publish_quizzes

pytestmark = pytest.mark.databases


@pytest.fixture
def quizzes(tmp_path, store, session):
    return publish_quizzes(tmp_path / "course", store, session)


@pytest.fixture
def answer(quizzes, store, session, clock):
    """Answer the choice by the text of an option."""

    def give(learner: Learner, text: str, **more: str) -> Submission:
        fields = {"choice": [option(quizzes, "longer", text)]}
        return Quizzes(session, store, clock).answer(learner, quizzes, quizzes.exercises["longer"], fields, **more)

    return give


def wave(session, store, quizzes, learner, number):
    fields = {"number": [number], "unit": ["Å"]}
    return Quizzes(session, store).answer(learner, quizzes, quizzes.exercises["wave"], fields)


def right(submission_or_seed, quizzes):
    drawn = draw(quizzes.exercises["wave"].quiz.variant, submission_or_seed)
    return f"{12.39841984 / float(drawn['energy']):.5f}"


def test_an_answer_is_graded_in_the_transaction_that_keeps_it(session, answer, clock):
    learner = factories.guest(session)

    row = answer(learner, "it shrinks")

    assert (row.state, row.verdict, row.points, row.graded_at) == (
        SubmissionState.GRADED, Verdict.FAILED, 0.0, clock.now,
    )  # fmt: skip
    assert row.report["checks"][0]["message"] == "saysSHRINKS"
    assert "saysSTAYS" not in json.dumps(row.report)
    found = standings(session, learner)["waves"]["longer"]
    assert (found.status, found.tries, found.honest) == ("failed", 1, 1)


def test_the_same_wrong_answer_again_costs_no_try(session, answer):
    learner = factories.guest(session)
    answer(learner, "it shrinks")

    with session.begin_nested() as savepoint:
        with pytest.raises(BadInput, match="gave this answer before"):
            answer(learner, "it shrinks")
        savepoint.rollback()

    assert standings(session, learner)["waves"]["longer"].tries == 1


def test_an_answer_sent_again_with_its_key_is_the_same_answer(session, answer):
    learner = factories.guest(session)

    assert answer(learner, "it shrinks", key="k").id == answer(learner, "it shrinks", key="k").id


def test_after_the_last_try_there_is_none(session, answer):
    learner = factories.guest(session)
    answer(learner, "it shrinks")
    answer(learner, "it stays")

    with pytest.raises(NotAllowed, match="2 attempts"):
        answer(learner, "it grows")


def test_a_hint_comes_with_each_try_and_the_answer_with_the_last(session, store, quizzes, answer):
    learner = factories.guest(session)
    seen = []
    for text in ("", "it shrinks", "it stays"):
        if text:
            answer(learner, text)
        view = Lessons(session, store).view(quizzes, quizzes.pages[1], learner).exercises[0]
        seen.append((len(view.hints), view.solution_open))

    assert seen == [(0, False), (1, False), (2, True)]


def test_each_learner_has_a_variant_of_their_own_and_keeps_it(session, store, quizzes):
    energies = set()
    for _ in range(20):
        learner = factories.guest(session)
        first, second = (stored_in(wave(session, store, quizzes, learner, text).source).seed for text in ("1", "2"))
        assert first == second
        energies.add(draw(quizzes.exercises["wave"].quiz.variant, first)["energy"])
    assert len(energies) > 3


def test_one_s_own_numbers_are_right_and_another_s_are_not(session, store, quizzes):
    learner = factories.guest(session)
    seed = stored_in(wave(session, store, quizzes, learner, "1").source).seed

    assert wave(session, store, quizzes, learner, right(seed, quizzes)).verdict is Verdict.PASSED
    other = next(s for s in "abcdefgh" if right(s, quizzes)[:3] != right(seed, quizzes)[:3])
    assert wave(session, store, quizzes, learner, right(other, quizzes)).verdict is Verdict.FAILED


def test_an_answer_to_another_variant_than_was_shown_is_not_taken(session, store, quizzes):
    learner = factories.guest(session)
    fields = {"number": ["1"], "unit": ["Å"], "seed": ["another"]}

    with pytest.raises(BadInput, match="changed since you opened it"):
        Quizzes(session, store).answer(learner, quizzes, quizzes.exercises["wave"], fields)


def test_a_guest_who_signs_in_keeps_the_numbers_that_were_answered(session, store, quizzes):
    guest = factories.guest(session)
    seed = stored_in(wave(session, store, quizzes, guest, "1").source).seed
    account = Learner(public_id=new_public_id(), name="Ada", email="ada@example.org")
    session.add(account)
    session.flush()

    Claiming(session).claim(guest, account)

    assert stored_in(wave(session, store, quizzes, account, "2").source).seed == seed


def test_stored_answers_are_graded_again_with_their_own_variant(session, store, quizzes, grader):
    learners = [factories.guest(session) for _ in range(5)]
    for learner in learners:
        seed = stored_in(wave(session, store, quizzes, learner, "1").source).seed
        wave(session, store, quizzes, learner, right(seed, quizzes))
    from panlearn.domain.quiz.grading import grade_quiz  # noqa: PLC0415

    bundle = store.bundle(quizzes, "wave")
    again = graded_again(
        stored(session, "waves", "wave"), quizzes, bundle, lambda one, source, _: grade_quiz(one, source), workers=1
    )

    assert again.counts["same"] == 10
    assert grader.graded == []


def test_a_worker_that_meets_a_quiz_needs_no_sandbox(session, store, quizzes, grader):
    from panlearn.services.grade_one import grade_one  # noqa: PLC0415
    from panlearn.services.gradings import Grading  # noqa: PLC0415

    row = wave(session, store, quizzes, factories.guest(session), "1")
    grading = Grading(
        id=row.id, submission=row.public_id, course="waves", release=row.release_digest, exercise="wave",
        source=row.source, earlier={}, number=1, worker="w",
    )  # fmt: skip

    assert grade_one(grading, store, grader).verdict is Verdict.FAILED
    assert grader.graded == []
