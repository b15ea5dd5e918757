from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.quiz.numbers import NumberError, half_unit, read_number, shown


@pytest.mark.parametrize(
    ("text", "value", "figures", "rest"),
    [
        ("14.22", 14.22, 4, ""),
        (" −3.1 Å ", -3.1, 2, "Å"),
        ("1.5e-3", 0.0015, 2, ""),
        ("1.5×10⁻³ m", 0.0015, 2, "m"),
        ("2.0 x 10^4", 20000.0, 2, ""),
        ("2*10**-1", 0.2, 1, ""),
        ("0.0120", 0.012, 3, ""),
        (".5", 0.5, 1, ""),
        ("0", 0.0, 1, ""),
        ("+7.", 7.0, 1, ""),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value, figures, rest):
    typed = read_number(text)

    assert (typed.value, typed.figures, typed.rest) == (pytest.approx(value), figures, rest)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no number yet"),
        ("Å", "not a number"),
        ("14,22", "two things"),
        ("1e999", "too large"),
        ("9" * 99, "too long"),
    ],
)
def test_what_is_no_number_is_refused_in_words(text, says):
    with pytest.raises(NumberError, match=says) as caught:
        read_number(text)
    assert caught.value.todo


def test_a_comma_is_answered_with_the_number_that_may_be_meant():
    with pytest.raises(NumberError) as caught:
        read_number("14,22")
    assert "14.22" in caught.value.todo


@given(st.text(max_size=70))
def test_any_text_is_a_number_or_a_sentence(text):
    with suppress(NumberError):
        assert read_number(text).figures >= 1


@given(st.floats(1e-6, 1e6), st.integers(1, 6))
def test_a_rounded_value_is_within_half_a_unit_of_its_last_place(value, figures):
    rounded = float(f"{value:.{figures - 1}e}")

    assert abs(rounded - value) <= half_unit(value, figures) * (1 + 1e-9)


@pytest.mark.parametrize(("value", "text"), [(3.1355, "3.136"), (1e-7, "1.000 × 10⁻⁷"), (-12.0, "−12.00"), (0.0, "0")])
def test_values_are_shown_with_the_figures_that_help(value, text):
    assert shown(value) in {text, text.replace("3.136", "3.135")}
