"""Texts that a person grades, on pages: the field, the queue, the grade, and what is told when."""

from __future__ import annotations

import json
import re
import time

import pytest

from panlearn.domain.access import Role
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.jobs import regrader as module
from panlearn.jobs.regrader import Regrader
from panlearn.services.accounts import Accounts
from panlearn.services.hand_grading import HandGrading
from panlearn.web.openapi import PREFIX
from panlearn.web.schemas import HintOut, LessonStateOut, SolutionOut, SubmissionOut
from quiz_files import CHOICE, FREE, WRITTEN, publish_quizzes

pytestmark = pytest.mark.databases

LESSON = "/courses/waves/lesson"
SEND = "/courses/waves/quizzes/why"
HINT = f"{SEND}/hint"
LIST = "/teach/waves/to-grade"
TEXT = "planes are <b>dense</b>\nand so on"
SHOWN = "planes are &lt;b&gt;dense&lt;/b&gt;\nand so on"


@pytest.fixture
def release(tmp_path, store, session):
    made = publish_quizzes(tmp_path / "course", store, session, WRITTEN + FREE + CHOICE)
    session.commit()
    return made


@pytest.fixture
def trainer(newcomer, application, release):
    visitor = newcomer()
    visitor.sign_up("trainer@example.org")
    with application.writing() as session:
        Accounts(session, application.clock, application.hasher).grant("trainer@example.org", Role.TRAINER)
    return visitor


@pytest.fixture
def handed_in(visitor, release, application):
    """A learner's text from a plain form, and the page on which it is graded."""
    visitor.form(LESSON, to=SEND, text=TEXT.replace("\n", "\r\n"))
    with application.reading() as session:
        return f"/teach/waves/answers/{HandGrading(session).waiting(release)[0].public_id}"


def section(page: str, name: str = "why") -> str:
    return re.search(
        rf'<section class="ex quiz" id="{name}".*?</form>.*?(?=<section class="ex quiz"|</main>)', page, re.DOTALL
    )[0]


def test_the_page_asks_with_a_field_and_tells_the_rubric_and_nothing_else(visitor, release):
    page = visitor.get(LESSON).text
    one = section(page)

    assert "<textarea" in one
    assert "Write 3 to 8 words" in one
    assert "gives 3 points: what for" in one
    assert "names the planes" in one
    assert "Hint · 2 left" in one
    assert re.search(r"seen at [\d.]+ keV", one)
    assert "A person reads your answer and gives 4 points." in section(page, "next")
    assert [secret for secret in ("explainWHY", "hintPLANES", "hintLAW") if secret in page] == []


def test_a_form_hands_it_in_and_the_page_shows_it_again_as_text(visitor, handed_in):
    one = section(visitor.get(LESSON).text)

    assert "Handed in, 6 words: a person reads it." in one
    assert "Replace</button>" in one
    assert re.search(rf"<textarea[^>]*>\n{re.escape(SHOWN)}</textarea>", one)
    assert "<b>dense" not in one
    assert "explainWHY" not in one


def test_it_can_be_replaced_until_it_is_graded(visitor, trainer, handed_in):
    answer = visitor.form(LESSON, to=SEND, text="quite another text")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LESSON}#why")

    assert "1 answer waits" in trainer.get(LIST).text
    assert "quite another text" in trainer.get(LIST).text
    first = trainer.get(handed_in).text
    newer = re.search(r'href="(/teach/waves/answers/[^"]+)">the newer one', first)[1]
    assert "quite another text" in trainer.get(newer).text
    assert "the newer one" not in trainer.get(newer).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is nothing written yet."),
        ("two words", "Your answer has 2 words; at least 3 are asked for."),
        ("<i>" + "a " * 20, "Your answer has 20 words; at most 8 are asked for."),
        ("x" * 10_001, "Your answer has 10,001 characters; at most 10,000 are kept."),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays_in_its_field(visitor, release, text, says):
    answer = visitor.form(LESSON, to=SEND, text=text)

    assert answer.status_code == 422
    one = section(answer.text)
    assert says in one
    assert text.replace("<", "&lt;").replace(">", "&gt;") in one
    assert "<i>" not in one
    assert visitor.state("lesson")["exercises"]["why"]["status"] == "todo"


def test_over_the_api_it_is_handed_in_as_well(visitor, release):
    answer = visitor.answer("why", json.dumps({"text": TEXT}))

    SubmissionOut.model_validate(answer.get_json())
    assert (answer.status_code, answer.get_json()["report"]["verdict"]) == (201, "handed-in")
    state = visitor.state("lesson")
    LessonStateOut.model_validate(state)
    why = state["exercises"]["why"]
    assert (why["kind"], why["status"], why["hand_points"], why["by_hand"]) == ("written", "tried", 3.0, None)
    assert state["progress"]["arcs"][0] == "tried"
    assert visitor.answer("why", json.dumps({"text": TEXT})).status_code == 400


