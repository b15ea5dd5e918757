"""The checker's side's end of the bridge to the learner's side: requests, replies, and what they mean.

Everything that arrives is data of unknown intent. A reply is decoded with the codec's limits, within the time the
whole grading has; what is not a reply ends the grading.
"""

from __future__ import annotations

import builtins
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from panlearn_sandbox.capture import shown_already
from panlearn_sandbox.codec import CodecError, Decoder, Encoder, loaded
from panlearn_sandbox.codec_remote import MAX_HANDLES, Named, Remote, write_named, write_remote
from panlearn_sandbox.proxies import LearnerClass, LearnerObject, make_class, make_function, make_object
from panlearn_sandbox.wire import Late, Lost, Wire

_MOST_NESTED = 40
_MOST_CALLBACKS = 200_000
_MOST_BYTES = 512 << 20
_MOST_WARNINGS = 100


class Ended(BaseException):
    """The learner's side can answer no more: it is lost, late or forged. Not an Exception: no check may swallow it."""

    def __init__(self, how: str, note: str = "") -> None:
        super().__init__(how)
        self.how = how
        self.note = note


class Unreadable(AssertionError):
    """The learner's function gave something that cannot cross."""


@dataclass
class Call:
    """One call of a learner's function: what it was called with, and what came of it."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    error: BaseException | None = None


@dataclass
class Log:
    """What happened on the bridge during one check."""

    calls: list[Call] = field(default_factory=list)
    touched: bool = False
    set_names: bool = False
    changed: list[tuple[Call, int]] = field(default_factory=list)
    raised: dict[int, tuple[BaseException, dict[str, Any]]] = field(default_factory=dict)


class Bridge:
    """Speaks with the learner's side over `wire` until `deadline` (monotonic seconds)."""

    def __init__(
        self,
        wire: Wire,
        deadline: float,
        *,
        names: dict[int, tuple[str, str]],
        write_back: bool = False,
        refreshed: Callable[[str, Any], None] = lambda _name, _value: None,
    ) -> None:
        self.wire = wire
        self.deadline = deadline
        self.names = names  # id of a set-up object -> where it is found by name
        self.write_back = write_back
        self.log = Log()
        self.waited = 0.0
        self.began = False
        self.ended: Ended | None = None
        self.seeds: list[tuple[str, Any]] = []
        self.fetched: dict[str, Any] = {}
        self.refreshed = refreshed  # told the new value of a name that was fetched
        self.calls = 0
        self._proxies: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._iterated: dict[int, int] = {}
        self._nested = 0
        self._callbacks = 0
        self._bytes = 0

    def first_report(self) -> dict[str, Any]:
        """How running the answer went."""
        if self._receive() != ("began",):
            raise self._end("forged")
        self.began = True
        match self._receive():
            case ("ran", dict(report)):
                return report
        raise self._end("forged")

    def get(self, name: str) -> tuple[bool, Any]:
        """Whether the learner's side has a global of this name, and its value."""
        value, extras = self._ask("get", name)
        return not extras.get("missing"), value

    def figure(self) -> Any:
        """The figure that the answer drew last, or None."""
        return self.request("figure")

    def request(self, operation: str, *parts: Any) -> Any:
        """Ask for one value. Raises what the learner's code raised."""
        self.log.touched = True
        value, extras = self._ask(operation, *parts)
        self._print(extras)
        return value

    def call(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the learner's, with what a check passes."""
        call = Call(getattr(target, "__name__", None) or "your object", args, kwargs)
        log = self.log
        log.touched = True
        log.calls.append(call)
        self.calls += 1
        if len(log.calls) > _MOST_NESTED * 10:
            del log.calls[: len(log.calls) // 2]
        options: dict[str, Any] = {"write_back": self.write_back}
        if self.seeds:
            options["seeds"], self.seeds = list(self.seeds), []
        try:
            call.result, extras = self._ask("call", target, args, kwargs, options)
        except Exception as error:
            call.error = error
            raise
        self._print(extras)
        self._arguments(call, extras)
        self._fetch_again(extras)
        return call.result

    def _fetch_again(self, extras: dict[str, Any]) -> None:
        """A call changed globals of theirs: what checks read of them is fetched anew."""
        moved = extras.get("moved")
        for name in moved if type(moved) is list else ():
            if type(name) is str and name in self.fetched:
                there, value = self.get(name)
                if there:
                    self.fetched[name] = value
                    self.refreshed(name, value)

    def _arguments(self, call: Call, extras: dict[str, Any]) -> None:
        """Write changed arguments back, or note that they were changed."""
        changed, now = extras.get("changed"), extras.get("now")
        if type(changed) is not list:
            return
        passed = [*call.args, *call.kwargs.values()]
        for order, place in enumerate(changed[: len(passed)]):
            if type(place) is not int or not 0 <= place < len(passed):
                continue
            if not self.write_back:
                self.log.changed.append((call, place))
            elif type(now) is list and order < len(now):
                _write_back(passed[place], now[order])

    def _print(self, extras: dict[str, Any]) -> None:
        out, warned = extras.get("out"), extras.get("warned")
        if type(out) is str and out:
            sys.stdout.write(out)
        for item in warned[:_MOST_WARNINGS] if type(warned) is list else ():
            if type(item) is tuple and len(item) == len(("category", "text")):
                _warn_as(*item)

    def count_iteration(self, number: int, most: int) -> None:
        """An iterator without an end is not followed for ever."""
        self._iterated[number] = self._iterated.get(number, 0) + 1
        if self._iterated[number] > most:
            raise Unreadable(f"it gave more than {most:,} values without coming to an end")

    def _ask(self, operation: str, *parts: Any) -> tuple[Any, dict[str, Any]]:
        if self.ended:
            raise self.ended
        if self._nested >= _MOST_NESTED:
            raise Unreadable("calls between your answer and the check are nested too deep")
        self._nested += 1
        try:
            self._send((operation, *parts))
            return self._reply()
        finally:
            self._nested -= 1

    def _reply(self) -> tuple[Any, dict[str, Any]]:
        while True:
            message = self._receive()
            match message:
                case ("value", value, dict(extras)):
                    return value, extras
                case ("raise", BaseException() as error, dict(trouble), dict(extras)):
                    self._print(extras)
                    self.log.raised[id(error)] = (error, trouble)
                    raise error
                case ("refused", str(reason), dict()):
                    raise Unreadable(reason)
                case ("ask", str(kind), int(number), *rest):
                    self._serve(kind, number, rest)
                case _:
                    raise self._end("forged")

    def _serve(self, kind: str, number: int, rest: list[Any]) -> None:
        """Do what the learner's code asks of a function or an iterator that a check passed in."""
        self._callbacks += 1
        if self._callbacks > _MOST_CALLBACKS:
            raise self._end("late", "called back more often than a check allows")
        calls = (
            kind == "call" and len(rest) == len(("args", "kwargs")) and type(rest[0]) is tuple and type(rest[1]) is dict
        )
        if not 0 <= number < len(self._kept) or not (calls or (kind == "next" and not rest)):
            raise self._end("forged")
        target = self._kept[number]
        try:
            answer: Any = target(*rest[0], **rest[1]) if calls else _step(target)
        except Exception as error:
            self._send(("failed", error))
        else:
            self._send(("answer", answer))

    def _send(self, message: tuple[Any, ...]) -> None:
        encoder = Encoder(self._export)
        encoder.write(message)
        try:
            self.wire.send(encoder.out, deadline=self.deadline)
        except Lost:
            raise self._end("lost") from None
        except Late:
            raise self._end("late") from None

    def _receive(self) -> Any:
        began = time.monotonic()
        try:
            data = self.wire.receive(deadline=self.deadline)
        except Lost as error:
            raise self._end("lost", str(error)) from None
        except Late:
            raise self._end("late") from None
        finally:
            self.waited += time.monotonic() - began
        self._bytes += len(data)
        if self._bytes > _MOST_BYTES:
            raise self._end("late", "handed over more than a check allows")
        try:
            message = Decoder(data, self._resolve).read()
        except CodecError as error:
            raise Unreadable(str(error)) from None
        except Exception:
            raise self._end("forged") from None
        if type(message) is not tuple or not message:
            raise self._end("forged")
        return message

    def _end(self, how: str, note: str = "") -> Ended:
        self.ended = self.ended or Ended(how, note)
        return self.ended

    def _resolve(self, reference: Any) -> Any:
        if not isinstance(reference, Remote):
            raise CodecError("it holds a name that does not cross")
        if reference.yours:
            if reference.id >= len(self._kept):
                raise CodecError("its reference is not one")
            return self._kept[reference.id]
        found = self._proxies.get(reference.id)
        if found is None:
            if len(self._proxies) >= MAX_HANDLES:
                raise CodecError(f"more than {MAX_HANDLES:,} objects were handed over")
            found = self._proxies[reference.id] = self._proxy(reference)
        return found

    def _proxy(self, remote: Remote) -> Any:
        if remote.kind == "function":
            function = make_function(self, remote)
            self._numbers[id(function)] = -1 - remote.id
            return function
        if remote.kind == "class":
            return make_class(self, remote)
        number = remote.about.get("class")
        kind = self._proxies.get(number) if isinstance(number, int) else None
        return make_object(self, remote, kind if isinstance(kind, LearnerClass) else None)

    def _export(self, encoder: Encoder, value: Any, depth: int) -> None:
        if isinstance(value, LearnerObject | LearnerClass):
            remote = object.__getattribute__(value, "_remote") if isinstance(value, LearnerObject) else value.remote()
            write_remote(encoder, Remote(yours=True, id=remote.id), depth)
            return
        number = self._numbers.get(id(value))
        if number is not None and number < 0:
            write_remote(encoder, Remote(yours=True, id=-1 - number), depth)
            return
        named = self._named(value)
        if named is not None:
            write_named(encoder, named, depth)
            return
        if not callable(value) and not isinstance(value, Iterator):
            raise CodecError(f"a check passes an object of type {type(value).__name__}, which does not cross")
        if number is None:
            number = self._numbers[id(value)] = len(self._kept)
            self._kept.append(value)
        kind = "iterator" if isinstance(value, Iterator) else "function"
        write_remote(encoder, Remote(yours=False, id=number, kind=kind), depth)

    def _named(self, value: Any) -> Named | None:
        """Where the learner's side finds its own copy of a function or object of a library or of the set-up."""
        place = self.names.get(id(value))
        if place is not None:
            return Named(*place)
        if type(value).__name__ == "ufunc":
            numpy, name = loaded("numpy"), getattr(value, "__name__", "")
            return Named("numpy", name) if getattr(numpy, name, None) is value else None
        if not isinstance(value, types.FunctionType | types.BuiltinFunctionType | type):
            return None
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
        if module in {None, "__main__", "panlearn_checks"} or "." in name or "<" in name:
            return None
        return Named(str(module), name) if vars(sys.modules.get(str(module), object)).get(name) is value else None


def _warn_as(category: Any, text: Any) -> None:
    """Warn here as the learner's code did there, which printed it: a check may record it, or make it an error."""
    kind = getattr(builtins, category, None) if type(category) is str else None
    known = isinstance(kind, type) and issubclass(kind, Warning)
    with shown_already():
        warnings.warn(text[:500] if type(text) is str else "", kind if known else UserWarning, stacklevel=4)


def _step(target: Any) -> tuple[bool, Any]:
    try:
        return True, next(target)
    except StopIteration:
        return False, None


def _write_back(mine: Any, theirs: Any) -> None:
    """Make an argument of a check what the learner's function made of its copy."""
    if type(mine) is not type(theirs):
        return
    if type(mine) in {list, bytearray}:
        mine[:] = theirs
    elif type(mine) in {dict, set}:
        mine.clear()
        mine.update(theirs)
    elif type(mine).__name__ == "ndarray" and mine.shape == theirs.shape:
        mine[...] = theirs
    elif type(mine).__name__ == "DataFrame":
        mine.drop(columns=list(mine.columns), inplace=True)
        for name in theirs.columns:
            mine[name] = theirs[name]
