"""Quizzes out of lessons: what is read, what is refused and where, and what never reaches the public book."""

from __future__ import annotations

import json

import nbformat
import pytest

from course_files import MYST_YML, line_of, write_course
from panlearn.content.course_source import read_course
from panlearn.content.directives import nested
from panlearn.content.findings import Findings
from panlearn.content.staging import stage_hints, stage_lesson
from panlearn.content.student import student_notebook
from panlearn.domain.quiz.model import ChoiceKey, MatchKey, NumberKey
from quiz_files import CHOICE, NUMBER, ORDER, SECRETS, read_quizzes


def quiz(body: str, label: str = "one", title: str = "Which?", options: str = "") -> str:
    return f"```{{quiz}} {title}\n:label: {label}\n{options}{body}\n```\n"


TWO = "kind: choice\noptions:\n  - {text: a, correct: true}\n  - text: b"


def test_a_choice_is_read_with_its_key_hints_and_policy(tmp_path):
    source, findings, file = read_quizzes(tmp_path, CHOICE)

    assert findings.all == []
    one = source.quizzes["longer"]
    assert (one.title, one.points, one.attempts, one.reveal) == (
        "What does a longer wavelength do to the angle?", 1.0, "2", "after-pass-or-2-tries",
    )  # fmt: skip
    assert isinstance(one.quiz.key, ChoiceKey)
    assert [option.correct for option in one.quiz.key.options] == [True, False, False]
    assert [hint.text for hint in one.hints] == ["hintONE", "hintTWO"]
    assert one.line == line_of(file, "{quiz}")
    assert source.bundles["longer"].quiz == one.quiz


def test_a_number_is_read_with_its_variant(tmp_path):
    source, findings, _ = read_quizzes(tmp_path, NUMBER)

    assert findings.all == []
    key = source.quizzes["wave"].quiz.key
    assert isinstance(key, NumberKey)
    assert (key.unit, key.relative, key.absolute, key.figures) == ("angstrom", 0.01, None, None)
    assert [one.count for one in source.quizzes["wave"].quiz.variant] == [9]


def test_the_same_partner_may_stand_twice_and_others_join_the_list(tmp_path):
    body = "kind: match\npairs:\n  - {left: a, right: x}\n  - {left: b, right: x}\nothers: [y]"
    source, findings, _ = read_quizzes(tmp_path, quiz(body))

    assert findings.all == []
    key = source.quizzes["one"].quiz.key
    assert isinstance(key, MatchKey)
    assert [option.text for option in key.rights] == ["x", "y"]


def test_quizzes_and_exercises_follow_each_other_as_on_the_page(tmp_path):
    from course_files import EXERCISE  # noqa: PLC0415

    source, findings, _ = read_quizzes(tmp_path, CHOICE + "\n" + EXERCISE + "\n" + ORDER)

    assert findings.errors == []
    assert [task.id for task in source.lessons[1].tasks] == ["longer", "double", "spectrum"]
    assert list(source.bundles) == ["longer", "double", "spectrum"]


