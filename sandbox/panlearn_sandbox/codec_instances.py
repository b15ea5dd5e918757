"""Codec: exceptions with their plain attributes, and instances of classes that the lesson's set-up defines.

An exception names its classes from the nearest up; the reader takes the first that it knows itself, so that
`except ValueError` works on the other side. An instance crosses as its state, into the reader's own class.
"""

from __future__ import annotations

import builtins
import enum
import sys
from contextlib import suppress
from typing import Any

from panlearn_sandbox.codec import (
    MAX_NAME,
    CodecError,
    Decoder,
    Encoder,
    Writer,
    encode,
    late_writers,
    readers,
    writers,
)

_ATTRIBUTES = 100

setup_classes: dict[str, type] = {}
"""Classes of the lesson's set-up by name. Filled in the checkpoint, so both sides hold their own copy of it."""


class LearnerError(Exception):
    """Stands for an exception of a class that only the learner's side has."""


def adopt(namespace: dict[str, Any]) -> None:
    """Let instances of the classes that this namespace defines cross by value."""
    for name, value in list(namespace.items()):
        if isinstance(value, type) and value.__module__ == "__main__" and value.__name__ == name and _simple(value):
            setup_classes[name] = value
            writers[value] = _write_member if issubclass(value, enum.Enum) else _write_instance


def _simple(kind: type) -> bool:
    if issubclass(kind, enum.Enum):
        return True
    return all(base is object or base.__module__ == "__main__" for base in kind.__mro__)


def state_of(value: Any) -> dict[str, Any]:
    """The attributes that an instance holds, also those in slots; asks no method of its class."""
    found: dict[str, Any] = {}
    for base in type(value).__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"}:
                try:
                    found[name] = object.__getattribute__(value, name)
                except AttributeError:
                    continue
    with suppress(AttributeError):
        found.update(object.__getattribute__(value, "__dict__"))
    return found


def _write_instance(encoder: Encoder, value: Any, depth: int) -> None:
    encoder.out += b"O"
    encoder.write(type(value).__name__, depth + 1)
    encoder.write(state_of(value), depth + 1)


def _read_instance(decoder: Decoder, depth: int) -> Any:
    name, state = decoder.read(depth + 1), decoder.read(depth + 1)
    kind = setup_classes.get(name) if type(name) is str else None
    if kind is None or type(state) is not dict:
        raise CodecError("it holds an object of a class that the lesson does not define")
    value: Any = object.__new__(kind)
    for attribute, content in state.items():
        if type(attribute) is not str or attribute.startswith("__") or not attribute.isidentifier():
            raise CodecError("it holds an object with an attribute that does not cross")
        object.__setattr__(value, attribute, content)
    return value


def _write_member(encoder: Encoder, value: Any, depth: int) -> None:
    encoder.out += b"e"
    encoder.write(type(value).__name__, depth + 1)
    encoder.write(value.name, depth + 1)


def _read_member(decoder: Decoder, depth: int) -> Any:
    kind, name = decoder.read(depth + 1), decoder.read(depth + 1)
    members = getattr(setup_classes.get(kind), "__members__", None) if type(kind) is str else None
    if members is None or name not in members:
        raise CodecError("it holds a member of an enumeration that the lesson does not define")
    return members[name]


def _exception(kind: type) -> Writer | None:
    return _write_exception if BaseException in kind.__mro__ else None


def _write_exception(encoder: Encoder, value: BaseException, depth: int) -> None:
    names = [f"{base.__module__}.{base.__qualname__}" for base in type(value).__mro__ if base is not object]
    encoder.out += b"X"
    encoder.write([str(name)[:MAX_NAME] for name in names[:20]], depth + 1)
    encoder.write(tuple(_plain_or_text(item) for item in value.args[:20]), depth + 1)
    attributes = {}
    for name, item in list(getattr(value, "__dict__", {}).items())[:_ATTRIBUTES]:
        if type(name) is str and not name.startswith("_"):
            attributes[name] = _plain_or_text(item)
    encoder.write(attributes, depth + 1)


def _plain_or_text(value: Any) -> Any:
    try:
        encode(value)
    except CodecError:
        try:
            return repr(value)[:MAX_NAME]
        except Exception:
            return "?"
    return value


def _read_exception(decoder: Decoder, depth: int) -> BaseException:
    names, args, attributes = (decoder.read(depth + 1) for _ in range(3))
    if type(names) is not list or type(args) is not tuple or type(attributes) is not dict:
        raise CodecError("its exception is not one")
    kind = next((found for name in names if (found := _known(name))), LearnerError)
    error = kind.__new__(kind)
    error.args = args
    for name, value in attributes.items():
        if type(name) is str and name.isidentifier() and not name.startswith("_"):
            _set(error, name, value)
    return error


def _set(error: BaseException, name: str, value: Any) -> None:
    try:
        object.__setattr__(error, name, value)
    except (AttributeError, TypeError):
        return


def _known(name: Any) -> type[BaseException] | None:
    """A class of exceptions of this side by its full name; none that would end the checker."""
    if type(name) is not str:
        return None
    module, _, last = name.rpartition(".")
    home = builtins if module == "builtins" else sys.modules.get(module)
    kind = vars(home).get(last) if home is not None else None
    if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
        return kind
    return Exception if kind is Exception else None


late_writers.append(_exception)
readers.update({b"O": _read_instance, b"e": _read_member, b"X": _read_exception})
