"""Quizzes on pages, over the API and from a plain form: what they say, and what they keep to themselves."""

import json
import re

import pytest

from panlearn.domain.quiz.drawing import draw
from panlearn.web.openapi import PREFIX
from panlearn.web.schemas import LessonStateOut, SolutionOut, SubmissionOut
from quiz_files import CHOICE, NUMBER, ORDER, SECRETS, SECRETS_OF_KEYS, option, publish_quizzes

pytestmark = pytest.mark.databases

LESSON = "/courses/waves/lesson"


@pytest.fixture
def release(tmp_path, store, session):
    made = publish_quizzes(tmp_path / "course", store, session, CHOICE + NUMBER + ORDER)
    session.commit()
    return made


@pytest.fixture
def choose(visitor, release):
    """Answer the choice over the API by the text of an option."""

    def give(text: str):
        return visitor.answer("longer", json.dumps({"choice": option(release, "longer", text)}))

    return give


def everything(visitor) -> str:
    paths = [LESSON, "/courses/waves/quizzes/longer", "/courses/waves/quizzes/wave", "/", "/courses/waves"]
    paths += [f"{PREFIX}/courses/waves/lessons/lesson/state"]
    paths += [
        f"{PREFIX}/courses/waves/exercises/{name}/{what}"
        for name in ("longer", "wave")
        for what in ("solution", "submissions")
    ]
    return "\n".join(visitor.get(path).text for path in paths)


def section(page: str, name: str) -> str:
    return re.search(rf'<section class="ex quiz" id="{name}".*?</section>', page, re.DOTALL)[0]


def test_a_page_asks_and_tells_nothing(visitor):
    seen = everything(visitor)

    assert "it shrinks" in seen
    # As words: a random token may hold any few letters.
    found = [one for one in (*SECRETS, *SECRETS_OF_KEYS) if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", seen)]
    assert found == []
    assert "\ue000" not in seen
    assert "<!--quiz" not in seen


def test_an_answer_over_the_api_comes_with_its_verdict_without_any_worker(choose):
    answer = choose("it shrinks")

    body = answer.get_json()
    SubmissionOut.model_validate(body)
    assert (answer.status_code, body["state"], body["report"]["verdict"]) == (201, "graded", "failed")
    assert body["report"]["checks"][0]["message"] == "saysSHRINKS"


def test_what_is_said_is_said_of_the_chosen_answer_only_until_the_tries_are_used(visitor, choose):
    choose("it shrinks")
    seen = everything(visitor)
    assert "saysSHRINKS" in seen
    assert "hintONE" in seen
    assert [secret for secret in ("saysRIGHT", "saysSTAYS", "hintTWO", "explainIT") if secret in seen] == []

    choose("it stays")
    seen = everything(visitor)
    assert "explainIT" in seen
    assert "hintTWO" in seen
    assert "saysRIGHT" not in seen
    assert "explainWAVE" not in seen


def test_a_pass_opens_the_explanation(visitor, choose):
    assert choose("it grows").get_json()["report"]["verdict"] == "passed"

    page = section(visitor.get(LESSON).text, "longer")
    assert "explainIT" in page
    assert "Passed" in page
    assert "Check</button>" not in page
    told = visitor.get(f"{PREFIX}/courses/waves/exercises/longer/solution").get_json()
    SolutionOut.model_validate(told)
    assert told["source"] == "it grows"


def test_the_state_of_a_lesson_names_the_kind_and_has_the_shape_that_is_documented(visitor, choose):
    choose("it shrinks")

    state = visitor.state("lesson")
    LessonStateOut.model_validate(state)
    assert [one["kind"] for one in state["exercises"].values()] == ["choice", "number", "order"]
    assert state["progress"]["arcs"] == ["fail", "todo", "todo"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1", "not an answer to a quiz"),
        ("{}", "Nothing is chosen"),
        ('{"choice": "zz"}', "no such answer"),
        ('{"choice": {"a": 1}}', "not text"),
        ('{"choice": ["' + "x" * 600 + '"]}', "too long"),
    ],
)
def test_an_answer_whose_form_is_wrong_is_refused_and_costs_no_try(visitor, source, says):
    answer = visitor.answer("longer", source)

    assert answer.status_code == 400
    assert says in answer.get_json()["detail"]
    assert visitor.state("lesson")["exercises"]["longer"]["tries"] == 0


