import json
import re
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import event

import factories
from panlearn.web import create_app

pytestmark = pytest.mark.databases

PAGES = [
    "/",
    "/courses",
    "/courses?level=beginner&q=wave",
    "/courses/waves",
    "/courses/waves/first-lesson",
    "/courses/waves/second",
    "/courses/waves/index",
    "/me",
    "/sign-in",
    "/sign-up",
    "/about/accessibility",
    "/about/privacy",
]


@pytest.fixture
def queries(application):
    """Every statement that the database was asked, transactions left out."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(application.database, "before_cursor_execute", note)
    yield seen
    event.remove(application.database, "before_cursor_execute", note)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_for_a_stranger_and_for_an_account(newcomer, path):
    stranger, ann = newcomer(), newcomer()
    ann.sign_up()
    ann.answer("first", "x")

    assert stranger.get(path).status_code == 200
    if path not in {"/sign-in", "/sign-up"}:
        assert ann.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_what_a_browser_may_load(visitor, path):
    headers = visitor.get(path).headers

    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert part in policy.split("; ")
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_anything_from_elsewhere_or_holds_inline_scripts(visitor, path):
    text = visitor.get(path).text

    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!orcid\.org)', text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "json" in attributes


@pytest.mark.parametrize("path", [*PAGES, "/courses/waves/downloads/second.ipynb", "/sitemap.xml"])
def test_no_page_holds_a_solution_a_hidden_check_or_a_hint(visitor, path):
    visitor.answer("first", "x")
    text = visitor.get(path).text

    for private in ("the_solution", "the_hidden_check", "Hint 1"):
        assert private not in text


def test_addresses_in_a_lesson_are_filled_in(visitor, release):
    text = visitor.get("/courses/waves/second").text

    assert f'src="/courses/waves/releases/{release.digest}/assets/wave.svg"' in text
    assert 'href="/courses/waves/second"' in text
    assert "{assets}" not in text
    assert "{course}" not in text


def test_the_page_carries_the_state_that_the_api_gives(visitor):
    visitor.save("second", "c1", "y = '</script>'")
    text = visitor.get("/courses/waves/second").text

    embedded = re.search(r'<script type="application/json" id="lesson-state">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(embedded) == visitor.state("second")


def test_a_lesson_asks_the_database_little_whatever_the_reader_did(visitor, queries):
    visitor.sign_up()
    for exercise in ("first", "second", "third"):
        visitor.answer(exercise, "x")
        visitor.send(f"/api/v1/courses/waves/exercises/{exercise}/hints")
    visitor.save("second", "c1", "y")
    visitor.get("/courses/waves/second")
    queries.clear()

    visitor.get("/courses/waves/second")

    assert len(queries) <= 9, queries
    assert not any(one.startswith(("INSERT", "UPDATE", "DELETE")) for one in queries)


def test_a_lesson_asks_for_a_stranger_once(visitor, queries):
    visitor.get("/courses/waves/second")

    assert len(queries) == 1


def test_the_catalogue_does_not_ask_per_course(visitor, queries, application, store):
    visitor.answer("first", "x")
    with application.writing() as session:
        for slug in ("a", "b", "c", "d"):
            factories.publish(store, session, factories.release(slug))
    queries.clear()

    visitor.get("/courses")

    assert len(queries) <= 4, queries


def test_a_known_reader_goes_on_where_they_left(visitor):
    visitor.answer("third", "x")

    text = visitor.get("/").text
    assert "/courses/waves/second#third" in text
    visitor.get("/courses/waves/first-lesson")
    assert 'href="/courses/waves/first-lesson"' in visitor.get("/me").text


def test_a_stranger_is_offered_the_first_exercise(visitor):
    text = visitor.get("/").text

    assert "/courses/waves/first-lesson#first" in text
    assert '<p>Do <b>first</b>.</p><div class="nested">More.</div>' in text


def test_a_learner_moves_up_when_they_ask(visitor, application, store, release):
    visitor.save("second", "c1", "mine")
    with application.writing() as session:
        newer = factories.publish(store, session, factories.release(digest="b" * 64, version=2))
    assert visitor.state("second")["release"] == release.digest

    answer = visitor.form("/sign-in", to="/courses/waves/release")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/courses/waves")
    state = visitor.state("second")
    assert (state["release"], state["cells"][0]["edited"]) == (newer.digest, "mine")


def test_pictures_are_kept_for_a_year_and_run_nothing(visitor, release):
    answer = visitor.get(f"/courses/waves/releases/{release.digest}/assets/wave.svg")

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content_type.startswith("image/svg+xml")


@pytest.mark.parametrize(
    "path",
    [
        "/courses/waves/releases/{digest}/assets/..%2Frelease.json",
        "/courses/waves/releases/{digest}/assets/../grading/first.json",
        "/courses/waves/releases/{digest}/assets/.hidden",
        "/courses/waves/releases/unknown/assets/wave.svg",
        "/courses/waves/downloads/..%2Fgrading%2Ffirst.ipynb",
        "/courses/waves/downloads/index.ipynb",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/courses/..%2F..%2Fetc/passwd",
        "/nowhere",
    ],
)
def test_what_is_not_there_or_not_public_is_a_page_that_says_so(visitor, release, path):
    answer = visitor.get(path.format(digest=release.digest))

    assert answer.status_code == 404
    assert answer.content_type.startswith("text/html")
    assert "Not found" in answer.text


def test_a_program_that_asks_for_json_gets_a_problem_document(visitor):
    answer = visitor.get("/nowhere", headers={"Accept": "application/json"})

    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["instance"] == "/nowhere"


def test_a_method_that_an_address_does_not_know_says_so(visitor):
    answer = visitor.send("/api/v1/submissions/x", method="DELETE")

    assert answer.status_code == 405
    assert answer.headers["Allow"]


def test_a_lesson_downloads_as_a_notebook(visitor):
    answer = visitor.get("/courses/waves/downloads/second.ipynb")

    assert json.loads(answer.text) == {"cells": []}
    assert "filename=waves-second.ipynb" in answer.headers["Content-Disposition"]


def test_courses_and_lessons_describe_themselves_to_machines(visitor):
    course, lesson = (
        json.loads(
            re.search(r'<script type="application/ld\+json">(.*?)</script>', visitor.get(path).text, re.DOTALL)[1]
        )
        for path in ("/courses/waves", "/courses/waves/second")
    )

    assert course["@type"] == ["Course", "LearningResource"]
    assert course["about"][0]["@id"] == "http://purl.org/pan-science/PaNET/PaNET01100"
    assert [part["name"] for part in course["hasPart"]] == ["First lesson", "Second"]
    assert course["hasCourseInstance"]["courseWorkload"] == "PT1H30M"
    assert (lesson["@type"], lesson["position"], lesson["timeRequired"]) == ("LearningResource", 2, "PT20M")
    assert lesson["isPartOf"]["@id"] == course["@id"] == "http://localhost/courses/waves"
    assert lesson["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_the_sitemap_lists_every_public_page(visitor):
    tree = ET.fromstring(visitor.get("/sitemap.xml").text)

    places = {node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {"http://localhost/", "http://localhost/courses/waves", "http://localhost/courses/waves/second"} <= places
    for place in places:
        assert visitor.get(place.removeprefix("http://localhost")).status_code == 200


def test_health_and_metrics_name_nobody(visitor):
    visitor.sign_up()
    visitor.answer("first", "x")

    health, metrics = visitor.get("/health"), visitor.get("/metrics").text

    assert (health.status_code, health.get_json()["submissions"]) == (200, {"queued": 1, "grading": 0})
    assert 'panlearn_submissions_waiting{state="queued"} 1.0' in metrics
    assert 'route="/courses/<course>/<page>"' in metrics or 'route="/sign-up"' in metrics
    assert "Ann" not in metrics


def test_making_the_app_opens_nothing(tmp_path):
    from panlearn.settings import Settings  # noqa: PLC0415

    home = tmp_path / "home"
    create_app(Settings(home=home))

    assert not home.exists()


def test_cookies_are_marked_secure_behind_https(settings):
    app = create_app(settings.model_copy(update={"https": True}))

    assert app.config["SESSION_COOKIE_SECURE"]


def test_the_built_front_end_is_kept_for_a_year(visitor, tmp_path, monkeypatch, app):
    from panlearn.web.assets import Built  # noqa: PLC0415
    from panlearn.web.views import public  # noqa: PLC0415

    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "manifest.json").write_text('{"app.js": "app-AAAA.js"}')
    (tmp_path / "build" / "app-AAAA.js").write_text("1")
    monkeypatch.setattr(public, "STATIC", tmp_path)
    built = Built(tmp_path)

    assert built.url("app.js") == "/static/build/app-AAAA.js"
    assert built.url("other.js") == "/static/build/other.js"
    assert "immutable" in visitor.get("/static/build/app-AAAA.js").headers["Cache-Control"]
    assert "immutable" not in visitor.get("/static/build/manifest.json").headers["Cache-Control"]


def test_a_course_whose_release_is_gone_from_disk_takes_nothing_else_down(visitor, application, release):
    from panlearn.services.releases import Releases  # noqa: PLC0415

    with application.writing() as session:
        Releases(session).activate("lost", "c" * 64)

    assert "Waves" in visitor.get("/courses").text
    assert visitor.get("/courses/lost").status_code == 404


def test_where_the_database_does_not_answer_it_says_so(app, visitor, application, monkeypatch):
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    visitor.answer("first", "x")

    def gone(*_args, **_kwargs):
        raise OperationalError("select mkPRIVATE", {}, Exception("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalar", gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", gone)

    page, call, health = (visitor.get(path) for path in ("/me", "/api/v1/submissions/x", "/health"))

    assert (page.status_code, call.status_code, health.status_code) == (503, 503, 503)
    assert "The database does not answer." in page.text
    assert call.get_json()["detail"] == "The database does not answer."
    assert health.get_json()["status"] == "failing"
    assert "mkPRIVATE" not in page.text + call.text


@pytest.mark.parametrize("path", ["/courses/", "/courses/waves/", "/courses/waves/second/"])
def test_a_slash_too_many_is_forgiven(visitor, path):
    assert visitor.get(path).status_code == 200


def test_a_file_of_the_front_end_asks_the_database_nothing(visitor, queries):
    visitor.answer("first", "x")
    queries.clear()
    visitor.get("/static/build/nothing.js")

    assert len(queries) <= 2  # the page that says it is not there names the reader
