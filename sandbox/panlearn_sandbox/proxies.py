"""What the checker's side holds in place of the learner's objects: real functions that call across, opaque handles.

A handle never answers a comparison, a question of truth, order or membership, and does no arithmetic: an object whose
`==` says yes to everything would pass any check. What it gives is data: public attributes, items, length, iteration,
calls; the comparing is done with that, on this side.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from panlearn_sandbox.capture import ANSWER
from panlearn_sandbox.codec_remote import Remote

if TYPE_CHECKING:
    from panlearn_sandbox.bridge import Bridge

_MOST_ITERATED = 100_000
_MOST_LINES = 1_000_000


class OpaqueValue(AssertionError):
    """A check compared or computed with an object of the learner's own kind."""


class LearnerObject:
    """An object that stays on the learner's side."""

    __slots__ = ("__weakref__", "_bridge", "_remote")
    __array_ufunc__ = None

    def __init__(self, bridge: Bridge, remote: Remote) -> None:
        object.__setattr__(self, "_bridge", bridge)
        object.__setattr__(self, "_remote", remote)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"attributes that begin with an underscore do not cross: {name}")
        return self._bridge.request("attr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise OpaqueValue(f"an object of the answer cannot be changed by a check (`{name}`)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102 - it is called as the object is
        return self._bridge.call(self, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._bridge.request("item", self, key)

    def __len__(self) -> int:
        length = self._bridge.request("len", self)
        if type(length) is not int or not 0 <= length < 1 << 62:
            raise OpaqueValue("an object's length is not a whole number")
        return length

    def __iter__(self) -> Iterator[Any]:
        return self if self._remote.kind == "iterator" else _iterate(self._bridge.request("iter", self))

    def __next__(self) -> Any:
        self._bridge.count_iteration(self._remote.id, _MOST_ITERATED)
        reply = self._bridge.request("next", self)
        if type(reply) is not tuple or len(reply) != 2 or type(reply[0]) is not bool:  # noqa: PLR2004
            raise OpaqueValue("an iterator did not give a value")
        if not reply[0]:
            raise StopIteration
        return reply[1]

    def __hash__(self) -> int:
        return int(self._remote.id)

    def in_words(self) -> str:
        """What it is, for messages."""
        return f"an object of type {self._remote.type}"

    def __repr__(self) -> str:
        return "<an object of the answer>"

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __instancecheck__(self, value: Any) -> bool:
        raise OpaqueValue("an object of the answer is no class")


def _iterate(found: Any) -> Iterator[Any]:
    if not isinstance(found, LearnerObject):
        return iter(found)
    return found


def _refusal(what: str) -> Callable[..., Any]:
    def refuse(self: LearnerObject, *_args: Any) -> Any:
        raise OpaqueValue(
            f"got an object of type {self._remote.type}, which cannot be {what}; a plain value was expected"
        )

    return refuse


_COMPARED = "__eq__ __ne__ __lt__ __le__ __gt__ __ge__"
_COMPUTED = (
    "__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ "
    "__rmod__ __pow__ __rpow__ __matmul__ __rmatmul__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ "
    "__rlshift__ __rshift__ __rrshift__ __divmod__ __rdivmod__ __neg__ __pos__ __abs__ __invert__ __round__ __trunc__ "
    "__floor__ __ceil__"
)
_CONVERTED = "__float__ __int__ __index__ __complex__ __bytes__ __array__ __array_function__"
for _words, _names in (
    ("compared", _COMPARED),
    ("computed with", _COMPUTED),
    ("made a number", _CONVERTED),
    ("taken for true or false", "__bool__"),
    ("searched with `in`", "__contains__"),
):
    for _name in _names.split():
        setattr(LearnerObject, _name, _refusal(_words))


class LearnerClass(type):
    """The type of a class that the learner defined: calling it makes an object on the learner's side."""

    _class_bridge: Bridge
    _class_remote: Remote

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: D102 - it is called as the class is
        return cls._class_bridge.call(cls, args, kwargs)

    def remote(cls) -> Remote:
        """The reference to the learner's class."""
        return cls._class_remote

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls._class_bridge.request("attr", cls, name)


def make_class(bridge: Bridge, remote: Remote) -> type:
    """A class of this side for a class of the learner's, so that `isinstance` works on its objects."""
    name = remote.type if remote.type.isidentifier() else "Answer"
    doc = remote.about.get("doc")
    namespace = {
        "_class_bridge": bridge,
        "_class_remote": remote,
        "__slots__": (),
        "__doc__": doc if type(doc) is str else None,
    }
    return type.__new__(LearnerClass, name, (LearnerObject,), namespace)


def make_object(bridge: Bridge, remote: Remote, kind: type | None) -> LearnerObject:
    """A handle; of the learner's own class where that is known."""
    handle: LearnerObject = object.__new__(kind or LearnerObject)
    LearnerObject.__init__(handle, bridge, remote)
    return handle


def make_function(bridge: Bridge, remote: Remote) -> types.FunctionType:
    """A real function that calls across, with the name, docstring, parameters and place of the learner's."""

    def function(*args: Any, **kwargs: Any) -> Any:
        return bridge.call(function, args, kwargs)

    about = remote.about
    name, doc, line = about.get("name"), about.get("doc"), about.get("line")
    if type(name) is str and name:
        function.__name__ = function.__qualname__ = name
    function.__doc__ = doc if type(doc) is str and doc else None
    function.__module__ = "__main__"
    if type(line) is int and 0 < line < _MOST_LINES and about.get("file") == ANSWER:
        function.__code__ = function.__code__.replace(co_filename=ANSWER, co_firstlineno=line)
    signature = _signature(about.get("parameters"))
    if signature is not None:
        function.__signature__ = signature  # type: ignore[attr-defined]
    return function  # type: ignore[return-value]


def _signature(parameters: Any) -> inspect.Signature | None:
    if type(parameters) is not list:
        return None
    kinds = tuple(inspect._ParameterKind)  # noqa: SLF001 - in the order that the numbers stand for
    try:
        return inspect.Signature(
            [
                inspect.Parameter(item[0], kinds[item[1]], default=(*item[2:], inspect.Parameter.empty)[0])
                for item in parameters
            ]
        )
    except (TypeError, ValueError, IndexError):
        return None
