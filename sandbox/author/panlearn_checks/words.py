"""Values in words: numbers with a readable count of digits, arrays by shape and kind, tables by size and columns."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import Any

_TEXT = 80
_ITEMS = 6
_KINDS = {
    bool: "a truth value",
    int: "a whole number",
    float: "a number",
    complex: "a complex number",
    str: "a text",
    bytes: "bytes",
    list: "a list",
    tuple: "a tuple",
    dict: "a dict",
    set: "a set",
    frozenset: "a frozen set",
    type(None): "None",
    type(...): "nothing yet (`...`)",
}
_DTYPES = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "complex numbers"}
_DTYPES |= {"U": "texts", "S": "bytes", "O": "objects", "M": "times", "m": "durations", "V": "records"}


def number(value: Any, digits: int = 6) -> str:
    """A number with at most `digits` significant digits and a true minus sign."""
    if isinstance(value, complex):
        sign = "−" if value.imag < 0 or math.copysign(1, value.imag) < 0 else "+"
        return f"{number(value.real, digits)} {sign} {number(abs(value.imag), digits)}j"
    if isinstance(value, int):
        text = str(value) if abs(value) < 10**18 else f"{value:.{digits}e}" if abs(value) < 10**300 else "a huge number"
        return text.replace("-", "−")
    if math.isnan(value):
        return "NaN (not a number)"
    if math.isinf(value):
        return "infinity" if value > 0 else "−infinity"
    return f"{value:.{digits}g}".replace("-", "−")


def plain_number(value: Any) -> Any:
    """A Python number for what is one number (of numpy's too, or in an array of one), else None."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        value = value.item()
    if numpy is not None and type(value) is numpy.ndarray and value.shape == ():
        value = value[()].item() if value.dtype.kind in "biufc" else None
    if type(value) in {bool, int, float, complex}:
        return value
    return None


def kind(value: Any) -> str:
    """What sort of thing a value is: "a number", "an array", "a table"."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return "an array"
    if numpy is not None and isinstance(value, numpy.generic):
        found = plain_number(value)
        return kind(found) if found is not None else "a value of numpy"
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return "a table"
    if pandas is not None and isinstance(value, pandas.Series):
        return "a column"
    if type(value) in _KINDS:
        return _KINDS[type(value)]
    if isinstance(value, type):
        return "a class"
    described = getattr(type(value), "in_words", None)
    if described is not None:
        return str(described(value))
    if callable(value) and hasattr(value, "__name__"):
        return "a function"
    return f"an object of type {type(value).__name__}"


def shape(value: Any) -> str:
    """An array's shape in words."""
    sizes = tuple(int(size) for size in value.shape)
    if len(sizes) == 1:
        return f"{sizes[0]} value{'s' * (sizes[0] != 1)}"
    if len(sizes) == 2:  # noqa: PLR2004
        return f"{sizes[0]} rows and {sizes[1]} columns"
    return f"shape {sizes}" if sizes else "one value"


def value(thing: Any) -> str:
    """A value as a short text."""
    found = plain_number(thing)
    if found is not None:
        return str(found) if type(found) is bool else number(found)
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and isinstance(thing, numpy.ndarray):
        return _array(thing)
    if pandas is not None and isinstance(thing, pandas.DataFrame):
        columns = ", ".join(str(name) for name in list(thing.columns)[:_ITEMS])
        return f"a table of {len(thing)} rows with the columns {columns}" if columns else "an empty table"
    if pandas is not None and isinstance(thing, pandas.Series):
        return f"a column of {len(thing)} values: {_listed(thing.tolist())}"
    if type(thing) is str:
        return repr(thing) if len(thing) <= _TEXT else f"{thing[:_TEXT]!r}… ({len(thing)} characters)"
    if type(thing) in {list, tuple, set, frozenset}:
        return _container(thing)
    if type(thing) is dict:
        inner = ", ".join(f"{value(key)}: {value(item)}" for key, item in list(thing.items())[:_ITEMS])
        return f"{{{inner}{', …' if len(thing) > _ITEMS else ''}}}"
    if thing is None:
        return "None"
    if thing is ...:
        return "nothing yet (`...`)"
    if type(thing).__repr__ is not object.__repr__ and type(thing).__module__ in {"datetime", "decimal", "fractions", "pint"}:
        return str(thing)
    return kind(thing)


def _listed(items: Iterable[Any]) -> str:
    items = list(items)
    text = ", ".join(value(item) for item in items[:_ITEMS])
    return f"{text}, …" if len(items) > _ITEMS else text


def _container(thing: Any) -> str:
    opening, closing = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}[type(thing)]
    if not thing:
        return f"an empty {type(thing).__name__}"
    comma = "," if type(thing) is tuple and len(thing) == 1 else ""
    text = f"{opening}{_listed(thing)}{comma}{closing}"
    return text if len(thing) <= _ITEMS else f"{text} ({len(thing)} items)"


def _array(thing: Any) -> str:
    if thing.ndim == 1 and 0 < thing.size <= _ITEMS:
        return f"[{_listed(thing.tolist())}]"
    if thing.size == 0:
        return f"an empty array of shape {thing.shape}"
    of = _DTYPES.get(thing.dtype.kind, "values")
    if thing.ndim == 1:
        return f"[{_listed(thing[:_ITEMS].tolist())}, …] ({thing.size} {of})"
    return f"an array of {of} with {shape(thing)}"


def dtype(array: Any) -> str:
    """What an array holds, in words."""
    return _DTYPES.get(array.dtype.kind, str(array.dtype))
