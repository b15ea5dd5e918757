import threading
import time

import pytest

import classroom
import factories
from classroom import Kind
from fakes import FakeGrader, report_for
from panlearn.bootstrap import Application
from panlearn.domain.regrading import RunState
from panlearn.domain.report import Verdict
from panlearn.errors import NotContained
from panlearn.jobs import regrader as module
from panlearn.jobs.regrader import Regrader
from panlearn.services.regrade_runs import RegradeRuns

pytestmark = pytest.mark.databases

COURSE, EXERCISE = factories.COURSE, "first"


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(module, "TELL_SECONDS", 0.0)


@pytest.fixture
def asked(application: Application, release, clock) -> str:
    """Five different answers, and the wish to grade them again."""
    with application.writing() as session:
        for number in range(5):
            kind = Kind(source=f"right {number}")
            classroom.answer(session, release, release.exercises[EXERCISE], factories.guest(session), kind, clock())
        return RegradeRuns(session, clock).ask(release, EXERCISE, by="ada").public_id


def state_of(application: Application):
    with application.reading() as session:
        run = RegradeRuns(session).latest(COURSE, EXERCISE)
        return run.state, run.graded, run.different, run.problem, run.outcome


def until(application: Application, wanted) -> tuple:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = state_of(application)
        if wanted(found):
            return found
        time.sleep(0.01)
    pytest.fail(f"still {found}")


def test_a_run_that_was_asked_for_is_graded_and_changes_nothing(application, asked):
    regrader = Regrader(application).start()
    found = until(application, lambda one: one[0] is RunState.DONE)
    regrader.stop()

    assert found[4]["counts"]["up"] == 5
    assert found[2] == 5
    with application.reading() as session:
        assert {row.verdict for row in session.query(classroom.Submission)} == {Verdict.FAILED}


def test_it_says_how_far_it_is(application, asked, grader):
    held = threading.Semaphore(2)
    grader.answer = lambda bundle, _source: held.acquire() and report_for(bundle, Verdict.PASSED)
    regrader = Regrader(application).start()
    until(application, lambda one: one[1] == 2)
    held.release(10)
    until(application, lambda one: one[0] is RunState.DONE)
    regrader.stop()


def test_stopped_in_between_it_is_begun_anew_by_the_next_process(application, asked, grader, monkeypatch):
    held = threading.Event()
    grader.answer = lambda bundle, _source: held.wait(20) and report_for(bundle, Verdict.PASSED)
    regrader = Regrader(application).start()
    until(application, lambda one: one[0] is RunState.GRADING)
    threading.Timer(0.1, held.set).start()
    regrader.stop()

    assert state_of(application)[0] is RunState.GRADING
    assert len(grader.graded) < 5
    monkeypatch.setattr(module, "is_gone", lambda _worker: True)
    again = Regrader(application).start()
    assert until(application, lambda one: one[0] is RunState.DONE)[4]["counts"]["up"] == 5
    again.stop()


def test_a_run_that_was_asked_anew_is_left_in_the_middle(application, asked, grader, release, clock, monkeypatch):
    held, taken_away = threading.Event(), threading.Event()
    tell = Regrader._tell

    def told(self, *rest) -> bool:
        ours = tell(self, *rest)
        if not ours:
            taken_away.set()
        return ours

    def answer(bundle, _source):
        (held if len(grader.graded) == 1 else taken_away).wait(20)
        return report_for(bundle, Verdict.PASSED)

    monkeypatch.setattr(Regrader, "_tell", told)
    grader.answer = answer
    regrader = Regrader(application).start()
    until(application, lambda one: one[0] is RunState.GRADING)
    with application.writing() as session:
        session.query(classroom.Submission).delete()
        session.delete(RegradeRuns(session).latest(COURSE, EXERCISE))
        session.flush()
        RegradeRuns(session, clock).ask(release, EXERCISE, by="bob")
    held.set()

    found = until(application, lambda one: one[0] is RunState.DONE)
    regrader.stop()
    assert found[4]["answers"] == 0
    assert len(grader.graded) < 5


@pytest.mark.parametrize(
    ("error", "said"),
    [(NotContained("This machine cannot contain.", todo="See doctor."), "See doctor."), (KeyError("x"), "Nothing was")],
)
def test_what_goes_wrong_is_said_and_the_next_run_is_taken(application, asked, grader, release, clock, error, said):
    def fail(_bundle, _source):
        raise error

    grader.answer = fail
    regrader = Regrader(application).start()
    found = until(application, lambda one: one[0] is RunState.FAILED)
    assert said in found[3]

    grader.answer = FakeGrader().answer
    with application.writing() as session:
        RegradeRuns(session, clock).ask(release, EXERCISE, by="ada")
    until(application, lambda one: one[0] is RunState.DONE)
    regrader.stop()
