"""Values in words: numbers with a readable count of digits, arrays by shape and kind, tables by size and columns."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

_TEXT = 80
_ITEMS = 6
_DEPTH = 4
_PLAIN_BELOW = 1e7
_PRINTED = {"datetime", "decimal", "fractions", "numpy", "pandas"}
_KINDS: dict[Any, str] = {
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
_NAMED = {
    "numpy.ndarray": "an array",
    "pandas.DataFrame": "a table",
    "pandas.Series": "a column",
    "pint.Quantity": "a number with a unit",
    "uncertainties.UFloat": "a number with an uncertainty",
}
DTYPES = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "complex numbers"}
DTYPES |= {"U": "texts", "T": "texts", "S": "bytes", "O": "objects", "M": "times", "m": "durations", "V": "records"}


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
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < _PLAIN_BELOW:
        text = f"{float(text):.0f}"
    return text.replace("-", "−")


def with_unit(text: str, unit: str) -> str:
    """A number's text with its unit behind it: "1.54 Å", "14.2°"."""
    return f"{text}{'' if unit in {'°', '%'} else ' '}{unit}" if unit else text


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


def kind(thing: Any) -> str:
    """What sort of thing a value is: "a number", "an array", "a table"."""
    found = plain_number(thing)
    if found is not None and type(thing).__name__ != "ndarray":
        return _KINDS[type(found)]
    named = _of_library(thing, _NAMED)
    if named or type(thing) in _KINDS:
        return named or _KINDS[type(thing)]
    described = getattr(type(thing), "in_words", None)
    if described is not None:
        return str(described(thing))
    if isinstance(thing, type):
        return "a class"
    return (
        "a function" if callable(thing) and hasattr(thing, "__name__") else f"an object of type {type(thing).__name__}"
    )


def is_quantity(thing: Any) -> bool:
    """Whether it is a number or an array with a unit (pint)."""
    return bool(_of_library(thing, {"pint.Quantity": "it is"}))


def _of_library(thing: Any, words: dict[str, str]) -> str:
    """The words for a type of a library that is imported."""
    for name, said in words.items():
        module, _, last = name.partition(".")
        found = getattr(sys.modules.get(module), last, None)
        if found is not None and isinstance(thing, found):
            return said
    return ""


def shape(value: Any) -> str:
    """An array's shape in words."""
    sizes = tuple(int(size) for size in value.shape)
    if len(sizes) == 1:
        return f"{sizes[0]} value{'s' * (sizes[0] != 1)}"
    if len(sizes) == 2:  # noqa: PLR2004
        return f"{sizes[0]} rows and {sizes[1]} columns"
    return f"shape {sizes}" if sizes else "one value"


def value(thing: Any, depth: int = 0) -> str:
    """A value as a short text."""
    found = plain_number(thing)
    if found is not None:
        return str(found) if type(found) is bool else number(found)
    if type(thing) is str:
        return repr(thing) if len(thing) <= _TEXT else f"{thing[:_TEXT]!r}… ({len(thing)} characters)"
    if type(thing) in {list, tuple, set, frozenset, dict}:
        return _container(thing, depth) if depth < _DEPTH else "…"
    write = _WRITERS.get(_of_library(thing, _NAMED))
    if write is not None:
        return write(thing)
    return str(thing) if type(thing).__module__ in _PRINTED and not isinstance(thing, type) else kind(thing)


def _listed(items: Iterable[Any], depth: int = 0) -> str:
    shown = list(islice(items, _ITEMS + 1))
    text = ", ".join(value(item, depth + 1) for item in shown[:_ITEMS])
    return f"{text}, …" if len(shown) > _ITEMS else text


def _container(thing: Any, depth: int) -> str:
    brackets: dict[Any, str] = {list: "[]", tuple: "()"}
    opening, closing = tuple(brackets.get(type(thing), "{}"))
    if not thing:
        return f"an empty {type(thing).__name__}"
    if type(thing) is dict:
        pairs = islice(thing.items(), _ITEMS)
        text = ", ".join(f"{value(key, depth + 1)}: {value(item, depth + 1)}" for key, item in pairs)
        return f"{{{text}{', …' if len(thing) > _ITEMS else ''}}}"
    comma = "," if type(thing) is tuple and len(thing) == 1 else ""
    text = f"{opening}{_listed(thing, depth)}{comma}{closing}"
    return text if len(thing) <= _ITEMS else f"{text} ({len(thing)} items)"


def _table(thing: Any) -> str:
    columns = _listed(str(name) for name in thing.columns)
    return f"a table of {len(thing)} rows with the columns {columns}" if columns else "an empty table"


def _column(thing: Any) -> str:
    return f"a column of {len(thing)} values: {_listed(thing.iloc[: _ITEMS + 1].tolist())}"


def _array(thing: Any) -> str:
    if thing.ndim == 1 and 0 < thing.size <= _ITEMS:
        return f"[{_listed(thing.tolist())}]"
    if thing.size == 0:
        return f"an empty array of shape {thing.shape}"
    of = DTYPES.get(thing.dtype.kind, "values")
    if thing.ndim == 1:
        return f"[{_listed(thing[: _ITEMS + 1].tolist())}] ({thing.size} {of})"
    return f"an array of {of} with {shape(thing)}"


def _quantity(thing: Any) -> str:
    return f"{value(thing.magnitude)} {thing.units:~P}".strip()


def _uncertain(thing: Any) -> str:
    return f"{number(thing.nominal_value)} ± {number(thing.std_dev, 2)}"


_WRITERS = {
    "an array": _array,
    "a table": _table,
    "a column": _column,
    "a number with a unit": _quantity,
    "a number with an uncertainty": _uncertain,
}


def dtype(array: Any) -> str:
    """What an array holds, in words."""
    return DTYPES.get(array.dtype.kind, str(array.dtype))
