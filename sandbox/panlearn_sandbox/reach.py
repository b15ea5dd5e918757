"""`learner`: how a check reaches what the learner's side holds, beyond the names that the exercise asks for.

Setting `np.linalg.solve = None` in a check changes the checker's process and nothing of the learner's. What a check
sets, hides, patches or types in by these methods holds on the learner's side, until the block or the check ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from panlearn_checks import Failure
from panlearn_sandbox.bridge import Bridge

_OPERATORS = {"eq", "ne", "lt", "le", "gt", "ge", "contains", "neg", "pos", "abs", "invert"}
_OPERATORS |= {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and_", "or_", "xor"}
_BUILTINS = {"bool", "len", "str", "repr", "hash", "float", "int", "complex", "round"}
OPERATIONS = frozenset(_OPERATORS | _BUILTINS)
"""What `learner.op` may ask for: names of the module `operator`, and of builtins that take one object."""


class Learner:
    """The learner's side, for checks: names, patches, typed lines, operations, many calls at once."""

    __slots__ = ("_bridge", "_source")

    def __init__(self, bridge: Bridge, source: str) -> None:
        self._bridge = bridge
        self._source = source

    @property
    def source(self) -> str:
        """The text of the answer as it was handed in."""
        return self._source

    def get(self, name: str) -> Any:
        """The value of a global name of theirs. A name that is not there fails the check, and says so."""
        there, value = self._bridge.get(_name(name))
        self._bridge.log.touched = True
        if not there:
            raise Failure(f"`{name}` is not defined. Define it in your answer.")
        return value

    def set(self, **values: Any) -> None:
        """Give global names of theirs other values, until the check ends. Functions that a check passes call back."""
        self._bridge.log.set_names = True
        self._bridge.request("set", values)

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """Hide names of theirs (`"x"`), of builtins (`"sum"`) or of modules (`"numpy.linalg.solve"`) for a block.

        A function that is hidden raises where it is called, and the learner reads which it was.
        """
        with self._held("hide", [_path(name) for name in names]):
            yield

    @contextmanager
    def patched(self, name: str, value: Any) -> Iterator[None]:
        """Put another value in the place of a name of theirs, of builtins or of a module for a block."""
        with self._held("patch", _path(name), value):
            yield

    @contextmanager
    def input(self, lines: Iterable[Any]) -> Iterator[None]:
        """Let `input()` give these lines, one after the other, for a block."""
        with self._held("type", [str(line) for line in lines]):
            yield

    def op(self, operation: str, *operands: Any) -> Any:
        """What their own object makes of an operation: `learner.op("eq", a, b)` asks `a == b` over there.

        A check that takes the answer for proof can be talked into anything: ask for a value beside it.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"learner.op knows {', '.join(sorted(OPERATIONS))}; not {operation!r}")
        return self._bridge.request("op", operation, operands)

    def attr(self, target: Any, name: str) -> Any:
        """An attribute of their object, one that begins with an underscore too."""
        return self._bridge.request("attr", target, _name(name))

    def map(self, function: Any, arguments: Iterable[Any]) -> list[Any]:
        """What their function gives for each argument, in one exchange; tuples are several arguments."""
        rows = [one if type(one) is tuple else (one,) for one in arguments]
        found = self._bridge.request("map", function, rows)
        if type(found) is not list or len(found) != len(rows):
            raise Failure("Your function was called many times at once, and not every call was answered.")
        return found

    @contextmanager
    def _held(self, operation: str, *parts: Any) -> Iterator[None]:
        mark = self._bridge.request("mark")
        self._bridge.request(operation, *parts)
        try:
            yield
        finally:
            if self._bridge.ended is None:
                self._bridge.request("restore", mark)

    def __repr__(self) -> str:
        return "<the learner's side>"


def _name(name: Any) -> str:
    if type(name) is not str or not name.isidentifier():
        raise ValueError(f"a name was expected, got {name!r}")
    return name


def _path(name: Any) -> str:
    if type(name) is not str or not all(part.isidentifier() for part in name.split(".")):
        raise ValueError(f"a name such as 'x' or 'numpy.linalg.solve' was expected, got {name!r}")
    return name
