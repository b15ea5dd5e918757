"""A table (pandas): columns, rows, kinds of values, and the values themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import RETURN
from panlearn_checks.slips import slip

_KINDS = {
    "number": ("numbers", "iuf"),
    "whole": ("whole numbers", "iu"),
    "text": ("texts", "OUT"),
    "truth": ("truth values", "b"),
    "time": ("times", "M"),
}


def assert_frame(
    actual: Any,
    expected: Any = None,
    *,
    columns: Sequence[str] | None = None,
    rows: int | None = None,
    kinds: Mapping[str, str] | None = None,
    missing: bool = False,
    rel: float = 1e-6,
    abs: float = 0.0,  # noqa: A002 - as approx has it
    extra: bool = False,
    any_order: bool = False,
    index: bool = False,
    message: str = "",
) -> None:
    """A table of the learner's is as asked. What is not given is not checked.

    `expected` is a DataFrame: its columns and rows are compared, numbers within `abs + rel * |value|`. `columns`: names
    that have to be there; with `extra`, others may be there too. `rows`: how many. `kinds`: for a column "number",
    "whole", "text", "truth" or "time". Values may be missing (NaN) only with `missing`, or where `expected` has them
    missing. With `any_order` the order of the rows is free; with `index` the index counts as well. A Series is a table
    of one column. Raises Failure, which names the column and the row.
    """
    table = _table(actual)
    found = table if isinstance(table, Failure) else None
    if found is None:
        wanted = None if expected is None else _wanted(expected)
        names = list(wanted.columns) if columns is None and wanted is not None else columns
        count = len(wanted) if rows is None and wanted is not None else rows
        found = (
            _columns(table, names, extra=extra)
            or _rows(table, count)
            or _of_kinds(table, kinds or {})
            or (None if missing or wanted is not None else _missing(table, names))
        )
        if found is None and wanted is not None:
            found = _compared(table, wanted, (rel, abs), any_order=any_order, index=index)
    if found is not None:
        raise told(found, message)


def _wanted(expected: Any) -> Any:
    table = _table(expected)
    if isinstance(table, Failure):
        raise ValueError(f"assert_frame: expected takes a DataFrame; {table.message}")  # noqa: TRY004 - an author's value
    return table


def _table(thing: Any) -> Any:
    """A DataFrame, or a Failure."""
    import pandas as pd  # noqa: PLC0415 - lessons without pandas have no tables

    if isinstance(thing, pd.DataFrame):
        return thing
    if isinstance(thing, pd.Series):
        return thing.to_frame()
    hint = RETURN if thing is None else ""
    if isinstance(thing, dict | list | tuple) or type(thing).__name__ == "ndarray":
        hint = "`pd.DataFrame(...)` makes a table of it."
    elif type(thing).__name__ == "DataFrameGroupBy":
        hint = "A group needs a summary, such as `.mean()` or `.sum()`, to become a table."
    return Failure(f"got {words.kind(thing)}, expected a table (DataFrame)", got=words.value(thing), hint=hint)


def _columns(table: Any, names: Sequence[str] | None, *, extra: bool) -> Failure | None:
    if names is None:
        return None
    came = [str(name) for name in table.columns]
    shown, asked = ", ".join(came[:8]) or "none", ", ".join(map(str, names[:8]))
    lacking = [name for name in names if name not in table.columns]
    if lacking:
        close = get_close_matches(str(lacking[0]).casefold().strip(), [one.casefold().strip() for one in came], 1, 0.75)
        near = next((one for one in came if close and one.casefold().strip() == close[0]), "")
        hint = f"Your column {near!r} is nearly it: names count to the letter." if near else ""
        if table.index.name in names or set(names) & set(table.index.names):
            hint = "It is the index of your table: `.reset_index()` makes a column of it."
        return Failure(f"the column {lacking[0]!r} is missing", got=shown, accepted=asked, hint=hint)
    more = [name for name in table.columns if name not in names]
    if more and not extra:
        hint = "`index=False` or `index_col=0` keeps an index from becoming a column." if "Unnamed: 0" in came else ""
        return Failure(f"the column {more[0]!r} was not asked for", got=shown, accepted=asked, hint=hint)
    return None


def _rows(table: Any, count: int | None) -> Failure | None:
    if count is None or len(table) == count:
        return None
    hint = ""
    if len(table) == 0:
        hint = "No row is left: is a condition never true, or do two of them exclude each other?"
    elif abs(len(table) - count) == 1:
        hint = "There is one row too many or too few: is a heading or a last line read as data?"
    elif len(table.drop_duplicates()) == count:
        hint = "Some rows are there twice: `.drop_duplicates()` leaves one of each."
    came = f"{len(table)} rows"
    return Failure(f"your table has {came}, expected {count}", got=came, accepted=f"{count} rows", hint=hint)


def _of_kinds(table: Any, kinds: Mapping[str, str]) -> Failure | None:
    for name, kind in kinds.items():
        if kind not in _KINDS:
            raise ValueError(f"assert_frame: kinds takes {', '.join(_KINDS)}; got {kind!r}")
        if name not in table.columns:
            return _columns(table, [name], extra=True)
        text, letters = _KINDS[kind]
        letter = _letter(table[name])
        if letter not in letters:
            came = words.DTYPES.get(letter, str(table[name].dtype))
            hint = ""
            if kind in {"number", "whole"} and letter in "OUT":
                hint = "`pd.to_numeric(...)` turns texts into numbers; is there a unit or a sign among them?"
            elif kind == "time":
                hint = "`pd.to_datetime(...)` turns texts into times."
            return Failure(f"the column {name!r} holds {came}, expected {text}", got=came, accepted=text, hint=hint)
    return None


def _letter(column: Any) -> str:
    """The kind of a column's values, as numpy's letters; T for pandas' own texts."""
    kind = str(getattr(column.dtype, "kind", "O"))
    return "T" if str(column.dtype) in {"string", "str"} else kind