def test_a_trainer_reads_text_and_its_learner_the_grade(visitor, trainer, handed_in):
    listed = trainer.get(LIST).text
    assert "planes are &lt;b&gt;dense" in listed
    assert "&#34;seed&#34;" not in listed
    page = trainer.get(handed_in).text
    assert SHOWN in page
    assert re.search(r"seen at [\d.]+ keV", page)
    assert '<pre class="answer"' not in page
    assert "6 words" in page

    trainer.form(handed_in, **{"criterion-0": "1,5", "criterion-1": "0", "comment": "Which <planes>?\n\nAnd the law?"})

    one = section(visitor.get(LESSON).text)
    assert "A person gave this answer 1.5 of 3 points" in one
    assert "Which &lt;planes&gt;?" in one
    assert "1.5 of 2" in one
    assert re.search(r"explainWHY [\d.]+", one)
    assert "<textarea" not in one
    assert SHOWN in one
    assert "Graded · 1.5 of 3 points" in one
    assert visitor.state("lesson")["progress"]["points"] == 1.5
    assert "in force" in trainer.get(handed_in).text


def test_a_graded_text_with_an_explanation_is_not_replaced(visitor, trainer, handed_in):
    trainer.form(handed_in, **{"criterion-0": "2", "criterion-1": "1", "comment": ""})

    answer = visitor.form(LESSON, to=SEND, text="copied from the explanation")

    assert answer.status_code == 422
    assert "graded, so it cannot be replaced" in answer.text
    assert "copied from the explanation" not in trainer.get(LIST).text
    assert "Passed · 3 of 3 points" in section(visitor.get(LESSON).text)


def test_the_explanation_is_told_once_it_is_graded_and_not_before(visitor, trainer, handed_in):
    path = f"{PREFIX}/courses/waves/exercises/why/solution"
    refused = visitor.get(path)
    assert (refused.status_code, "explainWHY" in refused.text) == (403, False)
    assert "once a person has graded" in refused.get_json()["todo"]

    trainer.form(handed_in, **{"criterion-0": "0", "criterion-1": "0", "comment": ""})

    told = visitor.get(path).get_json()
    SolutionOut.model_validate(told)
    assert "explainWHY" in told["html"]
    assert trainer.get(path).status_code == 403


def test_hints_come_on_request_over_the_api(visitor, release):
    HintOut.model_validate(visitor.send(f"{PREFIX}/courses/waves/exercises/why/hints").get_json())

    one = section(visitor.get(LESSON).text)
    assert "hintPLANES" in one
    assert "Hint · 1 left" in one
    assert "hintLAW" not in one


def test_a_hint_without_a_script_keeps_what_is_being_written(visitor, release):
    answer = visitor.form(LESSON, to=HINT, text="half a <thought>")

    assert answer.status_code == 200
    one = section(answer.text)
    assert "hintPLANES" in one
    assert "half a &lt;thought&gt;" in one
    assert visitor.state("lesson")["exercises"]["why"]["status"] == "todo"


@pytest.mark.parametrize(("path", "status"), [("longer", 403), ("next", 404), ("nothing", 404)])
def test_no_other_quiz_gives_hints_like_that(visitor, release, path, status):
    answer = visitor.form(LESSON, to=f"/courses/waves/quizzes/{path}/hint")

    assert answer.status_code == status
    assert "hintONE" not in answer.text


def test_nobody_else_reads_it(newcomer, handed_in):
    other = newcomer()

    assert other.get(handed_in).status_code == 403
    assert "dense" not in other.get(LESSON).text


@pytest.fixture
def regrader(application, monkeypatch, grader):
    monkeypatch.setattr(module, "POLL_SECONDS", 0.02)
    grader.answer = grade_quiz
    made = Regrader(application).start()
    yield made
    made.stop()


def test_a_dry_run_keeps_the_grade_and_shows_what_was_written(trainer, visitor, handed_in, regrader):
    trainer.form(handed_in, **{"criterion-0": "1", "criterion-1": "0", "comment": ""})
    page = "/teach/waves/why/regrade"
    trainer.form(page)
    for _ in range(500):
        if "Examples" in (seen := trainer.get(page).text):
            break
        time.sleep(0.02)

    assert "text: planes are &lt;b&gt;dense" in seen
    assert "Nothing would change." in seen
    assert "&#34;seed&#34;" not in seen


def test_trainers_figures_speak_of_texts_and_not_of_wrong_answers(trainer, visitor, handed_in):
    trainer.form(handed_in, **{"criterion-0": "1", "criterion-1": "0", "comment": ""})
    page = trainer.get("/teach/waves/why").text

    assert "A person gave part of the points." in page
    assert "Most frequent wrong answers" not in page
    assert "To grade: 0" in trainer.get("/teach/waves").text
    assert visitor.get("/me").status_code == 200
