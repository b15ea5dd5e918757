"""How long exercises take people, and when a hint is offered for it."""

from datetime import timedelta

import pytest

import factories
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.services.lessons import Lessons
from panlearn.services.paces import Paces
from panlearn.services.statistics import Statistics
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases


def test_a_pace_is_what_three_of_four_stay_below_once_enough_have_passed(session, clock, release):
    def passes_after(seconds):
        learner = factories.guest(session)
        for verdict in (Verdict.FAILED, Verdict.PASSED):
            row = Submissions(session, clock).accept(learner, release, release.exercises["first"], verdict.value)
            row.state, row.verdict = SubmissionState.GRADED, verdict
            row.fault = None if verdict is Verdict.PASSED else Fault.LEARNER
            clock.now += timedelta(seconds=seconds)
            session.flush()

    for seconds in (10, 20, 30, 40, 50, 60, 70):
        passes_after(seconds)
    assert Statistics(session, clock).paces("waves") == {}
    passes_after(80)
    assert Statistics(session, clock).paces("waves") == {"first": 62.5}


def test_paces_are_counted_once_in_a_while(session, monkeypatch):
    asked = []
    monkeypatch.setattr(Statistics, "paces", lambda _self, course: asked.append(course) or {"first": 3.0})
    paces = Paces()
    assert [paces.of(session, "waves") for _ in range(3)] == [{"first": 3.0}] * 3
    assert asked == ["waves"]


def test_a_lesson_carries_the_pace_and_when_its_reader_began(session, store, clock, release):
    learner = factories.guest(session)
    row = Submissions(session, clock).accept(learner, release, release.exercises["first"], "x")
    paces = Paces()
    paces._known["waves"] = (float("inf"), {"first": 90.0})
    one = Lessons(session, store, paces).view(release, release.page("first-lesson"), learner).exercises[0]
    assert one.hint_after == 90.0
    assert one.standing.began_at == row.created_at
    assert Lessons(session, store, paces).view(release, release.page("second"), learner).exercises[0].hint_after is None
