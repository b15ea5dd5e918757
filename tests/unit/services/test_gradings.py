from datetime import timedelta

import pytest

import factories
from fakes import report_for
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.models import Submission
from panlearn.services.gradings import Gradings
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases

LEASE = timedelta(minutes=2)


@pytest.fixture
def gradings(session, clock):
    return Gradings(session, clock)


@pytest.fixture
def send(session, clock, release):
    def accept(learner, exercise: str = "first", source: str = "x") -> Submission:
        return Submissions(session, clock).accept(learner, release, release.exercises[exercise], source)

    return accept


@pytest.fixture
def learner(session):
    return factories.guest(session)


def passed():
    return report_for(factories.bundle(factories.release().exercises["first"]), Verdict.PASSED)


def test_claiming_takes_a_lease_and_hands_over_all_that_grading_needs(gradings, send, learner, clock):
    made = send(learner, source="answer")

    grading = gradings.claim("me", LEASE)

    assert (grading.submission, grading.source, grading.number) == (made.public_id, "answer", 1)
    assert (made.state, made.worker, made.lease_until) == (SubmissionState.GRADING, "me", clock.now + LEASE)
    assert gradings.claim("me", LEASE) is None


def test_everybody_s_first_answer_comes_before_anybody_s_second(gradings, send, session):
    busy, quiet = factories.guest(session), factories.guest(session)
    order = [send(busy, source=f"busy {number}") for number in (1, 2, 3)] + [send(quiet, source="quiet")]

    taken = [gradings.claim("me", LEASE).source for _ in order]

    assert taken == ["busy 1", "quiet", "busy 2", "busy 3"]


def test_a_learner_who_is_being_graded_waits_behind_one_who_is_not(gradings, send, session):
    busy, quiet = factories.guest(session), factories.guest(session)
    send(busy, source="busy 1")
    gradings.claim("me", LEASE)
    send(busy, source="busy 2")
    send(quiet, source="quiet")

    assert gradings.claim("other", LEASE).source == "quiet"


def test_a_report_is_written_once(gradings, send, learner, clock):
    made = send(learner)
    grading = gradings.claim("me", LEASE)

    assert gradings.finish(grading, passed(), {"verdict": "passed"})
    assert not gradings.finish(grading, passed(), {"verdict": "again"})
    assert (made.state, made.verdict, made.points) == (SubmissionState.GRADED, Verdict.PASSED, 2.0)
    assert made.report == {"verdict": "passed"}
    assert made.graded_at == clock.now


def test_an_ended_lease_is_put_back_and_its_former_holder_can_write_no_more(gradings, send, learner, clock):
    made = send(learner)
    late = gradings.claim("late", LEASE)
    assert gradings.sweep() == 0
    clock.forward(minutes=3)

    assert gradings.sweep() == 1
    again = gradings.claim("other", LEASE)

    assert again.number == 2
    assert not gradings.finish(late, passed(), {"verdict": "late"})
    assert gradings.finish(again, passed(), {"verdict": "passed"})
    assert made.report == {"verdict": "passed"}


def test_the_same_worker_taking_it_again_does_not_revive_its_first_lease(gradings, send, learner, clock):
    send(learner)
    first = gradings.claim("me", LEASE)
    clock.forward(minutes=3)
    gradings.sweep()
    gradings.claim("me", LEASE)

    assert not gradings.finish(first, passed(), {})


def test_a_worker_that_is_no_more_loses_its_lease_at_once(gradings, send, session):
    send(factories.guest(session), source="dead's")
    gradings.claim("dead", LEASE)
    send(factories.guest(session), source="alive's")
    gradings.claim("alive", LEASE)

    assert gradings.sweep(lambda worker: worker == "dead") == 1
    assert gradings.claim("alive", LEASE).source == "dead's"


def test_a_submission_put_back_waits_a_little(gradings, send, learner, clock):
    made = send(learner)
    assert gradings.put_back(gradings.claim("me", LEASE))

    assert made.state is SubmissionState.QUEUED
    assert gradings.claim("me", LEASE) is None
    clock.forward(seconds=2)
    assert gradings.claim("me", LEASE).number == 2


def test_counts_say_what_waits(gradings, send, session):
    for _ in range(3):
        send(factories.guest(session))
    gradings.claim("me", LEASE)

    assert gradings.counts() == {"queued": 2, "grading": 1}


def hidden_failure():
    said = report_for(factories.bundle(factories.release().exercises["first"]), Verdict.FAILED)
    report = {"checks": [{"hidden": False, "status": "passed"}, {"hidden": True, "status": "failed"}]}
    return said, report


def test_who_failed_hidden_checks_often_waits_for_them_and_nobody_else_does(gradings, send, learner, clock, session):
    for number in range(5):
        send(learner, source=f"try {number}")
        grading = gradings.claim("me", LEASE)
        assert grading.hidden_in == 0
        assert gradings.finish(grading, *hidden_failure())
        clock.now += timedelta(seconds=10)

    send(learner, source="one more")
    assert gradings.claim("me", LEASE).hidden_in == 50
    send(learner, "second", source="another exercise")
    assert gradings.claim("me", LEASE).hidden_in == 0
    send(factories.guest(session), source="somebody else")
    assert gradings.claim("me", LEASE).hidden_in == 0

    clock.now += timedelta(seconds=50)
    send(learner, source="later")
    assert gradings.claim("me", LEASE).hidden_in == 0
