"""`panlearn course new`: a course of nothing or of notebooks, and plain words for what cannot be one."""

from __future__ import annotations

import json

import nbformat
import pytest

from panlearn import cli
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings


@pytest.fixture
def new(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(["course", "new", *arguments])
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return call


def notebook(path, *cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path.write_text(json.dumps(made))


def test_a_new_course_can_be_read_as_it_is(new, tmp_path):
    status, said, _ = new("neutron-basics", "--author", "Ada Example")
    findings = Findings()
    source = read_course(tmp_path / "neutron-basics", findings)
    assert status == 0
    assert "CC-BY-4.0" in said
    assert "course preview neutron-basics" in said
    assert findings.all == []
    assert (source.book.title, source.book.licence) == ("Neutron basics", "CC-BY-4.0")
    assert list(source.bundles) == ["wavelength"]
    assert [check.hidden for check in source.bundles["wavelength"].checks] == [False, True]


def test_a_notebook_becomes_a_course_whose_exercises_are_proposed(new, tmp_path):
    notebook(tmp_path / "Waves.ipynb", "def f(x):\n    return 2 * x", "assert f(1) == 2")
    status, said, _ = new(
        "waves", "--from", "Waves.ipynb", "--title", "All waves", "--licence", "CC0-1.0", "--author", "Ada Example"
    )
    findings = Findings()
    source = read_course(tmp_path / "waves", findings)
    assert (status, findings.errors) == (0, [])
    assert (source.book.title, list(source.bundles)) == ("All waves", ["f"])
    assert "1 lesson, 1 exercise" in said
    assert "proposed" in (tmp_path / "waves" / "IMPORT.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Big Course"], "cannot be a course"),
        (["full"], "is not empty"),
        (["new", "--from", "nothing.ipynb"], "There is no nothing.ipynb"),
        (["new", "--title", "x" * 200], "This title cannot be used"),
    ],
)
def test_what_cannot_be_a_course_is_said_and_nothing_is_written(new, tmp_path, arguments, words):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    status, _, said = new(*arguments)
    assert status != 0
    assert words in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
