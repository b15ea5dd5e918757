"""A peak in a curve: where it is, how wide at half its height, how high above the background."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from panlearn_checks import words
from panlearn_checks.curve import curve
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import read_column
from panlearn_checks.spectrum import unit_of
from panlearn_checks.tolerance import Accepted, accepted

_FEWEST = 5
_REL = 0.05
_OF_WIDTH = 0.1
_SLACK = 0.01


@dataclass(frozen=True)
class Peak:
    """What was measured of a peak: `width` is the full width at half maximum, `height` is above the background."""

    position: float
    width: float
    height: float
    background: Any


def assert_peak(
    x: Any,
    y: Any,
    *,
    position: Any,
    width: Any = None,
    height: Any = None,
    within: tuple[float, float] | None = None,
    background: float | str = 0.0,
    x_label: str = "x",
    y_label: str = "y",
    message: str = "",
) -> None:
    """The highest peak of the learner's curve `y` over `x` has this position, width and height.

    Each is `approx(...)`, a pair (value, tolerance), or a number, which then has a tolerance of 5 % (the position: of
    a tenth of the peak's width). The position is that of the parabola through the highest point and its neighbours.
    The width is the full width at half maximum: the distance between the two places, interpolated linearly, where the
    curve first falls to half its height above the background. The height is that of the highest point above the
    background, which is a number, or "line": the straight line through the ends of the range. Only `x` inside
    `within` is looked at. Raises Failure with a picture: the curve over a band that holds the same shape at every
    accepted position, width and height.
    """
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no curves

    labels = (x_label, y_label)
    along, values = _read(np, x, y, within, message)
    found = measure(np, along, values, background)
    if isinstance(found, Failure):
        raise told(found, message)
    size = accepted(width, rel=_REL, name="width") if width is not None else None
    tall = accepted(height, rel=_REL, name="height") if height is not None else None
    place = accepted(position, abs_=_OF_WIDTH * (size.value if size else found.width), name="position")
    x_unit, y_unit = unit_of(x_label), unit_of(y_label)
    failures = [
        wanted.failure(subject, got, unit)
        for wanted, subject, got, unit in (
            (place, "the peak is at", found.position, x_unit),
            (size, "the full width at half maximum is", found.width, x_unit),
            (tall, "the height above the background is", found.height, y_unit),
        )
        if wanted is not None and not wanted.holds(got)
    ]
    if failures:
        first = failures[0]
        first.say("; ".join(failure.message for failure in failures))
        first.hint = next((failure.hint for failure in failures if failure.hint), "")
        first.curve = _picture(np, (along, values), found, (place, size, tall), labels)
        raise told(first, message)


def _read(np: Any, x: Any, y: Any, within: tuple[float, float] | None, message: str) -> tuple[Any, Any]:
    """The curve, sorted by x, inside the range."""
    along, values = read_column(x, "the x values"), read_column(y, "your curve")
    for one in (along, values):
        if isinstance(one, Failure):
            raise told(one, message)
    if along.shape != values.shape:
        said = f"your curve has {words.shape(values)} and x {words.shape(along)}; they should be as long"
        raise told(Failure(said, got=words.shape(values), accepted=words.shape(along)), message)
    order = np.argsort(along, kind="stable")
    along, values = along[order], values[order]
    if within is not None:
        inside = (along >= within[0]) & (along <= within[1])
        along, values = along[inside], values[inside]
    if along.size < _FEWEST:
        place = f" between {words.number(within[0])} and {words.number(within[1])}" if within else ""
        said = f"your curve has {words.shape(along)}{place}, too few for a peak"
        raise told(Failure(said, got=words.shape(along), accepted=f"at least {_FEWEST} values"), message)
    return along, values


def measure(np: Any, x: Any, y: Any, background: float | str) -> Peak | Failure:
    """Position, full width at half maximum, and height of the highest peak; or what keeps it from being measured."""
    under = _background(np, x, y, background)
    above = y - under
    top = int(np.argmax(above))
    height = float(above[top])
    if not height > 0:
        return Failure("your curve has no peak: it does not rise above the background", got=words.value(y))
    if top in {0, x.size - 1}:
        at = words.number(float(x[top]))
        return Failure(
            f"your curve has no peak in this range: it is highest at its end, at {at}", got=f"highest at {at}",
            hint="Is the range wide enough, and does the curve fall on both sides?",
        )  # fmt: skip
    sides = [_half(x, above, top, step) for step in (-1, 1)]
    if None in sides:
        where = "left" if sides[0] is None else "right"
        said = f"your curve does not fall to half its height {where} of its highest point"
        return Failure(said, hint="Is the background taken off, and is the peak inside the range?")
    return Peak(_vertex(x[top - 1 : top + 2], above[top - 1 : top + 2]), sides[1] - sides[0], height, under)


def _background(np: Any, x: Any, y: Any, background: float | str) -> Any:
    if background == "line":
        return y[0] + (y[-1] - y[0]) * (x - x[0]) / ((x[-1] - x[0]) or 1.0)
    if isinstance(background, str):
        raise ValueError(f'assert_peak: background is a number or "line", got {background!r}')  # noqa: TRY004
    return np.full(x.shape, float(background))


def _half(x: Any, above: Any, top: int, step: int) -> Any:
    """Where the curve first falls to half its height, going this way; None where it does not."""
    half = above[top] / 2
    place = top
    while 0 <= place + step < x.size:
        place += step
        if above[place] <= half:
            near, far = place - step, place
            share = (above[near] - half) / (above[near] - above[far])
            return float(x[near] + share * (x[far] - x[near]))
    return None


def _vertex(x: Any, y: Any) -> float:
    """The highest point of the parabola through three points, which need not be equally far apart."""
    left, right = x[0] - x[1], x[2] - x[1]
    bend = (y[0] - y[1]) * right - (y[2] - y[1]) * left
    if bend == 0 or left == 0 or right == 0:
        return float(x[1])
    by = ((y[0] - y[1]) * right**2 - (y[2] - y[1]) * left**2) / (2 * bend)
    return float(x[1] + min(max(by, left), right))


def _picture(
    np: Any, pair: tuple[Any, Any], found: Peak, wanted: tuple[Accepted, Any, Any], labels: tuple[str, str]
) -> Any:
    """The learner's own shape, moved, stretched and raised to all that is accepted, as a band."""
    x, y = pair
    place, size, tall = wanted
    size = size or Accepted(found.width, 0.0)
    tall = tall or Accepted(found.height, 0.0)
    moved = x - found.position + place.value  # where the accepted peak needs points that the learner's range lacks
    wide = np.sort(np.concatenate([x, moved[(moved < x[0]) | (moved > x[-1])]]))
    under = np.interp(wide, x, found.background)
    above = y - found.background

    def shape(at: float, width: float, height: float) -> Any:
        back = found.position + (wide - at) * (found.width / width if width > 0 else 1.0)
        return under + height / found.height * np.interp(back, x, above)

    edges = [(one.value - one.limit, one.value, one.value + one.limit) for one in (place, size, tall)]
    curves = np.array([shape(*corner) for corner in product(*edges)])
    centre = shape(place.value, size.value, tall.value)
    room = _SLACK * tall.value  # so that the feet of a peak do not count as outside
    mine = np.interp(wide, x, y, left=np.nan, right=np.nan)
    return curve(wide, mine, curves.min(axis=0) - room, curves.max(axis=0) + room, centre=centre, labels=labels)
