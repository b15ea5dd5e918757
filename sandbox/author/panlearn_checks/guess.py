"""Guesses why a number is wrong: degrees and radians, a sign, a power of ten, a factor that physics often has.

hc = 12.39842 keV Å and h²/2m = 81.8042 meV Å² (neutron) are from CODATA 2018.
"""

from __future__ import annotations

import math
from typing import Any

_FACTORS = (
    (math.pi / 180, "That looks like an angle in radians: `np.degrees` turns it into degrees."),
    (180 / math.pi, "That looks like an angle in degrees: `np.radians` turns it into radians."),
    (-1.0, "The size is right and the sign is not."),
    (2.0, "That is twice what is expected: is there a factor 2, such as 2θ for θ?"),
    (0.5, "That is half of what is expected: is there a factor 2, such as θ for 2θ?"),
    (2 * math.pi, "That is 2π times what is expected."),
    (1 / (2 * math.pi), "That is what is expected divided by 2π."),
    (4 * math.pi, "That is 4π times what is expected."),
    (1 / (4 * math.pi), "That is what is expected divided by 4π."),
    (math.pi, "That is π times what is expected."),
    (1 / math.pi, "That is what is expected divided by π."),
    (math.sqrt(2), "That is √2 times what is expected."),
    (1 / math.sqrt(2), "That is what is expected divided by √2."),
    (8 * math.log(2), "That is 8 ln 2 times what is expected."),
    (2 * math.sqrt(2 * math.log(2)), "That is 2.355 times what is expected: a full width for a standard deviation?"),
    (
        1 / (2 * math.sqrt(2 * math.log(2))),
        "That is what is expected divided by 2.355: a standard deviation for a full width?",
    ),
)
_LN10 = math.log(10)
_LOGARITHMS = (
    (_LN10, "That is ln 10 times what is expected: `np.log` is the natural logarithm, `np.log10` that to base 10."),
    (1 / _LN10, "That is what is expected divided by ln 10: `np.log10` is to base 10, `np.log` the natural logarithm."),
)
_PRODUCTS = (
    (1.0, "That is one over what is expected."),
    (2 * math.pi, "That is 2π over what is expected, as d is of Q."),
    (
        12.39842,
        "That is 12.398 over what is expected: the energy (keV) for the wavelength (Å), or the other way round?",
    ),
)
_NEUTRON = 81.8042
_RIGHT_ANGLE = 90.0
_UNITS = {1: " (1 nm is 10 Å)", -1: " (1 nm is 10 Å)", 3: " (1 keV is 1000 eV)", -3: " (1 keV is 1000 eV)"}
_TENS = (-12, -10, -9, -8, -6, -4, -3, -2, -1, 1, 2, 3, 4, 6, 8, 9, 10, 12)


def guess(got: float, expected: float, tolerance: float = 0.0) -> str:
    """One thing to try, where the two numbers are related in a way that is often a slip; else an empty text."""
    if not (math.isfinite(got) and math.isfinite(expected)) or got == 0 or expected == 0:
        return ""
    slack = max(1e-4, min(2e-3, tolerance / abs(expected)))

    def close(factor: float) -> bool:
        return math.isclose(got, expected * factor, rel_tol=slack)

    for factor, words in _FACTORS + _LOGARITHMS:
        if close(factor):
            return words
    for power in _TENS:
        if close(10.0**power):
            return f"That is off by a power of ten, 10{_raised(power)}: look at the units{_UNITS.get(power, '')}."
    return _related(got, expected, slack)


def _related(got: float, expected: float, slack: float) -> str:
    """Relations that are not one factor."""
    found = next((words for product, words in _PRODUCTS if math.isclose(got * expected, product, rel_tol=slack)), "")
    if found:
        return found
    if expected > 0 and got > 0 and abs(expected - 1) > slack:
        if math.isclose(got, expected * expected, rel_tol=slack):
            return "That is the square of what is expected: is a root missing?"
        if math.isclose(got, math.sqrt(expected), rel_tol=slack):
            return "That is the square root of what is expected."
        if math.isclose(got * expected * expected, _NEUTRON, rel_tol=slack):
            return "That is the energy (meV) of a neutron with this wavelength (Å)."
        if math.isclose(got + expected, _RIGHT_ANGLE, rel_tol=slack / 10):
            return "That angle and what is expected make 90°: sine for cosine, or an angle from the other axis?"
    whole = float(got).is_integer() and float(expected).is_integer() and abs(got - expected) == 1
    return "That is one too many or too few: does a range end where it should?" if whole else ""


def guess_any(got: Any, expected: Any, tolerance: float = 0.0) -> str:
    """`guess` for whatever came; an empty text for what is no real number."""
    if isinstance(got, bool) or not isinstance(got, int | float) or not isinstance(expected, int | float):
        return ""
    try:
        return guess(float(got), float(expected), tolerance)
    except OverflowError:
        return ""


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
