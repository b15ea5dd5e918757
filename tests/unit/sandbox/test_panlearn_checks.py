"""What authors import: tolerances, and words for what came."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn_checks import Failure, approx, words
from panlearn_checks.guess import guess

numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e100, max_value=1e100)


@given(numbers)
def test_a_number_is_approximately_itself_and_not_twice_that_and_more(value):
    assert value == approx(value)
    assert (value * 2 + 1 == approx(value)) is (abs(value * 2 + 1 - value) <= max(1e-12, 1e-6 * abs(value)))


@given(numbers, st.floats(min_value=0, max_value=10))
def test_the_absolute_tolerance_alone_counts(value, tolerance):
    assert (value + 1 == approx(value, abs=tolerance)) is (abs((value + 1) - value) <= tolerance)


@pytest.mark.parametrize("value", [None, "14.22", [14.22], {}, True, float("nan"), math.inf, object(), 14.22j])
def test_what_is_no_such_number_is_not_approximately_one(value):
    assert value != approx(14.22)
    assert isinstance(approx(14.22).difference(value), Failure)


def test_containers_are_compared_item_by_item():
    assert approx([1, 2]) == [1.0, 2.0000001]
    assert approx({"a": 1.0000001}) == {"a": 1.0}
    assert approx([1, 2]).difference([1, 3]).message.startswith("at index 1: got 3")
    assert approx({"a": 1}).difference({}).message == "the key 'a' is missing"
    assert approx((1, 2)).difference([1]).message == "got 1 items, expected 2"


def test_nan_equals_nan_where_it_is_allowed():
    assert approx(math.nan, nan_ok=True).difference(math.nan) is None
    assert approx(math.nan).difference(math.nan) is not None


def test_a_negative_tolerance_is_the_authors_mistake():
    with pytest.raises(ValueError, match="must not be negative"):
        approx(1, abs=-1)


def test_a_failure_carries_the_three_numbers():
    failure = approx(14.22, abs=0.01).difference(14.0)

    assert (failure.got, failure.accepted, failure.off) == ("14", "14.22 ± 0.01", "−0.22")


@pytest.mark.parametrize(
    ("got", "expected", "part"),
    [
        (0.24819, 14.22, "radians"),
        (14.22, 0.24819, "degrees"),
        (-3.0, 3.0, "sign"),
        (28.44, 14.22, "factor 2"),
        (1.54e-10, 1.54, "power of ten"),
        (2 * math.pi * 3, 3, "2π"),
        (0.25, 4.0, "one over"),
        (9.0, 3.0, "square"),
        (1.1, 3.0, ""),
        (0.0, 3.0, ""),
        (math.inf, 3.0, ""),
    ],
)
def test_a_usual_slip_is_guessed(got, expected, part):
    found = guess(got, expected)

    assert part in found
    assert bool(found) is bool(part)


@given(st.floats(), st.floats())
def test_a_guess_never_fails(got, expected):
    assert isinstance(guess(got, expected), str)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1.5, "−1.5"),
        (math.nan, "NaN (not a number)"),
        (1 + 2j, "1 + 2j"),
        (None, "None"),
        (..., "nothing yet (`...`)"),
        (True, "True"),
        ([], "an empty list"),
        ((1,), "(1,)"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, …] (10 items)"),
        ({"a": 1}, "{'a': 1}"),
        ("x" * 200, f"'{'x' * 80}'… (200 characters)"),
        (10**400, "a huge number"),
    ],
)
def test_a_value_has_short_words(value, text):
    assert words.value(value) == text


def test_a_deep_value_has_short_words():
    value = [1]
    for _ in range(60):
        value = [value, value, value]

    assert len(words.value(value)) < 2000
