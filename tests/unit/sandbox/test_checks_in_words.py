"""Units in labels, tolerances, guesses and numbers: the small parts that messages are made of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn_checks import approx, words
from panlearn_checks.failure import Failure, sentence, told
from panlearn_checks.guess import guess
from panlearn_checks.labels import names, plain, same_unit, unit_in
from panlearn_checks.tolerance import accepted, digits_for


@pytest.mark.parametrize(
    ("label", "unit"),
    [
        ("Q (1/Å)", "1/Å"),
        ("Q [Å⁻¹]", "Å⁻¹"),
        (r"$Q$ ($\mathrm{\AA}^{-1}$)", "Å^-1"),
        (r"$2\theta$ ($^\circ$)", "°"),
        ("energy / keV", "keV"),
        ("time in s", "s"),
        ("intensity, counts", "counts"),
        ("Q", ""),
        ("", ""),
        ("I(Q)/I(0)", "0"),
    ],
)
def test_the_unit_of_a_label_is_found(label, unit):
    assert unit_in(label) == unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1/Å", "Å⁻¹"),
        ("1/Å", r"\AA^{-1}"),
        ("1/Å", "inverse angstrom"),
        ("1/Å", "A^-1"),
        ("degrees", "°"),
        ("deg", "°"),
        ("µm", "um"),
        ("μm", "µm"),
        ("counts/s", "counts s^-1"),
        ("counts per second", "cts/s"),
        ("a.u.", "arb. units"),
        ("keV", "KeV"),
        ("cm²", "cm^2"),
        ("g/cm³", "g cm**-3"),
        ("m·s", "m*s"),
    ],
)
def test_one_unit_in_two_spellings_is_one(one, other):
    assert same_unit(one, other)
    assert same_unit(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1/Å", "Å"), ("nm", "Å"), ("meV", "MeV"), ("mm", "m"), ("°", "rad"), ("cm²", "cm"), ("s", "m"), ("eV", "keV")],
)
def test_two_units_are_two(one, other):
    assert not same_unit(one, other)


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_label(text):
    assert isinstance(plain(text), str)
    assert isinstance(unit_in(text), str)
    assert same_unit(text, text)


def test_a_label_names_whole_words():
    assert names("photon energy (keV)", "Energy")
    assert names("Q (1/Å)", "Q")
    assert names(r"$2\theta$ (°)", "2θ")
    assert not names("frequency (Hz)", "q")
    assert not names("Intensities", "intensity")


def test_what_an_author_accepts_is_read():
    assert accepted((7.32, 0.01)).text == "7.32 ± 0.01"
    assert accepted(approx(10, rel=0.1)).limit == 1
    assert accepted(10, rel=0.05).limit == 0.5
    assert accepted(5, abs_=0.1).holds(5.1)
    assert not accepted(5, abs_=0.1).holds(math.nan)
    for wrong in ("7", (1, -1), (1, 2, 3), None, math.inf, approx([1]), (1, "a")):
        with pytest.raises(ValueError, match="takes a number"):
            accepted(wrong)


def test_a_number_has_as_many_digits_as_its_tolerance_asks_for():
    assert [digits_for(56.6381, 0.5), digits_for(1.54056, 1e-4), digits_for(0.0, 1), digits_for(1.0, 0.0)] == [
        4,
        6,
        3,
        3,
    ]
    assert words.number(155_432.0, 2) == "160000"
    assert words.number(1e12, 3) == "1e+12"
    assert [words.with_unit("7", "°"), words.with_unit("7", "Å"), words.with_unit("7", "")] == ["7°", "7 Å", "7"]


@pytest.mark.parametrize(
    ("got", "expected", "part"),
    [
        (math.log(100), 2.0, "ln 10"),
        (12.39842 / 1.54, 1.54, "12.398"),
        (2 * math.pi / 3.1, 3.1, "2π over"),
        (81.8042 / 1.8**2, 1.8, "neutron"),
        (1.5, 2.25, "square root"),
        (60.0, 30.0, "twice"),
        (75.3, 14.7, "90°"),
        (13, 14, "one too many or too few"),
        (15.4, 1.54, "1 nm is 10 Å"),
        (1.0, 0.0, "one too many"),
    ],
)
def test_more_slips_are_guessed(got, expected, part):
    assert part in guess(got, expected) or (expected == 0 and not guess(got, expected))


def test_a_failure_is_a_sentence_with_the_authors_first():
    failure = told(Failure("got 3, expected 4"), "Count the edges. ")

    assert str(failure) == failure.message == "Count the edges. Got 3, expected 4."
    assert sentence("`f(2)` gave 3") == "`f(2)` gave 3."
    assert sentence("is it?") == "Is it?"
