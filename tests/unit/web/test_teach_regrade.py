import re
import time

import pytest

import classroom
import factories
from classroom import Kind
from fakes import report_for
from panlearn.domain.access import Role
from panlearn.domain.report import Verdict
from panlearn.jobs import regrader as module
from panlearn.jobs.regrader import Regrader
from panlearn.models import GradeChange, Submission
from panlearn.services.accounts import Accounts

pytestmark = pytest.mark.databases

HERE = "/teach/waves/first/regrade"
APPLY = f"{HERE}/apply"
BEFORE = {"up": Verdict.FAILED, "down": Verdict.PASSED, "breaks": Verdict.FAILED, "same": Verdict.PASSED}
NOW = {"up": Verdict.PASSED, "down": Verdict.FAILED, "breaks": Verdict.AUTHOR_ERROR, "same": Verdict.PASSED}


@pytest.fixture
def trainer(newcomer, application):
    made = newcomer()
    made.sign_up("marie@example.org", name="Marie")
    with application.writing() as session:
        Accounts(session).grant("marie@example.org", Role.TRAINER)
    return made


@pytest.fixture
def learner(visitor):
    """Ann, whose answer an older check failed."""
    visitor.sign_up()
    visitor.answer("first", "up  # Ann")
    return visitor


@pytest.fixture
def answers(application, release, clock, learner, grader):
    """Ann's answer and six of others, graded by an older check."""
    grader.answer = lambda bundle, source: report_for(bundle, NOW[source.split()[0]], message="Look <b>here</b>.")
    exercise = release.exercises["first"]
    with application.writing() as session:
        for row in session.query(Submission):
            session.delete(row)
        session.flush()
        ann = Accounts(session).by_email("ann@example.org")
        classroom.answer(session, release, exercise, ann, Kind(source="up  # Ann"), clock())
        for name, verdict in {**BEFORE, "down 2": Verdict.PASSED, "up 2": Verdict.FAILED}.items():
            classroom.answer(
                session, release, exercise, factories.guest(session), Kind(source=name, verdict=verdict), clock()
            )


@pytest.fixture
def regrader(application, monkeypatch):
    monkeypatch.setattr(module, "POLL_SECONDS", 0.02)
    made = Regrader(application).start()
    yield made
    made.stop()


@pytest.fixture
def done(trainer, answers, regrader) -> str:
    """The page of a dry run that came to its end."""
    trainer.form(HERE)
    return finished(trainer)


def finished(trainer) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = trainer.get(HERE).text
        if 'hx-trigger="every' not in text:
            return text
        time.sleep(0.02)
    pytest.fail(text)


def apply(trainer, **fields: str):
    run = re.search(r'name="run"[^>]*value="([^"]+)"', trainer.get(HERE).text)
    return trainer.form(HERE, to=APPLY, run=run[1] if run else "", **fields)


def verdicts(application) -> dict[str, Verdict]:
    with application.reading() as session:
        return {row.source.split("  #")[0]: row.verdict for row in session.query(Submission)}


def test_only_those_who_teach_may_ask_or_apply(learner, newcomer, trainer, application):
    for one in (learner, newcomer()):
        for path in (HERE, APPLY):
            token = one.token("/sign-up") if one is not learner else one.token("/me")
            answer = one.client.post(path, data={"csrf_token": token, "reason": "x"})
            assert answer.status_code == 403
    assert trainer.client.post(HERE).status_code == 400  # from another site: no token


@pytest.mark.parametrize("path", ["/teach/nowhere/first/regrade", "/teach/waves/nothing/regrade"])
def test_what_is_not_there_cannot_be_graded_again(trainer, path):
    for address in (path, f"{path}/apply"):
        assert trainer.form("/me", to=address, reason="x").status_code == 404


def test_without_answers_there_is_nothing_to_start(trainer):
    text = trainer.get(HERE).text

    assert "no graded answers to this exercise yet" in text
    assert "Start the dry run" not in text


def test_asking_answers_at_once_and_the_page_looks_again_with_and_without_a_script(trainer, answers):
    assert f'<form method="post" action="{HERE}">' in trainer.get(HERE).text
    answer = trainer.form(HERE)
    text = trainer.get(HERE).text

    assert (answer.status_code, answer.location) == (303, HERE)
    assert "Waiting for a worker" in text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    assert f'hx-get="{HERE}" hx-trigger="every 1s"' in text
    assert f'<a href="{HERE}">Look again</a>' in text


