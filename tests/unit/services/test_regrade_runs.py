from dataclasses import replace
from datetime import timedelta

import pytest

import classroom
import factories
from classroom import Kind
from fakes import FakeGrader, report_for
from panlearn.domain.regrading import RunState
from panlearn.domain.report import Verdict
from panlearn.errors import BadInput, NotFound
from panlearn.grading.reports import to_json
from panlearn.models import GradeChange, Submission
from panlearn.services.regrade_runs import LEASE, MAX_BEGINNINGS, MAX_REASON, RegradeRuns
from panlearn.services.regrading import graded_again, stored

pytestmark = pytest.mark.databases
COURSE, EXERCISE = factories.COURSE, "first"
VERDICTS = {"up": Verdict.PASSED, "down": Verdict.FAILED, "breaks": Verdict.AUTHOR_ERROR, "same": Verdict.PASSED}


@pytest.fixture
def runs(session, clock) -> RegradeRuns:
    return RegradeRuns(session, clock)


@pytest.fixture
def answers(session, clock, release) -> dict[str, Submission]:
    """Four answers as they were graded by an older check."""
    before = {"up": Verdict.FAILED, "down": Verdict.PASSED, "breaks": Verdict.PASSED, "same": Verdict.PASSED}
    exercise = release.exercises[EXERCISE]
    return {
        name: classroom.answer(
            session,
            release,
            exercise,
            factories.guest(session),
            Kind(source=f"{name}  # Ann", verdict=verdict),
            clock(),
        )
        for name, verdict in before.items()
    }


@pytest.fixture
def done(session, runs, release, store, answers):
    """A dry run that came to its end."""
    run = runs.ask(release, EXERCISE, by="ada")
    taken = runs.claim("worker")
    grader = FakeGrader(lambda bundle, source: report_for(bundle, VERDICTS[source.split()[0]]))
    bundle = store.bundle(release, EXERCISE)
    regrade = graded_again(stored(session, COURSE, EXERCISE), release, bundle, grader.grade, workers=1)
    assert runs.finish(taken, regrade, to_json)
    session.refresh(run)
    return run


def test_a_run_is_asked_for_taken_up_once_and_followed(session, runs, release, clock):
    run = runs.ask(release, EXERCISE, by="ada")

    assert runs.open()
    taken = runs.claim("one")
    assert runs.claim("two") is None
    clock.forward(minutes=4)
    assert runs.progress(taken, 3, 10)
    session.refresh(run)

    assert (run.state, run.graded, run.different, run.asked_by) == (RunState.GRADING, 3, 10, "ada")
    assert run.lease_until == clock() + LEASE


def test_asking_again_while_one_is_under_way_gives_that_one(runs, release):
    first = runs.ask(release, EXERCISE, by="ada")
    runs.claim("one")

    assert runs.ask(release, EXERCISE, by="bob") is first


def test_a_new_release_or_a_new_wish_takes_the_place_of_the_old_run(runs, release, done):
    again = runs.ask(release, EXERCISE, by="ada")
    taken = runs.claim("one")
    newer = runs.ask(replace(release, digest="b" * 64), EXERCISE, by="ada")

    assert again.public_id != done.public_id
    assert runs.latest(COURSE, EXERCISE) is newer
    assert not runs.progress(taken, 1, 2)
    assert not runs.fail(taken, "too late")


def test_the_outcome_says_who_moves_with_examples_that_name_nobody(done):
    assert {move: done.outcome["counts"][move] for move in VERDICTS} == dict.fromkeys(VERDICTS, 1)
    assert done.outcome["learners"]["up"] == 1
    (example,) = done.outcome["examples"]["up"]
    assert example["source"] == "up"
    assert example["before"] == {"verdict": "failed", "points": 0.0}
    assert example["after"] == {"verdict": "passed", "points": 2.0}
    assert "note" in done.outcome["examples"]["breaks"][0]
    assert "learner" not in example
    assert [one["report"]["verdict"] for one in done.moves] == ["passed", "failed"]


