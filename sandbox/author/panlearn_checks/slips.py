"""Guesses why a whole array is wrong: one slip that explains all of its values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from panlearn_checks import words
from panlearn_checks.guess import guess_any

_CLOSE = 1e-3
_FEW = 3
_NEARLY = 0.02
_MOST = 0.97


def slip(got: Any, expected: Any, limit: float = 0.0, x: Any = None) -> str:
    """One thing to try where a single slip explains every value, else an empty text.

    Both are arrays of one shape; `limit` is the tolerance; `x` is the axis of a curve, if it has one.
    """
    import numpy as np  # noqa: PLC0415 - whoever calls this has arrays

    if np.iscomplexobj(got) or np.iscomplexobj(expected) or got.dtype.kind == "b" or expected.dtype.kind == "b":
        return ""
    missing = int(np.isnan(got).sum())
    if missing:
        return f"Values that are NaN (not a number): {missing}. Is something divided by zero, or a root negative?"
    with np.errstate(all="ignore"):
        found = _ratio(np, got, expected, limit)
        if not found and got.size >= _FEW:
            found = next(_whole(np, got, expected, x), "")
    return found


def _ratio(np: Any, got: Any, expected: Any, limit: float) -> str:
    usable = np.isfinite(got) & np.isfinite(expected) & (expected != 0) & (got != 0)
    ratios = (got / expected)[usable]
    if not ratios.size or not np.allclose(ratios, ratios.flat[0], rtol=_CLOSE):
        return ""
    if ((got == 0) != (expected == 0)).any():
        return ""
    first = np.flatnonzero(usable)[0]
    one, other = got.flat[first].item(), expected.flat[first].item()
    named = guess_any(one, other, limit)
    if named or ratios.size < _FEW or abs(ratios.flat[0] - 1) < _CLOSE:
        return named
    return f"Every value is {words.number(float(np.median(ratios)), 4)} times what is expected."


def _whole(np: Any, got: Any, expected: Any, x: Any) -> Iterator[str]:
    """What may have become of all values, the likeliest first."""
    one, other = got.astype(float), expected.astype(float)
    if one.ndim == 1:
        if _alike(np, one[::-1], other):
            yield "These are the right values in reverse order: `[::-1]` turns an array round."
        if _alike(np, np.sort(one), np.sort(other)):
            yield "These are the right values in another order."
        if one.size > _FEW and (_alike(np, one[1:], other[:-1]) or _alike(np, one[:-1], other[1:])):
            yield "These are the right values, moved by one place: look at where a range starts."
    if one.ndim == 2 and one.shape[0] == one.shape[1] and _alike(np, one.T, other):  # noqa: PLR2004
        yield "Rows and columns are exchanged: `.T` turns an array over."
    yield from _functions(np, one, other)
    if x is not None:
        yield from _shifted(np, one, other, x)
    offset = float(np.median(one - other))
    spread = float(np.ptp(other)) or abs(float(other.flat[0])) or 1.0
    if np.allclose(one - offset, other, rtol=0, atol=_CLOSE * spread) and abs(offset) > _CLOSE * spread:
        high = "high" if offset > 0 else "low"
        yield f"Every value is too {high} by {words.number(abs(offset), 4)}: is a constant left in, or left out?"


def _functions(np: Any, one: Any, other: Any) -> Iterator[str]:
    for said, function in (
        ("These are the squares of what is expected.", np.square),
        ("These are the square roots of what is expected.", np.sqrt),
        ("These are one over what is expected.", lambda value: 1 / value),
        ("These are the natural logarithms of what is expected.", np.log),
        ("These are the logarithms to base 10 of what is expected.", np.log10),
        ("What is expected is the natural logarithm of these values.", np.exp),
        ("What is expected is the logarithm to base 10 of these values.", lambda value: 10.0**value),
        ("These are the running sums of what is expected.", np.cumsum),
    ):
        if _alike(np, one, function(other)):
            yield said
    if _alike(np, np.abs(one), np.abs(other)):
        yield "The sizes are right, and some signs are not."
    if (np.abs(other) <= 1).all() and _alike(np, one**2 + other**2, np.ones_like(other)):
        yield "Sine and cosine are exchanged, or the angle is measured from the other axis."


def _shifted(np: Any, one: Any, other: Any, x: Any) -> Iterator[str]:
    """Whether the curve is the expected one, moved along its axis."""
    order = np.argsort(x)
    x, one, other = x[order], one[order], other[order]
    spread = float(np.ptp(other))
    for by in _shifts(np, one, other, x):
        moved = x - by
        there = (x >= moved[0]) & (x <= moved[-1])
        if by == 0 or there.sum() < x.size / 2 or spread == 0:
            continue
        same = np.abs(np.interp(x[there], moved, one) - other[there]) <= _NEARLY * spread
        if same.mean() >= _MOST:
            yield f"The shape is right, and the curve is shifted by {words.number(by, 3)} along the horizontal axis."


def _shifts(np: Any, one: Any, other: Any, x: Any) -> Iterator[float]:
    """How far apart the highest points are, the steepest places, and where the curves cross the same level."""
    yield float(x[one.argmax()] - x[other.argmax()])
    steep = [int(np.abs(np.diff(line)).argmax()) for line in (one, other)]
    yield float(x[steep[0]] - x[steep[1]])
    rising = np.sign(other[-1] - other[0])
    if rising and all((rising * np.diff(line) > 0).all() for line in (one, other)):
        level = float(np.median(other))
        yield float(np.interp(rising * level, rising * one, x) - np.interp(rising * level, rising * other, x))


def _alike(np: Any, one: Any, other: Any) -> bool:
    if not np.isfinite(one).all() or not np.isfinite(other).all():
        return False
    size = float(np.abs(other).max()) if other.size else 0.0
    same: bool = np.allclose(one, other, rtol=_CLOSE, atol=1e-6 * size)
    return same and math.isfinite(size) and size > 0