def _missing(table: Any, names: Sequence[str] | None) -> Failure | None:
    for name in table.columns if names is None else names:
        empty = table[name].isna()
        if empty.any():
            count, row = int(empty.sum()), _row(table, int(empty.to_numpy().argmax()))
            said = f"{count} value{'s' * (count != 1)} of the column {name!r} {'are' if count != 1 else 'is'} missing"
            hint = "Is something divided by zero, matched with nothing, or read from a text that is no number?"
            return Failure(f"{said}, the first in {row}", got="NaN (missing)", hint=hint)
    return None


def _row(table: Any, place: int) -> str:
    label = table.index[place]
    return f"row {place}" if words.value(label) == str(place) else f"row {place} ({words.value(label)})"


def _compared(
    table: Any, wanted: Any, tolerance: tuple[float, float], *, any_order: bool, index: bool
) -> Failure | None:
    names = list(wanted.columns)
    if index:
        table, wanted = table.rename_axis(index="index"), wanted.rename_axis(index="index")
        table, wanted = table[names].reset_index(), wanted.reset_index()
        names = [name for name in wanted.columns if name in table.columns]
    if any_order:
        table, wanted = _sorted(table, names), _sorted(wanted, names)
    for name in names:
        found = _column(table, wanted, name, tolerance)
        if found is not None:
            if not any_order and _column(_sorted(table, names), _sorted(wanted, names), name, tolerance) is None:
                found.hint = "The rows are in another order: `.sort_values(...)` sorts them."
            return found
    return None


def _sorted(table: Any, names: list[Any]) -> Any:
    try:
        return table[names].sort_values(names, kind="stable")
    except TypeError:  # kinds that have no order among each other
        return table


def _column(table: Any, wanted: Any, name: Any, tolerance: tuple[float, float]) -> Failure | None:
    import numpy as np  # noqa: PLC0415 - pandas brings it

    got, expected = table[name], wanted[name]
    empty, blank = got.isna().to_numpy(), expected.isna().to_numpy()
    if _letter(expected) in "iufb" and _letter(got) not in "iufb":
        return _of_kinds(table, {name: "number"})
    if _letter(expected) in "iuf":
        one, other = got.to_numpy(float, na_value=np.nan), expected.to_numpy(float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            same = np.abs(one - other) <= tolerance[1] + tolerance[0] * np.abs(other)
    else:
        one, other = got.to_numpy(object), expected.to_numpy(object)
        same = np.array([_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True)], bool)
    same = (same & ~empty & ~blank) | (empty & blank)
    if same.all():
        return None
    place = int(np.argmin(same))
    wrong, of = int((~same).sum()), same.size
    came = "NaN (missing)" if empty[place] else words.value(one[place])
    asked = "NaN (missing)" if blank[place] else words.value(other[place])
    many = (
        f"{wrong} of {of} values of the column {name!r} differ, the first"
        if wrong > 1
        else f"the column {name!r} differs"
    )
    numbers = one.dtype.kind == "f"
    off = words.number(float(one[place] - other[place]), 3) if numbers and not (empty | blank)[place] else ""
    hint = slip(one, other, 0.0) if numbers else _spelling(one[place], other[place])
    said = f"{many} in {_row(table, place)}: got {came}, expected {asked}"
    return Failure(said, got=came, accepted=asked, off=off, hint=hint)


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return False


def _spelling(one: Any, other: Any) -> str:
    if type(one) is str and type(other) is str and one.strip().casefold() == other.strip().casefold():
        return "Only spaces or capital letters differ: `.str.strip()` and `.str.lower()` even them out."
    return ""
