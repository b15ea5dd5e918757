"""Numbers drawn per learner: the same at every visit, kept with each answer, graded and regraded with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import factories
from fakes import FakeGrader, report_for
from panlearn.domain.exercise import Step
from panlearn.domain.quiz.drawing import Variable, marker
from panlearn.domain.report import Verdict
from panlearn.models import Learner, Submission, new_public_id
from panlearn.services.claiming import Claiming
from panlearn.services.grade_one import grade_one
from panlearn.services.gradings import Gradings
from panlearn.services.regrading import graded_again, stored
from panlearn.services.submissions import Submissions
from panlearn.services.variants import drawn_for

pytestmark = pytest.mark.databases

SEED = Variable(name="seed", low="1", high="99999", step="1")


@pytest.fixture
def drawing(release):
    """The release of the other tests, whose first lesson draws a seed."""
    pages = tuple(replace(one, variant=(SEED,)) if one.slug == "first-lesson" else one for one in release.pages)
    return replace(release, pages=pages)


@pytest.fixture
def accept(session, clock, drawing):
    def send(learner, source="x") -> Submission:
        return Submissions(session, clock).accept(learner, drawing, drawing.exercises["first"], source)

    return send


def numbers(session, learner, drawing, page="first-lesson"):
    return drawn_for(session, learner, learner.public_id, drawing, drawing.page(page))


def test_every_learner_has_numbers_of_their_own_and_keeps_them(session, drawing, accept):
    ann, bob = factories.guest(session), factories.guest(session)
    mine = numbers(session, ann, drawing)
    assert SEED.has(mine["seed"])
    assert mine != numbers(session, bob, drawing)
    assert accept(ann).drawn == mine == numbers(session, ann, drawing)
    assert accept(ann, "y").drawn == mine


def test_who_has_left_nothing_yet_has_the_numbers_that_their_first_answer_is_graded_with(session, drawing, accept):
    before = drawn_for(session, None, "public-id", drawing, drawing.page("first-lesson"))
    learner = Learner(public_id="public-id")
    session.add(learner)
    session.flush()
    assert accept(learner).drawn == before


def test_a_lesson_that_draws_nothing_has_none(session, drawing):
    assert numbers(session, factories.guest(session), drawing, "second") == {}


def test_a_guests_numbers_stay_when_an_account_takes_over_the_work(session, drawing, accept):
    guest = factories.guest(session)
    account = Learner(public_id=new_public_id(), email="ann@example.org", name="Ann")
    session.add(account)
    session.flush()
    given = accept(guest).drawn

    Claiming(session).claim(guest, account)

    assert numbers(session, account, drawing) == given


def test_a_number_that_a_new_release_does_not_draw_any_more_is_drawn_anew(session, drawing, accept):
    learner = factories.guest(session)
    given = int(accept(learner).drawn["seed"])
    narrow = replace(SEED, low=str(given + 1), high=str(given + 1))
    page = replace(drawing.page("first-lesson"), variant=(narrow, replace(SEED, name="other")))
    found = drawn_for(session, learner, learner.public_id, drawing, page)
    assert found["seed"] == str(given + 1)
    assert SEED.has(found["other"])


def drawn_bundle(store, drawing):
    bundle = store.bundle(drawing, "first")
    return replace(bundle, steps=(Step(source=f"seed = {marker('seed')}", both=True),), variant=(SEED,))


class OneBundle:
    """A store with one bundle."""

    def __init__(self, release, bundle):
        self.load = lambda _course, _digest: release
        self.bundle = lambda _release, _exercise: bundle


def test_an_answer_is_graded_with_the_numbers_that_it_was_sent_with(session, clock, drawing, accept, store):
    learner = factories.guest(session)
    given = accept(learner).drawn["seed"]
    grading = Gradings(session, clock).claim("me", timedelta(minutes=1))
    seen = []

    def answer(bundle, _source):
        seen.append(bundle)
        return report_for(bundle, Verdict.PASSED)

    grade_one(grading, OneBundle(drawing, drawn_bundle(store, drawing)), FakeGrader(answer), clock)

    assert [step.source for step in seen[0].steps] == [f"seed = {given}"]
    assert seen[0].variant == ()


def test_equal_answers_with_other_numbers_are_graded_again_each_with_its_own(session, clock, drawing, accept, store):
    given = []
    for _ in range(3):
        learner = factories.guest(session)
        given.append(accept(learner, "same").drawn["seed"])
        gradings = Gradings(session, clock)
        grading = gradings.claim("me", timedelta(minutes=1))
        gradings.finish(grading, report_for(store.bundle(drawing, "first"), Verdict.PASSED), {})
    seen = []

    def answer(bundle, _source):
        seen.append(bundle.steps[0].source)
        return report_for(bundle, Verdict.PASSED)

    answers = stored(session, factories.COURSE, "first")
    graded_again(answers, drawing, drawn_bundle(store, drawing), FakeGrader(answer).grade, workers=1)

    assert sorted(seen) == sorted(f"seed = {one}" for one in given)
