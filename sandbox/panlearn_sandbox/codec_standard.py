"""Codec: fractions, decimals, dates, named tuples and the containers of `collections`."""

from __future__ import annotations

import collections
import datetime  # noqa: ICN001 - the codec names its types in full
import decimal
import fractions
from typing import Any

from panlearn_sandbox.codec import MAX_NAME, CodecError, Decoder, Encoder, late_writers, readers, writers

_FIELDS = 200
_DIGITS = 10_000


def _write_fraction(encoder: Encoder, value: fractions.Fraction, depth: int) -> None:
    encoder.many(b"Q", (value.numerator, value.denominator), 2, depth)


def _read_fraction(decoder: Decoder, depth: int) -> fractions.Fraction:
    top, bottom = decoder.many(depth)
    if type(top) is not int or type(bottom) is not int or bottom == 0:
        raise CodecError("its fraction is not one")
    return fractions.Fraction(top, bottom)


def _write_decimal(encoder: Encoder, value: decimal.Decimal, _depth: int) -> None:
    if len(value.as_tuple().digits) > _DIGITS:
        raise CodecError(f"it holds a decimal of more than {_DIGITS} digits")
    encoder.tag(b"#", str(value).encode("ascii"))


def _read_decimal(decoder: Decoder, _depth: int) -> decimal.Decimal:
    text = decoder.text()
    if len(text) > 2 * _DIGITS:
        raise CodecError(f"it holds a decimal of more than {_DIGITS} digits")
    return decimal.Decimal(text)


def _write_zone(encoder: Encoder, zone: datetime.tzinfo | None, depth: int) -> None:
    if zone is None:
        encoder.write(None, depth)
    elif type(zone) is datetime.timezone:
        encoder.write(zone.utcoffset(None).total_seconds(), depth)
    else:
        name = getattr(zone, "key", None)
        if type(name) is not str:
            raise CodecError("it holds a time with a time zone of an unknown kind")
        encoder.write(name, depth)


def _read_zone(decoder: Decoder, depth: int) -> datetime.tzinfo | None:
    import zoneinfo  # noqa: PLC0415 - rarely needed

    value = decoder.read(depth)
    if value is None:
        return None
    if type(value) is float:
        return datetime.timezone(datetime.timedelta(seconds=value)) if value else datetime.UTC
    if type(value) is not str or len(value) > MAX_NAME:
        raise CodecError("its time zone is not one")
    return zoneinfo.ZoneInfo(value)


def _write_datetime(encoder: Encoder, value: datetime.datetime, depth: int) -> None:
    encoder.tag(b"@", b"%d" % value.fold + value.replace(tzinfo=None).isoformat().encode())
    _write_zone(encoder, value.tzinfo, depth + 1)


def _read_datetime(decoder: Decoder, depth: int) -> datetime.datetime:
    text = decoder.text()
    value = datetime.datetime.fromisoformat(text[1:])
    return value.replace(tzinfo=_read_zone(decoder, depth + 1), fold=1 if text[:1] == "1" else 0)


def _write_time(encoder: Encoder, value: datetime.time, depth: int) -> None:
    encoder.tag(b"'", value.replace(tzinfo=None).isoformat().encode())
    _write_zone(encoder, value.tzinfo, depth + 1)


def _read_time(decoder: Decoder, depth: int) -> datetime.time:
    value = datetime.time.fromisoformat(decoder.text())
    return value.replace(tzinfo=_read_zone(decoder, depth + 1))


def _write_timedelta(encoder: Encoder, value: datetime.timedelta, depth: int) -> None:
    encoder.many(b"~", (value.days, value.seconds, value.microseconds), 3, depth)


def _read_timedelta(decoder: Decoder, depth: int) -> datetime.timedelta:
    days, seconds, microseconds = decoder.many(depth)
    return datetime.timedelta(days=days, seconds=seconds, microseconds=microseconds)


