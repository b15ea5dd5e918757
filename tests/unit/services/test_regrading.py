from dataclasses import replace

import pytest

import factories
from fakes import FakeGrader, report_for
from panlearn.domain.regrading import Move
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotFound
from panlearn.grading.reports import to_json
from panlearn.models import GradeChange, Submission
from panlearn.services.regrading import Regrading, course_of, graded_again, stored
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases

COURSE, EXERCISE = factories.COURSE, "first"


@pytest.fixture
def answer(session, clock, release):
    """An answer that was graded: its row."""

    def made(learner, source: str, verdict: Verdict, points: float = 0.0) -> Submission:
        exercise = release.exercises[EXERCISE]
        row = Submissions(session, clock).accept(learner, release, exercise, source)
        report = report_for(factories.bundle(exercise), verdict, points=points)
        row.state, row.verdict, row.points, row.fault = SubmissionState.GRADED, verdict, points, report.fault
        row.report = to_json(report)
        session.flush()
        return row

    return made


@pytest.fixture
def regrade(session, release, store):
    """Grade again with verdicts by source."""

    def made(verdicts: dict[str, tuple[Verdict, float]]):
        grader = FakeGrader(lambda bundle, source: report_for(bundle, verdicts[source][0], points=verdicts[source][1]))
        bundle = store.bundle(release, EXERCISE)
        return graded_again(stored(session, COURSE, EXERCISE), release, bundle, grader.grade, workers=2), grader

    return made


def test_a_regrade_says_who_goes_up_down_breaks_and_stays(session, answer, regrade):
    one, two = factories.guest(session), factories.guest(session)
    answer(one, "up", Verdict.FAILED)
    answer(one, "down", Verdict.PASSED, 2.0)
    answer(two, "breaks", Verdict.FAILED)
    answer(two, "same", Verdict.PASSED, 2.0)

    found, _ = regrade(
        {
            "up": (Verdict.PASSED, 2.0),
            "down": (Verdict.FAILED, 1.0),
            "breaks": (Verdict.AUTHOR_ERROR, 0.0),
            "same": (Verdict.PASSED, 2.0),
        }
    )

    assert found.counts == {"same": 1, "up": 1, "down": 1, "kept": 0, "breaks": 1}
    assert found.learners(Move.UP, Move.DOWN) == 1
    assert [one.source for one in found.examples(Move.DOWN)] == ["down"]


def test_equal_answers_are_graded_once(session, answer, regrade):
    for _ in range(5):
        answer(factories.guest(session), "alike", Verdict.FAILED)

    found, grader = regrade({"alike": (Verdict.PASSED, 2.0)})

    assert len(grader.graded) == 1
    assert found.counts["up"] == 5


def test_nothing_is_lowered_unless_it_is_asked_for(session, answer, regrade):
    learner = factories.guest(session)
    up, down = answer(learner, "up", Verdict.FAILED), answer(learner, "down", Verdict.PASSED, 2.0)
    found, _ = regrade({"up": (Verdict.PASSED, 2.0), "down": (Verdict.FAILED, 0.0)})

    assert Regrading(session).put_in_force(found, to_json, lower=False, reason="A tolerance was mended.") == 1

    assert (up.verdict, up.points, up.fault) == (Verdict.PASSED, 2.0, None)
    assert (down.verdict, down.points) == (Verdict.PASSED, 2.0)

    again, _ = regrade({"up": (Verdict.PASSED, 2.0), "down": (Verdict.FAILED, 0.0)})
    assert Regrading(session).put_in_force(again, to_json, lower=True, reason="The check was too weak.") == 1
    assert (down.verdict, down.points, down.fault) == (Verdict.FAILED, 0.0, Fault.LEARNER)


