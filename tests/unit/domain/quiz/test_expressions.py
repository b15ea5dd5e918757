import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.quiz.expressions import MAX_LENGTH, ExpressionError, evaluate

ARITHMETIC = st.recursive(
    st.integers(0, 9).map(str) | st.sampled_from(["pi", "x"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
        lambda one: f"({one[0]} {one[1]} {one[2]})"
    ),
    max_leaves=8,
)


def test_the_wavelength_of_copper_radiation_comes_from_the_constants():
    assert evaluate("h * c / (energy * 1e3 * e) * 1e10", {"energy": 8.0478}) == pytest.approx(1.5406, abs=1e-4)


def test_the_wavelength_of_a_thermal_neutron_comes_from_the_constants():
    assert evaluate("h / sqrt(2 * m_n * 0.0253 * e) * 1e10") == pytest.approx(1.798, abs=1e-3)


def test_functions_take_radians_and_give_them():
    assert evaluate("degrees(asin(wavelength / (2 * d)))", {"wavelength": 1.5406, "d": 3.1356}) == pytest.approx(
        14.221, abs=1e-3
    )
    assert evaluate("exp(log(3)) + cos(0) - -1") == pytest.approx(5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 / 0", "divides by zero"),
        ("2 ** 1e9", "too large"),
        ("10.0 ** 400", "too large"),
        ("(-1) ** 0.5", "no real value"),
        ("sqrt(-1)", "no real value"),
        ("1e308 * 10", "not finite"),
        ("energy", "neither a variable"),
        ("__import__('os')", "not a function"),
        ("().__class__", "not arithmetic"),
        ("[x for x in (1,)]", "not arithmetic"),
        ("'a' * 9", "not arithmetic"),
        ("True", "not arithmetic"),
        ("1j", "not arithmetic"),
        ("sqrt(1, 2)", "not arithmetic"),
        ("(lambda: 1)()", "not arithmetic"),
        ("1 +", "not an expression"),
        ("", "not an expression"),
        ("\0", "not an expression"),
        ("9" * 5000, "5000 characters"),
        ("-" * (MAX_LENGTH - 1) + "1", "nested too deep"),
    ],
)
def test_what_is_not_arithmetic_is_refused_in_words(text, says):
    with pytest.raises(ExpressionError, match=says):
        evaluate(text)


@given(ARITHMETIC)
def test_arithmetic_gives_a_finite_number_or_a_sentence(text):
    said, value = _evaluated(text, {"x": 2.5})

    assert said.endswith(".") or math.isfinite(value)


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_sentence(text):
    said, value = _evaluated(text, {})

    assert said or math.isfinite(value)


def _evaluated(text, values):
    try:
        return "", evaluate(text, values)
    except ExpressionError as error:
        return str(error), math.nan
