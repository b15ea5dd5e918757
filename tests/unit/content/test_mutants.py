"""Slips in a solution, made from its syntax."""

from __future__ import annotations

import ast

import pytest

from panlearn.content.mutants import mutants


def changes(source, most=100):
    return [(one.before, one.after) for one in mutants(source, most)]


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("x = a + b", ("a + b", "a - b")),
        ("x = a / b", ("a / b", "a * b")),
        ("x = a ** 2", ("a ** 2", "a * 2")),
        ("y = n <= 3", ("n <= 3", "n < 3")),
        ("y = a and b", ("a and b", "a or b")),
        ("y = not a", ("not a", "a")),
        ("y = -a", ("-a", "a")),
        ("y = values[0]", ("0", "1")),
        ("y = 2.5 * a", ("2.5", "5.0")),
        ("y = np.degrees(a)", ("np.degrees(a)", "a")),
        ("y = np.sin(a)", ("np.sin(a)", "np.cos(a)")),
        ("y = np.mean(a, axis=0)", ("np.mean(a, axis=0)", "np.sum(a, axis=0)")),
        ("y = np.diff(a, axis=0)", ("np.diff(a, axis=0)", "np.diff(a)")),
        ("y = a if b else c", ("a if b else c", "c if b else a")),
        ("y = True", ("True", "False")),
    ],
)
def test_each_usual_slip_is_made(source, change):
    assert change in changes(source)


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    "A docstring with 2 numbers."',
        "def f(x: int = None) -> 'tuple[int, 3]': ...",
        "label = 'angle' + ' (degrees)'",
        "import numpy as np",
        "small = size > 1e-6",
        "this is not Python (",
    ],
)
def test_what_makes_no_difference_or_no_sense_is_left_alone(source):
    assert changes(source) == []


def test_each_is_one_change_and_says_in_which_line():
    solution = "def angle(d, wavelength):\n    x = wavelength / (2 * d)\n    return np.degrees(np.arcsin(x))"
    found = mutants(solution, 100)
    assert len({one.source for one in found}) == len(found) == 5
    assert {one.row for one in found} == {"x = wavelength / (2 * d)", "return np.degrees(np.arcsin(x))"}
    for one in found:
        ast.parse(one.source)
        assert one.source != ast.unparse(ast.parse(solution))


def test_a_few_are_spread_over_the_whole_solution():
    solution = "\n".join(f"x{number} = a{number} + 1" for number in range(50))
    rows = [one.row for one in mutants(solution, 5)]
    assert len(rows) == 5
    assert rows[0] == "x0 = a0 + 1"
    assert int(rows[-1][1:3]) >= 40


def test_magics_are_allowed():
    assert ("a + b", "a - b") in changes("%matplotlib inline\nx = a + b")