def test_in_force_it_raises_and_lowers_nobody_unless_told(session, runs, release, clock, answers, done):
    changed = runs.put_in_force(done.public_id, release, EXERCISE, lower=False, reason=" Mended. ", by="ada")

    for row in answers.values():
        session.refresh(row)
    assert changed == 1
    assert (answers["up"].verdict, answers["up"].points, answers["up"].fault) == (Verdict.PASSED, 2.0, None)
    assert answers["up"].report["checks"][0]["name"] == "it is right"
    assert answers["down"].verdict is Verdict.PASSED
    assert (done.applied, done.applied_at, done.reason, done.moves) == (1, clock(), "Mended.", None)
    assert session.query(GradeChange).one().by == "ada"


def test_told_so_it_lowers_as_well(session, runs, release, answers, done):
    assert runs.put_in_force(done.public_id, release, EXERCISE, lower=True, reason="Too weak.", by="ada") == 2

    session.refresh(answers["down"])
    assert (answers["down"].verdict, answers["down"].points) == (Verdict.FAILED, 0.0)
    session.refresh(answers["breaks"])
    assert answers["breaks"].verdict is Verdict.PASSED


def test_a_run_is_put_into_force_once(runs, release, done):
    runs.put_in_force(done.public_id, release, EXERCISE, lower=False, reason="Mended.", by="ada")

    with pytest.raises(BadInput, match="in force already"):
        runs.put_in_force(done.public_id, release, EXERCISE, lower=True, reason="Mended.", by="ada")


def test_a_run_of_an_older_release_is_not_put_into_force(runs, release, done):
    with pytest.raises(BadInput, match="published anew"):
        runs.put_in_force(
            done.public_id, replace(release, digest="b" * 64), EXERCISE, lower=False, reason="Mended.", by="ada"
        )


def test_a_run_that_is_not_done_is_not_put_into_force(runs, release):
    run = runs.ask(release, EXERCISE, by="ada")

    with pytest.raises(BadInput, match="not come to its end"):
        runs.put_in_force(run.public_id, release, EXERCISE, lower=False, reason="Mended.", by="ada")


@pytest.mark.parametrize("reason", [" ", "x" * (MAX_REASON + 1)])
def test_a_reason_must_be_there_and_short(runs, release, done, reason):
    with pytest.raises(BadInput, match="reason"):
        runs.put_in_force(done.public_id, release, EXERCISE, lower=False, reason=reason, by="ada")


def test_a_run_of_another_exercise_or_of_nobody_is_not_found(runs, release, done):
    for public_id, exercise in ((done.public_id, "second"), ("nothing", EXERCISE)):
        with pytest.raises(NotFound):
            runs.put_in_force(public_id, release, exercise, lower=False, reason="Mended.", by="ada")


def test_a_run_whose_worker_is_gone_or_silent_is_begun_again_but_not_for_ever(session, runs, release, clock):
    run = runs.ask(release, EXERCISE, by="ada")
    for _ in range(MAX_BEGINNINGS):
        assert runs.claim("one") is not None
        assert runs.sweep() == 0
        clock.forward(seconds=LEASE.total_seconds() + 1)
        assert runs.sweep() == 1
        session.refresh(run)

    assert run.state is RunState.FAILED
    assert "never came to its end" in run.problem

    runs.ask(release, EXERCISE, by="ada")
    runs.claim("one")
    assert runs.sweep(lambda worker: worker == "one") == 1
    assert runs.claim("two") is not None


def test_a_run_that_cannot_be_done_says_why(session, runs, release, clock):
    run = runs.ask(release, EXERCISE, by="ada")
    clock.forward(seconds=timedelta(seconds=5).total_seconds())

    assert runs.fail(runs.claim("one"), "No sandbox.")
    session.refresh(run)
    assert (run.state, run.problem, run.ended_at) == (RunState.FAILED, "No sandbox.", clock())
    assert not runs.open()
