"""What an author accepts of one number: `approx(...)`, a pair (value, tolerance), an uncertain number, a number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from panlearn_checks import words
from panlearn_checks.approx import Approx
from panlearn_checks.failure import Failure
from panlearn_checks.guess import guess_any


@dataclass(frozen=True)
class Accepted:
    """A value and how far from it a number may be."""

    value: float
    limit: float

    @property
    def text(self) -> str:
        """The band as text."""
        if not self.limit:
            return words.number(self.value)
        return f"{words.number(self.value)} ± {words.number(self.limit, 2)}"

    def holds(self, number: float) -> bool:
        """Whether a number lies within; NaN never does. The last few bits of rounding do not count."""
        room = self.limit + 4e-16 * max(abs(self.value), abs(number))
        return math.isfinite(number) and abs(number - self.value) <= room

    def failure(self, subject: str, number: float, unit: str = "") -> Failure:
        """The sentence about a number outside: "the full width is 0.1 nm, expected 0.2 ± 0.01 nm"."""
        came = words.with_unit(words.number(number, digits(number, self.value)), unit)
        off = words.with_unit(words.number(number - self.value, 3), unit) if math.isfinite(number) else ""
        wanted = words.with_unit(self.text, unit)
        return Failure(
            f"{subject} {came}, expected {wanted}", got=came, accepted=wanted, off=off,
            hint=guess_any(number, self.value, self.limit),
        )  # fmt: skip


def digits(number: float, other: float) -> int:
    """Enough digits to tell two numbers apart, four at least."""
    return next((n for n in (4, 6, 8, 10, 12) if words.number(number, n) != words.number(other, n)), 17)


def digits_for(number: float, step: float) -> int:
    """How many significant digits of a number show steps of this size; three at least, twelve at most."""
    if not number or not step > 0 or not math.isfinite(number):
        return 3
    return min(max(math.ceil(math.log10(abs(number) / step)) + 1, 3), 12)


def accepted(given: Any, *, rel: float = 0.0, abs_: float = 0.0, name: str = "the value") -> Accepted:
    """What an author gave for one number. A plain number has the tolerance `max(abs_, rel * abs(number))`.

    Raises ValueError, for the author, where it is none of the kinds.
    """
    if isinstance(given, Approx):
        number = words.plain_number(given.expected)
        if isinstance(number, int | float):
            return Accepted(float(number), given.tolerance(number))
    elif isinstance(given, tuple | list) and len(given) == 2:  # noqa: PLR2004 - a pair
        pair = [words.plain_number(one) for one in given]
        if all(isinstance(one, int | float) and math.isfinite(one) for one in pair) and pair[1] >= 0:
            return Accepted(float(pair[0]), float(pair[1]))
    elif is_uncertain(given):
        return Accepted(float(given.nominal_value), float(given.std_dev))
    else:
        number = words.plain_number(given)
        if isinstance(number, int | float) and math.isfinite(number):
            return Accepted(float(number), max(abs_, rel * abs(number)))
    raise ValueError(f"{name} takes a number, a pair (value, tolerance) or approx(...); got {given!r}")


def is_uncertain(thing: Any) -> bool:
    """Whether it is a number with an uncertainty (uncertainties)."""
    return words.kind(thing) == "a number with an uncertainty"
