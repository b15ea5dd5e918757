"""The value codec: what crosses between the learner's side and the checker's side.

Tag and length, no pickle, no eval. Only values of exactly the types listed here cross as data; a subclass of float,
dict or ndarray does not. Everything else is given to an `export` hook (the learner's side makes a callable or an
opaque handle of it). Decoding builds plain types only and stops at the limits below, whatever the bytes say.

numpy, pandas and the rest of the heavy types live in `codec_science`; they register here once they are imported.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from typing import Any

MAX_BYTES = 64 << 20
MAX_DEPTH = 64
MAX_ITEMS = 1_000_000
MAX_INT = 8 << 10
MAX_DIMS = 32
MAX_NAME = 300

U32 = struct.Struct("!I")
F64 = struct.Struct("!d")
C128 = struct.Struct("!dd")

Writer = Callable[["Encoder", Any, int], None]
Reader = Callable[["Decoder", int], Any]
Export = Callable[["Encoder", Any, int], None]

writers: dict[type, Writer] = {}
readers: dict[bytes, Reader] = {}
late_writers: list[Callable[[type], Writer | None]] = []


class CodecError(Exception):
    """A value cannot cross; the message completes the sentence "The value cannot be checked: ..."."""


def refuse(_encoder: Encoder, value: Any, _depth: int) -> None:
    """The export hook that lets nothing but plain values through."""
    raise CodecError(f"it holds an object of type {type_name(value)}")


def type_name(value: Any) -> str:
    """The name of a value's type, as a person would say it; never asks the value itself."""
    kind = type(value)
    name = type.__dict__["__name__"].__get__(kind)
    return str(name)[:80]


