import pytest
from sqlalchemy import select

import factories
from panlearn.models import Enrolment, HintShown, SavedCell

pytestmark = pytest.mark.databases

API = "/api/v1/courses/waves"


def test_an_edit_is_committed_when_it_is_answered(visitor, application):
    answer = visitor.save("second", "c1", "y = 2")

    assert answer.status_code == 200
    with application.reading() as session:
        row = session.scalar(select(SavedCell))
    assert (row.source, row.lesson, row.cell) == ("y = 2", "second", "c1")
    cell = visitor.state("second")["cells"][0]
    assert (cell["edited"], cell["saved_at"]) == ("y = 2", answer.get_json()["saved_at"])


def test_resetting_a_cell_gives_the_lesson_s_text_back(visitor):
    visitor.save("second", "c1", "y = 2")
    visitor.save("second", "c2", "z = 3")

    assert visitor.send(f"{API}/lessons/second/cells/c1", method="DELETE").status_code == 204
    assert [cell["edited"] for cell in visitor.state("second")["cells"]] == [None, "z = 3", None]
    assert visitor.send(f"{API}/lessons/second/cells", method="DELETE").status_code == 204
    assert [cell["edited"] for cell in visitor.state("second")["cells"]] == [None, None, None]


def test_resetting_without_having_been_here_is_nothing_to_do(visitor):
    assert visitor.send(f"{API}/lessons/second/cells/c1", method="DELETE").status_code == 204


@pytest.mark.parametrize("path", [f"{API}/lessons/second/cells/c9", f"{API}/lessons/third/cells/c1"])
def test_a_cell_that_is_not_there_is_said_in_words(visitor, path):
    answer = visitor.send(path, {"source": "x"}, method="PUT")

    assert answer.status_code == 404
    assert visitor.send(path, method="DELETE").status_code == 404


def test_edits_are_one_s_own(visitor, newcomer):
    visitor.save("second", "c1", "mine")

    assert newcomer().state("second")["cells"][0]["edited"] is None


def test_hints_come_one_at_a_time_and_are_remembered(visitor, application):
    first, second, again = (visitor.send(f"{API}/exercises/first/hints").get_json() for _ in range(3))

    assert [one["number"] for one in (first, second, again)] == [1, 2, 2]
    assert first["of"] == 2
    assert first["html"] == "<p>Hint 1 at <a href='/courses/waves/second'>the second</a>.</p>"
    with application.reading() as session:
        assert len(session.scalars(select(HintShown)).all()) == 2
    assert [hint["number"] for hint in visitor.state()["exercises"]["first"]["hints"]] == [1, 2]


def test_hints_not_asked_for_are_nowhere(visitor):
    visitor.send(f"{API}/exercises/first/hints")

    assert "Hint 2" not in visitor.get("/courses/waves/first-lesson").text
    assert visitor.state()["exercises"]["first"]["hints_total"] == 2


def test_the_solution_is_closed_and_says_when_it_opens(visitor):
    answer = visitor.get(f"{API}/exercises/first/solution")

    assert answer.status_code == 403
    assert "after 5 more different tries" in answer.get_json()["todo"]


def test_the_solution_opens_after_a_pass(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0
    visitor.answer("first", "right")

    assert visitor.get(f"{API}/exercises/first/solution").get_json() == {"source": factories.SOLUTION}
    assert visitor.get(f"{API}/exercises/second/solution").status_code == 403


def test_the_solution_opens_after_five_graded_tries(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0
    for number in range(4):
        visitor.answer("first", f"wrong {number}")
    visitor.answer("first", "wrong 0")
    assert "after 1 more try" in visitor.get(f"{API}/exercises/first/solution").get_json()["todo"]
    assert visitor.state()["exercises"]["first"]["solution_in"] == 1
    visitor.answer("first", "wrong 4")

    assert visitor.get(f"{API}/exercises/first/solution").status_code == 200
    assert visitor.state()["exercises"]["first"]["solution_open"]


def test_what_an_exercise_needs_is_listed_with_where_it_is(visitor):
    assert visitor.state("second")["exercises"]["third"]["needs"] == [
        {"id": "second", "title": "Second", "url": "/courses/waves/second#second", "passed": False}
    ]


def test_work_pins_the_release_and_looking_does_not(visitor, newcomer, release, application, store):
    looker = newcomer()
    looker.get("/courses/waves/second")
    visitor.save("second", "c1", "y = 2")
    with application.writing() as session:
        factories.publish(store, session, factories.release(digest="b" * 64, version=2))

    assert visitor.state()["release"] == release.digest
    assert looker.state()["release"] == "b" * 64


def test_a_token_opens_the_gateway_as_its_owner_for_ten_minutes(visitor, app, clock):
    from panlearn.web.identity import identify  # noqa: PLC0415

    answer = visitor.send("/api/v1/kernels/token")
    owner_of = identify(app)
    bearer = f"Bearer {answer.get_json()['token']}"
    cookie = visitor.client.get_cookie("panlearn_session")

    assert answer.status_code == 201
    assert owner_of(None, bearer) == owner_of(f"panlearn_session={cookie.value}", None) is not None
    assert owner_of(None, bearer + "x") is None
    assert owner_of(None, "Bearer nonsense") is None
    assert owner_of(None, "Basic " + bearer[7:]) is None
    clock.forward(minutes=11)
    assert owner_of(None, bearer) is None


def test_enrolments_are_one_per_course(visitor, application):
    for cell in ("c1", "c2", "c3"):
        visitor.save("second", cell, "x")
    visitor.answer("first", "x")

    with application.reading() as session:
        (row,) = session.scalars(select(Enrolment)).all()
    assert (row.last_page, row.last_section) == ("first-lesson", "first")
