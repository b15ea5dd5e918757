"""Codec: pandas DataFrame, Series and Index, and their scalars."""

from __future__ import annotations

import re
from typing import Any

from panlearn_sandbox.codec import CodecError, Decoder, Encoder, Writer, late_writers, loaded, readers, writers

_NULLABLE = re.compile(r"(U?Int(8|16|32|64)|Float(32|64)|boolean)")
_ZONED = re.compile(r"datetime64\[(s|ms|us|ns), [A-Za-z0-9_+:/\-]{1,80}\]")
_MAX_COLUMNS = 10_000


def register() -> None:
    """Teach the codec pandas' types, if pandas is imported. Safe to call again."""
    pd = loaded("pandas")
    if pd is None or getattr(pd, "DataFrame", None) is None or pd.DataFrame in writers:
        return
    writers[pd.DataFrame] = _write_frame
    writers[pd.Series] = _write_series
    for kind in (pd.Index, pd.CategoricalIndex, pd.DatetimeIndex, pd.TimedeltaIndex):
        writers[kind] = _write_index
    writers[pd.RangeIndex] = _write_range
    writers[pd.MultiIndex] = _write_multi
    writers[pd.Timestamp] = _write_timestamp
    writers[pd.Timedelta] = lambda encoder, value, depth: _as(encoder, b"\x05", (int(value.value),), depth)
    writers[type(pd.NaT)] = lambda encoder, _value, depth: _as(encoder, b"\x06", ("NaT",), depth)
    writers[type(pd.NA)] = lambda encoder, _value, depth: _as(encoder, b"\x06", ("NA",), depth)


def pandas() -> Any:
    """The pandas module of this side. Raises CodecError where the lesson has none."""
    pd = loaded("pandas")
    if pd is None:
        raise CodecError("it holds a table, and this lesson does not use pandas")
    return pd


def _late(kind: type) -> Writer | None:
    if kind.__module__.partition(".")[0] != "pandas":
        return None
    register()
    return writers.get(kind)


def _as(encoder: Encoder, tag: bytes, parts: tuple[Any, ...], depth: int) -> None:
    encoder.many(tag, parts, len(parts), depth)


