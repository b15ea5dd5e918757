"""Texts that a person grades: what can be handed in, what becomes of it, when its explanation opens."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.answers import Stored, read_answer, stored_in, written_text
from panlearn.domain.quiz.grading import READ_BY_A_PERSON, grade_quiz
from panlearn.domain.quiz.model import Quiz, QuizKind, WrittenKey
from panlearn.domain.quiz.solution import right_fields, right_words
from panlearn.domain.quiz.written import MAX_CHARACTERS, closed, model_answer_open, words_in
from panlearn.domain.report import Verdict
from panlearn.domain.submission import MAX_SOURCE_BYTES, check_source
from panlearn.errors import BadInput

QUIZ = Quiz(kind=QuizKind.WRITTEN, key=WrittenKey(words=(3, 6)))
FREE = Quiz(kind=QuizKind.WRITTEN, key=WrittenKey())


def bundle(quiz: Quiz = QUIZ) -> GradingBundle:
    return GradingBundle(
        exercise="why", title="Why?", lesson="l", points=3.0, environment="", files=None, setup=(), steps=(), names=(),
        starter="", solution="", checks=(), by_hand=3.0, quiz=quiz,
    )  # fmt: skip


def read(text: str, quiz: Quiz = QUIZ) -> Stored:
    return read_answer(quiz, {"text": [text]}, "s")


def test_a_text_waits_for_a_person_whatever_it_says():
    report = grade_quiz(bundle(), read("the planes are dense").as_source())

    assert (report.verdict, report.fault, report.points, report.max_points) == (Verdict.HANDED_IN, None, 0.0, 3.0)
    assert (report.checks, report.message) == ((), READ_BY_A_PERSON)


def test_its_line_breaks_are_kept_and_what_nobody_can_see_is_not():
    kept = read("  one\r\ntwo\rthree\x00\x1b[31m\ud800\n\n\tfour ").one("text")

    assert kept == "one\ntwo\nthree[31m\n\n\tfour"
    assert written_text(read(kept).as_source()) == kept


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_nothing_is_not_handed_in(text):
    with pytest.raises(BadInput, match="nothing written yet"):
        read(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dense", "has 1 word; at least 3 are asked for"),
        ("very dense", "has 2 words; at least 3 are asked for"),
        ("one two three four five six seven", "has 7 words; at most 6 are asked for"),
    ],
)
def test_too_few_or_too_many_words_are_counted_for_the_learner(text, says):
    with pytest.raises(BadInput, match=says) as refused:
        read(text)
    assert "cost no try" in refused.value.todo


def test_both_bounds_themselves_are_fine():
    assert words_in(read("one two three").one("text")) == 3
    assert words_in(read("one two three four five six").one("text")) == 6


def test_a_text_that_is_too_long_is_refused_in_words_and_the_longest_can_be_kept():
    with pytest.raises(BadInput, match=f"has 10,001 characters; at most {MAX_CHARACTERS:,}"):
        read("x" * (MAX_CHARACTERS + 1), FREE)
    source = read("\U0001f52c" * MAX_CHARACTERS, FREE).as_source()
    assert len(check_source(source).encode()) <= MAX_SOURCE_BYTES


def test_a_field_of_another_kind_stays_short():
    from panlearn.domain.quiz.model import TextKey  # noqa: PLC0415

    with pytest.raises(BadInput, match="too long"):
        read("x" * 501, Quiz(kind=QuizKind.TEXT, key=TextKey(accept=("x",))))


def test_there_is_no_right_answer_to_tell():
    assert right_fields(QUIZ.key, {}) == {}
    assert right_words(QUIZ, {}) == []


@pytest.mark.parametrize("source", ["def f(): pass", '{"seed": "s", "answer": {"choice": ["a"]}}'])
def test_an_answer_from_when_it_was_something_else_is_no_text(source):
    assert written_text(source) is None
    assert grade_quiz(bundle(), source).verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("reveal", "waiting", "graded", "passed"),
    [
        ("after-pass-or-5-tries", False, True, True),
        ("always", False, True, True),
        ("after-pass", False, False, True),
        ("never", False, False, False),
        ("a policy of the future", False, False, True),
    ],
)
def test_the_explanation_opens_with_the_grade_and_never_before(reveal, waiting, graded, passed):
    assert model_answer_open(reveal, graded=False, passed=False) is waiting
    assert model_answer_open(reveal, graded=True, passed=False) is graded
    assert model_answer_open(reveal, graded=True, passed=True) is passed


def test_what_could_be_copied_from_its_explanation_is_not_taken_any_more():
    assert closed("always", "It says so.", graded=True, passed=False)
    assert not closed("always", "It says so.", graded=False, passed=False)
    assert not closed("always", "", graded=True, passed=False)
    assert not closed("after-pass", "It says so.", graded=True, passed=False)
    assert closed("never", "", graded=True, passed=True)


@given(st.text())
def test_any_text_is_refused_or_kept_so_that_it_comes_back(text):
    try:
        stored = read_answer(FREE, {"text": (text,)}, "s")
    except BadInput:
        return
    source = check_source(stored.as_source())
    assert stored_in(source) == stored
    assert json.loads(source)["answer"]["text"] == [stored.one("text")]
    assert read_answer(FREE, stored.fields, "s") == stored
