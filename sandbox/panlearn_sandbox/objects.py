"""The learner's side's end of the bridge: what crosses as a reference, and what a reference that comes back means."""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from panlearn_sandbox.codec import CodecError, Encoder, encode, type_name
from panlearn_sandbox.codec_remote import MAX_HANDLES, Named, Remote, write_remote

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.BuiltinMethodType)
_WRAPPED = (functools.partial, type(functools.lru_cache(len)))
_KINDS = {"POSITIONAL_ONLY": 0, "POSITIONAL_OR_KEYWORD": 1, "VAR_POSITIONAL": 2, "KEYWORD_ONLY": 3, "VAR_KEYWORD": 4}


class Objects:
    """Objects of this side by number, and proxies for what the checker's side passes in.

    `ask` sends a request to the checker's side and gives its answer: `("call", number, args, kwargs)` or
    `("next", number)`.
    """

    def __init__(self, ask: Callable[..., Any]) -> None:
        self.ask = ask
        self.kept: list[Any] = []
        self.numbers: dict[int, int] = {}

    def export(self, encoder: Encoder, value: Any, depth: int) -> None:
        """Write a reference to a value that does not cross."""
        if isinstance(value, Callback):
            write_remote(encoder, Remote(yours=True, id=value.number), depth)
            return
        write_remote(encoder, self.describe(value), depth)

    def describe(self, value: Any) -> Remote:
        """The reference to this object; the same object has the same number as long as the grading lasts."""
        number = self.numbers.get(id(value))
        if number is None:
            if len(self.kept) >= MAX_HANDLES:
                raise CodecError(f"more than {MAX_HANDLES:,} objects were handed over")
            number = self.numbers[id(value)] = len(self.kept)
            self.kept.append(value)
        if isinstance(value, type):
            return Remote(yours=False, id=number, kind="class", type=value.__name__, about={"doc": _doc(value)})
        if isinstance(value, _FUNCTIONS + _WRAPPED) or type(value).__name__ == "ufunc":
            return Remote(yours=False, id=number, kind="function", type=type_name(value), about=_function(value))
        kind = "callable" if callable(value) else "iterator" if isinstance(value, Iterator) else "object"
        about = {"class": self.describe(type(value)).id} if type(value).__module__ == "__main__" else {}
        return Remote(yours=False, id=number, kind=kind, type=type_name(value), about=about)

    def resolve(self, reference: Any) -> Any:
        """What a reference from the checker's side means here."""
        if isinstance(reference, Named):
            return _named(reference)
        if reference.yours:
            return self.kept[reference.id]
        return Iterating(self.ask, reference.id) if reference.kind == "iterator" else Callback(self.ask, reference.id)

    def own(self, reference: Remote) -> Any:
        """The object that a request is about."""
        return self.kept[reference.id]


class Callback:
    """A function of the checker's side, called across."""

    def __init__(self, ask: Callable[..., Any], number: int) -> None:
        self.ask = ask
        self.number = number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102 - it is called as the function is
        return self.ask("call", self.number, args, kwargs)


class Iterating(Callback):
    """An iterator of the checker's side."""

    def __iter__(self) -> Iterating:
        return self

    def __next__(self) -> Any:
        more, value = self.ask("next", self.number)
        if not more:
            raise StopIteration
        return value


def _named(reference: Named) -> Any:
    value: Any = sys.modules[reference.module]
    for part in reference.name.split("."):
        value = getattr(value, part)
    return value


def _doc(value: Any) -> str:
    doc = getattr(value, "__doc__", None)
    return doc[:4000] if type(doc) is str else ""


def _function(value: Any) -> dict[str, Any]:
    """Name, docstring, first line and parameters of a function, as plain values."""
    inner = value.func if isinstance(value, functools.partial) else getattr(value, "__wrapped__", value)
    about: dict[str, Any] = {"name": str(getattr(inner, "__name__", ""))[:200], "doc": _doc(inner)}
    code = getattr(inner, "__code__", None)
    if isinstance(code, types.CodeType):
        about |= {"line": code.co_firstlineno, "file": code.co_filename}
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return about
    about["parameters"] = [(item.name, _KINDS[item.kind.name], *_default(item.default)) for item in parameters]
    return about


def _default(value: Any) -> tuple[Any, ...]:
    if value is inspect.Parameter.empty:
        return ()
    try:
        encode(value)
    except CodecError:
        return ("...",)
    return (value,)