def _column(values: Any) -> tuple[Any, ...]:
    """An array of a Series or an Index as plain parts: how it is stored, then what it holds."""
    pd = pandas()
    dtype = values.dtype
    name = str(dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        array = pd.Categorical(values)
        return ("category", array.codes.copy(), array.categories, bool(array.ordered))
    if isinstance(dtype, pd.StringDtype):
        return ("text", name, [None if pd.isna(item) else str(item) for item in values])
    if _NULLABLE.fullmatch(name):
        array = pd.array(values)
        mask = pd.isna(array)
        return ("nullable", name, array.to_numpy(dtype=name.lower().replace("boolean", "bool"), na_value=0), mask)
    if _ZONED.fullmatch(name):
        return ("zoned", name, values.astype("int64").to_numpy() if hasattr(values, "to_numpy") else values.asi8)
    array = values.to_numpy() if hasattr(values, "to_numpy") else values
    if type(array) is not loaded("numpy").ndarray or isinstance(dtype, pd.api.extensions.ExtensionDtype):
        raise CodecError(f"it holds a column of type {name}")
    return ("plain", array)


def _restore(parts: Any) -> Any:
    pd, np = pandas(), loaded("numpy")
    match parts:
        case ("plain", array) if type(array) is np.ndarray and array.ndim == 1:
            return array
        case ("category", codes, categories, bool(ordered)):
            return pd.Categorical.from_codes(codes, categories=categories, ordered=ordered)
        case ("text", str(name), list(items)) if name in {"str", "string"} or name.startswith("string["):
            return pd.array(items, dtype="str" if name == "str" else "string")
        case ("nullable", str(name), values, mask) if _NULLABLE.fullmatch(name):
            array = pd.array(values, dtype=name)
            array[mask] = pd.NA
            return array
        case ("zoned", str(name), stamps) if _ZONED.fullmatch(name):
            unit, zone = name[11:-1].split(", ")
            return pd.DatetimeIndex(stamps.astype(f"M8[{unit}]")).tz_localize("UTC").tz_convert(zone).array
    raise CodecError("its table is not one")


def _write_frame(encoder: Encoder, value: Any, depth: int) -> None:
    if value.shape[1] > _MAX_COLUMNS:
        raise CodecError(f"its table has more than {_MAX_COLUMNS} columns")
    columns = [_column(value.iloc[:, number]) for number in range(value.shape[1])]
    _as(encoder, b"\x01", (value.columns, value.index, columns), depth)


def _read_frame(decoder: Decoder, depth: int) -> Any:
    pd = pandas()
    columns, index, parts = decoder.many(depth)
    if not isinstance(index, pd.Index) or not isinstance(columns, pd.Index) or len(parts) != len(columns):
        raise CodecError("its table is not one")
    series = {number: pd.Series(_restore(part), index=index) for number, part in enumerate(parts)}
    frame = pd.DataFrame(series, index=index)
    frame.columns = columns
    return frame


def _write_series(encoder: Encoder, value: Any, depth: int) -> None:
    _as(encoder, b"\x02", (value.index, value.name, _column(value)), depth)


def _read_series(decoder: Decoder, depth: int) -> Any:
    pd = pandas()
    index, name, parts = decoder.many(depth)
    if not isinstance(index, pd.Index):
        raise CodecError("its table is not one")
    return pd.Series(_restore(parts), index=index, name=name)


def _write_index(encoder: Encoder, value: Any, depth: int) -> None:
    frequency = getattr(value, "freqstr", None)
    _as(encoder, b"\x03", (value.name, _column(value), frequency), depth)


def _read_index(decoder: Decoder, depth: int) -> Any:
    pd = pandas()
    name, parts, frequency = decoder.many(depth)
    index = pd.Index(_restore(parts), name=name)
    if type(frequency) is str and isinstance(index, pd.DatetimeIndex) and len(frequency) < 20:  # noqa: PLR2004
        index = pd.DatetimeIndex(index, freq=frequency)
    return index


def _write_range(encoder: Encoder, value: Any, depth: int) -> None:
    _as(encoder, b"\x04", (int(value.start), int(value.stop), int(value.step), value.name), depth)


def _read_range(decoder: Decoder, depth: int) -> Any:
    start, stop, step, name = decoder.many(depth)
    return pandas().RangeIndex(start, stop, step, name=name)


def _write_multi(encoder: Encoder, value: Any, depth: int) -> None:
    levels = [value.get_level_values(number) for number in range(value.nlevels)]
    _as(encoder, b"\x07", (list(value.names), levels), depth)


def _read_multi(decoder: Decoder, depth: int) -> Any:
    pd = pandas()
    names, levels = decoder.many(depth)
    if type(levels) is not list or not all(isinstance(level, pd.Index) for level in levels):
        raise CodecError("its table is not one")
    return pd.MultiIndex.from_arrays(levels, names=names)


def _write_timestamp(encoder: Encoder, value: Any, depth: int) -> None:
    zone = None if value.tz is None else str(value.tz)
    _as(encoder, b"\x08", (int(value.value), value.unit, zone), depth)


def _read_timestamp(decoder: Decoder, depth: int) -> Any:
    nanoseconds, unit, zone = decoder.many(depth)
    if type(nanoseconds) is not int or unit not in {"s", "ms", "us", "ns"}:
        raise CodecError("its time is not one")
    stamp = pandas().Timestamp(nanoseconds, unit="ns", tz="UTC" if zone else None).as_unit(unit)
    return stamp.tz_convert(zone) if type(zone) is str else stamp


def _read_missing(decoder: Decoder, depth: int) -> Any:
    (name,) = decoder.many(depth)
    return pandas().NaT if name == "NaT" else pandas().NA


late_writers.append(_late)
readers.update(
    {
        b"\x01": _read_frame,
        b"\x02": _read_series,
        b"\x03": _read_index,
        b"\x04": _read_range,
        b"\x05": lambda decoder, depth: pandas().Timedelta(decoder.many(depth)[0], unit="ns"),
        b"\x06": _read_missing,
        b"\x07": _read_multi,
        b"\x08": _read_timestamp,
    }
)
