import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.quiz.units import UnitError, unit_of


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("Å", "nm", 0.1),
        ("\u212b", "angstrom", 1.0),
        ("ångström", "pm", 100.0),
        ("keV", "eV", 1000.0),
        ("J", "eV", 1 / 1.602176634e-19),
        ("degree", "rad", math.pi / 180),
        ("°", "deg", 1.0),
        ("1/nm", "Å⁻¹", 0.1),
        ("nm^-1", "1/nm", 1.0),
        ("10^-6 Å⁻²", "1e-6/angstrom^2", 1.0),
        ("g/cm^3", "kg m^-3", 1000.0),
        ("m/s", "km/s", 0.001),
        ("min", "s", 60.0),
        ("µm", "um", 1.0),
        ("μm", "micron", 1.0),
        ("barn", "fm^2", 100.0),
        ("meV", "eV", 1e-3),
        ("mT", "T", 1e-3),
        ("%", "", 0.01),
        ("N m", "J", 1.0),
    ],
)
def test_units_of_one_kind_turn_into_each_other(one, other, ratio):
    a, b = unit_of(one), unit_of(other)

    assert a.dimension == b.dimension
    assert a.factor / b.factor == pytest.approx(ratio)


@pytest.mark.parametrize(("unit", "quantity"), [("A", "a current"), ("keV", "an energy"), ("1/Å", "an inverse length")])
def test_a_unit_says_what_it_measures(unit, quantity):
    assert unit_of(unit).quantity == quantity


@pytest.mark.parametrize("unit", ["furlong", "m^", "1//nm", "m/", "(m)", "m^99", "x" * 100, "m**", "🙂", "0 m", "nan"])
def test_what_is_no_unit_is_refused_in_words(unit):
    with pytest.raises(UnitError, match=r"\.$"):
        unit_of(unit)


def test_capital_letters_tell_units_apart():
    assert unit_of("mm").factor == 1e-3
    assert unit_of("MeV").factor / unit_of("meV").factor == pytest.approx(1e9)
    assert unit_of("min").dimension != unit_of("m").dimension


@given(st.text(max_size=30))
def test_any_text_is_a_unit_or_a_sentence(text):
    with suppress(UnitError):
        assert 0 < unit_of(text).factor < math.inf
