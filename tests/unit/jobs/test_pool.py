import threading
import time
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import factories
from fakes import report_for
from panlearn.domain.report import Verdict
from panlearn.domain.submission import MAX_BEGINNINGS, SubmissionState
from panlearn.errors import KernelLost
from panlearn.jobs.pool import Pool
from panlearn.jobs.workers import is_gone, worker_name
from panlearn.models import Submission
from panlearn.services.gradings import Gradings
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases


@pytest.fixture
def send(application, release):
    def accept(exercise: str = "first", source: str = "right") -> str:
        with application.writing() as session:
            learner = factories.guest(session)
            made = Submissions(session, application.clock).accept(learner, release, release.exercises[exercise], source)
        application.queue.sent(made.public_id)
        return made.public_id

    return accept


@pytest.fixture
def row(application):
    def read(public_id: str) -> Submission:
        with application.reading() as session:
            return session.scalar(select(Submission).where(Submission.public_id == public_id))

    return read


def wait_until(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def wait_through(application, condition) -> None:
    """Wait while time goes by ten seconds at a step, so that tries that were put off come due."""

    def later() -> bool:
        application.clock.forward(seconds=10)
        application.queue.wake_all()
        time.sleep(0.05)
        return condition()

    wait_until(later)


def test_a_submission_is_graded_and_whoever_waits_is_told(application, pool, send, row):
    with application.writing() as session:
        learner = factories.guest(session)
        release = application.store.load(factories.COURSE, factories.DIGEST)
        made = Submissions(session, application.clock).accept(learner, release, release.exercises["first"], "right")
        waiting = application.queue.waiting_for(made.public_id)
        event = waiting.__enter__()
    application.queue.sent(made.public_id)

    assert event.wait(10)
    waiting.__exit__(None, None, None)
    graded = row(made.public_id)
    assert (graded.state, graded.verdict, graded.worker != "") == (SubmissionState.GRADED, Verdict.PASSED, True)
    assert graded.report["verdict"] == "passed"
    assert graded.author_note == "for the author only"
    assert "author_note" not in graded.report


def test_what_waited_before_the_start_is_graded(application, send, row):
    waiting = [send() for _ in range(3)]
    pool = Pool(application).start()

    wait_until(lambda: all(row(one).state is SubmissionState.GRADED for one in waiting))
    pool.stop()


def test_what_a_killed_process_held_is_graded_after_the_restart(application, send, row):
    lost = send()
    dead = f"{worker_name().split('/')[0]}/{_free_pid()}/1.00/abcd"
    with application.writing() as session:
        Gradings(session, application.clock).claim(dead, timedelta(hours=1))

    pool = Pool(application).start()

    wait_until(lambda: row(lost).state is SubmissionState.GRADED)
    pool.stop()
    assert row(lost).gradings == 2


def test_a_platform_failure_is_tried_again_and_then_told(application, send, row, grader, clock):
    grader.answer = lambda bundle, answer: report_for(bundle, Verdict.PLATFORM_ERROR, message="Ours.")
    public_id = send()
    pool = Pool(application, workers=1).start()

    wait_through(application, lambda: row(public_id).state is SubmissionState.GRADED)
    pool.stop()
    assert (len(grader.graded), row(public_id).verdict) == (3, Verdict.PLATFORM_ERROR)


@pytest.mark.parametrize("error", [KernelLost("The process ended."), RuntimeError("a bug of ours")])
def test_whatever_the_grader_raises_becomes_a_verdict_and_the_pool_goes_on(
    application, send, row, grader, clock, error
):
    def broken(bundle, answer):
        if "broken" in answer:
            raise error
        return report_for(bundle, Verdict.PASSED)

    grader.answer = broken
    pool = Pool(application, workers=1).start()
    bad, good = send(source="broken"), send()

    wait_until(lambda: row(good).state is SubmissionState.GRADED)
    wait_through(application, lambda: row(bad).state is SubmissionState.GRADED)
    assert pool.alive
    pool.stop()
    found = row(bad)
    assert found.verdict is Verdict.PLATFORM_ERROR
    assert "a bug of ours" not in str(found.report)
    assert found.report["message"].startswith("We could not grade this. Your answer is saved")


def test_an_answer_that_kills_everything_is_given_up_at_last(application, send, row, clock, grader):
    public_id = send()
    for _ in range(MAX_BEGINNINGS):
        with application.writing() as session:
            assert Gradings(session, clock).claim("gone", timedelta(0))
        with application.writing() as session:
            Gradings(session, clock).sweep()

    pool = Pool(application).start()
    wait_until(lambda: row(public_id).state is SubmissionState.GRADED)
    pool.stop()

    assert row(public_id).verdict is Verdict.PLATFORM_ERROR
    assert grader.graded == []


def test_a_release_that_is_gone_is_a_verdict_too(application, send, row, clock):
    public_id = send()
    with application.writing() as session:
        session.scalar(select(Submission)).release_digest = "c" * 64
    pool = Pool(application).start()

    wait_through(application, lambda: row(public_id).state is SubmissionState.GRADED)
    pool.stop()
    assert row(public_id).verdict is Verdict.PLATFORM_ERROR


def test_stopping_lets_a_running_grading_end(application, send, row, grader):
    grader.hold.clear()
    public_id = send()
    pool = Pool(application, workers=1).start()
    wait_until(lambda: row(public_id).state is SubmissionState.GRADING)
    threading.Timer(0.2, grader.hold.set).start()

    pool.stop()

    assert row(public_id).state is SubmissionState.GRADED


def test_every_submission_is_graded_once_by_many_workers(application, send, row, grader):
    pool = Pool(application, workers=6).start()
    sent = [send(source=f"right {number}") for number in range(40)]

    wait_until(lambda: all(row(one).state is SubmissionState.GRADED for one in sent), 30)
    pool.stop()

    assert sorted(answer for _, answer, _ in grader.graded) == sorted(f"right {number}" for number in range(40))


def test_this_worker_is_there():
    assert not is_gone(worker_name())


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (lambda host, pid, began: (host, str(_free_pid()), began), True),
        (lambda host, pid, began: (host, pid, "1.00"), True),
        (lambda host, pid, began: (host, "1", began), True),
        (lambda host, pid, began: ("another-host", str(_free_pid()), began), False),
    ],
)
def test_who_is_gone_is_known_on_this_host_only(change, gone):
    *parts, rest = worker_name().split("/")

    assert is_gone("/".join([*change(*parts), rest])) is gone