def test_an_answer_that_now_waits_for_a_person_is_nobody_s_fault(session, answer, regrade):
    row = answer(factories.guest(session), "x", Verdict.FAILED)
    found, _ = regrade({"x": (Verdict.HANDED_IN, 1.0)})
    found = replace(found, answers=tuple(replace(one, report=replace(one.report, fault=None)) for one in found.answers))
    Regrading(session).put_in_force(found, to_json, lower=False, reason="a broken check was mended")

    session.refresh(row)
    assert (row.verdict, row.points, row.fault) == (Verdict.HANDED_IN, 1.0, None)


def test_what_does_not_move_stays_as_it_was_to_the_byte(session, answer, regrade):
    row = answer(factories.guest(session), "same", Verdict.PASSED, 2.0)
    before = (row.report, row.graded_at, row.author_note)
    found, _ = regrade({"same": (Verdict.PASSED, 2.0)})

    assert Regrading(session).put_in_force(found, to_json, lower=True, reason="Tried.") == 0

    assert (row.report, row.graded_at, row.author_note) == before
    assert session.query(GradeChange).count() == 0


def test_a_broken_check_changes_no_grade(session, answer, regrade):
    row = answer(factories.guest(session), "breaks", Verdict.PASSED, 2.0)
    found, _ = regrade({"breaks": (Verdict.AUTHOR_ERROR, 0.0)})

    assert Regrading(session).put_in_force(found, to_json, lower=True, reason="Tried.") == 0
    assert row.verdict is Verdict.PASSED


def test_a_grade_that_changed_in_the_meantime_is_left_alone(session, answer, regrade):
    row = answer(factories.guest(session), "up", Verdict.FAILED)
    found, _ = regrade({"up": (Verdict.PASSED, 2.0)})
    row.points = 1.5
    session.flush()

    assert Regrading(session).put_in_force(found, to_json, lower=False, reason="Mended.") == 0
    assert row.points == 1.5


def test_every_change_is_kept_with_its_reason_and_found_by_its_learner(session, clock, answer, regrade, release):
    learner, other = factories.guest(session), factories.guest(session)
    answer(learner, "up", Verdict.FAILED)
    found, _ = regrade({"up": (Verdict.PASSED, 2.0)})
    Regrading(session, clock).put_in_force(found, to_json, lower=False, reason=" Mended. ", by="ada")

    change = Regrading(session).latest(learner, COURSE)[(COURSE, EXERCISE)]

    assert (change.reason, change.by, change.release_digest) == ("Mended.", "ada", release.digest)
    assert (change.points_before, change.points_after) == (0.0, 2.0)
    assert change.changed_at == clock()
    assert Regrading(session).latest(other) == {}


def test_a_regrade_without_a_reason_is_refused(session, answer, regrade):
    answer(factories.guest(session), "up", Verdict.FAILED)
    found, _ = regrade({"up": (Verdict.PASSED, 2.0)})

    with pytest.raises(BadInput, match="reason"):
        Regrading(session).put_in_force(found, to_json, lower=False, reason=" ")


def test_answers_without_a_verdict_of_their_own_are_not_graded_again(session, answer, regrade, clock, release):
    learner = factories.guest(session)
    answer(learner, "lost", Verdict.PLATFORM_ERROR)
    Submissions(session, clock).accept(learner, release, release.exercises[EXERCISE], "waits")

    assert stored(session, COURSE, EXERCISE) == []


def test_an_exercise_is_found_by_its_name_and_the_course_where_needed(session, store, release):
    assert course_of(session, store, EXERCISE, None).course.slug == COURSE
    with pytest.raises(NotFound, match="no exercise 'nothing'"):
        course_of(session, store, "nothing", None)
    with pytest.raises(NotFound, match="The course other"):
        course_of(session, store, EXERCISE, "other")


def test_a_name_that_two_courses_have_is_refused_with_both(session, store, release):
    factories.publish(store, session, factories.release(slug="other", digest="b" * 64))

    with pytest.raises(BadInput, match="Several courses"):
        course_of(session, store, EXERCISE, None)
    assert course_of(session, store, EXERCISE, "other").course.slug == "other"
