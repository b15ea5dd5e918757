"""The learner's side's end of `reach`: names set, hidden and patched for a while, and put back in reverse order."""

from __future__ import annotations

import builtins
import importlib
import operator
from collections.abc import Callable
from typing import Any

_ABSENT = object()
_BUILTINS = {"bool", "len", "str", "repr", "hash", "float", "int", "complex", "round"}


class NotToBeUsed(RuntimeError):
    """The answer called what the exercise asks to do without."""


class Changes:
    """Changes to the answer's names, to builtins and to modules; `restore` takes back all since a mark."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._undo: list[Callable[[], None]] = []

    def mark(self) -> int:
        """How many changes there are."""
        return len(self._undo)

    def restore(self, mark: int) -> None:
        """Take back all changes after the mark."""
        while len(self._undo) > max(0, mark):
            self._undo.pop()()

    def set(self, values: dict[str, Any]) -> None:
        """Give global names of the answer other values."""
        for name, value in values.items():
            self._put(name, value)

    def patch(self, path: str, value: Any) -> None:
        """Put a value in the place of a name of the answer, of builtins, or of a module or class."""
        owner, _, name = path.rpartition(".")
        if not owner:
            if name in self._namespace or not hasattr(builtins, name):
                self._put(name, value)
                return
            holder: Any = builtins
        else:
            holder = self._find(owner)
        self._put_attribute(holder, name, value)

    def hide(self, paths: list[str]) -> None:
        """Take names of the answer away; have functions of builtins and modules raise when they are called."""
        for path in paths:
            if "." not in path and path in self._namespace:
                self._put(path, _ABSENT)
            else:
                self.patch(path, _refusing(path))

    def type(self, lines: list[str]) -> None:
        """Have `input()` give these lines."""
        left = iter(lines)

        def typed(prompt: object = "", /) -> str:
            if prompt:
                print(prompt, end="")  # noqa: T201  as `input` does
            try:
                return next(left)
            except StopIteration:
                raise EOFError(f"input() was asked for more than the {len(lines)} lines that the check types") from None

        self.patch("input", typed)

    def _put(self, name: str, value: Any) -> None:
        before = self._namespace.get(name, _ABSENT)
        self._undo.append(lambda: _set(self._namespace, name, before))
        _set(self._namespace, name, value)

    def _put_attribute(self, holder: Any, name: str, value: Any) -> None:
        before = getattr(holder, name, _ABSENT)
        if before is _ABSENT:
            raise AttributeError(f"there is no {name!r} in {getattr(holder, '__name__', holder)!r} to be replaced")
        self._undo.append(lambda: setattr(holder, name, before))
        setattr(holder, name, value)

    def _find(self, path: str) -> Any:
        first, *rest = path.split(".")
        if first in self._namespace:
            found = self._namespace[first]
            for part in rest:
                found = getattr(found, part)
            return found
        try:
            return importlib.import_module(path)
        except ModuleNotFoundError:
            owner, _, name = path.rpartition(".")
            return getattr(importlib.import_module(owner), name) if owner else importlib.import_module(path)


def operate(name: str, operands: tuple[Any, ...]) -> Any:
    """What an operation gives for objects of this side."""
    if name in _BUILTINS:
        return getattr(builtins, name)(*operands)
    return getattr(operator, name)(*operands)


def _refusing(path: str) -> Callable[..., Any]:
    def refused(*_args: Any, **_named: Any) -> Any:
        raise NotToBeUsed(f"`{path}` is not to be used here")

    return refused


def _set(namespace: dict[str, Any], name: str, value: Any) -> None:
    if value is _ABSENT:
        namespace.pop(name, None)
    else:
        namespace[name] = value
