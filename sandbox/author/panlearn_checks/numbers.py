"""Reading what a learner gave as an array of real numbers, or saying in words why it is none."""

from __future__ import annotations

import sys
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure

RETURN = "Is there a `return` at the end of your function?"
_CALL = "That is the function itself: call it, with brackets, to get its result."
_ONE_BY_ONE = {"map", "zip", "filter", "generator", "dict_values", "dict_keys", "range"}
_LIST = "It gives its values one by one: `list(...)` or `np.array(list(...))` collects them."


def read(actual: Any, name: str = "", *, is_complex: bool = False, masked: bool = False) -> Any:
    """`actual` as an array of numbers, or a Failure. `name` begins its sentence: "the intensities".

    With `is_complex` and `masked`, complex numbers and masked values may be among them.
    """
    import numpy as np  # noqa: PLC0415 - lessons without numpy have no arrays to compare

    begin = f"{name}: " if name else ""
    if actual is None:
        return Failure(f"{begin}got None, expected numbers", got="None", hint=RETURN)
    if words.is_quantity(actual):
        unit = f"{actual.units:~P}" or "no unit"
        said = f"{begin}got numbers with a unit ({unit}), expected plain numbers"
        return Failure(said, got=words.value(actual), hint="`.magnitude` is the number without the unit.")
    if not _holds_numbers(np, actual):
        return _other(actual, begin)
    try:
        array = actual if isinstance(actual, np.ndarray) else np.asarray(_plain(actual))
    except (ValueError, TypeError):
        said = f"{begin}got a list whose rows are not equally long, expected numbers"
        return Failure(said, got=words.value(actual))
    hidden = 0 if masked or not is_masked(array) else int(np.ma.getmaskarray(array).sum())
    if hidden:
        said = f"{begin}got {array.size} values of which {hidden} masked, expected none"
        return Failure(said, got=words.value(actual), accepted="values, none masked")
    return _of_numbers(array, begin, is_complex=is_complex)


def is_masked(thing: Any) -> bool:
    """Whether it is a masked array; asked so that `numpy.ma`, which takes 20 ms, is not imported for the question."""
    masked = sys.modules.get("numpy.ma")
    return masked is not None and isinstance(thing, masked.MaskedArray)


def _holds_numbers(np: Any, actual: Any) -> bool:
    return isinstance(actual, np.ndarray | np.generic | int | float | complex | list | tuple) or _plain_pandas(actual)


def _plain_pandas(actual: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(actual, pandas.Series | pandas.Index | pandas.DataFrame)


def _plain(actual: Any) -> Any:
    return actual.to_numpy() if _plain_pandas(actual) else actual


def _of_numbers(array: Any, begin: str, *, is_complex: bool) -> Any:
    kind = array.dtype.kind
    if kind == "O" and array.size and all(one is None for one in array.flat):
        return Failure(f"{begin}got only None, expected numbers", got="None", hint=RETURN)
    if kind == "O" and array.size and all(type(one) in {int, float, bool} for one in array.flat):
        return array.astype(float)
    if kind not in "biufc":
        hint = "`float(...)` turns a text into a number." if kind in "US" else ""
        hint = "`.dt` or a difference in seconds makes numbers of times." if kind in "mM" else hint
        return Failure(f"{begin}got {words.dtype(array)}, expected numbers", got=words.value(array), hint=hint)
    if kind == "c" and not is_complex:
        if not array.size or not array.imag.any():
            return array.real
        return Failure(
            f"{begin}got complex numbers, expected real ones", got=words.value(array), accepted="real numbers",
            hint="`np.abs(...)` is their size, `.real` their real part. A root of something negative is complex too.",
        )  # fmt: skip
    return array


def _other(actual: Any, begin: str) -> Failure:
    """The sentence about what cannot be numbers at all."""
    hint, kind = "", words.kind(actual)
    if kind == "a function":
        hint = _CALL
    elif kind.removeprefix("an object of type ") in _ONE_BY_ONE:
        hint = _LIST
    elif type(actual) is str:
        hint = "`float(...)` turns a text into a number."
    elif actual is ...:
        hint = "The dots `...` stand for what you write."
    return Failure(f"{begin}got {kind}, expected numbers", got=words.value(actual), hint=hint)


def read_column(actual: Any, name: str) -> Any:
    """A row of real, finite numbers, or a Failure: for axes and curves."""
    import numpy as np  # noqa: PLC0415 - as above

    array = read(actual, name)
    if isinstance(array, Failure):
        return array
    if array.ndim != 1:
        came = "one number" if array.ndim == 0 else f"an array with {words.shape(array)}"
        hint = "`.ravel()` makes one row of it." if array.ndim > 1 and array.size == max(array.shape) else ""
        return Failure(f"{name}: got {came}, expected one row of numbers", got=came, hint=hint)
    if not array.size:
        return Failure(f"{name}: got an empty array, expected numbers", got="an empty array")
    array = array.astype(float)
    bad = np.flatnonzero(~np.isfinite(array))
    return not_finite(array, bad, name) if bad.size else array


def not_finite(array: Any, bad: Any, name: str) -> Failure:
    """The sentence about NaN and infinities: how many, where the first is."""
    first = words.number(float(array[bad[0]]))
    said = f"{bad.size} of {array.size} values are" if bad.size > 1 else f"one of {array.size} values is"
    return Failure(
        f"{name}: {said} no finite number, the first at index {int(bad[0])}: {first}",
        got=first, accepted="finite numbers",
        hint="Is something divided by zero, or a root or logarithm of something negative?",
    )  # fmt: skip
