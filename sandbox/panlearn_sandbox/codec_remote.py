"""Codec: references to what stays on its own side.

A reference says whose object it is (the sender's, or one that the receiver handed out before), its number there, and
how to speak of it. `Decoder.resolve` decides what becomes of it; without that hook it is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

from panlearn_sandbox.codec import CodecError, Decoder, Encoder, readers

_ID = struct.Struct("!BQ")
MAX_HANDLES = 100_000
KINDS = frozenset({"function", "class", "object", "callable", "iterator"})


@dataclass(frozen=True, slots=True)
class Remote:
    """An object of one side as the other sees it; `yours`: it belongs to who decodes this."""

    yours: bool
    id: int
    kind: str = "object"
    type: str = "object"
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """A function or class of a library or of the set-up, by module and name. Only the learner's side is sent one."""

    module: str
    name: str


def write_remote(encoder: Encoder, remote: Remote, depth: int) -> None:
    """Append a reference."""
    encoder.out += b"R" + _ID.pack(remote.yours, remote.id)
    encoder.write(remote.kind, depth + 1)
    encoder.write(remote.type, depth + 1)
    encoder.write(remote.about, depth + 1)


def write_named(encoder: Encoder, named: Named, depth: int) -> None:
    """Append a name."""
    encoder.out += b"n"
    encoder.write(named.module, depth + 1)
    encoder.write(named.name, depth + 1)


def _read_remote(decoder: Decoder, depth: int) -> Any:
    yours, number = _ID.unpack(decoder.take(_ID.size))
    kind, name, about = (decoder.read(depth + 1) for _ in range(3))
    if decoder.resolve is None:
        raise CodecError("it holds an object")
    if type(kind) is not str or kind not in KINDS or type(name) is not str or type(about) is not dict:
        raise CodecError("its reference is not one")
    return decoder.resolve(Remote(bool(yours), number, kind, name[:80], about))


def _read_named(decoder: Decoder, depth: int) -> Any:
    module, name = decoder.read(depth + 1), decoder.read(depth + 1)
    if decoder.resolve is None or type(module) is not str or type(name) is not str:
        raise CodecError("it holds a name that does not cross")
    return decoder.resolve(Named(module, name))


readers.update({b"R": _read_remote, b"n": _read_named})
