"""Quizzes that a person grades, out of lessons: what is read, what is refused and where, what stays private."""

from __future__ import annotations

import json

import nbformat
import pytest

from course_files import line_of
from panlearn.content.building import public_quiz
from panlearn.content.staging import stage_lesson
from panlearn.content.student import student_notebook
from panlearn.domain.course import Criterion
from panlearn.domain.quiz.model import QuizKind, WrittenKey
from quiz_files import FREE, WRITTEN, read_quizzes

HEAD = "```{quiz} Why?\n:label: why\n"
RUBRIC = "rubric: {names the planes: 2, gives the law: 1}"


def quiz(*lines: str, options: str = "") -> str:
    return "\n".join([HEAD + options + "kind: written", *lines, "```\n"])


def test_it_is_read_with_its_words_rubric_hints_and_explanation(tmp_path):
    source, findings, _ = read_quizzes(tmp_path, WRITTEN + FREE)

    assert findings.all == []
    one, free = source.quizzes["why"], source.quizzes["next"]
    assert one.quiz.key == WrittenKey(words=(3, 8))
    assert one.rubric == (Criterion(text="names the planes", points=2.0), Criterion(text="gives the law", points=1.0))
    assert (one.points, one.by_hand, free.points, free.by_hand, free.rubric) == (3.0, 3.0, 4.0, 4.0, ())
    assert [hint.text for hint in one.hints] == ["hintPLANES", "hintLAW"]
    assert source.bundles["why"].by_hand == 3.0
    assert source.bundles["why"].quiz.kind is QuizKind.WRITTEN


def test_no_machine_s_quiz_waits_for_a_person(tmp_path):
    source, _, _ = read_quizzes(tmp_path, "```{quiz} Which?\n:label: one\nkind: text\nanswer: a\n```\n")

    assert (source.quizzes["one"].points, source.quizzes["one"].by_hand) == (1.0, 0.0)


def test_points_may_be_said_beside_a_rubric_that_has_as_many(tmp_path):
    source, findings, _ = read_quizzes(tmp_path, quiz(RUBRIC, options=":points: 3\n"))

    assert findings.all == []
    assert source.quizzes["why"].points == 3.0


def test_everybody_may_know_the_rubric_and_nothing_of_the_explanation(tmp_path):
    source, _, _ = read_quizzes(tmp_path, WRITTEN)
    public = public_quiz(source.quizzes["why"], source.bundles["why"], {})
    book = "\n".join(str(page) for page in map(stage_lesson, source.lessons))

    assert (public.by_hand, public.points, len(public.rubric)) == (3.0, 3.0, 2)
    for text in (repr(public), book):
        assert [secret for secret in ("explainWHY", "hintPLANES", "hintLAW") if secret in text] == []


def test_a_notebook_to_take_away_asks_it_and_says_where_it_is_answered(tmp_path):
    source, _, _ = read_quizzes(tmp_path, WRITTEN)
    lesson = next(one for one in source.lessons if one.quizzes)
    notebook = student_notebook(lesson, "T", source.folder)

    nbformat.validate(nbformat.from_dict(notebook))
    text = json.dumps(notebook)
    assert "Why are there peaks" in text
    assert "Answer it on the course" in text
    assert "explainWHY" not in text


@pytest.mark.parametrize(
    ("lines", "code", "at", "says"),
    [
        ([], "PL087", "kind: written", "how many points a person gives"),
        ([RUBRIC, "answer: planes"], "PL087", "answer: planes", "`answer` means nothing"),
        ([RUBRIC, "wrong: []"], "PL087", "wrong: []", "`wrong` means nothing"),
        (["rubric: planes"], "PL087", "rubric: planes", "`rubric` cannot be used"),
        (["rubric: {}"], "PL087", "rubric: {}", "`rubric` cannot be used"),
        (["rubric: {planes: 0}"], "PL087", "rubric: {planes", "`rubric` cannot be used"),
        (["rubric: {planes: many}"], "PL087", "rubric: {planes", "`rubric` cannot be used"),
        (["rubric: {planes: .nan}"], "PL087", "rubric: {planes", "`rubric` cannot be used"),
        ([RUBRIC, "words: 50"], "PL080", "words: 50", "two whole numbers"),
        ([RUBRIC, "words: [50]"], "PL080", "words: [50]", "two whole numbers"),
        ([RUBRIC, "words: [1, 2, 3]"], "PL080", "words: [1", "two whole numbers"),
        ([RUBRIC, "words: [few, many]"], "PL080", "words: [few", "two whole numbers"),
        ([RUBRIC, "words: [true, 5]"], "PL080", "words: [true", "two whole numbers"),
        ([RUBRIC, "words: [1.5, 5]"], "PL080", "words: [1.5", "two whole numbers"),
        ([RUBRIC, "words: null"], "PL080", "words: null", "two whole numbers"),
        ([RUBRIC, "words: [9, 5]"], "PL080", "words: [9", "cannot be used"),
        ([RUBRIC, "words: [-1, 5]"], "PL080", "words: [-1", "cannot be used"),
        ([RUBRIC, "words: [0, 0]"], "PL080", "words: [0", "cannot be used"),
        ([RUBRIC, "words: [5, 1501]"], "PL080", "words: [5", "cannot be used"),
        ([RUBRIC, "word: [1, 5]"], "PL080", "word: [1", "has no `word`"),
        ([RUBRIC, "variant: {d: [1, 2, 1]}"], "PL085", "variant:", "Nobody can read `d`"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_line(tmp_path, lines, code, at, says):
    _, findings, file = read_quizzes(tmp_path, quiz(*lines))

    assert [(one.code, one.line) for one in findings.errors] == [(code, line_of(file, at))]
    assert says in findings.errors[0].message
    assert findings.errors[0].todo


def test_a_rubric_that_does_not_add_up_to_its_points_is_told(tmp_path):
    _, findings, file = read_quizzes(tmp_path, quiz(RUBRIC, options=":points: 5\n"))

    assert [(one.code, one.line) for one in findings.errors] == [("PL087", line_of(file, "rubric:"))]
    assert "The rubric has 3 points, `:points:` says 5" in findings.errors[0].message
