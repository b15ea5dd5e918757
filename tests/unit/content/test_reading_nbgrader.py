"""nbgrader notebooks that stand in a course as they are."""

from __future__ import annotations

from import_material import code, marks, notebook, text
from panlearn.content.config import Policy
from panlearn.content.exercises import take_exercises
from panlearn.content.findings import Findings
from panlearn.content.reading import read_page

HIDDEN = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(20) == 40\n### END HIDDEN TESTS"


def read(tmp_path, *cells):
    (tmp_path / "lesson.ipynb").write_text(notebook(*cells).replace('{"cell_type"', '\n{"cell_type"'))
    findings = Findings()
    page = read_page(tmp_path, "lesson.ipynb", findings)
    assert page is not None
    return page, take_exercises(page, Policy(), findings.of("lesson.ipynb")), findings


def test_answers_and_tests_become_exercises_at_the_authors_lines(tmp_path):
    page, [exercise], findings = read(
        tmp_path,
        text("Double it."),
        code(
            "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            **marks(solution=True, grade_id="f"),
        ),
        code(HIDDEN, **marks(grade=True, points=2)),
    )
    assert (exercise.id, exercise.points, exercise.answer.starter) == ("f", 2.0, "def f(x):\n    ...")
    assert [check.hidden for check in exercise.checks] == [False, True]
    rows = (tmp_path / "lesson.ipynb").read_text().split("\n")
    [note] = [finding for finding in findings.all if finding.code == "PL015"]
    assert "BEGIN HIDDEN TESTS" in rows[note.line - 1]
    assert "neutral idea line" in note.message
    assert page.cells[0].source.startswith("```{exercise} F\n:label: f\n")


def test_hidden_tests_of_no_answer_are_not_on_the_page(tmp_path):
    page, exercises, findings = read(tmp_path, code(HIDDEN, **marks(grade=True, points=2)))
    assert exercises == ()
    assert [cell.source for cell in page.cells] == ["assert f(1) == 2"]
    assert [finding.code for finding in findings.all] == ["PL015"]


def test_other_notebooks_are_read_as_before(tmp_path):
    page, exercises, findings = read(tmp_path, text("A"), code("x = 1", **marks(locked=True)))
    assert (exercises, findings.all) == ((), [])
    assert [cell.source for cell in page.cells] == ["A", "x = 1"]
