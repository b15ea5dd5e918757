"""Arrays and rows of numbers: what differs, and one slip that explains all of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import panlearn_checks
from panlearn_checks import Failure, approx, assert_allclose, assert_spectrum
from panlearn_checks.curve import MOST, curve
from panlearn_checks.numbers import read

X = np.linspace(1.0, 3.0, 41)
SERIES = pd.Series([1.0, 2.0, 3.0])


def failure(actual, desired, **options):
    with pytest.raises(Failure) as failed:
        assert_allclose(actual, desired, **{"rtol": 1e-6} | options)
    return failed.value


@pytest.mark.parametrize(
    "actual",
    [
        [1.0, 2.0, 3.0],
        (1, 2, 3),
        np.array([1, 2, 3]),
        SERIES,
        np.array([1, 2, 3], dtype=object),
        np.array([1 + 0j, 2, 3]),
    ],
)
def test_whatever_holds_the_numbers_is_accepted(actual):
    assert_allclose(actual, [1.0, 2.0, 3.0])
    assert approx(np.array([1.0, 2.0, 3.0])).difference(actual) is None


@pytest.mark.parametrize(
    ("actual", "said", "hint"),
    [
        (None, "Got None, expected numbers.", "return"),
        (..., "Got nothing yet (`...`), expected numbers.", "stand for what you write"),
        ("1, 2", "Got a text, expected numbers.", "float"),
        (np.array(["1", "2"]), "Got texts, expected numbers.", "float"),
        ({1: 2}, "Got a dict, expected numbers.", ""),
        (len, "Got a function, expected numbers.", "brackets"),
        (map(abs, [1]), "expected numbers", "list(...)"),
        ([[1], [1, 2]], "rows are not equally long", ""),
        (np.array([1j, 2]), "Got complex numbers, expected real ones.", ".real"),
        (np.array([None, None]), "Got only None, expected numbers.", "return"),
        ([1.0, 2.0], "Got an array with 2 values, expected an array with 3 values.", "one value too many or too few"),
        ([], "Got an array with 0 values", "empty"),
        (np.ones((1, 3)), "Got an array with 1 rows and 3 columns, expected an array with 3 values.", "another shape"),
        (np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0]), "of which 1 masked", ""),
        (np.array([1.0, np.nan, 3.0]), "One of 3 values differs, at index 1: got NaN", "divided by zero"),
        (np.array([True, False, True]), "got False, expected 2", "truth values"),
    ],
)
def test_what_cannot_be_compared_is_said_in_words(actual, said, hint):
    found = failure(actual, [1.0, 2.0, 3.0])

    assert said in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (np.degrees, "in degrees"),
        (np.radians, "in radians"),
        (lambda y: -y, "sign"),
        (lambda y: 2 * y, "twice"),
        (lambda y: 10 * y, "1 nm is 10"),
        (lambda y: 1 / y, "one over"),
        (lambda y: y**2, "squares"),
        (np.sqrt, "square roots"),
        (np.log, "natural logarithms"),
        (np.log10, "base 10"),
        (lambda y: y[::-1], "reverse order"),
        (lambda y: np.roll(y, 5), "another order"),
        (lambda y: y + 0.7, "too high by 0.7"),
        (lambda y: y - 0.7, "too low by 0.7"),
        (np.cumsum, "running sums"),
        (lambda y: 1.37 * y, "1.37 times"),
        (lambda y: y + np.sin(7 * y), ""),
    ],
)
def test_one_slip_that_explains_all_values_is_named(change, hint):
    expected = 2 + np.sin(X) + 0.1 * X**2
    found = failure(change(expected), expected)

    assert hint in found.hint
    assert bool(hint) is bool(found.hint)


def test_values_that_are_moved_by_one_place_and_sine_for_cosine():
    expected = 2 + np.sin(3 * X)
    step = X[1] - X[0]

    assert "moved by one place" in failure(2 + np.sin(3 * (X + step)), expected).hint
    assert "Sine and cosine" in failure(np.sin(3 * X), np.cos(3 * X)).hint


def test_the_first_and_the_worst_are_told():
    found = failure([1.0, 2.5, 9.0], [1.0, 2.0, 3.0], atol=0.01)

    assert found.message.startswith("2 of 3 values differ, the first at index 1; the worst is at index 2: got 9")
    assert (found.got, found.off) == ("9 at index 2", "6")


def test_whole_numbers_that_cut_off_fractions_are_told():
    assert "whole numbers, which cuts off" in failure(np.array([1, 2]), [1.5, 2.5]).hint


def test_an_axis_makes_a_picture_for_more_than_twenty_points():
    found = failure(X + 1, X, x=X, x_label="Q (1/Å)", y_label="S", atol=0.1)

    assert found.curve["x_label"] == "Q (1/Å)"
    assert len(found.curve["x"]) == X.size
    np.testing.assert_allclose(found.curve["residual"], 1.0)
    np.testing.assert_allclose(np.subtract(found.curve["high"], found.curve["low"]), 2 * (0.1 + 1e-6 * X))
    assert failure([1.0, 2.0], [1.0, 3.0], x=[0, 1]).curve is None
    assert failure(None, X, x=X).curve is None
    assert failure(X[1:], X, x=X).curve is None


def test_a_picture_is_bounded_and_keeps_the_extremes():
    x = np.linspace(0, 1, 100_000)
    yours = np.zeros(x.size)
    yours[[777, 54_321]] = 5.0, -3.0
    picture = curve(x[::-1], yours[::-1], np.full(x.size, -0.1), np.full(x.size, 0.1))

    assert len(picture["x"]) <= MOST
    assert (max(picture["yours"]), min(picture["yours"])) == (5.0, -3.0)
    assert (picture["x"][0], picture["x"][-1]) == (0.0, 1.0)
    assert picture["x"] == sorted(picture["x"])


def test_a_picture_leaves_out_what_has_no_place_and_no_band():
    picture = curve([0, 1, np.nan, 3, 4], [0, np.nan, 1, np.inf, 2], [0, 0, 0, 0, np.nan], [1, 1, 1, 1, 1])

    assert picture["x"] == [0.0, 1.0, 3.0]
    assert picture["yours"] == [0.0, None, None]
    assert picture["residual"] == [-0.5, None, None]
    assert curve([1, 1], [1, 2], [0, 0], [1, 1]) is None
    assert curve([], [], [], []) is None


def test_a_curve_of_complex_numbers_without_an_imaginary_part_is_real():
    assert read(np.array([1 + 0j])).dtype.kind == "f"
    assert_spectrum(X + 0j, X, X, abs=0.1)


def test_masked_values_are_left_out_where_the_expected_ones_are_masked():
    wanted = np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])

    assert_allclose(np.ma.masked_array([1.0, 99.0, 3.0], [0, 1, 0]), wanted)
    assert "index 2" in failure(np.ma.masked_array([1.0, 99.0, 4.0], [0, 1, 0]), wanted).message


def test_numpy_ma_is_not_imported_by_a_comparison():
    code = "import sys, numpy as n; from panlearn_checks import *; assert_allclose(n.ones(3), 1)"
    code += "; print('numpy.ma' in sys.modules)"
    folder = str(Path(panlearn_checks.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": folder}
    )

    assert done.stdout.strip() == "False"
