from datetime import timedelta

import pytest

import classroom
import factories
from classroom import Kind
from panlearn.domain.report import Verdict
from panlearn.models import GradeChange
from panlearn.services.statistics import Statistics

pytestmark = pytest.mark.databases
COURSE = factories.COURSE
RIGHT = Kind(source="right", verdict=Verdict.PASSED)
RADIANS = Kind(source="x = 1", message="Is it in degrees? You gave 0.22.")


@pytest.fixture
def send(session, clock, release):
    """An answer that was graded `hours` ago."""

    def sent(learner, kind: Kind, hours: float = 48.0, exercise: str = "first", **changes):
        at = clock() - timedelta(hours=hours)
        return classroom.answer(session, release, release.exercises[exercise], learner, kind, at, **changes)

    return sent


@pytest.fixture
def statistics(session, clock) -> Statistics:
    return Statistics(session, clock)


def test_a_course_that_nobody_tried_has_no_figures(statistics, release):
    assert statistics.courses() == {}
    assert statistics.course(COURSE).learners == 0
    assert statistics.exercise(COURSE, "first").figures.tried == 0


def test_figures_count_people_not_answers(session, send, statistics):
    quick, slow, gone, fresh = (factories.guest(session) for _ in range(4))
    send(quick, RIGHT)
    send(slow, RADIANS, 50)
    send(slow, RADIANS, 49.5)
    send(slow, RIGHT, 49)
    send(slow, RADIANS, 1)
    send(gone, RADIANS)
    send(fresh, RADIANS, 0.5)

    found = statistics.course(COURSE)
    first = found.exercises["first"]

    assert found.learners == 4
    assert (first.tried, first.passed, first.gave_up) == (4, 2, 1)
    assert first.tries == {1: 1, 3: 1}
    assert first.seconds == 3600.0
    assert statistics.courses() == {COURSE: found}


def test_what_was_not_the_learners_fault_is_no_try(session, send, statistics):
    learner = factories.guest(session)
    send(learner, Kind(source="x", verdict=Verdict.AUTHOR_ERROR))
    send(learner, Kind(source="x", verdict=Verdict.PLATFORM_ERROR))

    assert statistics.course(COURSE).exercises == {}


def test_two_exercises_and_two_courses_are_kept_apart(session, send, statistics):
    learner = factories.guest(session)
    send(learner, RIGHT)
    send(learner, RADIANS, exercise="second")
    send(learner, RADIANS, course_slug="other")

    found = statistics.courses()

    assert found[COURSE].exercises["first"].passed == 1
    assert found[COURSE].exercises["second"].passed == 0
    assert set(found["other"].exercises) == {"first"}
    assert statistics.exercise(COURSE, "first").figures.tried == 1


def test_an_exercise_shows_where_answers_fail_and_which_are_frequent(session, send, statistics):
    for number in range(3):
        learner = factories.guest(session)
        send(learner, Kind(source=f"y = 1  # {number}", message=f"Is it in degrees? You gave 0.{number}."), 60)
        send(learner, RIGHT, 59)

    found = statistics.exercise(COURSE, "first", ("first",))

    (stop,) = found.stops
    assert (stop.check, stop.shown, stop.again, stop.passed) == ("it is right", 3, 3, 3)
    (wrong,) = found.wrong
    assert (wrong.source, wrong.sent, wrong.learners) == ("y = 1", 3, 3)
    assert found.ways[0] == ("Tried", 3)
    assert found.ways[-1] == ("Passed all", 3)
    assert found.read == 6


def test_a_check_that_says_two_things_of_one_answer_flickers_unless_it_was_regraded(session, send, statistics):
    first, second = factories.guest(session), factories.guest(session)
    send(first, Kind(source="same", verdict=Verdict.PASSED))
    row = send(second, Kind(source="same"))

    (flicker,) = statistics.exercise(COURSE, "first").flickers
    assert (flicker.check, flicker.outcomes) == ("it is right", {"passed": 1, "failed": 1})

    session.add(
        GradeChange(
            submission_id=row.id,
            verdict_before=Verdict.PASSED,
            points_before=2.0,
            verdict_after=Verdict.FAILED,
            points_after=0.0,
            release_digest="b" * 64,
            reason="Mended.",
        )
    )
    session.flush()
    assert statistics.exercise(COURSE, "first").flickers == []


@pytest.mark.parametrize(
    "change",
    [{"release_digest": "b" * 64}, {"earlier": {"zero": "x"}}, {"environment_digest": "other"}, {"by_hand": True}],
)
def test_the_same_text_in_another_world_or_graded_by_a_person_is_another_answer(session, send, statistics, change):
    send(factories.guest(session), Kind(source="same", verdict=Verdict.PASSED))
    send(factories.guest(session), Kind(source="same"), **change)

    assert statistics.exercise(COURSE, "first").flickers == []


def test_only_the_last_answers_are_read_one_by_one(session, send, statistics, monkeypatch):
    monkeypatch.setattr("panlearn.services.statistics.LAST_ANSWERS", 2)
    for source in ("old", "newer", "newest"):
        send(factories.guest(session), Kind(source=source))

    found = statistics.exercise(COURSE, "first")

    assert found.read == 2
    assert {one.source for one in found.wrong} == {"newer", "newest"}
    assert found.figures.tried == 3