def test_a_unit_that_does_not_fit_costs_no_try(visitor):
    answer = visitor.answer("wave", json.dumps({"number": "1.5", "unit": "keV"}))

    assert answer.status_code == 400
    assert "unit of an energy; the answer is a length" in answer.get_json()["detail"]


def test_hints_of_a_quiz_cannot_be_fetched_ahead_of_its_tries(visitor):
    answer = visitor.send(f"{PREFIX}/courses/waves/exercises/longer/hints")

    assert answer.status_code == 403
    assert "hintONE" not in answer.text


def test_the_numbers_of_a_page_are_those_that_the_answer_is_graded_with(visitor, release):
    page = section(visitor.get(LESSON).text, "wave")
    energy = re.search(r"The energy is ([\d.]+) keV", page)[1]
    seed = re.search(r'name="seed" value="(\w+)"', page)[1]
    assert draw(release.exercises["wave"].quiz.variant, seed) == {"energy": energy}

    sent = {"number": f"{12.39841984 / float(energy):.4f}", "unit": "Å", "seed": seed}
    assert visitor.answer("wave", json.dumps(sent)).get_json()["report"]["verdict"] == "passed"
    assert f"explainWAVE {energy}" in visitor.get(LESSON).text


def test_options_stand_in_another_order_for_other_readers(newcomer):
    orders = set()
    for _ in range(12):
        page = section(newcomer().get(LESSON).text, "longer")
        orders.add(tuple(re.findall(r"it (?:grows|shrinks|stays)", page)))
    assert len(orders) > 1


def test_items_never_begin_in_the_right_order(newcomer):
    for _ in range(30):
        page = section(newcomer().get(LESSON).text, "spectrum")
        assert re.findall(r">(radio|visible light|X-rays)<", page) != ["radio", "visible light", "X-rays"]


def test_a_form_without_a_script_is_taken_and_leads_back_to_the_quiz(visitor, release):
    to = "/courses/waves/quizzes/longer"
    answer = visitor.form(LESSON, to=to, choice=option(release, "longer", "it shrinks"))

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LESSON}#longer")
    page = section(visitor.get(LESSON).text, "longer")
    assert "saysSHRINKS" in page
    assert "Not yet · 0 of 1 point" in page
    assert "1 try left" in page
    assert re.search(r'value="[^"]+" checked', page)


def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_written(visitor):
    answer = visitor.form(LESSON, to="/courses/waves/quizzes/wave", number="1,5", unit="<b>Å")

    assert answer.status_code == 422
    page = section(answer.text, "wave")
    assert "A comma in a number can mean two things" in page
    assert 'value="1,5"' in page
    assert 'value="&lt;b&gt;Å"' in page
    assert "<b>Å" not in page
    assert visitor.state("lesson")["exercises"]["wave"]["tries"] == 0


def test_a_form_past_the_last_try_says_so(visitor, release, choose):
    choose("it shrinks")
    choose("it stays")

    answer = visitor.form(LESSON, to="/courses/waves/quizzes/longer", choice=option(release, "longer", "it grows"))

    assert answer.status_code == 422
    assert "2 attempts" in section(answer.text, "longer")


def test_another_site_s_form_is_refused(visitor):
    assert visitor.client.post("/courses/waves/quizzes/longer", data={"choice": "x"}).status_code == 400


@pytest.mark.parametrize("path", ["/courses/waves/quizzes/nothing", "/courses/particles/quizzes/longer"])
def test_a_quiz_that_is_not_there_is_not_found(visitor, path):
    assert visitor.get(path).status_code == 404


def test_what_a_learner_wrote_is_shown_as_text(visitor):
    page = visitor.form(LESSON, to="/courses/waves/quizzes/wave", number='"><script>alert(1)</script>', unit="Å").text

    assert "<script>alert" not in page


def test_another_reader_sees_nothing_of_it(choose, newcomer):
    choose("it grows")

    assert "explainIT" not in newcomer().get(LESSON).text


def test_a_quiz_is_counted_in_the_catalogue_and_no_first_exercise_of_the_landing_page(visitor):
    assert visitor.get("/").status_code == 200
    assert "3 exercises" in visitor.get("/courses").text
