"""A curve within a band: spectra, patterns, dispersion curves, anything measured or computed over an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from panlearn_checks import words
from panlearn_checks.curve import curve
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import read_column
from panlearn_checks.slips import slip
from panlearn_checks.tolerance import digits_for


def assert_spectrum(
    actual: Any,
    expected: Any = None,
    x: Any = None,
    *,
    rel: float = 0.0,
    abs: float = 0.0,  # noqa: A002 - as approx has it
    band: tuple[Any, Any] | None = None,
    within: tuple[float, float] | None = None,
    outside: float = 0.0,
    x_label: str = "x",
    y_label: str = "y",
    message: str = "",
) -> None:
    """The curve `actual` over `x` lies within `abs + rel * |expected|` of `expected`, or within `band`, (low, high).

    `actual` is the learner's values at `x`, or a pair (their own x, their values), which is interpolated linearly at
    `x` and must cover it. `expected` holds a value for each `x`, or is a function of `x`. Only points with `x` inside
    `within` count; the fraction `outside` of them may lie outside the band (noise). `x_label` and `y_label` carry the
    units: "photon energy (keV)". Raises Failure with a picture: the curve over the band, and the residual
    `actual - expected`.
    """
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no spectra

    axis, centre, low, high = _wanted(np, x, expected, band, (rel, abs))
    values = _values(np, actual, axis)
    if isinstance(values, Failure):
        raise told(values, message)
    counted = np.ones(axis.shape, bool) if within is None else (axis >= within[0]) & (axis <= within[1])
    if not counted.any():
        raise ValueError(f"assert_spectrum: no point of x lies within {within}")
    room = 1e-12 * np.maximum(np.abs(low), np.abs(high))
    away = counted & ~((values >= low - room) & (values <= high + room))
    if away.sum() <= outside * counted.sum():
        return
    shown = curve(axis, values, low, high, centre=centre, labels=(x_label, y_label))
    found = _failure(np, (axis, values, centre, low, high), (counted, away), (x_label, y_label))
    found.curve = shown
    raise told(found, message)


def _wanted(
    np: Any, x: Any, expected: Any, band: tuple[Any, Any] | None, tolerance: tuple[float, float]
) -> tuple[Any, Any, Any, Any]:
    """The author's axis, the middle of the band and its edges. What does not fit together is the author's mistake."""
    if x is None or (expected is None) is (band is None):
        raise ValueError("assert_spectrum needs the axis x, and either what is expected or band=(low, high)")
    axis = read_column(x, "x")
    if isinstance(axis, Failure):
        raise ValueError(axis.message)  # noqa: TRY004 - it is the value that is wrong
    if band is None:
        if min(tolerance) < 0 or not any(tolerance):
            raise ValueError("assert_spectrum needs a tolerance: rel=, abs= or band=(low, high)")
        centre = np.broadcast_to(np.asarray(expected(axis) if callable(expected) else expected, float), axis.shape)
        room = tolerance[1] + tolerance[0] * np.abs(centre)
        return axis, centre, centre - room, centre + room
    low, high = (np.broadcast_to(np.asarray(edge, float), axis.shape) for edge in band)
    if not (low <= high).all():
        raise ValueError("assert_spectrum: the lower edge of the band is above the upper one")
    return axis, (low + high) / 2, low, high


def _values(np: Any, actual: Any, axis: Any) -> Any:
    """The learner's values at the author's axis, or a Failure."""
    if isinstance(actual, tuple | list) and len(actual) == 2 and axis.size != 2:  # noqa: PLR2004 - a pair
        return _interpolated(np, actual, axis)
    values = read_column(actual, "your curve")
    if isinstance(values, Failure) or values.shape == axis.shape:
        return values
    hint = "There is one value too many or too few." if values.size in {axis.size - 1, axis.size + 1} else ""
    came, wanted = words.shape(values), words.shape(axis)
    return Failure(f"your curve has {came}, expected {wanted}", got=came, accepted=wanted, hint=hint)


def _interpolated(np: Any, pair: Any, axis: Any) -> Any:
    x, y = read_column(pair[0], "your x"), read_column(pair[1], "your curve")
    if isinstance(x, Failure) or isinstance(y, Failure):
        return x if isinstance(x, Failure) else y
    if x.shape != y.shape:
        return Failure(f"your x has {words.shape(x)} and your curve {words.shape(y)}; they should be as long")
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    slack = 1e-9 * float(np.ptp(axis))
    if x[0] > axis.min() + slack or x[-1] < axis.max() - slack:
        mine = f"{words.number(float(x[0]))} to {words.number(float(x[-1]))}"
        wanted = f"{words.number(float(axis.min()))} to {words.number(float(axis.max()))}"
        return Failure(f"your x runs from {mine}, expected at least {wanted}", got=mine, accepted=wanted)
    return np.interp(axis, x, y)


def _failure(np: Any, lines: tuple[Any, ...], masks: tuple[Any, Any], labels: tuple[str, str]) -> Failure:
    axis, values, centre, low, high = lines
    counted, away = masks
    x_unit, y_unit = (unit_of(label) for label in labels)

    def at_x(value: float) -> str:
        return words.with_unit(words.number(value), x_unit)

    beyond = np.where(away, np.maximum(low - values, values - high), -np.inf)
    worst = int(np.argmax(beyond))
    at = at_x(float(axis[worst]))
    got, below, above = (float(line[worst]) for line in (values, low, high))
    near = min(abs(got - below), abs(got - above), above - below or abs(above)) / 4
    off = words.with_unit(words.number(got - float(centre[worst]), 3), y_unit)
    came = words.with_unit(words.number(got, digits_for(got, near)), y_unit)
    edges = " to ".join(words.number(edge, digits_for(edge, near)) for edge in (below, above))
    band = words.with_unit(edges, y_unit)
    said = (
        f"your curve leaves the accepted band at {int(away.sum())} of {int(counted.sum())} points, "
        f"{_where(np, axis, (counted, away), at_x)}. It is furthest away at {at}: {came}, accepted {band}"
    )
    limit = float(high[worst] - low[worst]) / 2
    hint = slip(values[counted], centre[counted], limit, axis[counted])
    return Failure(said, got=f"{came} at {at}", accepted=band, off=off, hint=hint)


def _where(np: Any, axis: Any, masks: tuple[Any, Any], at_x: Callable[[float], str]) -> str:
    """“everywhere”, “up to 14.3 keV”, “between 3.1 Å and 4 Å”, “at 3.1 Å”."""
    counted, away = masks
    order = np.argsort(axis[counted], kind="stable")
    along, bad = axis[counted][order], np.flatnonzero(away[counted][order])
    first, last = at_x(float(along[bad[0]])), at_x(float(along[bad[-1]]))
    if bad.size == along.size:
        return "everywhere"
    if bad.size == 1:
        return f"at {first}"
    if bad.size != bad[-1] - bad[0] + 1:
        return f"the first at {first}, the last at {last}"
    if bad[0] == 0:
        return f"up to {last}"
    return f"from {first} on" if bad[-1] == along.size - 1 else f"between {first} and {last}"


def unit_of(label: str) -> str:
    """The unit in a label such as "photon energy (keV)"; else an empty text."""
    for opening, closing in (("(", ")"), ("[", "]")):
        if label.rstrip().endswith(closing) and opening in label:
            return label.rstrip()[label.rindex(opening) + 1 : -1]
    return ""
