from __future__ import annotations

import json

import pytest

from course_files import EXERCISE, FIRST_LIGHT, line_of, write_course
from panlearn.content.course_source import course_folder, read_course
from panlearn.content.findings import Findings
from panlearn.content.published import published_cells
from panlearn.content.reading import read_page
from panlearn.content.staging import stage_hints, stage_lesson, write_book
from panlearn.errors import BadInput


def read(tmp_path, text, name="lesson.md"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    findings = Findings()
    return read_page(tmp_path, name, findings), findings.all


def test_cells_of_text_know_their_lines(tmp_path):
    page, findings = read(
        tmp_path,
        "---\ntitle: T\n---\n\n# H\n\n```{code-cell} python\n:tags: [hide-input]\n\n#| alt: x\na = 1\nb = 2\n```\n"
        "\ntext\n\n~~~~{code-cell}\nc = '```'\n~~~~\n",
    )
    assert findings == []
    assert [(c.kind, c.line, c.body_line, c.body) for c in page.cells] == [
        ("markdown", 5, 5, "# H"),
        ("code", 10, 11, "a = 1\nb = 2"),
        ("markdown", 15, 15, "text"),
        ("code", 18, 18, "c = '```'"),
    ]
    assert page.cells[1].tags == {"hide-input"}
    assert page.front == {"title": "T"}


def test_windows_line_ends_are_read(tmp_path):
    page, findings = read(tmp_path, b"# H\r\n\r\n```{code-cell} python\r\nx = 1\r\n```\r\n")
    assert (findings, page.cells[1].source, page.cells[1].line) == ([], "x = 1", 4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lesson.md", b"\xff\xfe text"),
        ("lesson.md", "---\ntitle: [\n---\n"),
        ("lesson.md", "text\n\n```{code-cell} python\n:tags: [\nx\n```\n"),
        ("lesson.md", "+++ {broken\n\ntext\n"),
        ("a.ipynb", "not json"),
        ("a.ipynb", "[]"),
        ("a.ipynb", '{"nbformat": 4}'),
        ("a.ipynb", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}'),
    ],
)
def test_pages_that_cannot_be_read_are_findings_not_exceptions(tmp_path, name, text):
    page, [finding] = read(tmp_path, text, name)
    assert page is None
    assert (finding.code, finding.file) == ("PL010", name)
    assert finding.todo


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("lesson.md", b"# A\n\ncaf\xe9\n", 3, "0xe9"),
        ("lesson.md", "---\ntitle: T\nkernelspec: [x\n---\n# A\n", 3, "YAML"),
        ("a.ipynb", "{\n1", 2, "not JSON"),
        ("a.ipynb", "[1]", 1, "no notebook"),
        ("a.ipynb", "[" * 100_000, 1, "nested too deep"),
    ],
)
def test_what_keeps_a_page_from_being_read_is_told_at_its_line(tmp_path, name, text, line, words):
    _, [finding] = read(tmp_path, text, name)
    assert finding.line == line
    assert words in finding.message
    assert finding.todo


def test_an_option_that_cannot_be_read_is_told_once(tmp_path):
    course = write_course(tmp_path, EXERCISE.replace("#| exercise: double", "#| exercise: double\n#| points: [1"))
    findings = Findings()
    read_course(course, findings)
    assert [(f.code, f.line) for f in findings.errors] == [("PL013", line_of(course / "lesson.md", "points: [1"))]


def test_links_are_told_as_they_are_not_followed(tmp_path):
    course = write_course(tmp_path)
    (course / "data").mkdir()
    (course / "data" / "passwords.txt").symlink_to("/etc/passwd")
    (course / "again.md").symlink_to("lesson.md")
    findings = Findings()
    read_course(course, findings)
    found = {f.file: f for f in findings.all if f.code == "PL007"}
    assert {name: f.severity for name, f in found.items()} == {"data/passwords.txt": "error", "again.md": "warning"}
    assert "/etc/passwd" in found["data/passwords.txt"].message


def test_a_file_is_not_taken_for_a_missing_folder(tmp_path):
    (tmp_path / "course.yml").write_text("")
    with pytest.raises(BadInput, match="is a file, not a folder"):
        course_folder(tmp_path / "course.yml")


