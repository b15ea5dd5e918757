"""`panlearn import`: what it prints."""

from __future__ import annotations

import json

from click.testing import CliRunner

from import_material import NBGRADER, OTTER
from panlearn.cli.importing import command


def test_it_prints_what_changed_the_points_and_what_to_do_next(tmp_path):
    course = tmp_path / "waves"
    done = CliRunner().invoke(command, ["nbgrader", str(NBGRADER), str(course)])
    assert done.exit_code == 0, done.output
    rows = done.stdout.splitlines()
    assert "ps1/peaks.ipynb: cell 12: These tests have no points; they share those of the tests beside them." in rows
    assert "counts.csv is data/counts.csv now; cells that name it follow." in rows
    assert rows[-3:] == [
        "2 lessons, 7 exercises, 16 points (17 in nbgrader).",
        f"No licence and no author is known: add what is missing to {course / 'myst.yml'}.",
        f"What is not as it was is in {course / 'IMPORT.md'}. Next: panlearn course check {course}",
    ]


def test_it_speaks_json(tmp_path):
    options = ["--licence", "CC0-1.0", "--author", "Ada Example", "--json"]
    done = CliRunner().invoke(command, ["otter", str(OTTER), str(tmp_path / "lines"), *options])
    told = json.loads(done.stdout)
    assert [(lesson["page"], lesson["exercises"], lesson["points"]) for lesson in told["lessons"]] == [
        ("lines.ipynb", 3, 6.0),
        ("squares.ipynb", 3, 4.0),
    ]
    assert {"notebook", "cell", "what", "todo"} == set(told["notes"][0])
    assert told["left_out"] == [
        "tests/: it holds tests, which are read for questions of Otter and are no files of a course."
    ]
