"""Codec: numpy scalars, arrays of plain kinds, object arrays, structured and masked arrays."""

from __future__ import annotations

import math
import re
from typing import Any

from panlearn_sandbox.codec import (
    MAX_DIMS,
    MAX_ITEMS,
    CodecError,
    Decoder,
    Encoder,
    Writer,
    late_writers,
    loaded,
    readers,
    writers,
)

_PLAIN = re.compile(
    r"[<>|=]?(b1|[iu][1248]|f(2|4|8|16)|c(8|16|32)|U\d{1,7}|S\d{1,7}|[mM]8(\[\d{0,6}[A-Za-zμ]{1,3}\])?)"
)
_FIELDS = 200
_UNICODE_END = 0x110000


def register() -> None:
    """Teach the codec numpy's types, if numpy is imported. Safe to call again."""
    np = loaded("numpy")
    if np is None or getattr(np, "ndarray", None) is None or np.ndarray in writers:
        return
    for kind in set(np.sctypeDict.values()) - {np.object_, np.void}:
        writers[kind] = _write_scalar
    writers[np.void] = _write_scalar
    writers[np.ndarray] = _write_array
    writers[np.ma.MaskedArray] = _write_masked
    writers[type(np.ma.masked)] = lambda encoder, _value, _depth: encoder.out.extend(b"x")
    for kind in {type(np.dtype(code)) for code in "?bBhHiIlLqQefdgFDGSUVMmO"}:
        writers[kind] = _write_dtype_value


def _write_dtype_value(encoder: Encoder, value: Any, _depth: int) -> None:
    encoder.out += b"y"
    write_dtype(encoder, value, 0)


def numpy() -> Any:
    """The numpy module of this side. Raises CodecError where the lesson has none."""
    np = loaded("numpy")
    if np is None:
        raise CodecError("it holds an array, and this lesson does not use numpy")
    return np


def _late(kind: type) -> Writer | None:
    if kind.__module__.partition(".")[0] != "numpy":
        return None
    register()
    return writers.get(kind)


def write_dtype(encoder: Encoder, dtype: Any, depth: int) -> None:
    """A dtype: its code, or the list of its fields."""
    if dtype.names is not None:
        fields = [(name, dtype.fields[name][0]) for name in dtype.names]
        if len(fields) > _FIELDS:
            raise CodecError(f"its array has more than {_FIELDS} fields")
        encoder.write([name for name, _ in fields], depth + 1)
        for _, kind in fields:
            base, shape = kind.subdtype or (kind, ())
            write_dtype(encoder, base, depth + 1)
            encoder.write(tuple(int(size) for size in shape), depth + 1)
        return
    if not _PLAIN.fullmatch(dtype.str) and dtype.kind != "O":
        raise CodecError(f"its array is of type {dtype}")
    encoder.write("O" if dtype.kind == "O" else dtype.str, depth + 1)


def read_dtype(decoder: Decoder, depth: int) -> Any:
    """The dtype that was written. Objects are allowed at the top only, so that no pointer is ever made of bytes."""
    np = numpy()
    code = decoder.read(depth + 1)
    if code == "O" and type(code) is str and depth == 0:
        return np.dtype(object)
    if type(code) is str:
        if not _PLAIN.fullmatch(code):
            raise CodecError("its array is of an unknown type")
        return np.dtype(code)
    if type(code) is not list or not code or len(code) > _FIELDS or not all(type(name) is str for name in code):
        raise CodecError("its array is of an unknown type")
    fields = []
    for name in code:
        kind = read_dtype(decoder, depth + 1)
        fields.append((name, kind, _shape(decoder.read(depth + 1))))
    return np.dtype(fields)


def _shape(value: Any) -> tuple[int, ...]:
    if type(value) is not tuple or len(value) > MAX_DIMS:
        raise CodecError(f"its array has more than {MAX_DIMS} dimensions")
    if not all(type(size) is int and 0 <= size < 1 << 40 for size in value):
        raise CodecError("its array has an impossible shape")
    return value


