import json
import re
from datetime import timedelta

import pytest

import classroom
import factories
from classroom import Kind
from panlearn.domain.access import Role
from panlearn.domain.report import Verdict
from panlearn.services.accounts import Accounts

PAGES = ["/teach", "/teach/waves", "/teach/waves/first", "/teach/waves/first/regrade"]
RIGHT = Kind(source="right", verdict=Verdict.PASSED)
WRONG = Kind(source="x = 1  # by Ann <b>", message="Is it <i>in degrees</i>?")


@pytest.fixture
def trainer(newcomer, application):
    """Somebody who signed up and was made a trainer."""
    made = newcomer()
    made.sign_up("marie@example.org", name="Marie")
    with application.writing() as session:
        Accounts(session).grant("marie@example.org", Role.TRAINER)
    return made


@pytest.fixture
def full(application, release, clock):
    """A class of thirty at the first exercise, and one learner at the second."""
    with application.writing() as session:
        classroom.fill(
            session, release, release.exercises["first"], wrong=[WRONG], right=[RIGHT], people=30, now=clock()
        )
        learner = factories.guest(session)
        learner.name = "Rosalind"
        long_ago = clock() - timedelta(days=3)
        classroom.answer(session, release, release.exercises["second"], learner, WRONG, long_ago)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.TRAINER, Role.ORGANISER, Role.OPERATOR])
def test_those_who_teach_may_look(newcomer, application, path, role):
    one = newcomer()
    one.sign_up()
    with application.writing() as session:
        Accounts(session).grant("ann@example.org", role)

    assert one.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_may(newcomer, path):
    stranger, learner = newcomer(), newcomer()
    learner.sign_up()
    learner.answer("first", "x")

    for one in (stranger, learner):
        answer = one.get(path)
        assert answer.status_code == 403
        assert "for trainers" in answer.text


def test_only_those_who_teach_see_the_way_there(newcomer, trainer):
    learner = newcomer()
    learner.sign_up()

    assert 'href="/teach"' in trainer.get("/courses").text
    assert 'href="/teach"' not in learner.get("/courses").text
    assert 'href="/teach"' not in newcomer().get("/courses").text


@pytest.mark.parametrize(
    "path",
    [
        "/teach/nowhere",
        "/teach/waves/nothing",
        "/teach/nowhere/first",
        "/teach/waves/..%2f",
    ],
)
def test_what_is_not_there_is_not_found(trainer, path):
    assert trainer.get(path).status_code == 404


def test_a_table_cannot_be_sorted_by_something_else(trainer):
    answer = trainer.get("/teach/waves?sort=name")

    assert answer.status_code == 400
    assert "gave-up" in answer.text


def test_before_anybody_tried_the_pages_say_so(trainer):
    assert "Nobody has tried an exercise yet" in trainer.get("/teach").text
    assert trainer.get("/teach/waves").text.count("not tried yet") == 3
    assert "Nobody has tried this exercise yet" in trainer.get("/teach/waves/first").text


def test_a_course_without_releases_is_said(newcomer, application, trainer, monkeypatch):
    monkeypatch.setattr("panlearn.services.library.Library.courses", lambda _self: [])

    assert "No course is published here yet" in trainer.get("/teach").text


def test_the_overview_names_the_exercise_that_most_gave_up(trainer, full):
    text = trainer.get("/teach").text

    assert "31 learners" in text
    assert re.search(r"Most gave up at “First”: \d+ learners; \d+ % of those who tried passed", text)


def test_the_table_puts_what_needs_attention_on_top_and_can_be_sorted(trainer, full):
    def order(query: str) -> list[str]:
        return re.findall(r'href="/teach/waves/(\w+)">', trainer.get(f"/teach/waves{query}").text)

    assert order("") == ["first", "second", "third"]
    assert order("?sort=passed") == ["second", "first", "third"]
    assert order("?sort=gave-up")[0] == "second"
    assert order("?sort=course") == ["first", "second", "third"]
    for key in ("tried", "tries", "time"):
        assert order(f"?sort={key}")[0] == "first"
        assert 'aria-sort="descending"' in trainer.get(f"/teach/waves?sort={key}").text


def test_an_exercise_shows_its_figures_messages_and_wrong_answers(trainer, full):
    text = trainer.get("/teach/waves/first").text

    assert re.search(r"<dt>learners tried</dt><dd>30</dd>", text)
    assert "“Is it &lt;i&gt;in degrees&lt;/i&gt;?”" in text
    assert re.search(r"of \d+ next (try|tries) pass", text)
    assert "<code>x = 1</code>" in text
    assert "the same answer always got the same verdict" in text


def test_a_flickering_check_is_shown_with_its_answer(trainer, application, release, clock):
    with application.writing() as session:
        for verdict in (Verdict.PASSED, Verdict.FAILED):
            kind = Kind(source="same = 1", verdict=verdict)
            classroom.answer(session, release, release.exercises["first"], factories.guest(session), kind, clock())

    text = trainer.get("/teach/waves/first").text

    assert "<b>it is right</b>" in text
    assert "passed 1 time, failed 1 time" in text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_learner_or_shows_a_comment_a_solution_or_a_hidden_check(trainer, full, path, application):
    text = trainer.get(path).text

    for private in ("Rosalind", "by Ann", "the_solution", "the_hidden_check"):
        assert private not in text
    with application.reading() as session:
        for row in session.query(classroom.Learner).filter_by(email=None):
            assert row.public_id not in text


def test_the_pages_hold_no_inline_script_or_style(trainer, full):
    for path in PAGES:
        text = trainer.get(path).text
        assert not re.search(r"<script(?![^>]*src=)", text)
        assert "<style" not in text
        assert " style=" not in text


def test_figures_on_the_command_line(full, application, settings, monkeypatch, capsys):
    from panlearn import cli  # noqa: PLC0415

    monkeypatch.setenv("PANLEARN_HOME", str(settings.home))
    with pytest.raises(SystemExit) as end:
        cli.main(["course", "stats", "waves", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert end.value.code == 0
    assert found["learners"] == 31
    assert found["exercises"][0]["exercise"] == "first"
    assert found["exercises"][0]["tried"] == 30
    assert found["exercises"][2] == {
        "exercise": "third",
        "title": "Third",
        "tried": 0,
        "passed": 0,
        "gave_up": 0,
        "pass_rate": None,
        "drop_out": None,
        "median_tries": None,
        "median_seconds": None,
    }


@pytest.mark.parametrize(("slug", "code", "words"), [("waves", 0, "gave up"), ("nowhere", 2, "no such course")])
def test_figures_on_the_command_line_in_words(full, settings, monkeypatch, capsys, slug, code, words):
    from panlearn import cli  # noqa: PLC0415

    monkeypatch.setenv("PANLEARN_HOME", str(settings.home))
    with pytest.raises(SystemExit) as end:
        cli.main(["course", "stats", slug])
    said = capsys.readouterr()

    assert end.value.code == code
    assert words in said.out + said.err