def _write_counter(encoder: Encoder, value: collections.Counter[Any], depth: int) -> None:
    encoder.out += b"K"
    encoder.write(dict(dict.items(value)), depth + 1)


def _write_ordered(encoder: Encoder, value: collections.OrderedDict[Any, Any], depth: int) -> None:
    encoder.out += b"o"
    encoder.write(dict(collections.OrderedDict.items(value)), depth + 1)


def _write_default(encoder: Encoder, value: collections.defaultdict[Any, Any], depth: int) -> None:
    # The factory is code: a plain dict is what can be checked.
    encoder.write(dict(dict.items(value)), depth + 1)


def _write_deque(encoder: Encoder, value: collections.deque[Any], depth: int) -> None:
    encoder.many(b"q", list(value), len(value), depth)


def _inner_dict(decoder: Decoder, depth: int) -> dict[Any, Any]:
    value = decoder.read(depth + 1)
    if type(value) is not dict:
        raise CodecError("its counter or ordered dict is not one")
    return value


def _named_tuple(kind: type) -> Any:
    """The writer for a type that `collections.namedtuple` or `typing.NamedTuple` made, else None."""
    namespace = type.__dict__["__dict__"].__get__(kind)
    fields = namespace.get("_fields")
    if type.__dict__["__bases__"].__get__(kind) != (tuple,) or type(fields) is not tuple:
        return None
    if not all(type(name) is str for name in fields) or len(fields) > _FIELDS:
        return None
    return _write_named_tuple


def _write_named_tuple(encoder: Encoder, value: Any, depth: int) -> None:
    kind = type(value)
    encoder.out += b"k"
    encoder.write(str(kind.__name__), depth + 1)
    encoder.write(tuple(kind._fields), depth + 1)
    encoder.write(tuple(tuple.__iter__(value)), depth + 1)


named_tuples: dict[tuple[str, tuple[str, ...]], type] = {}
"""Named tuple types of this side, by name and fields: those of the lesson's set-up, then those met on the way."""


def _read_named_tuple(decoder: Decoder, depth: int) -> Any:
    name, fields, values = (decoder.read(depth + 1) for _ in range(3))
    if type(name) is not str or type(fields) is not tuple or type(values) is not tuple:
        raise CodecError("its named tuple is not one")
    if len(fields) != len(values) or len(fields) > _FIELDS or not all(type(field) is str for field in fields):
        raise CodecError("its named tuple is not one")
    kind = named_tuples.get((name, fields))
    if kind is None:
        if len(named_tuples) > _FIELDS:
            raise CodecError("it holds too many kinds of named tuple")
        # namedtuple() refuses names that are not identifiers, so nothing of them is run.
        kind = named_tuples[name, fields] = collections.namedtuple(name, fields)  # noqa: PYI024
    return tuple.__new__(kind, values)


late_writers.append(_named_tuple)
writers.update(
    {
        fractions.Fraction: _write_fraction,
        decimal.Decimal: _write_decimal,
        datetime.datetime: _write_datetime,
        datetime.date: lambda encoder, value, _depth: encoder.tag(b"%", value.isoformat().encode()),
        datetime.time: _write_time,
        datetime.timedelta: _write_timedelta,
        collections.Counter: _write_counter,
        collections.OrderedDict: _write_ordered,
        collections.defaultdict: _write_default,
        collections.deque: _write_deque,
    }
)
readers.update(
    {
        b"Q": _read_fraction,
        b"#": _read_decimal,
        b"@": _read_datetime,
        b"%": lambda decoder, _depth: datetime.date.fromisoformat(decoder.text()),
        b"'": _read_time,
        b"~": _read_timedelta,
        b"K": lambda decoder, depth: collections.Counter(_inner_dict(decoder, depth)),
        b"o": lambda decoder, depth: collections.OrderedDict(_inner_dict(decoder, depth)),
        b"q": lambda decoder, depth: collections.deque(decoder.many(depth)),
        b"k": _read_named_tuple,
    }
)