def _write_array(encoder: Encoder, value: Any, depth: int) -> None:
    np = numpy()
    if value.dtype.itemsize == 0:
        value = value.astype(value.dtype.kind + "1") if value.dtype.kind in "US" else value
    encoder.out += b"a"
    write_dtype(encoder, value.dtype, 0)
    encoder.write(tuple(int(size) for size in value.shape), depth + 1)
    if value.dtype.kind == "O":
        if value.size > MAX_ITEMS:
            raise CodecError(f"it holds more than {MAX_ITEMS:,} items")
        encoder.many(b"l", value.ravel().tolist(), int(value.size), depth)
    else:
        encoder.tag(b"b", np.ascontiguousarray(value).tobytes() if value.dtype.itemsize else b"")


def _read_array(decoder: Decoder, depth: int) -> Any:
    np = numpy()
    dtype = read_dtype(decoder, 0)
    shape = _shape(decoder.read(depth + 1))
    content = decoder.read(depth + 1)
    size = math.prod(shape)
    if dtype.kind == "O":
        if type(content) is not list or len(content) != size:
            raise CodecError("its array is not as long as its shape says")
        array = np.empty(size, dtype=object)
        array[:] = content if size else []
        for index, item in enumerate(content):
            array[index] = item
        return array.reshape(shape)
    if type(content) is not bytes or len(content) != size * dtype.itemsize or dtype.itemsize == 0:
        raise CodecError("its array is not as long as its shape says")
    return _from_bytes(np, content, dtype, shape)


def _from_bytes(np: Any, content: bytes, dtype: Any, shape: tuple[int, ...]) -> Any:
    if not content:
        return np.zeros(shape, dtype=dtype)
    if dtype.kind == "b":
        return (np.frombuffer(content, dtype="u1") != 0).reshape(shape)
    array = np.frombuffer(content, dtype=dtype)
    _sound(np, array)
    return array.reshape(shape).copy()


def _sound(np: Any, array: Any) -> None:
    """Refuse text that is not Unicode and booleans that are neither, also inside of fields."""
    dtype = array.dtype
    for name in dtype.names or ():
        _sound(np, np.ascontiguousarray(array[name]))
    if dtype.names is None and dtype.kind == "U":
        codes = np.ascontiguousarray(array).view(np.dtype("u4").newbyteorder(dtype.byteorder))
        if codes.size and int(codes.max()) >= _UNICODE_END:
            raise CodecError("its text is not text")
    elif dtype.names is None and dtype.kind == "b":
        codes = np.ascontiguousarray(array).view("u1")
        if codes.size and int(codes.max()) > 1:
            raise CodecError("its truth values are not")


def _write_scalar(encoder: Encoder, value: Any, depth: int) -> None:
    np = numpy()
    encoder.out += b"g"
    _write_array(encoder, np.asarray(value), depth)


def _read_scalar(decoder: Decoder, depth: int) -> Any:
    array = decoder.read(depth + 1)
    np = numpy()
    if type(array) is not np.ndarray or array.shape != () or array.dtype.kind == "O":
        raise CodecError("its number is not one")
    return array[()]


def _write_masked(encoder: Encoder, value: Any, depth: int) -> None:
    np = numpy()
    encoder.out += b"m"
    _write_array(encoder, np.asarray(value.data), depth)
    _write_array(encoder, np.ma.getmaskarray(value), depth)


def _read_masked(decoder: Decoder, depth: int) -> Any:
    np = numpy()
    data, mask = decoder.read(depth + 1), decoder.read(depth + 1)
    if type(data) is not np.ndarray or type(mask) is not np.ndarray or data.shape != mask.shape or mask.dtype != bool:
        raise CodecError("its masked array is not one")
    return np.ma.MaskedArray(data, mask)


late_writers.append(_late)
readers.update(
    {
        b"a": _read_array,
        b"g": _read_scalar,
        b"m": _read_masked,
        b"x": lambda _decoder, _depth: numpy().ma.masked,
        b"y": lambda decoder, _depth: read_dtype(decoder, 0),
    }
)
