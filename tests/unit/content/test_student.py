from __future__ import annotations

import nbformat
import pytest

from course_files import EXERCISE, FIRST_LIGHT, write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.leaks import public_outputs, secret_rows
from panlearn.content.student import run_notebook, student_notebook


def student(source, number=1):
    notebook = student_notebook(source.lessons[number], "Title", source.folder)
    made = nbformat.from_dict(notebook)
    nbformat.validate(made)
    return made


def notebook_of(tmp_path, lesson):
    return student(read_course(write_course(tmp_path, lesson), Findings()))


def test_the_notebook_is_the_same_every_time():
    source = read_course(FIRST_LIGHT, Findings())
    assert student(source) == student(source)


def test_it_holds_public_cells_and_starters_with_nothing_of_ours_in_their_options(tmp_path):
    made = notebook_of(tmp_path, "```{code-cell} python\n#| alt: A line\nx = 1\n```\n\n" + EXERCISE)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert code == ["#| alt: A line\nx = 1", "def double(x):\n    ..."]
    assert all(not cell.outputs for cell in made.cells if cell.cell_type == "code")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (":::{note} Mind\nA\n\nB\n:::", "> **Mind**\n>\n> A\n>\n> B"),
        ("```{math}\n:label: eq\na = b\n```", "$$\na = b\n$$"),
        ("$$\na\n$$ (eq-a)", "$$\na\n$$"),
        ("(target)=\n## H", "## H"),
        ("see {eq}`eq-a`, {ref}`the text <x>` and {cite:p}`bragg1913`", "see eq-a, the text and [bragg1913]"),
        ("in [](other-page.md) and [text](a.md)", "in *other page* and [text](a.md)"),
    ],
)
def test_myst_becomes_markdown_that_any_jupyter_shows(tmp_path, given, shown):
    made = notebook_of(tmp_path, given)
    assert made.cells[0].source.endswith(shown)


def test_images_of_the_course_are_attached_and_others_left_alone(tmp_path):
    course = write_course(tmp_path, "![a](p.png) ![b](https://e.org/x.png) ![c](../../outside.png)")
    (course / "p.png").write_bytes(b"\x89PNG")
    (tmp_path / "outside.png").write_bytes(b"\x89PNG secret")
    made = student(read_course(course, Findings()))
    assert "![a](attachment:p.png) ![b](https://e.org/x.png) ![c](../../outside.png)" in made.cells[0].source
    assert list(made.cells[0].attachments) == ["p.png"]


def test_what_is_run_has_the_solutions():
    source = read_course(FIRST_LIGHT, Findings())
    notebook, cells = run_notebook(source.lessons[1])
    ran = {cell.exercise: made.source for cell, made in zip(cells, notebook.cells, strict=True)}
    assert "return (y[-1] - y[0])" in ran["slope"]
    assert ran["intercept"] == "b = y[0] - slope(x, y) * x[0]"


LESSON = (
    EXERCISE.replace("return 2 * x", "twice = 2 * x\n    return twice")
    + "\n```{code-cell} python\nprint(double)\n```\n"
)


def outputs_after(tmp_path, output):
    source = read_course(write_course(tmp_path, LESSON), Findings())
    notebook, cells = run_notebook(source.lessons[1])
    for cell in notebook.cells:
        cell.outputs = [nbformat.from_dict(output)]
    findings = Findings()
    return public_outputs(source.lessons[1], cells, notebook, findings), findings.errors, cells


def test_outputs_of_answer_cells_are_never_shown(tmp_path):
    shown, errors, cells = outputs_after(tmp_path, {"output_type": "stream", "name": "stdout", "text": "x"})
    assert errors == []
    assert list(shown) == [cell.id for cell in cells if not cell.exercise]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": "    \x1b[32mtwice = 2\x1b[0m * x\n"},
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<pre>twice ", "= 2 * x</pre>"]}},
        {"output_type": "error", "ename": "E", "evalue": "twice = 2 * x", "traceback": []},
    ],
)
def test_an_output_with_a_line_of_a_solution_is_an_error(tmp_path, output):
    shown, errors, _ = outputs_after(tmp_path, output)
    assert [error.code for error in errors] == ["PL041"]
    assert shown == {}


def test_frames_inside_a_solution_are_left_out_of_tracebacks(tmp_path):
    frames = [
        "Cell In[3], line 1\n----> 1 double('x')",
        "Cell In[2], line 2\n----> 2 twice = \x1b[34m2\x1b[0m * x",
        "E: no",
    ]
    shown, errors, _ = outputs_after(
        tmp_path, {"output_type": "error", "ename": "E", "evalue": "no", "traceback": frames}
    )
    assert errors == []
    [[error]] = shown.values()
    assert error["traceback"] == [frames[0], frames[2]]


def test_a_line_that_the_text_shows_too_is_no_secret(tmp_path):
    source = read_course(write_course(tmp_path, "Hint: `twice = 2 * x`.\n\n" + LESSON), Findings())
    assert secret_rows(source.lessons[1]) == {"return twice"}
