import pytest

import factories
from panlearn.errors import BadInput, NotFound
from panlearn.services.hints import Hints
from panlearn.services.work import Work

pytestmark = pytest.mark.databases

COURSE = factories.COURSE


@pytest.fixture
def learner(session):
    return factories.guest(session)


def test_hints_come_one_at_a_time_and_the_last_one_again(session, learner):
    hints = Hints(session)

    assert [hints.next(learner, COURSE, "first", 2) for _ in range(3)] == [1, 2, 2]
    assert hints.shown(learner, COURSE, ["first", "second"]) == {"first": 2}


def test_an_exercise_without_hints_says_so(session, learner):
    with pytest.raises(NotFound, match="no hints"):
        Hints(session).next(learner, COURSE, "first", 0)


def test_the_last_text_saved_is_the_one_kept(session, learner, clock):
    work = Work(session, clock)
    work.save(learner, COURSE, "second", "c1", "one")
    clock.forward(seconds=1)
    saved_at = work.save(learner, COURSE, "second", "c1", "two")

    cells = work.cells(learner, COURSE, "second")

    assert {name: cell.source for name, cell in cells.items()} == {"c1": "two"}
    assert saved_at == clock.now == cells["c1"].saved_at


def test_resetting_forgets_one_cell_or_the_lesson_and_nothing_else(session, learner):
    work, other = Work(session), factories.guest(session)
    for owner, lesson, cell in (
        (learner, "second", "c1"),
        (learner, "second", "c2"),
        (learner, "second", "c3"),
        (learner, "first-lesson", "c1"),
        (other, "second", "c1"),
    ):
        work.save(owner, COURSE, lesson, cell, "x")

    work.reset(learner, COURSE, "second", "c1")
    assert set(work.cells(learner, COURSE, "second")) == {"c2", "c3"}
    work.reset(learner, COURSE, "second")
    assert work.cells(learner, COURSE, "second") == {}
    assert set(work.cells(learner, COURSE, "first-lesson")) == {"c1"}
    assert set(work.cells(other, COURSE, "second")) == {"c1"}


def test_an_edit_that_cannot_be_kept_is_refused(session, learner):
    with pytest.raises(BadInput):
        Work(session).save(learner, COURSE, "second", "c1", "x" * 65537)