class Encoder:
    """Writes one value, or several, into `out`."""

    def __init__(self, export: Export = refuse) -> None:
        self.out = bytearray()
        self.items = 0
        self.export = export

    def write(self, value: Any, depth: int = 0) -> None:
        """Append one value. Raises CodecError where a limit is passed."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise CodecError(f"it holds more than {MAX_ITEMS:,} items")
        if depth > MAX_DEPTH:
            raise CodecError(f"it is nested more than {MAX_DEPTH} deep, or holds itself")
        kind = type(value)
        writer = writers.get(kind)
        if writer is None:
            writer = next((found for ask in late_writers if (found := ask(kind))), self.export)
        writer(self, value, depth)
        if len(self.out) > MAX_BYTES:
            raise CodecError(f"it takes more than {MAX_BYTES >> 20} MB")

    def tag(self, tag: bytes, payload: bytes | bytearray = b"") -> None:
        """Append a tag with a payload that has its length before it."""
        if len(payload) + len(self.out) > MAX_BYTES:
            raise CodecError(f"it takes more than {MAX_BYTES >> 20} MB")
        self.out += tag
        self.out += U32.pack(len(payload))
        self.out += payload

    def many(self, tag: bytes, values: Any, count: int, depth: int) -> None:
        """Append a tag, a count and that many values."""
        self.out += tag
        self.out += U32.pack(count)
        for value in values:
            self.write(value, depth + 1)


class Decoder:
    """Reads values back from bytes. `resolve` is given remote references (see `proxies`)."""

    def __init__(self, data: bytes, resolve: Callable[[Any], Any] | None = None) -> None:
        self.data = memoryview(data)
        self.at = 0
        self.items = 0
        self.resolve = resolve

    def read(self, depth: int = 0) -> Any:
        """The next value. Raises CodecError where the bytes are not one, or pass a limit."""
        self.items += 1
        if self.items > MAX_ITEMS:
            raise CodecError(f"it holds more than {MAX_ITEMS:,} items")
        if depth > MAX_DEPTH:
            raise CodecError(f"it is nested more than {MAX_DEPTH} deep")
        reader = readers.get(bytes(self.take(1)))
        if reader is None:
            raise CodecError("its bytes are not a value")
        return reader(self, depth)

    def take(self, count: int) -> memoryview:
        """The next `count` bytes."""
        if count > len(self.data) - self.at:
            raise CodecError("its bytes end too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def count(self) -> int:
        """The next count, which cannot promise more items than there are bytes or than are allowed."""
        (count,) = U32.unpack(self.take(4))
        if count > len(self.data) - self.at or count > MAX_ITEMS:
            raise CodecError("it promises more items than it has")
        return int(count)

    def payload(self) -> memoryview:
        """The bytes of a payload with its length before it."""
        (count,) = U32.unpack(self.take(4))
        return self.take(count)

    def text(self) -> str:
        """A payload as text; lone surrogates survive."""
        try:
            return bytes(self.payload()).decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise CodecError("its text is not text") from None

    def many(self, depth: int) -> list[Any]:
        """A count, and that many values."""
        return [self.read(depth + 1) for _ in range(self.count())]


def encode(value: Any, export: Export = refuse) -> bytes:
    """One value as bytes. Raises CodecError."""
    encoder = Encoder(export)
    try:
        encoder.write(value)
    except CodecError:
        raise
    except RecursionError:
        raise CodecError("it is nested too deep") from None
    except Exception as error:
        raise CodecError(f"reading it raised {type(error).__name__}") from None
    return bytes(encoder.out)


def decode(data: bytes, resolve: Callable[[Any], Any] | None = None) -> Any:
    """The value that these bytes are. Raises CodecError, whatever the bytes are."""
    decoder = Decoder(data, resolve)
    try:
        value = decoder.read()
    except CodecError:
        raise
    except MemoryError:
        raise CodecError("it does not fit into memory") from None
    except Exception as error:
        raise CodecError(f"its bytes are not a value ({type(error).__name__})") from None
    if decoder.at != len(data):
        raise CodecError("there is more than one value")
    return value


def _utf8(value: str) -> bytes:
    return str.encode(value, "utf-8", "surrogatepass")


def _write_int(encoder: Encoder, value: int, _depth: int) -> None:
    size = int.bit_length(value) // 8 + 1
    if size > MAX_INT:
        raise CodecError(f"it holds a whole number of more than {MAX_INT >> 10} KiB")
    encoder.tag(b"i", int.to_bytes(value, size, "big", signed=True))


def _read_int(decoder: Decoder, _depth: int) -> int:
    payload = decoder.payload()
    if not 0 < len(payload) <= MAX_INT:
        raise CodecError(f"it holds a whole number of more than {MAX_INT >> 10} KiB")
    return int.from_bytes(payload, "big", signed=True)


def _write_dict(encoder: Encoder, value: dict[Any, Any], depth: int) -> None:
    encoder.out += b"d"
    encoder.out += U32.pack(dict.__len__(value))
    for key, item in list(dict.items(value)):
        encoder.write(key, depth + 1)
        encoder.write(item, depth + 1)


def key(decoder: Decoder, depth: int) -> Any:
    """A value that may be a key of a dict or a member of a set: plain and hashable.

    Keys that were chosen to collide make a dict slow; whole numbers are the easy way to do that, so a dict of many
    is still bounded by the checker's own time limit.
    """
    value = decoder.read(depth)
    try:
        hash(value)
    except TypeError:
        raise CodecError("one of its keys is not hashable") from None
    return value


def _read_dict(decoder: Decoder, depth: int) -> dict[Any, Any]:
    found = {}
    for _ in range(decoder.count()):
        name = key(decoder, depth + 1)
        found[name] = decoder.read(depth + 1)
    return found


def _read_set(decoder: Decoder, depth: int) -> set[Any]:
    return {key(decoder, depth + 1) for _ in range(decoder.count())}


def _write_range(encoder: Encoder, value: range | slice, depth: int) -> None:
    parts = (value.start, value.stop, value.step)
    encoder.many(b"r" if type(value) is range else b":", parts, 3, depth)


def _read_range(decoder: Decoder, depth: int) -> range:
    start, stop, step = decoder.many(depth)
    if not type(start) is type(stop) is type(step) is int or step == 0:
        raise CodecError("its range is not one")
    return range(start, stop, step)


def _read_slice(decoder: Decoder, depth: int) -> slice:
    start, stop, step = decoder.many(depth)
    return slice(start, stop, step)


TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, type(None), range, slice,
        object, type,
    )
}  # fmt: skip
"""Types that cross by name, both ways."""


def _write_type(encoder: Encoder, value: type, depth: int) -> None:
    for name, kind in TYPES.items():
        if kind is value:
            encoder.tag(b"Y", name.encode())
            return
    encoder.export(encoder, value, depth)


def _read_type(decoder: Decoder, _depth: int) -> type:
    found = TYPES.get(decoder.text())
    if found is None:
        raise CodecError("it holds a type that does not cross")
    return found


def _constant(tag: bytes) -> Writer:
    def write(encoder: Encoder, _value: Any, _depth: int) -> None:
        encoder.out += tag

    return write


def _write_bool(encoder: Encoder, value: bool, _depth: int) -> None:
    encoder.out += b"T" if value is True else b"F"


def _sized(tag: bytes, length: Callable[[Any], int]) -> Writer:
    def write(encoder: Encoder, value: Any, depth: int) -> None:
        encoder.many(tag, list(value), length(value), depth)

    return write


writers.update(
    {
        type(None): _constant(b"N"),
        bool: _write_bool,
        type(...): _constant(b"E"),
        type(NotImplemented): _constant(b"!"),
        int: _write_int,
        float: lambda encoder, value, _depth: encoder.out.extend(b"f" + F64.pack(value)),
        complex: lambda encoder, value, _depth: encoder.out.extend(b"c" + C128.pack(value.real, value.imag)),
        str: lambda encoder, value, _depth: encoder.tag(b"s", _utf8(value)),
        bytes: lambda encoder, value, _depth: encoder.tag(b"b", value),
        bytearray: lambda encoder, value, _depth: encoder.tag(b"B", value),
        list: _sized(b"l", list.__len__),
        tuple: _sized(b"t", tuple.__len__),
        set: _sized(b"S", set.__len__),
        frozenset: _sized(b"z", frozenset.__len__),
        dict: _write_dict,
        range: _write_range,
        slice: _write_range,
        type: _write_type,
    }
)
readers.update(
    {
        b"N": lambda _decoder, _depth: None,
        b"T": lambda _decoder, _depth: True,
        b"F": lambda _decoder, _depth: False,
        b"E": lambda _decoder, _depth: ...,
        b"!": lambda _decoder, _depth: NotImplemented,
        b"i": _read_int,
        b"f": lambda decoder, _depth: F64.unpack(decoder.take(8))[0],
        b"c": lambda decoder, _depth: complex(*C128.unpack(decoder.take(16))),
        b"s": lambda decoder, _depth: decoder.text(),
        b"b": lambda decoder, _depth: bytes(decoder.payload()),
        b"B": lambda decoder, _depth: bytearray(decoder.payload()),
        b"l": lambda decoder, depth: decoder.many(depth),
        b"t": lambda decoder, depth: tuple(decoder.many(depth)),
        b"S": _read_set,
        b"z": lambda decoder, depth: frozenset(_read_set(decoder, depth)),
        b"d": _read_dict,
        b"r": _read_range,
        b":": _read_slice,
        b"Y": _read_type,
    }
)


def loaded(module: str) -> Any:
    """A module that is imported already, or None: the codec imports nothing heavy by itself."""
    return sys.modules.get(module)