def test_the_dry_run_shows_who_moves_with_examples_and_changes_nothing(done, application):
    for words, number in (("go up: 3 learners", 3), ("go down: 2 learners", 2), ("break the check: 1 learner", 1)):
        assert f"<dt>{words}</dt><dd>{number}</dd>" in done
    assert "<code>down 2</code>" in done
    assert "for the author only" in done
    assert "Ann" not in done
    assert "Also lower the grades" in done
    assert f'<form method="post" action="{APPLY}"' in done
    assert verdicts(application)["up"] is Verdict.FAILED


def test_applied_it_raises_tells_the_learner_and_lowers_nobody(done, trainer, learner, application):
    answer = apply(trainer, reason="The tolerance was too narrow.")

    assert answer.status_code == 303
    assert "3 grades were changed" in trainer.get(HERE).text
    found = verdicts(application)
    assert (found["up"], found["up 2"]) == (Verdict.PASSED, Verdict.PASSED)
    assert (found["down"], found["down 2"], found["breaks"]) == (Verdict.PASSED, Verdict.PASSED, Verdict.FAILED)
    told = learner.get("/me").text
    assert "The tolerance was too narrow." in told
    assert 'href="/courses/waves/first-lesson#first"' in told
    assert "from 0 to 2 points" in told
    regraded = learner.state()["exercises"]["first"]["regraded"]
    assert (regraded["reason"], regraded["before"], regraded["after"]) == ("The tolerance was too narrow.", 0.0, 2.0)
    with application.reading() as session:
        assert {change.by for change in session.query(GradeChange)} == {
            Accounts(session).by_email("marie@example.org").public_id
        }


def test_with_the_box_ticked_it_lowers_as_well(done, trainer, application):
    apply(trainer, reason="The check was too weak.", lower="y")

    assert "5 grades were changed" in trainer.get(HERE).text
    assert verdicts(application)["down"] is Verdict.FAILED


def test_a_learner_who_is_not_concerned_is_told_nothing(done, trainer, newcomer):
    apply(trainer, reason="The tolerance was too narrow.")
    other = newcomer()
    other.sign_up("bob@example.org", name="Bob")
    other.answer("first", "same")

    assert "Graded again" not in other.get("/me").text
    assert other.state()["exercises"]["first"]["regraded"] is None


def test_after_a_month_the_own_page_tells_no_more_but_the_exercise_does(done, trainer, learner, clock):
    apply(trainer, reason="The tolerance was too narrow.")
    clock.forward(days=31)

    assert "Graded again" not in learner.get("/me").text
    assert learner.state()["exercises"]["first"]["regraded"]["reason"] == "The tolerance was too narrow."


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_fitting_reason_the_form_comes_back(done, trainer, application, reason):
    answer = apply(trainer, reason=reason)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert verdicts(application)["up"] is Verdict.FAILED


def test_a_dry_run_is_put_into_force_once(done, trainer):
    run = re.search(r'name="run"[^>]*value="([^"]+)"', done)[1]
    apply(trainer, reason="Mended.")
    again = trainer.form(HERE, to=APPLY, run=run, reason="Mended.")

    assert again.status_code == 400
    assert "in force already" in again.text
    assert "Put it into force" not in trainer.get(HERE).text


@pytest.mark.parametrize("run", ["", "nothing"])
def test_a_guessed_run_is_not_found(done, trainer, run):
    assert trainer.form(HERE, to=APPLY, run=run, reason="Mended.").status_code == 404


def test_a_course_published_anew_since_needs_a_new_dry_run(done, trainer, application, store):
    with application.writing() as session:
        factories.publish(store, session, factories.release(digest="b" * 64, version=2))
    text = trainer.get(HERE).text

    assert "published anew since this dry run" in text
    assert "Put it into force" not in text


def test_a_dry_run_that_failed_says_why_and_may_be_started_again(trainer, answers, regrader, grader):
    def fail(_bundle, _source):
        raise OSError("no")

    grader.answer = fail
    trainer.form(HERE)
    text = finished(trainer)

    assert "could not be graded again. Nothing was changed." in text
    assert "Start it again" in text


def test_where_nothing_moves_there_is_nothing_to_apply(trainer, answers, regrader, grader):
    grader.answer = lambda bundle, source: report_for(bundle, BEFORE[source.split()[0]])
    trainer.form(HERE)
    text = finished(trainer)

    assert "Nothing would change" in text
    assert "Put it into force" not in text


def test_no_two_parts_of_the_page_share_an_id(done):
    ids = re.findall(r' id="([^"]+)"', done)

    assert len(ids) == len(set(ids)), ids
