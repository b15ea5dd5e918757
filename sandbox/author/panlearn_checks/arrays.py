"""Comparing arrays: what differs first, where it differs most, in words."""

from __future__ import annotations

import math
from typing import Any

from panlearn_checks import words
from panlearn_checks.curve import curve
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import is_masked, read
from panlearn_checks.slips import slip

_CURVE = 20


def assert_allclose(
    actual: Any,
    desired: Any,
    rtol: float = 1e-7,
    atol: float = 0.0,
    *,
    equal_nan: bool = True,
    err_msg: str = "",
    x: Any = None,
    x_label: str = "",
    y_label: str = "",
) -> None:
    """Every value of `actual` lies within `atol + rtol * abs(desired)` of `desired`, as numpy's function of that name.

    Shapes must be the same (a single number is compared with every value); what is masked in `desired` does not count.
    Raises Failure, which says the shape or kind that came, or how many values differ, the first and the worst of them.
    Where `desired` has a unit (pint), `actual` is converted to it first. With the axis `x`, a row of more than 20
    numbers is shown as a curve over the band that is accepted; `x_label` and `y_label` name the axes, with units.
    """
    unit = ""
    if words.is_quantity(desired):
        from panlearn_checks.quantities import converted  # noqa: PLC0415 - it builds on this module

        unit = f"{desired.units:~P}"
        actual, desired = converted(actual, desired), desired.magnitude
        if isinstance(actual, Failure):
            raise told(actual, err_msg)
    found = compare(actual, desired, rtol=rtol, atol=atol, equal_nan=equal_nan, unit=unit)
    if found is None:
        return
    if x is not None:
        found.curve = _picture(actual, desired, x, (rtol, atol), (x_label, y_label))
    raise told(found, err_msg)


def _picture(actual: Any, desired: Any, x: Any, tolerance: tuple[float, float], labels: tuple[str, str]) -> Any:
    """The curve over its band, where both are rows of real numbers as long as `x`."""
    import numpy as np  # noqa: PLC0415 - it was imported for the comparison

    got, wanted, axis = read(actual), read(desired), read(x)
    if any(isinstance(one, Failure) for one in (got, wanted, axis)) or axis.ndim != 1 or axis.size <= _CURVE:
        return None
    if got.shape not in {axis.shape, ()} or wanted.shape not in {axis.shape, ()}:
        return None
    room = tolerance[1] + tolerance[0] * np.abs(wanted)
    return curve(axis, got, wanted - room, wanted + room, centre=wanted, labels=labels)


def compare(actual: Any, desired: Any, *, rtol: float, atol: float, equal_nan: bool, unit: str = "") -> Failure | None:
    """What is wrong with `actual`, or None."""
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no arrays to compare

    expected = np.asarray(desired)
    got = read(actual, is_complex=expected.dtype.kind == "c", masked=is_masked(desired))
    if isinstance(got, Failure):
        return got
    if is_masked(got):
        got = got.astype(float).filled(np.nan)
    if got.shape not in {expected.shape, ()} and expected.shape != ():
        return Failure(
            f"got {_shape(got)}, expected {_shape(expected)}", got=_shape(got), accepted=_shape(expected),
            hint=_shape_hint(got.shape, expected.shape),
        )  # fmt: skip
    if got.shape == () and expected.shape != ():
        return Failure(
            f"got one number, expected {_shape(expected)}", got=words.value(got[()]), accepted=_shape(expected)
        )
    got, expected = np.broadcast_arrays(got, expected)
    with np.errstate(all="ignore"):
        close = np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if is_masked(desired):
        close = close | np.ma.getmaskarray(desired)
    return None if close.all() else _worst(np, (got, expected), close, (rtol, atol), unit)


def _shape(array: Any) -> str:
    return "one number" if array.shape == () else f"an array with {words.shape(array)}"


def _shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if not math.prod(got):
        return "Your array is empty: does a mask leave nothing, or does a range end before it starts?"
    if got == expected[::-1]:
        return "Rows and columns are exchanged: `.T` turns an array over."
    if len(got) == len(expected) == 1 and abs(got[0] - expected[0]) == 1:
        return "There is one value too many or too few: look at where a range ends, or at edges and centres."
    if math.prod(got) == math.prod(expected):
        return "There are as many values as expected, in another shape."
    return ""


def _worst(np: Any, pair: tuple[Any, Any], close: Any, tolerance: tuple[float, float], unit: str) -> Failure:
    got, expected = pair
    rtol, atol = tolerance
    with np.errstate(all="ignore"):
        excess = np.where(close, -1.0, np.abs(got - expected) - rtol * np.abs(expected))
    excess = np.where(np.isnan(excess), np.inf, excess)
    index = np.unravel_index(int(np.argmax(excess)), excess.shape)
    one, other = got[index].item(), expected[index].item()
    limit = atol + rtol * abs(other) if math.isfinite(abs(other)) else 0.0
    accepted = words.with_unit(words.number(other, 8) + (f" ± {words.number(limit, 2)}" if limit else ""), unit)
    off = words.with_unit(words.number(one - other, 3), unit) if math.isfinite(abs(one - other)) else ""
    came = words.with_unit(words.number(one, 8), unit)
    return Failure(
        f"{_count(np, close, index)}got {came}, expected {accepted}",
        got=came + _place(index), accepted=accepted, off=off,
        hint=_kind_hint(got, expected) or slip(got, expected, limit),
    )  # fmt: skip


def _count(np: Any, close: Any, index: Any) -> str:
    """How many differ, and where: the first of them and the worst."""
    wrong, of = int((~close).sum()), close.size
    if of == 1:
        return ""
    if wrong == 1:
        return f"one of {of} values differs,{_place(index)}: "
    first = np.unravel_index(int(np.argmin(close)), close.shape)
    if first == index:
        return f"{wrong} of {of} values differ; the first and worst is{_place(index)}: "
    return f"{wrong} of {of} values differ, the first{_place(first)}; the worst is{_place(index)}: "


def _place(index: Any) -> str:
    if not index:
        return ""
    return f" at index {index[0] if len(index) == 1 else tuple(int(i) for i in index)}"


def _kind_hint(got: Any, expected: Any) -> str:
    """Numbers cut to whole ones, or truth values for numbers."""
    if got.dtype.kind == "b" and expected.dtype.kind in "iufc":
        return "These are truth values (True and False): a comparison gives them, and a mask picks numbers with them."
    with_fractions = expected.dtype.kind == "f" and bool((expected % 1 != 0).any())
    if got.dtype.kind in "iu" and with_fractions and got.size > 1 and bool((abs(got - expected) < 1).all()):
        return (
            "Your array holds whole numbers, which cuts off fractions: is it made from an array of whole numbers, "
            "such as `np.zeros_like`, or divided with `//`?"
        )
    return ""
