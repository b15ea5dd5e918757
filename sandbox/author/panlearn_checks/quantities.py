"""Numbers with a unit (pint) and with an uncertainty (uncertainties)."""

from __future__ import annotations

from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import RETURN
from panlearn_checks.tolerance import Accepted, accepted, is_uncertain

_REL = 1e-6
_STD = 0.1
_VALUE = "the value is"
_CORRELATED = "Independent uncertainties add as squares; correlated ones do not."


def converted(actual: Any, expected: Any) -> Any:
    """The magnitude of `actual` in the unit of `expected`, or a Failure: no unit, or one of another kind."""
    unit = f"{expected.units:~P}" or "no unit"
    if actual is None:
        return Failure(f"got None, expected a number in {unit}", got="None", accepted=unit, hint=RETURN)
    if not words.is_quantity(actual):
        came = words.value(actual)
        return Failure(
            f"got {came} without a unit, expected one in {unit}", got=came, accepted=unit,
            hint="Keep the unit: compute with quantities from beginning to end, without `.magnitude`.",
        )  # fmt: skip
    if not actual.check(expected.dimensionality):
        came = f"{actual.units:~P}" or "no unit"
        return Failure(
            f"got a number in {came}, expected one in {unit}", got=words.value(actual), accepted=unit,
            hint=_dimension(actual, expected),
        )  # fmt: skip
    return actual.to(expected.units).magnitude


def _dimension(actual: Any, expected: Any) -> str:
    """What the unit that came has to do with the one expected."""
    for power, said in ((-1, "That is the unit of one over it."), (2, "That is the unit of its square.")):
        if actual.check((expected**power).dimensionality):
            return said
    if (actual**2).check(expected.dimensionality):
        return "That is the unit of its root."
    return ""


def assert_quantity(
    actual: Any,
    expected: Any,
    *,
    unit: str = "",
    rel: float = _REL,
    abs: Any = None,  # noqa: A002 - as approx has it
    message: str = "",
) -> None:
    """A number or an array with a unit is `expected`, whatever unit of the same kind it has: 0.154 nm is 1.54 Å.

    The tolerance is `rel`, relative, unless `abs` gives it with a unit. With `unit`, the learner's own unit has to be
    this one: "angstrom". Raises Failure: no unit, a unit of another kind, the wrong value, the wrong unit.
    """
    if not words.is_quantity(expected):
        raise ValueError(f"assert_quantity: expected takes a number with a unit, got {expected!r}")
    found = _quantity(actual, expected, rel, abs)
    if found is None and unit and actual.units != actual._REGISTRY.Unit(unit):  # noqa: SLF001 - pint has no other way
        wanted = f"{actual._REGISTRY.Unit(unit):~P}"  # noqa: SLF001 - as above
        said = f"got {words.value(actual)}: the value is right, expected in {wanted}"
        found = Failure(said, got=words.value(actual), accepted=wanted, hint=f"`.to({unit!r})` converts it.")
    if found is not None:
        raise told(found, message)


def _quantity(actual: Any, expected: Any, rel: float, absolute: Any) -> Failure | None:
    from panlearn_checks.arrays import compare  # noqa: PLC0415 - arrays builds on this module's neighbours

    magnitude = converted(actual, expected)
    if isinstance(magnitude, Failure):
        return magnitude
    room = 0.0
    if absolute is not None:
        room = converted(absolute, expected)
        if isinstance(room, Failure):
            raise ValueError(f"assert_quantity: abs is a number with a unit such as {expected.units}; {room.message}")
    rel = 0.0 if absolute is not None else rel
    unit = f"{expected.units:~P}"
    found = compare(magnitude, expected.magnitude, rtol=rel, atol=float(room), equal_nan=False, unit=unit)
    if found is not None and actual.units != expected.units and getattr(magnitude, "ndim", 0) == 0:
        found.say(f"got {words.value(actual)}, which is {found.got}, expected {found.accepted}")
    return found


def assert_uncertain(
    actual: Any, expected: Any, *, value: float | None = None, std: float = _STD, message: str = ""
) -> None:
    """A number with its standard uncertainty (uncertainties), or a pair of them, is `expected`, of the same kinds.

    The value may be off by the fraction `value` of the *uncertainty* (default: a tenth), the standard uncertainty by
    the fraction `std` of itself (default: a tenth). Raises Failure.
    """
    number, deviation = _pair(expected) or (None, None)
    if number is None or deviation is None or deviation < 0:
        raise ValueError(f"assert_uncertain: expected takes ufloat(value, std) or (value, std), got {expected!r}")
    found = uncertain(actual, number, deviation, (_STD if value is None else value, std))
    if found is not None:
        raise told(found, message)


def uncertain(actual: Any, number: float, deviation: float, fractions: tuple[float, float]) -> Failure | None:
    """What is wrong with an uncertain number, or None."""
    wanted = f"{words.number(number)} ± {words.number(deviation, 2)}"
    pair = _pair(actual)
    if pair is None:
        came = words.value(actual)
        hint = RETURN if actual is None else "`ufloat(value, standard uncertainty)` makes one."
        return Failure(f"got {came}, expected a number with its uncertainty", got=came, accepted=wanted, hint=hint)
    came = f"{words.number(pair[0])} ± {words.number(pair[1], 2)}"
    parts = (
        (_VALUE, pair[0], Accepted(number, fractions[0] * (deviation or abs(number)))),
        ("the standard uncertainty is", pair[1], Accepted(deviation, fractions[1] * deviation)),
    )
    for subject, got, one in parts:
        if not one.holds(got):
            found = one.failure(subject, got)
            found.got, found.accepted = came, wanted
            found.hint = _hint(subject, got, number, deviation) or found.hint or _CORRELATED * (subject != _VALUE)
            return found
    return None


def _hint(subject: str, got: float, number: float, deviation: float) -> str:
    if subject == _VALUE:
        return ""
    close = accepted(deviation**2, rel=0.02)
    if deviation and close.holds(got):
        return "That is the variance: the standard uncertainty is its root."
    if deviation and number and accepted(deviation / abs(number), rel=0.02).holds(got):
        return "That is the relative uncertainty: multiply it with the value."
    if got == 0:
        return "An uncertainty was lost on the way: `.nominal_value`, `float(...)` and `math` drop it."
    return ""


def _pair(thing: Any) -> tuple[float, float] | None:
    if is_uncertain(thing):
        return float(thing.nominal_value), float(thing.std_dev)
    if isinstance(thing, tuple | list) and len(thing) == 2:  # noqa: PLR2004 - a pair
        numbers = [words.plain_number(one) for one in thing]
        if all(type(one) in {int, float} for one in numbers):
            return float(numbers[0]), float(numbers[1])
    return None
