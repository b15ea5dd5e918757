"""Transactions that meet: no answer is lost, taken twice or let past a limit."""

import threading
from datetime import timedelta

import pytest

import factories
from panlearn.domain.submission import MAX_WAITING, SubmissionState
from panlearn.errors import NotAllowed, TooMany
from panlearn.models import CourseRelease, Learner, Submission
from panlearn.services.accounts import Accounts
from panlearn.services.claiming import Claiming
from panlearn.services.gradings import Gradings
from panlearn.services.releases import Releases
from panlearn.services.submissions import Submissions

LEASE = timedelta(minutes=2)
on_both = pytest.mark.databases
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def send(application, release):
    """Accept an answer in a transaction of its own; the learner's id and the answer's."""

    def accept(learner: int | None = None) -> tuple[int, int]:
        with application.writing() as session:
            who = session.get_one(Learner, learner) if learner else factories.guest(session)
            made = Submissions(session, application.clock).accept(who, release, release.exercises["first"], "x")
            return who.id, made.id

    return accept


def all_at_once(count, work):
    """What `work` gave or raised in each of so many threads that begin together."""
    found, together = [], threading.Barrier(count)

    def run(number):
        together.wait(10)
        try:
            found.append(work(number))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
            found.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@on_both
def test_an_answer_is_taken_by_one_of_many_workers(application, send):
    sent = {send()[1] for _ in range(6)}

    def claim(number):
        with application.writing() as session:
            return Gradings(session, application.clock).claim(f"worker {number}", LEASE)

    taken = [one.id for one in all_at_once(8, claim) if one is not None]

    assert sorted(taken) == sorted(sent)


@on_postgresql
def test_a_worker_does_not_wait_for_another_that_is_just_taking_an_answer(application, send):
    first, second = send()[1], send()[1]
    with application.writing() as one, application.writing() as other:
        assert Gradings(one, application.clock).claim("one", LEASE).id == first
        assert Gradings(other, application.clock).claim("other", LEASE).id == second
        assert Gradings(other, application.clock).claim("other", LEASE) is None


@on_postgresql
def test_a_sweep_leaves_alone_what_its_worker_is_just_writing(application, send, clock):
    _, row = send()
    with application.writing() as session:
        grading = Gradings(session, clock).claim("late", LEASE)
    clock.forward(minutes=3)
    with application.writing() as writer, application.writing() as sweeper:
        assert Gradings(writer, clock).put_back(grading)
        assert Gradings(sweeper, clock).sweep() == 0
    with application.reading() as session:
        assert session.get_one(Submission, row).state is SubmissionState.QUEUED


@on_both
def test_answers_sent_at_the_same_time_do_not_pass_the_limit(application, send):
    learner, _ = send()

    found = all_at_once(MAX_WAITING + 4, lambda _number: send(learner))

    refused = [one for one in found if isinstance(one, TooMany)]
    assert len(found) - len(refused) == MAX_WAITING - 1
    assert all(isinstance(one, tuple | TooMany) for one in found), found


@on_both
def test_releases_published_at_the_same_time_leave_one_current(application):
    def publish(number):
        with application.writing() as session:
            return Releases(session, application.clock).activate("waves", str(number) * 64)

    versions = all_at_once(5, publish)

    assert sorted(versions) == [1, 2, 3, 4, 5]
    with application.reading() as session:
        assert session.query(CourseRelease).filter_by(active=True).count() == 1


@on_both
def test_an_answer_sent_while_its_guest_signs_in_is_not_lost(application, release):
    with application.writing() as session:
        guest = factories.guest(session).public_id
        Accounts(session, application.clock, application.hasher).sign_up(
            name="Ann", email="ann@example.org", password="a long pass word"
        )

    def work(number):
        with application.writing() as session:
            accounts = Accounts(session, application.clock)
            learner = accounts.guest(guest)
            if number:
                made = Submissions(session, application.clock).accept(learner, release, release.exercises["first"], "x")
                return made.public_id
            Claiming(session).claim(learner, accounts.by_email("ann@example.org"))
            return None

    found = all_at_once(4, work)

    accepted = [one for one in found if isinstance(one, str)]
    with application.reading() as session:
        kept = {row.public_id for row in session.query(Submission)}
    assert set(accepted) == kept
    assert all(isinstance(one, str | NotAllowed | None) for one in found), found


@on_both
def test_a_worker_that_lost_the_database_lets_go_of_what_it_holds(application, send):
    send()
    with application.writing() as session:
        assert Gradings(session, application.clock).claim("me", LEASE)
        assert Gradings(session, application.clock).let_go("another") == 0
        assert Gradings(session, application.clock).let_go("me") == 1
        assert Gradings(session, application.clock).claim("me", LEASE).number == 2
