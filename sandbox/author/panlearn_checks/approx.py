"""`value == approx(expected)`: equality within a tolerance, for numbers, sequences, dicts and arrays."""

from __future__ import annotations

import math
import sys
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure
from panlearn_checks.guess import guess_any

_REL = 1e-6
_ABS = 1e-12


class Approx:
    """What `approx` gives. Equal to exactly what lies within the tolerance; NaN equals NaN with `nan_ok` only."""

    # numpy then leaves the comparison to this class instead of comparing item by item.
    __array_ufunc__ = None
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: Any, *, rel: float | None, abs: float | None, nan_ok: bool) -> None:  # noqa: A002
        self.expected = expected
        self.rel = rel
        self.abs = abs
        self.nan_ok = nan_ok

    def tolerance(self, expected: Any) -> float:
        """How far from `expected` a number may be."""
        absolute = _ABS if self.abs is None else self.abs
        if self.rel is None and self.abs is not None:
            return absolute
        return float(max(absolute, (_REL if self.rel is None else self.rel) * abs(expected)))

    def __eq__(self, other: object) -> bool:
        return self.difference(other) is None

    def __ne__(self, other: object) -> bool:
        return not self == other

    def difference(self, got: Any) -> Failure | None:
        """What is wrong with `got`, or None."""
        return self._differs(got, self.expected, "")

    def _differs(self, got: Any, expected: Any, where: str) -> Failure | None:
        if words.is_quantity(expected):
            return self._quantity(got, expected, where)
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(expected, numpy.ndarray) and expected.ndim:
            return self._array(got, expected)
        if isinstance(expected, list | tuple):
            return self._sequence(got, expected, where)
        if isinstance(expected, dict):
            return self._dict(got, expected, where)
        return self._number(got, expected, where)

    def _quantity(self, got: Any, expected: Any, where: str) -> Failure | None:
        """A number with a unit: converted to the expected unit first, so that 1 nm is 10 Å."""
        unit = f"{expected.units:~P}"
        if not words.is_quantity(got):
            return Failure(
                f"{where}got {words.value(got)} without a unit, expected a number in {unit}", got=words.value(got)
            )
        if not got.check(expected.dimensionality):
            came = f"{got.units:~P}" or "no unit"
            return Failure(
                f"{where}got a number in {came}, expected one in {unit}", got=words.value(got), accepted=unit
            )
        found = self._differs(got.to(expected.units).magnitude, expected.magnitude, where)
        if found is not None:
            found.got, found.accepted = words.value(got), f"{found.accepted} {unit}".strip()
            found.off = f"{found.off} {unit}".strip() if found.off else ""
            found.message = f"{where}got {found.got}, expected {found.accepted}"
        return found

    def _array(self, got: Any, expected: Any) -> Failure | None:
        from panlearn_checks.arrays import compare  # noqa: PLC0415 - arrays builds on this module's neighbours

        relative = 0.0 if self.rel is None and self.abs is not None else _REL if self.rel is None else self.rel
        return compare(got, expected, rtol=relative, atol=_ABS if self.abs is None else self.abs, equal_nan=self.nan_ok)

    def _sequence(self, got: Any, expected: Any, where: str) -> Failure | None:
        numpy = sys.modules.get("numpy")
        if numpy is not None and isinstance(got, numpy.ndarray):
            got = got.tolist()
        if not isinstance(got, list | tuple):
            return Failure(f"{where}got {words.kind(got)}, expected {words.kind(expected)}", got=words.value(got))
        if len(got) != len(expected):
            return Failure(f"{where}got {len(got)} items, expected {len(expected)}", got=words.value(got))
        for index, (one, other) in enumerate(zip(got, expected, strict=True)):
            found = self._differs(one, other, f"{where}at index {index}: ")
            if found is not None:
                return found
        return None

    def _dict(self, got: Any, expected: dict[Any, Any], where: str) -> Failure | None:
        if not isinstance(got, dict):
            return Failure(f"{where}got {words.kind(got)}, expected a dict", got=words.value(got))
        missing = [key for key in expected if key not in got]
        if missing or len(got) != len(expected):
            said = f"the key {missing[0]!r} is missing" if missing else "there are more keys than expected"
            return Failure(f"{where}{said}", got=words.value(got))
        for key, item in expected.items():
            found = self._differs(got[key], item, f"{where}at key {key!r}: ")
            if found is not None:
                return found
        return None

    def _uncertain(self, got: Any, expected: Any, where: str) -> Failure | None:
        """A number with an uncertainty: its value and its standard deviation, each within the tolerance."""
        if words.kind(got) != words.kind(expected):
            came, wanted = words.value(got), words.value(expected)
            said = f"{where}got {came}, expected a number with its uncertainty, {wanted}"
            return Failure(said, got=came, accepted=wanted, hint="`ufloat(value, standard uncertainty)` makes one.")
        return self._number(got.nominal_value, expected.nominal_value, f"{where}the value: ") or self._number(
            got.std_dev, expected.std_dev, f"{where}the standard uncertainty: "
        )

    def _number(self, got: Any, expected: Any, where: str) -> Failure | None:
        target = words.plain_number(expected)
        if target is None and words.kind(expected) == "a number with an uncertainty":
            return self._uncertain(got, expected, where)
        if target is None:
            same = got is expected if expected is None else type(got) is type(expected) and bool(got == expected)
            return None if same else Failure(f"{where}got {words.value(got)}, expected {words.value(expected)}")
        accepted = self.accepted(target)
        found = words.plain_number(got)
        if found is None or isinstance(found, bool) is not isinstance(target, bool):
            came = words.kind(got) if words.value(got) == words.kind(got) else f"{words.kind(got)}, {words.value(got)}"
            return Failure(
                f"{where}got {came}, expected the number {accepted}", got=words.value(got), accepted=accepted
            )
        if found == target or (self.nan_ok and found != found and target != target):  # noqa: PLR0124 - NaN
            return None
        limit = self.tolerance(target)
        off = abs(found - target) if _finite(found) and _finite(target) else math.inf
        if off <= limit and math.isfinite(off):
            return None
        came = words.number(found, _digits(found, target))
        return Failure(
            f"{where}got {came}, expected {accepted}",
            got=came,
            accepted=accepted,
            off=words.number(found - target, 3) if math.isfinite(off) else "",
            hint=guess_any(found, target, limit),
        )

    def accepted(self, expected: Any) -> str:
        """The band around a number, as text."""
        limit = self.tolerance(expected) if _finite(expected) else 0.0
        return f"{words.number(expected)} ± {words.number(limit, 2)}" if limit else words.number(expected)

    def in_words(self) -> str:
        """What is accepted, as a short text."""
        found = words.plain_number(self.expected)
        return self.accepted(found) if found is not None else f"{words.value(self.expected)}, within a tolerance"

    def __repr__(self) -> str:
        return f"approx({self.expected!r})"


def _finite(value: Any) -> bool:
    if isinstance(value, complex):
        return math.isfinite(value.real) and math.isfinite(value.imag)
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _digits(got: Any, expected: Any) -> int:
    """Enough digits to tell the two numbers apart."""
    for digits in (6, 8, 10, 12):
        if words.number(got, digits) != words.number(expected, digits):
            return digits
    return 17


def approx(expected: Any, rel: float | None = None, abs: float | None = None, *, nan_ok: bool = False) -> Approx:  # noqa: A002
    """A value that equals whatever is within `rel` (relative, default 1e-6) or `abs` (absolute) of `expected`.

    With `abs` alone, only that counts. Works for numbers, lists, tuples, dicts and arrays of them. The same names and
    defaults as pytest's.
    """
    for name, given in (("rel", rel), ("abs", abs)):
        if given is not None and not given >= 0:
            raise ValueError(f"{name} is a tolerance and must not be negative; got {given}")
    return Approx(expected, rel=rel, abs=abs, nan_ok=nan_ok)
