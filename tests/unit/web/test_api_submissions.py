import time

import pytest
from sqlalchemy import func, select

from panlearn.domain.report import Verdict
from panlearn.models import Learner, Submission

pytestmark = pytest.mark.databases


def test_an_answer_is_accepted_committed_and_queued(visitor, application):
    answer = visitor.answer("first", "x = 1")

    assert answer.status_code == 201
    body = answer.get_json()
    assert (body["state"], body["report"], body["position"], body["seconds"]) == ("queued", None, 1, 1)
    assert answer.headers["Location"] == f"/api/v1/submissions/{body['id']}"
    with application.reading() as session:
        assert session.scalar(select(Submission.source).where(Submission.public_id == body["id"])) == "x = 1"


def test_the_answer_comes_with_its_report_when_it_is_done_in_time(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0

    body = visitor.answer("first", "right").get_json()

    assert body["state"] == "graded"
    assert (body["report"]["verdict"], body["report"]["points"]) == ("passed", 2.0)
    assert body["graded_at"]
    assert body["position"] is None


def test_an_answer_repeated_with_its_key_is_one_answer(visitor, application):
    key = {"Idempotency-Key": "5a3c0f3e-7a53-4a53-9e5b-0f3a3f3a3f3a"}
    first = visitor.answer("first", "x = 1", headers=key)
    again = visitor.answer("first", "x = 1", headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]
    with application.reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert visitor.answer("first", "x = 2", headers=key).status_code == 400


def test_a_key_without_end_is_refused(visitor):
    answer = visitor.answer("first", "x = 1", headers={"Idempotency-Key": "k" * 201})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.get_json()["detail"]


def test_places_and_estimates_are_told_while_answers_wait(visitor, newcomer):
    for _ in range(2):
        visitor.answer("first", "x")
    last = newcomer()
    sent = last.answer("first", "x")

    assert sent.get_json()["position"] == 2
    assert last.get(sent.headers["Location"]).get_json()["seconds"] >= 1


@pytest.mark.parametrize("path", ["/api/v1/submissions/%00", "/courses/%00", "/courses/waves/%00"])
def test_an_address_that_no_database_can_look_for_is_refused_in_words(visitor, path):
    assert visitor.get(path).status_code in {400, 404}


def test_a_slow_verdict_is_not_waited_for_longer_than_allowed(visitor, app, pool, grader):
    grader.hold.clear()
    app.config["VERDICT_SECONDS"] = 0.3
    began = time.monotonic()

    body = visitor.answer("first", "right").get_json()

    assert body["state"] in {"queued", "grading"}
    assert time.monotonic() - began < 2
    grader.hold.set()


def test_a_verdict_of_another_process_is_found_in_the_table(visitor, app, application, pool, monkeypatch):
    monkeypatch.setattr(application.queue, "graded", lambda submission: None)
    app.config["VERDICT_SECONDS"] = 5.0

    assert visitor.answer("first", "right").get_json()["state"] == "graded"


def test_where_many_wait_already_the_answer_comes_at_once(visitor, app, application):
    app.config["VERDICT_SECONDS"] = 5.0
    application.queue._max_waiting = 0
    began = time.monotonic()

    assert visitor.answer("first", "x").status_code == 201
    assert time.monotonic() - began < 2


def test_a_submission_is_found_by_its_owner_only(visitor, newcomer):
    path = visitor.answer("first", "x").headers["Location"]

    assert visitor.get(path).status_code == 200
    assert newcomer().get(path).status_code == 404
    stranger = newcomer()
    stranger.answer("first", "theirs")
    problem = stranger.get(path)
    assert problem.status_code == 404
    assert problem.content_type == "application/problem+json"


def test_attempts_are_listed_newest_first_with_their_sources(visitor, newcomer):
    for source in ("one", "two"):
        visitor.answer("first", source)
    path = "/api/v1/courses/waves/exercises/first/submissions"

    assert [one["source"] for one in visitor.get(path).get_json()["submissions"]] == ["two", "one"]
    assert newcomer().get(path).get_json() == {"submissions": []}


def test_the_author_s_note_and_private_parts_are_in_no_answer(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0
    told = visitor.answer("first", "wrong").text + visitor.get("/api/v1/courses/waves/lessons/first-lesson/state").text

    assert "for the author only" not in told
    assert "the_solution" not in told
    assert "the_hidden_check" not in told


def test_earlier_answers_go_to_the_grader(visitor, app, pool, grader):
    app.config["VERDICT_SECONDS"] = 5.0
    visitor.answer("first", "right one")
    visitor.save("second", "c2", "typed")
    visitor.answer("third", "right")

    assert grader.graded[-1] == ("third", "right", {"first": "right one", "second": "typed"})


def test_a_guest_s_row_is_made_at_the_first_write_only(visitor, application):
    def rows() -> int:
        with application.reading() as session:
            return session.scalar(select(func.count()).select_from(Learner))

    visitor.get("/courses/waves/first-lesson")
    visitor.state()
    assert rows() == 0
    visitor.answer("first", "x")
    visitor.answer("first", "y")
    assert rows() == 1


@pytest.mark.parametrize(
    ("data", "kind", "status", "says"),
    [
        (b'{"source": "x"}', "text/plain", 415, "text/plain; application/json is expected"),
        (b'{"source": "x"}', None, 415, "missing; application/json is expected"),
        (b'{"source": "\xff"}', "application/json", 400, "not UTF-8: byte 12"),
        (b'{"source": ', "application/json", 400, "not JSON at line 1"),
        (b"", "application/json", 400, "not JSON"),
        (b"[" * 200_000, "application/json", 400, "not JSON"),
        (b"[]", "application/json", 400, "a list; an object is expected"),
        (b"{}", "application/json", 400, "source is missing"),
        (b'{"source": null}', "application/json", 400, "source is missing"),
        (b'{"source": 3}', "application/json", 400, "a number; text is expected"),
        (b'{"source": "\\u0000"}', "application/json", 400, "NUL"),
        (b'{"source": "\\ud800"}', "application/json", 400, "not valid Unicode"),
        (b'{"source": "' + b"x" * 65537 + b'"}', "application/json", 413, "65,537 bytes"),
        (b'{"source": "' + b"\\u00e9" * 32769 + b'"}', "application/json", 413, "65,538 bytes"),
        (b'{"source": "' + b"x" * 2_000_000 + b'"}', "application/json", 413, "larger than anything"),
    ],
)
def test_what_cannot_be_used_gets_a_problem_in_words(visitor, data, kind, status, says):
    answer = visitor.client.post("/api/v1/courses/waves/exercises/first/submissions", data=data, content_type=kind)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert says in problem["detail"]
    assert problem["status"] == status
    assert problem["todo"]


def test_a_source_of_64_kib_and_an_empty_one_are_accepted(visitor):
    assert visitor.answer("first", "x" * 65536).status_code == 201
    assert visitor.answer("first", "").status_code == 201


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/courses/waves/exercises/fourth/submissions", "no exercise named fourth"),
        ("/api/v1/courses/particles/exercises/first/submissions", "no such course"),
    ],
)
def test_an_unknown_exercise_or_course_is_said_in_words(visitor, path, says):
    answer = visitor.send(path, {"source": "x"})

    assert answer.status_code == 404
    assert says in answer.get_json()["detail"]


def test_too_many_waiting_answers_are_refused_with_when_to_come_back(visitor):
    for _ in range(5):
        visitor.answer("first", "x")

    answer = visitor.answer("first", "x")

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert "5 of your answers" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_another_site_s_page_cannot_use_the_api(visitor, headers):
    assert visitor.answer("first", "x", headers=headers).status_code == 403


def test_this_site_s_own_page_can(visitor):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert visitor.answer("first", "x", headers=headers).status_code == 201


def test_an_unexpected_failure_shows_a_number_and_nothing_of_us(app, visitor, application, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(application.store, "load", broken)
    answer = visitor.answer("first", "x")

    problem = answer.get_json()
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert problem["event"]
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_verdicts_show_in_the_state(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0
    visitor.answer("first", "wrong")

    exercise = visitor.state()["exercises"]["first"]

    assert (exercise["status"], exercise["tries"], exercise["solution_open"]) == ("failed", 1, False)
    assert exercise["last"]["report"]["verdict"] == Verdict.FAILED
