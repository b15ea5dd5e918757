from datetime import timedelta

import pytest

import factories
from panlearn.domain.submission import SubmissionState
from panlearn.models import Submission
from panlearn.services.gradings import Gradings
from panlearn.services.line import Line
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases

OTHER = "particles"


@pytest.fixture
def line(session, clock):
    return Line(session, clock)


@pytest.fixture
def send(session, clock, store, release):
    def accept(learner, course: str = factories.COURSE) -> Submission:
        made = factories.release(course)
        return Submissions(session, clock).accept(learner, made, made.exercises["first"], "x")

    return accept


def places(line, made):
    return [place.position if (place := line.place(one)) else None for one in made]


def test_places_count_from_the_next_one_and_end_when_an_answer_is_taken_up(line, session, send):
    made = [send(factories.guest(session)) for _ in range(3)]
    made[0].state = SubmissionState.GRADING
    session.flush()

    assert places(line, made) == [None, 1, 2]


def test_one_learner_s_many_answers_do_not_delay_another_s_one(line, session, send):
    busy, quiet = factories.guest(session), factories.guest(session)
    made = [send(busy) for _ in range(4)] + [send(quiet)]

    assert places(line, made) == [1, 3, 4, 5, 2]


def test_a_class_of_one_course_does_not_delay_who_works_on_another(line, session, send):
    made = [send(factories.guest(session)) for _ in range(5)] + [send(factories.guest(session), OTHER)]

    assert places(line, made) == [1, 3, 4, 5, 6, 2]


@pytest.mark.parametrize("same_learner", [True, False])
def test_the_places_hold_while_one_answer_after_the_other_is_graded(line, session, send, clock, same_learner):
    one = factories.guest(session)
    made = [send(one if same_learner else factories.guest(session)) for _ in range(4)]
    made += [send(factories.guest(session), OTHER)]
    wanted = [one.public_id for _, one in sorted(zip(places(line, made), made, strict=True), key=lambda item: item[0])]

    taken = []
    while grading := Gradings(session, clock).claim("me", timedelta(minutes=1)):
        taken.append(grading.submission)
        clock.forward(seconds=1)
        row = session.get(Submission, grading.id)
        row.state, row.graded_at = SubmissionState.GRADED, clock.now
        session.flush()

    assert taken == wanted
    assert wanted[1] == made[4].public_id


def test_the_estimate_is_what_the_answers_before_took(line, session, send, clock):
    waiting = [send(factories.guest(session)) for _ in range(10)]
    for one in waiting[1:5]:
        clock.forward(seconds=2)
        one.state, one.graded_at = SubmissionState.GRADED, clock.now
    session.flush()

    assert line.place(waiting[0]).seconds == 2
    assert line.place(waiting[9]).seconds == 12


def test_before_anything_was_graded_the_estimate_is_a_guess_of_at_least_a_second(line, session, send):
    made = [send(factories.guest(session)) for _ in range(30)]

    assert [line.place(one).seconds for one in (made[0], made[29])] == [1, 3]


def test_an_answer_that_was_put_off_says_so(line, session, send, clock):
    made = send(factories.guest(session))
    made.not_before = clock.now + timedelta(seconds=15)
    session.flush()

    assert line.place(made).seconds == 15
