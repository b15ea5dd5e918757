"""Courses of nbgrader and Otter, imported with one command, are checked and published by the real engine and grader."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_files import write_course
from import_material import NBGRADER, OTTER
from panlearn.bootstrap import Application
from panlearn.cli import main
from panlearn.cli.course import command as course_command
from panlearn.cli.grade import command as grade_command
from panlearn.cli.importing import command as import_command
from panlearn.models import schema
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "waves": ("180.0", "return wavelength / (2", "contrast of H and D", "2 + 2 == 4", "3956"),
    "lines": ("6.19921", "hc / energy", "x**3", "0.125", "split by spin"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), environments=ROOT / "var" / "environments")
    application = Application(settings)
    schema.upgrade(application.database)
    application.close()
    return settings


@pytest.fixture
def panlearn(home, monkeypatch):
    monkeypatch.setenv("PANLEARN_HOME", str(home.home_dir))
    monkeypatch.setenv("PANLEARN_ENVIRONMENTS", str(home.environments_dir))
    runner = CliRunner()
    commands = {"import": import_command, "course": course_command, "grade": grade_command}

    def run(name, *arguments, status=0):
        done = runner.invoke(commands[name], [str(argument) for argument in arguments])
        assert done.exit_code == status, done.output
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("system", "material", "slug", "exercises", "points"),
    [("nbgrader", NBGRADER, "waves", 7, 16.0), ("otter", OTTER, "lines", 6, 10.0)],
)
def test_an_imported_course_checks_and_publishes(panlearn, home, tmp_path, system, material, slug, exercises, points):
    course = tmp_path / slug
    said = panlearn("import", system, material, course, "--licence", "CC-BY-4.0", "--author", "Ada Example")
    assert f"{exercises} exercises, {points:g} points" in said
    checked = json.loads(panlearn("course", "check", course, "--json"))
    assert checked["errors"] == 0  # every solution passes, every starter fails
    assert {finding["code"] for finding in checked["findings"]} <= {"PL029"}
    [published] = json.loads(panlearn("course", "publish", course, "--json"))["courses"]
    assert (published["exercises"], published["points"]) == (exercises, points)
    release = home.releases_dir / slug / published["digest"]
    public = [*release.rglob("*.html"), *release.rglob("*.ipynb"), release / "release.json"]
    assert len(public) > 4
    for path in public:
        for secret in SECRETS[slug]:
            assert secret not in path.read_text(), (path, secret)


def test_imported_checks_tell_a_wrong_answer_from_a_right_one(panlearn, tmp_path):
    course, answer = tmp_path / "waves", tmp_path / "answer.py"
    panlearn("import", "nbgrader", NBGRADER, course)
    for formula, verdict, given in (
        ("wavelength / (2 * np.sin(np.radians(two_theta / 2)))", "passed", 3.0),
        ("wavelength / (2 * np.sin(np.radians(two_theta)))", "failed", 0.0),
    ):
        answer.write_text(f"def plane_distance(two_theta, wavelength):\n    return {formula}\n")
        report = json.loads(panlearn("grade", course, "plane-distance", answer, "--json"))
        assert (report["verdict"], report["points"]) == (verdict, given)
    hidden = [check for check in report["checks"] if check["hidden"]]
    assert [check["name"] for check in hidden] == ["a further case of `plane_distance`"]


def test_an_nbgrader_notebook_in_a_course_is_read_as_it_is(panlearn, tmp_path):
    course = write_course(tmp_path)
    (course / "data").mkdir()
    shutil.copy(NBGRADER / "source" / "ps1" / "counts.csv", course / "data")
    theirs = (NBGRADER / "source" / "ps1" / "peaks.ipynb").read_text()
    (course / "peaks.ipynb").write_text(theirs.replace("counts.csv", "data/counts.csv"))
    book = course / "myst.yml"
    book.write_text(book.read_text() + "    - file: peaks.ipynb\n")
    checked = json.loads(panlearn("course", "check", course, "--json"))
    assert checked["errors"] == 0
    told = [finding for finding in checked["findings"] if finding["code"] == "PL015"]
    assert {finding["file"] for finding in told} == {"peaks.ipynb"}
    [partial] = [finding for finding in told if "partial credit" in finding["message"]]
    assert "BEGIN HIDDEN TESTS" in (course / "peaks.ipynb").read_text().split("\n")[partial["line"] - 1]


def test_bad_input_ends_with_one_sentence_and_status_2(tmp_path, capsys):
    for source, target, words in (
        (tmp_path / "gone", tmp_path / "course", "There is no"),
        (NBGRADER, tmp_path / "Not A Name", "cannot be a course"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["import", "nbgrader", str(source), str(target)])
        assert ended.value.code == 2
        assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_new_course_checks_as_it_is(panlearn, tmp_path):
    panlearn("course", "new", tmp_path / "neutron-basics", "--author", "Ada Example")
    checked = json.loads(panlearn("course", "check", tmp_path / "neutron-basics", "--json"))
    assert checked["findings"] == []


def test_a_course_of_a_plain_notebook_checks_with_its_proposed_exercises(panlearn, tmp_path):
    cells = ["import math", "def area(r):\n    return math.pi * r**2", "assert round(area(2), 3) == 12.566"]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
            for cell in cells
        ],
    }
    (tmp_path / "Circles.ipynb").write_text(json.dumps(notebook))
    more = ("--licence", "CC-BY-4.0", "--author", "Ada Example")
    panlearn("course", "new", tmp_path / "circles", "--from", tmp_path / "Circles.ipynb", *more)
    checked = json.loads(panlearn("course", "check", tmp_path / "circles", "--json"))
    assert checked["errors"] == 0
    assert {finding["code"] for finding in checked["findings"]} == {"PL029"}
