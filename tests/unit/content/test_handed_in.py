"""A notebook that was worked on elsewhere, matched to a course's exercises."""

from __future__ import annotations

import json

import pytest

from panlearn.content.handed_in import Asked, match, read_cells
from panlearn.errors import BadInput

ANGLE = Asked(id="angle", names=("angle",), starter="def angle(d):\n    ...")
SLOPE = Asked(id="slope", names=("slope",), starter="slope = ...  # the steepest part of the edge, in counts per keV")
PLOT = Asked(id="plot", names=(), starter="fig, ax = plt.subplots()\nax.plot(energy, counts)\nax.set_xlabel(...)")
DONE = "def angle(d):\n    return 2 * d"


def found(*cells, asked=(ANGLE, SLOPE, PLOT)):
    handed = match([cell if isinstance(cell, tuple) else (cell, "") for cell in cells], asked)
    return {one.exercise: (one.cell, one.known_by, one.source) for one in handed.found}, handed


def test_cells_are_known_by_their_first_line_wherever_they_went():
    answers, handed = found(
        "import numpy", "#| exercise: slope\nslope = 3", f"#| exercise: angle\n#| points: 2\n{DONE}"
    )
    assert answers == {"slope": (2, "its first line", "slope = 3"), "angle": (3, "its first line", DONE)}
    assert handed.missing == ("plot",)


def test_without_that_line_by_metadata_by_names_or_by_likeness():
    answers, _ = found((DONE, ""), ("slope = 4", "slope"), PLOT.starter.replace("...", '"Energy (keV)"'))
    assert answers["angle"][:2] == (1, "the names it defines")
    assert answers["slope"][:2] == (2, "its metadata")
    assert answers["plot"][:2] == (3, "its likeness")


def test_of_copies_the_last_that_was_worked_on_counts_and_they_are_told():
    answers, handed = found(f"#| exercise: angle\n{DONE}", f"#| exercise: angle\n{ANGLE.starter}", asked=[ANGLE])
    assert answers["angle"][0] == 1
    assert handed.copies == {"angle": 2}


def test_starters_as_they_were_are_no_answers():
    answers, handed = found(f"#| exercise: angle\n{ANGLE.starter}\n\n", "#| exercise: slope\n", asked=[ANGLE, SLOPE])
    assert answers == {}
    assert handed.untouched == ("angle", "slope")


def test_cells_that_name_an_exercise_of_another_course_are_told():
    _, handed = found("#| exercise: no-such\nx = 1", asked=[ANGLE])
    assert (handed.unknown, handed.missing) == (("no-such",), ("angle",))


def test_a_cell_that_is_not_python_is_still_known_by_what_it_defines():
    answers, _ = found("def angle(d):\n    return (", asked=[ANGLE])
    assert answers["angle"][1] == "the names it defines"


def test_a_notebook_of_format_3_or_4_is_read_with_its_code_cells_only():
    code = {"cell_type": "code", "source": ["a = 1\r\n", "b = 2"], "metadata": {"nbgrader": {"grade_id": "angle"}}}
    text = {"cell_type": "markdown", "source": "# Hello"}
    assert read_cells(json.dumps({"cells": [text, code]}).encode()) == [("a = 1\nb = 2", "angle")]
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1"}]}]}
    assert read_cells(b"\xef\xbb\xbf" + json.dumps(old).encode()) == [("a = 1", "")]


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7", b"[]", b'{"cells": 3}', b'{"cells": ["x"]}', b"[" * 100_000, b"\xff\xfe\x00"],
    ids=["empty", "PDF", "list", "number", "texts", "deep", "not UTF-8"],
)
def test_what_is_no_notebook_is_said_to_be_none(data):
    with pytest.raises(BadInput, match="not a notebook"):
        read_cells(data)


def test_a_notebook_full_of_outputs_is_too_large():
    with pytest.raises(BadInput, match="Clear the outputs"):
        read_cells(b" " * (17 << 20))


def test_a_notebook_of_thousands_of_cells_is_matched_by_the_last_that_could_be_answers():
    noise = [f"x_{number} = {number}\n" + "angles = 1\n" * 400 for number in range(4_000)]

    answers, handed = found(*noise, DONE)

    assert answers == {"angle": (4_001, "the names it defines", DONE)}
    assert handed.missing == ("slope", "plot")


@pytest.mark.parametrize(
    "cell", ["(" * 20_000, "-" * 30_000 + "1", "angle = 1\n" * 20_000], ids=["deep", "signs", "long"]
)
def test_cells_that_are_hard_to_read_are_no_answers(cell):
    assert found(cell, asked=[ANGLE])[0] == {}