def test_a_name_that_is_none_of_ours_is_left_to_its_lease():
    assert not is_gone("somebody")


def _free_pid() -> int:
    return next(pid for pid in range(4_000_000, 5_000_000) if not psutil.pid_exists(pid))


@pytest.fixture
def failing(monkeypatch):
    """Let the first calls of a method of `Gradings` end as when the database goes away, before or after its work."""

    def make(name: str, times: int, *, after: bool) -> list[str]:
        real, failed = getattr(Gradings, name), []

        def method(self, *args):
            done = real(self, *args) if after else None
            if len(failed) < times:
                if after:
                    self._session.commit()
                failed.append(name)
                raise OperationalError("commit", {}, ConnectionError("gone"))
            return done if after else real(self, *args)

        monkeypatch.setattr(Gradings, name, method)
        return failed

    return make


@pytest.mark.parametrize("after", [False, True])
def test_a_report_that_the_database_did_not_take_is_written_again(application, send, row, grader, failing, after):
    failed = failing("finish", 2, after=after)
    public_id = send()
    pool = Pool(application, workers=1).start()

    wait_until(lambda: len(failed) == 2 and row(public_id).state is SubmissionState.GRADED)
    pool.stop()
    assert len(grader.graded) == 1
    assert (row(public_id).gradings, row(public_id).verdict) == (1, Verdict.PASSED)


def test_a_worker_unsure_of_what_it_took_puts_it_back(application, send, row, failing):
    failing("claim", 1, after=True)
    public_id = send()
    pool = Pool(application, workers=1).start()

    wait_until(lambda: row(public_id).state is SubmissionState.GRADED)
    pool.stop()
    assert row(public_id).gradings == 2


def test_a_note_that_no_database_can_keep_is_kept_as_words(application, send, row, grader):
    grader.answer = lambda bundle, answer: replace(
        report_for(bundle, Verdict.FAILED, message="NUL \0 and \ud800"), author_note="NUL \0 and \ud800"
    )
    public_id = send()
    pool = Pool(application, workers=1).start()

    wait_until(lambda: row(public_id).state is SubmissionState.GRADED)
    pool.stop()
    assert row(public_id).author_note == "NUL \\0 and \\ud800"
    assert row(public_id).report["message"] == "NUL \0 and \ud800"
