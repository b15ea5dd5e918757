"""Comparing arrays: what differs, where it differs most, in words."""

from __future__ import annotations

import math
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure
from panlearn_checks.guess import guess_any


def assert_allclose(
    actual: Any, desired: Any, rtol: float = 1e-7, atol: float = 0.0, *, equal_nan: bool = True, err_msg: str = ""
) -> None:
    """Every value of `actual` lies within `atol + rtol * abs(desired)` of `desired`, as numpy's function of that name.

    Shapes must be the same (a single number is compared with every value). Raises Failure, which says the shape or
    kind that came, or how many values differ and the worst of them.
    """
    found = compare(actual, desired, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if found is None:
        return
    if err_msg:
        found.message = f"{err_msg} {_sentence(found.message)}"
        found.args = (found.message,)
    raise found


def compare(actual: Any, desired: Any, *, rtol: float, atol: float, equal_nan: bool) -> Failure | None:
    """What is wrong with `actual`, or None."""
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no arrays to compare

    expected = np.asarray(desired)
    got = _as_array(np, actual)
    if isinstance(got, Failure):
        return got
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
    return None if close.all() else _worst(np, (got, expected), close, rtol, atol)


def _as_array(np: Any, actual: Any) -> Any:
    if actual is None:
        return Failure(
            "got None, expected numbers", got="None", hint="Is there a `return` at the end of your function?"
        )
    if not isinstance(actual, np.ndarray | np.generic | int | float | complex | list | tuple) and not hasattr(
        actual, "to_numpy"
    ):
        return Failure(f"got {words.kind(actual)}, expected numbers", got=words.value(actual))
    try:
        array = np.asarray(actual.to_numpy() if hasattr(actual, "to_numpy") else actual)
    except (ValueError, TypeError):
        return Failure("got a list whose rows are not equally long, expected numbers", got=words.value(actual))
    if array.dtype.kind not in "biufc":
        return Failure(f"got {words.dtype(array)}, expected numbers", got=words.value(actual))
    return array


def _shape(array: Any) -> str:
    return "one number" if array.shape == () else f"an array with {words.shape(array)}"


def _shape_hint(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if got == expected[::-1]:
        return "Rows and columns are exchanged: `.T` turns an array over."
    if len(got) == len(expected) == 1 and abs(got[0] - expected[0]) == 1:
        return "There is one value too many or too few: look at where a range ends, or at edges and centres."
    if math.prod(got) == math.prod(expected):
        return "There are as many values as expected, in another shape."
    return ""


def _worst(np: Any, pair: tuple[Any, Any], close: Any, rtol: float, atol: float) -> Failure:
    got, expected = pair
    with np.errstate(all="ignore"):
        excess = np.where(close, -1.0, np.abs(got - expected) - rtol * np.abs(expected))
    excess = np.where(np.isnan(excess), np.inf, excess)
    index = np.unravel_index(int(np.argmax(excess)), excess.shape)
    one, other = got[index].item(), expected[index].item()
    limit = atol + rtol * abs(other) if math.isfinite(abs(other)) else 0.0
    accepted = words.number(other, 8) + (f" ± {words.number(limit, 2)}" if limit else "")
    wrong, of = int((~close).sum()), close.size
    place = "" if not index else f" at index {index[0] if len(index) == 1 else tuple(int(i) for i in index)}"
    many = f"{wrong} of {of} values differ; the worst is" if wrong > 1 else f"one of {of} values differs,"
    count = "" if of == 1 else f"{many}{place}: "
    off = words.number(one - other, 3) if math.isfinite(abs(one - other)) else ""
    return Failure(
        f"{count}got {words.number(one, 8)}, expected {accepted}",
        got=words.number(one, 8) + place, accepted=accepted, off=off, hint=_hint(np, got, expected, limit),
    )  # fmt: skip


def _hint(np: Any, got: Any, expected: Any, limit: float) -> str:
    """A slip that explains every value, not just one."""
    if np.iscomplexobj(got) or np.iscomplexobj(expected) or got.dtype.kind == "b":
        return ""
    missing = int(np.isnan(got).sum())
    if missing:
        return f"Values that are NaN (not a number): {missing}. Is something divided by zero, or a root negative?"
    with np.errstate(all="ignore"):
        usable = np.isfinite(got) & np.isfinite(expected) & (expected != 0) & (got != 0)
        ratios = (got / expected)[usable]
    if not ratios.size or not np.allclose(ratios, ratios.flat[0], rtol=1e-3):
        return ""
    first = np.flatnonzero(usable)[0]
    return guess_any(got.flat[first].item(), expected.flat[first].item(), limit)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
