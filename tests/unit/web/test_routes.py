import re

import pytest

from panlearn.web.openapi import PREFIX, document
from panlearn.web.permissions import declared
from panlearn.web.schemas import LessonStateOut, SubmissionList, SubmissionOut


def test_every_route_declares_a_permission(app):
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None]

    assert silent == []


def test_a_route_that_declares_nothing_is_denied(app, application):
    from panlearn.web import create_app  # noqa: PLC0415

    fresh = create_app(application)
    fresh.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    answer = fresh.test_client().get("/forgotten")

    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_every_route_that_writes_is_protected_against_other_sites(app):
    """The API asks where a request comes from; every other form carries a token (Flask-WTF, for the whole app)."""
    writing = {
        rule.endpoint.split(".")[0]
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }

    assert writing == {"api", "account", "hand_grading", "hand_in", "learn", "teach"}


def test_the_openapi_document_matches_the_routes(app, visitor):
    told = visitor.get(f"{PREFIX}/openapi.json").get_json()

    described = {(path, method.upper()) for path, methods in told["paths"].items() for method in methods}
    real = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == real


def test_every_reference_in_the_openapi_document_leads_somewhere(app):
    told = document(app)
    text = str(told)

    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in told["components"]["schemas"], name
    assert told["openapi"].startswith("3.1")
    operations = [one["operationId"] for path in told["paths"].values() for one in path.values()]
    assert len(set(operations)) == len(operations)
    for path, methods in told["paths"].items():
        for one in methods.values():
            in_path = [parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"]
            assert in_path == re.findall(r"{(\w+)}", path)


def test_answers_have_the_shapes_that_the_document_says(visitor, app, pool):
    app.config["VERDICT_SECONDS"] = 5.0
    sent = visitor.answer("first", "wrong").get_json()
    visitor.send(f"{PREFIX}/courses/waves/exercises/first/hints")

    SubmissionOut.model_validate(sent)
    SubmissionList.model_validate(visitor.get(f"{PREFIX}/courses/waves/exercises/first/submissions").get_json())
    LessonStateOut.model_validate(visitor.state())


@pytest.mark.parametrize("count", [245])
def test_a_flood_of_writes_is_slowed_down(visitor, count):
    visitor.get("/courses/waves/second")
    seen = [visitor.save("second", "c1", "x").status_code for _ in range(count)]

    assert seen[0] == 200
    assert seen[-1] == 429
    answer = visitor.save("second", "c1", "x")
    assert answer.headers["Retry-After"]
    assert "more often than is allowed" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "accept", ["application/json", "application/problem+json", "text/html;q=0.1, application/json"]
)
def test_a_program_that_asks_for_json_gets_a_problem_document_from_pages_too(visitor, accept):
    answer = visitor.get("/nowhere", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("accept", ["text/html", "*/*", "image/png", ""])
def test_anyone_else_gets_a_page(visitor, accept):
    assert visitor.get("/nowhere", headers={"Accept": accept}).mimetype == "text/html"