@pytest.mark.parametrize(
    ("body", "code", "line", "says"),
    [
        ("kind: riddle", "PL080", "kind: riddle", "no kind of quiz `riddle`"),
        ("options: [a, b]", "PL080", "options:", "`kind` is missing"),
        ("kind: choice\noption: [a]", "PL080", "option: [a]", "has no `option`"),
        ("kind: choice\n  options: x", "PL080", "  options: x", "not valid YAML"),
        ("just text", "PL080", "just text", "`key: value` lines"),
        ("kind: choice\noptions: [a, b]", "PL081", "options: [a, b]", "No option is correct"),
        (TWO + "\n  - {text: c, correct: true}", "PL081", "options:", "2 options are correct"),
        ("kind: choice\noptions:\n  - {text: a, correct: true}", "PL081", "options:", "`options` has 1"),
        (TWO + "\n  - text: B", "PL082", "  - text: B", "`B` stands twice"),
        (TWO + "\n  - {text: c, right: true}", "PL080", "right: true", "An option has no `right`"),
        (TWO + "\n  - yes", "PL080", "  - yes", "`text` is not text"),
        ("kind: number\nunit: nm\ntolerance: 1%", "PL081", "kind: number", "answer is missing"),
        ("kind: number\nanswer: 3", "PL084", "answer: 3", "neither how far off"),
        ("kind: number\nanswer: 3\nfigures: 2\ntolerance: 1%", "PL084", "answer: 3", "one of them is enough"),
        ("kind: number\nanswer: 3\ntolerance: often", "PL084", "tolerance: often", "cannot be used"),
        ("kind: number\nanswer: 3\ntolerance: -1", "PL084", "tolerance: -1", "cannot be used"),
        ("kind: number\nanswer: 3\nfigures: 2.5", "PL084", "figures: 2.5", "cannot be used"),
        ("kind: number\nanswer: 3\nunit: furlong\ntolerance: 1", "PL083", "unit: furlong", "furlong"),
        ("kind: number\nanswer: 3 +\ntolerance: 1", "PL085", "answer: 3 +", "not an expression"),
        ("kind: number\nanswer: 0\ntolerance: 1%", "PL086", "answer: 0", "The answer is 0"),
        (
            "kind: number\nanswer: 3\ntolerance: 1\nwrong:\n  - {answer: 3.5, says: not so}",
            "PL086",
            "answer: 3.5",
            "right within the tolerance",
        ),
        (
            "kind: number\ntext: '{d}'\nvariant: {d: [0, 2, 1]}\nanswer: 1 / d\ntolerance: 1%",
            "PL085",
            "answer: 1 / d",
            "divides by zero. This is for d = 0",
        ),
        (
            "kind: number\ntext: '{d}'\nvariant: {d: [1, 2, 0.5]}\nanswer: asin(d)\ntolerance: 1%",
            "PL085",
            "answer: asin",
            "no real value. This is for d = 1.5",
        ),
        ("kind: number\ntext: '{d}'\nvariant: {d: [3, 2, 1]}\nanswer: d\ntolerance: 1", "PL085", "{d: [3", "no range"),
        ("kind: number\ntext: '{h}'\nvariant: {h: [1, 2, 1]}\nanswer: h\ntolerance: 1", "PL085", "{h: [1", "constant"),
        ("kind: number\nvariant: {d: [1, 2, 1]}\nanswer: d\ntolerance: 1", "PL085", "variant:", "Nobody can read `d`"),
        ("kind: text", "PL081", "kind: text", "answer is missing"),
        ("kind: text\nanswer: a\nwrong: [{answer: A, says: not so}]", "PL082", "wrong:", "right as well"),
        ("kind: order\nitems: [a]", "PL081", "items: [a]", "`items` has 1"),
        ("kind: order\nitems: [a, a]", "PL082", "items: [a, a]", "stands twice"),
        ("kind: match\npairs:\n  - {left: a, right: x}\n  - {left: a, right: y}", "PL082", "right: y", "stands twice"),
        ("kind: match\npairs:\n  - {left: a}\n  - {left: b, right: y}", "PL080", "{left: a}", "`right` is missing"),
        (
            "kind: match\npairs:\n  - {left: a, right: x}\n  - {left: b, right: y}\nothers: [x]",
            "PL082",
            "others: [x]",
            "partner already",
        ),
        ("kind: cloze\ntext: The [[n]].", "PL081", "kind: cloze", "gaps have no answers"),
        ("kind: cloze\ntext: The.\nblanks: {n: order}", "PL080", "blanks:", "stands 0 times"),
        ("kind: cloze\ntext: '[[n]] [[m]]'\nblanks: {n: order}", "PL081", "text:", "[[m]] has no answer"),
        (
            "kind: cloze\ntext: '[[n]]'\nblanks:\n  n: {answer: 3, unit: furlong, tolerance: 1}",
            "PL083",
            "unit: furlong",
            "furlong",
        ),
        ("kind: image\nimage: a.png\nregions: [{at: [1, 1], within: 5}]", "PL038", "image: a.png", "cannot see it"),
        ("kind: image\nimage: a.png\nalt: A wave", "PL081", "kind: image", "No place"),
        (
            "kind: image\nimage: a.png\nalt: A\nregions: [{at: [1], within: 5}]",
            "PL080",
            "regions:",
            "list of 2 numbers",
        ),
        ("kind: image\nimage: a.png\nalt: A\nregions: [{at: [1, 200], within: 5}]", "PL080", "regions:", "not a place"),
        (
            "kind: image\nimage: a.png\nalt: A\nregions: [{at: [9, 9], within: 5}]\nwrong: [{at: [9, 9], within: 2}]",
            "PL086",
            "wrong:",
            "is a right one",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_line(tmp_path, body, code, line, says):
    source, findings, file = read_quizzes(tmp_path, quiz(body))

    [error] = findings.errors
    assert error.code == code
    assert says in error.message
    assert error.todo
    assert error.line == line_of(file, line)
    assert source.quizzes == {}


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (quiz(TWO, label=""), "no label"),
        (quiz(TWO, label="Big Label"), "cannot be the label"),
        (quiz(TWO, title=""), "asks nothing"),
        (quiz(TWO, options=":points: none\n"), "`:points: none`"),
        (quiz(TWO, options=":points: 0\n"), "`:points: 0`"),
        (quiz(TWO, options=":attempts: few\n"), "`:attempts: few`"),
        (quiz(TWO, options=":reveal: soon\n"), "`:reveal: soon`"),
        (quiz(TWO, options=":tries: 3\n"), "no option `:tries:`"),
        (quiz(TWO) + "\n" + quiz(TWO), "already in this page"),
        (quiz("kind: number\ntext: '{d}'\nvariant: {d: [1, 2, 1]}\nanswer: d\ntolerance: 1", title="At {d}?"), "title"),
    ],
)
def test_options_that_cannot_be_used_are_refused(tmp_path, block, says):
    _, findings, _ = read_quizzes(tmp_path, block)

    assert says in findings.errors[0].message
    assert findings.errors[0].line > 0


def test_a_quiz_and_an_exercise_cannot_share_an_id(tmp_path):
    from course_files import EXERCISE  # noqa: PLC0415

    _, findings, _ = read_quizzes(tmp_path, EXERCISE + "\n" + quiz(TWO, label="double"))

    assert [error.code for error in findings.errors] == ["PL020"]


@pytest.mark.parametrize(
    "text",
    ["````{note}\n```{quiz} A\n```\n````", "- item\n\n  ```{quiz} A\n  ```", ":::{tab-set}\n```{quiz} A\n```\n:::"],
)
def test_a_quiz_inside_another_block_is_refused(tmp_path, text):
    assert list(nested(text, "quiz"))
    _, findings, file = read_quizzes(tmp_path, text)
    assert (findings.errors[0].code, findings.errors[0].line) == ("PL080", line_of(file, "{quiz}"))


def test_an_example_of_a_quiz_in_a_code_block_is_an_example():
    assert list(nested("````\n```{quiz} A\n```\n````\n", "quiz")) == []
    assert list(nested("````{code} markdown\n```{quiz} A\n```\n````\n", "quiz")) == []


def test_the_public_book_holds_no_key_no_feedback_no_hint_and_no_order_of_the_author(tmp_path):
    source, _, _ = read_quizzes(tmp_path, CHOICE + "\n" + NUMBER + "\n" + ORDER)
    staged = stage_lesson(source.lessons[1])
    text = "\n".join(staged.rows)

    assert [secret for secret in SECRETS if secret in text] == []
    assert not any(word in text for word in ("correct", "says", "tolerance", "1e10", "answer", "variant"))
    assert "it grows" in text
    assert "What does a longer wavelength do to the angle?" in text
    items = sorted(("radio", "visible light", "X-rays"), key=text.index)
    keys = {option.text: option.key for option in source.quizzes["spectrum"].quiz.key.items}
    assert [keys[item] for item in items] == sorted(keys.values())


def test_a_quiz_that_cannot_be_read_is_not_in_the_public_book_either(tmp_path):
    source, findings, _ = read_quizzes(tmp_path, CHOICE.replace("kind: choice", "kind: riddle"))

    assert findings.errors
    assert "saysRIGHT" not in "\n".join(stage_lesson(source.lessons[1]).rows)
    assert "saysRIGHT" not in json.dumps(student_notebook(source.lessons[1], "T", source.folder))


def test_every_staged_line_leads_back_to_the_author_s(tmp_path):
    source, _, file = read_quizzes(tmp_path, CHOICE + "\nAfter it.\n")
    staged = stage_lesson(source.lessons[1])

    for text in ("it shrinks", "After it."):
        row = next(number for number, row in enumerate(staged.rows, 1) if text in row)
        assert staged.origin(row) == ("lesson.md", line_of(file, text))


def test_the_notebook_to_take_away_asks_without_telling(tmp_path):
    source, _, _ = read_quizzes(tmp_path, CHOICE + "\n" + NUMBER + "\nAfter it.\n")
    text = json.dumps(student_notebook(source.lessons[1], "The lesson", source.folder), ensure_ascii=False)

    assert "Question: How long is the wave?" in text
    assert "- it grows" in text
    assert "After it." in text
    assert [secret for secret in (*SECRETS, "correct", "1e10", "{quiz}") if secret in text] == []


def test_hints_and_explanation_go_into_the_private_book(tmp_path):
    source, _, _ = read_quizzes(tmp_path, CHOICE)
    page, order = stage_hints(source)

    assert order == [("longer", 0), ("longer", 1), ("longer", 2)]
    assert all(text in "\n".join(page.rows) for text in ("hintONE", "hintTWO", "explainIT"))


def test_a_notebook_may_ask_as_well_and_hides_as_much(tmp_path):
    cells = [nbformat.v4.new_markdown_cell(f"# T\n\n{CHOICE}\nAfter it."), nbformat.v4.new_code_cell("x = 1")]
    notebook = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    course = write_course(tmp_path, lesson__ipynb=notebook, myst__yml=MYST_YML.replace("lesson.md", "lesson.ipynb"))
    findings = Findings()
    source = read_course(course, findings)

    assert findings.errors == []
    staged = "\n".join(stage_lesson(source.lessons[1]).rows)
    assert "it grows" in staged
    assert "After it." in staged
    assert [secret for secret in SECRETS if secret in staged] == []


def test_a_page_with_quizzes_alone_is_a_lesson(tmp_path):
    source, _, _ = read_quizzes(tmp_path, CHOICE)

    assert [(lesson.slug, lesson.is_lesson, lesson.has_cells) for lesson in source.lessons] == [
        ("index", False, False), ("lesson", True, False),
    ]  # fmt: skip