def test_a_page_too_large_is_refused(tmp_path):
    page, [finding] = read(tmp_path, b"x" * (21 * 2**20))
    assert (page, finding.code) == (None, "PL010")


def test_notebooks_of_format_3_are_read(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1"], "outputs": []}]}],
    }
    page, findings = read(tmp_path, json.dumps(old), "old.ipynb")
    assert findings == []
    assert [cell.source for cell in page.cells] == ["x = 1"]


@pytest.mark.parametrize("name", ["Upper", "with space", "-dash", "ünicode"])
def test_a_folder_whose_name_cannot_be_an_address_is_refused(tmp_path, name):
    course = write_course(tmp_path)
    with pytest.raises(BadInput, match="address"):
        course_folder(course.rename(tmp_path / name))


def test_a_folder_that_is_no_course_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"no course\.yml"):
        course_folder(tmp_path)
    with pytest.raises(BadInput, match="no folder"):
        course_folder(tmp_path / "nowhere")


@pytest.fixture
def first_light():
    return read_course(FIRST_LIGHT, Findings())


def test_cell_ids_stay_with_their_text_when_cells_are_put_before_them(tmp_path):
    before = read_course(write_course(tmp_path / "a", EXERCISE + "\n```{code-cell} python\nx = 1\n```\n"), Findings())
    lesson = "```{code-cell} python\nnew = 0\n```\n\n" + EXERCISE + "\n```{code-cell} python\nx = 1\n```\n"
    after = read_course(write_course(tmp_path / "b", lesson), Findings())
    ids = [[cell.id for cell in published_cells(source.lessons[1])] for source in (before, after)]
    assert ids[0] == ids[1][1:]
    assert ids[0][0] == "x-double"
    assert len(set(ids[1])) == 3


def test_staged_text_keeps_the_line_numbers_of_the_author(first_light):
    page = first_light.lessons[1]
    staged = stage_lesson(page)
    original = page.page.text.split("\n")
    assert len(staged.rows) == len(original)
    for number, (mine, theirs) in enumerate(zip(staged.rows, original, strict=True), 1):
        assert staged.origin(number) == ("01-lines.md", number)
        if theirs.startswith(("#", "A line", "| ")) and not theirs.startswith(("#|", "###")):
            assert mine == theirs


def test_staged_notebooks_lead_back_to_the_lines_of_their_file(first_light):
    staged = stage_lesson(first_light.lessons[2])
    at = next(n for n, row in enumerate(staged.rows, 1) if row == ":label: area")
    assert staged.origin(at) == ("02-areas.ipynb", line_of(FIRST_LIGHT / "02-areas.ipynb", ":label: area"))


def test_the_staging_book_has_no_hints_checks_or_configuration_of_the_author(first_light, tmp_path):
    pages = [stage_lesson(lesson) for lesson in first_light.lessons]
    write_book(tmp_path / "book", first_light, pages)
    names = {
        path.relative_to(tmp_path / "book").as_posix() for path in (tmp_path / "book").rglob("*") if path.is_file()
    }
    assert names == {
        "index.md",
        "01-lines.md",
        "02-areas.nb.md",
        "refs.bib",
        "images/circle.svg",
        "data/points.csv",
        "myst.yml",
        "theme/server.js",
        "theme/template.yml",
    }
    text = "\n".join(path.read_text() for path in (tmp_path / "book").rglob("*") if path.is_file())
    for word in ("BEGIN SOLUTION", "approx(", "The rise is", "#| wrong", "rise by the run"):
        assert word not in text


def test_hints_are_staged_apart_in_order(first_light):
    page, order = stage_hints(first_light)
    assert order == [("slope", 0), ("slope", 1), ("area", 0)]
    at = next(n for n, row in enumerate(page.rows, 1) if row.startswith("The run is"))
    assert page.origin(at) == ("01-lines.md", line_of(FIRST_LIGHT / "01-lines.md", "The run is"))


def test_quarto_switches_hide_code_and_outputs(tmp_path):
    lesson = "```{code-cell} python\n#| echo: false\n#| output: false\nx = 1\n```\n"
    source = read_course(write_course(tmp_path, lesson), Findings())
    [cell] = published_cells(source.lessons[1])
    assert cell.tags == {"hide-input", "remove-output"}
    assert cell.source == "x = 1"
