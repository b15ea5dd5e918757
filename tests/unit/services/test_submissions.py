from dataclasses import replace

import pytest

import factories
from fakes import report_for
from panlearn.domain.report import Verdict
from panlearn.domain.submission import MAX_WAITING, SubmissionState
from panlearn.errors import BadInput, NotAllowed, TooMany
from panlearn.models import Submission
from panlearn.services.enrolments import Enrolments
from panlearn.services.submissions import Submissions
from panlearn.services.work import Work

pytestmark = pytest.mark.databases

COURSE = factories.COURSE


@pytest.fixture
def submissions(session, clock):
    return Submissions(session, clock)


@pytest.fixture
def learner(session):
    return factories.guest(session)


def grade(session, submission: Submission, verdict: Verdict) -> None:
    submission.state, submission.verdict = SubmissionState.GRADED, verdict
    submission.fault = report_for(factories.bundle(factories.release().exercises["first"]), verdict).fault
    session.flush()


def test_an_accepted_answer_is_queued_with_all_its_grading_depends_on(submissions, learner, release):
    made = submissions.accept(learner, release, release.exercises["first"], "x = 1")

    assert made.state is SubmissionState.QUEUED
    assert (made.release_digest, made.environment_digest) == (release.digest, release.environment_digest)
    assert (made.lesson, made.exercise_id, made.source, made.earlier) == ("first-lesson", "first", "x = 1", {})


def test_answering_enrols_and_remembers_the_place(submissions, session, learner, release):
    submissions.accept(learner, release, release.exercises["third"], "x = 1")

    enrolment = Enrolments(session).of(learner, COURSE)
    assert enrolment.release_digest == release.digest
    assert (enrolment.last_page, enrolment.last_section) == ("second", "third")


def test_earlier_answers_are_the_latest_passed_of_every_exercise_it_builds_on(submissions, session, learner, release):
    first = release.exercises["first"]
    for source, verdict in (("old right", Verdict.PASSED), ("right", Verdict.PASSED), ("broken", Verdict.FAILED)):
        grade(session, submissions.accept(learner, release, first, source), verdict)
    grade(session, submissions.accept(learner, release, release.exercises["second"], "mine"), Verdict.FAILED)

    assert submissions.earlier(learner, release, release.exercises["third"]) == {"first": "right", "second": "mine"}


def test_an_earlier_answer_never_sent_is_taken_from_the_edited_cell(submissions, session, learner, release, clock):
    Work(session, clock).save(learner, COURSE, "first-lesson", "c2", "typed only")
    Work(session, clock).save(learner, COURSE, "second", "c2", "the same cell id, another lesson")

    assert submissions.earlier(learner, release, release.exercises["second"]) == {"first": "typed only"}


def test_an_earlier_answer_that_is_nowhere_is_left_out(submissions, learner, release):
    assert submissions.earlier(learner, release, release.exercises["third"]) == {}


def test_other_people_s_answers_are_not_taken(submissions, session, learner, release):
    submissions.accept(factories.guest(session), release, release.exercises["first"], "theirs")

    assert submissions.earlier(learner, release, release.exercises["second"]) == {}


def test_one_learner_may_not_fill_the_queue(submissions, session, learner, release):
    first = release.exercises["first"]
    for _ in range(MAX_WAITING):
        submissions.accept(learner, release, first, "x")

    with pytest.raises(TooMany, match=f"{MAX_WAITING} of your answers"):
        submissions.accept(learner, release, first, "x")
    submissions.accept(factories.guest(session), release, first, "x")


@pytest.mark.parametrize(
    ("source", "says"),
    [("é" * 32769, "65,538 bytes"), ("a\0b", "NUL"), ("x = '\ud800'", "not valid Unicode, at position 5")],
)
def test_a_source_that_cannot_be_kept_is_refused(submissions, learner, release, source, says):
    with pytest.raises(BadInput, match=says):
        submissions.accept(learner, release, release.exercises["first"], source)


def test_a_source_of_just_64_kib_and_an_empty_one_are_accepted(submissions, learner, release):
    first = release.exercises["first"]

    assert submissions.accept(learner, release, first, "x" * 65536).source == "x" * 65536
    assert submissions.accept(learner, release, first, "").source == ""


def test_an_exercise_with_attempts_takes_no_more_answers_than_that(submissions, session, learner, release):
    exercise = replace(release.exercises["first"], attempts="2")
    grade(session, submissions.accept(learner, release, exercise, "x = 1"), Verdict.FAILED)
    grade(session, submissions.accept(learner, release, exercise, "x = 2"), Verdict.PLATFORM_ERROR)
    submissions.accept(learner, release, exercise, "x = 3")

    with pytest.raises(NotAllowed, match="2 attempts"):
        submissions.accept(learner, release, exercise, "x = 4")


def test_only_the_owner_finds_a_submission(submissions, session, learner, release):
    made = submissions.accept(learner, release, release.exercises["first"], "x")

    assert submissions.find(learner, made.public_id) is made
    assert submissions.find(factories.guest(session), made.public_id) is None


def test_an_answer_sent_again_with_its_key_is_kept_once(submissions, session, learner, release):
    first = release.exercises["first"]
    made = submissions.accept(learner, release, first, "x", key="a key")

    assert submissions.accept(learner, release, first, "x", key="a key") is made
    assert submissions.accept(learner, release, first, "x", key="another").public_id != made.public_id
    assert submissions.accept(factories.guest(session), release, first, "x", key="a key").public_id != made.public_id
    assert len(made.public_id) == 22


@pytest.mark.parametrize(("exercise", "source"), [("first", "y"), ("second", "x")])
def test_a_key_belongs_to_one_answer(submissions, learner, release, exercise, source):
    submissions.accept(learner, release, release.exercises["first"], "x", key="a key")

    with pytest.raises(BadInput, match="with another answer"):
        submissions.accept(learner, release, release.exercises[exercise], source, key="a key")


def test_a_full_line_takes_no_more_and_says_when_to_come_back(submissions, session, release, monkeypatch):
    monkeypatch.setattr("panlearn.services.submissions.MAX_QUEUED", 3)
    for _ in range(3):
        submissions.accept(factories.guest(session), release, release.exercises["first"], "x")

    with pytest.raises(TooMany, match="the line is full") as refused:
        submissions.accept(factories.guest(session), release, release.exercises["first"], "x")
    assert refused.value.retry_after >= 5
