"""The learner's side: runs the answer, then does what the checker's side asks for, value by value.

Nothing in this process is trusted, this module included, once the answer has run. It decides nothing: it reports, and
whatever it reports is taken for a value. It is given the answer and public cells only.
"""

from __future__ import annotations

import gc
import random
import sys
import warnings
from typing import Any

from panlearn_sandbox import codec
from panlearn_sandbox.capture import (
    ANSWER,
    Capture,
    own_frames,
    own_traceback,
    remember_lines,
    safe_text,
    show_warnings_briefly,
)
from panlearn_sandbox.changes import Changes, operate
from panlearn_sandbox.codec import CodecError, Decoder, Encoder, type_name
from panlearn_sandbox.magics import Unusable, compile_cell
from panlearn_sandbox.objects import Iterating, Objects
from panlearn_sandbox.wire import Lost, Wire

_UNCHANGEABLE = (type(None), bool, int, float, complex, str, bytes, range)
_MOST_WARNINGS = 100
_SMALL = 1_000
_MOST_NESTED = 40


def serve(job: dict[str, Any], values: Wire, namespace: dict[str, Any]) -> None:
    """Run the cells of `job`, say how that went, then answer requests until the checker's side is done."""
    side = _Side(values, namespace)
    side.say("began")
    side.say("ran", side.run(job["cells"]))
    try:
        while True:
            side.answer(side.listen())
    except Lost:
        return


class _Side:
    """The state of one grading on this side."""

    def __init__(self, wire: Wire, namespace: dict[str, Any]) -> None:
        self.wire = wire
        self.namespace = namespace
        self.objects = Objects(self.ask)
        self.capture = Capture()
        self.changes = Changes(namespace)
        self.watched: set[str] = set()
        self.warned: list[tuple[str, str]] = []
        self.nested = 0

    def run(self, cells: list[dict[str, str]]) -> dict[str, Any]:
        """Run the cells in order. A cell before the answer that fails is noted and does not stop the rest."""
        sys.stdout = sys.stderr = self.capture
        show_warnings_briefly(self._warn)
        _seed()
        troubles: list[dict[str, Any]] = []
        trouble: dict[str, Any] | None = None
        for cell in cells:
            self.capture.take()
            trouble = self._run_cell(cell)
            if trouble and cell["kind"] != "answer":
                troubles.append(trouble | {"exercise": cell.get("exercise", ""), "kind_of_cell": cell["kind"]})
        return {"trouble": trouble, "earlier": troubles[:20], "output": self.capture.take()}

    def _run_cell(self, cell: dict[str, str]) -> dict[str, Any] | None:
        filename = {"answer": ANSWER, "earlier": f"<your answer to {cell.get('exercise', '')}>"}.get(
            cell["kind"], "<lesson>"
        )
        try:
            code = compile_cell(cell["source"], filename)
        except Unusable as error:
            return {"error": "SyntaxError", "text": error.message, "line": error.line, "traceback": ""}
        remember_lines(filename, cell["source"])
        try:
            exec(code, self.namespace)
        except BaseException as error:
            return _trouble(error)
        return None

    def say(self, status: str, *parts: Any) -> None:
        """Send one message; values that cannot cross are said to be so."""
        encoder = Encoder(self.objects.export)
        try:
            encoder.write((status, *parts))
        except CodecError as error:
            encoder = Encoder()
            encoder.write(("refused", str(error), {}))
        except Exception as error:
            encoder = Encoder()
            encoder.write(("refused", f"reading it raised {type_name(error)}", {}))
        self.wire.send(encoder.out)

    def listen(self) -> tuple[Any, ...]:
        """The next message of the checker's side."""
        message = Decoder(self.wire.receive(), self.objects.resolve).read()
        return tuple(message)

    def ask(self, *request: Any) -> Any:
        """Ask the checker's side for something, and answer what it asks meanwhile."""
        if self.nested >= _MOST_NESTED:
            raise RecursionError("calls between your answer and the check are nested too deep")
        self.nested += 1
        try:
            self.say("ask", *request)
            while True:
                message = self.listen()
                if message[0] == "answer":
                    return message[1]
                if message[0] == "failed":
                    raise message[1]
                self.answer(message)
        finally:
            self.nested -= 1

    def answer(self, request: tuple[Any, ...]) -> None:
        """Do what one request asks for and say what came of it."""
        operation, *parts = request
        try:
            value, extras = getattr(self, f"do_{operation}")(*parts)
        except Lost:
            raise
        except BaseException as error:
            self.say("raise", _for_crossing(error), _trouble(error), self._extras())
        else:
            self.say("value", value, extras | self._extras())

    def _warn(self, category: str, text: str) -> None:
        if len(self.warned) < _MOST_WARNINGS:
            self.warned.append((category, text))

    def _extras(self) -> dict[str, Any]:
        extras: dict[str, Any] = {"out": self.capture.take()}
        if self.warned:
            extras["warned"], self.warned = self.warned, []
        return extras

    def do_get(self, name: str) -> tuple[Any, dict[str, Any]]:
        """The value of a global name, or that there is none."""
        if name not in self.namespace:
            return None, {"missing": True}
        if not callable(self.namespace[name]):
            self.watched.add(name)
        return self.namespace[name], {}

    def do_call(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], options: dict[str, Any]) -> Any:
        """Call a function; say which of its arguments it changed."""
        for module, seed in options.get("seeds", ()):
            _seed_with(module, seed)
        passed = [*args, *kwargs.values()]
        watched = {place: value for place, value in enumerate(passed) if type(value) not in _UNCHANGEABLE}
        before = {place: self._print_of(value) for place, value in watched.items()}
        warnings.simplefilter("default", append=True)  # each call may warn anew
        known = {name: self._state_of(name) for name in self.watched}
        result = target(*args, **kwargs)
        changed = [place for place, value in watched.items() if self._print_of(value) != before[place]]
        extras: dict[str, Any] = {"changed": changed}
        if changed and options.get("write_back"):
            extras["now"] = [passed[place] for place in changed]
        moved = [name for name, state in known.items() if self._state_of(name) != state]
        if moved:
            extras["moved"] = moved
        return result, extras

    def _state_of(self, name: str) -> tuple[int, bytes | None]:
        """Which object a global name holds and, for a small one that can change in place, what is in it."""
        value: Any = self.namespace.get(name)
        small = type(value) in (list, dict, set, bytearray) and len(value) <= _SMALL
        return id(value), self._print_of(value) if small else None

    def _print_of(self, value: Any) -> bytes | None:
        """The value's bytes, to see whether it changes; None for what is followed by reference only."""
        if isinstance(value, Iterating) or callable(value):
            return None
        try:
            return codec.encode(value, self.objects.export)
        except CodecError:
            return None

    def do_attr(self, target: Any, name: str) -> tuple[Any, dict[str, Any]]:
        """A public attribute of an object."""
        return getattr(target, name), {}

    def do_item(self, target: Any, key: Any) -> tuple[Any, dict[str, Any]]:
        """An item of an object."""
        return target[key], {}

    def do_len(self, target: Any) -> tuple[Any, dict[str, Any]]:
        """The length of an object."""
        return len(target), {}

    def do_iter(self, target: Any) -> tuple[Any, dict[str, Any]]:
        """An iterator over an object."""
        return iter(target), {}

    def do_next(self, target: Any) -> tuple[Any, dict[str, Any]]:
        """One more value of an iterator, or that it is at its end."""
        try:
            return (True, next(target)), {}
        except StopIteration:
            return (False, None), {}

    def do_set(self, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Give global names other values."""
        self.changes.set(values)
        return None, {}

    def do_patch(self, path: str, value: Any) -> tuple[Any, dict[str, Any]]:
        """Put a value in the place of a name."""
        self.changes.patch(path, value)
        return None, {}

    def do_hide(self, paths: list[str]) -> tuple[Any, dict[str, Any]]:
        """Take names away."""
        self.changes.hide(paths)
        return None, {}

    def do_type(self, lines: list[str]) -> tuple[Any, dict[str, Any]]:
        """Have `input()` give these lines."""
        self.changes.type(lines)
        return None, {}

    def do_mark(self) -> tuple[Any, dict[str, Any]]:
        """How many changes to names there are."""
        return self.changes.mark(), {}

    def do_restore(self, mark: int) -> tuple[Any, dict[str, Any]]:
        """Take back the changes to names after a mark."""
        self.changes.restore(mark)
        return None, {}

    def do_op(self, name: str, operands: tuple[Any, ...]) -> tuple[Any, dict[str, Any]]:
        """What an operation gives."""
        return operate(name, operands), {}

    def do_map(self, target: Any, rows: list[tuple[Any, ...]]) -> tuple[Any, dict[str, Any]]:
        """What a function gives for each row of arguments."""
        return [target(*row) for row in rows], {}

    def do_figure(self) -> tuple[Any, dict[str, Any]]:
        """The figure that the answer drew last, or None."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None or not pyplot.get_fignums():
            return None, {}
        return pyplot.gcf(), {}


def _seed() -> None:
    """Siblings forked of one process must not share their random numbers."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    gc.enable()


def _seed_with(module: str, seed: Any) -> None:
    if module == "random":
        random.seed(seed)
    elif "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)


def _for_crossing(error: BaseException) -> BaseException:
    if isinstance(error, Exception):
        return error
    return RuntimeError(f"{type(error).__name__}: {safe_text(error)}")


def _trouble(error: BaseException) -> dict[str, Any]:
    """What is known of an exception, as plain values."""
    kind = type_name(error)
    text = safe_text(error)
    frames = own_frames(error.__traceback__)
    in_answer = [line for filename, line, _ in frames if filename == ANSWER]
    return {
        "error": "MemoryError"
        if isinstance(error, MemoryError)
        else "SystemExit"
        if isinstance(error, SystemExit)
        else kind,
        "text": text,
        "line": in_answer[-1] if in_answer else None,
        "name": str(getattr(error, "name", "") or "") if isinstance(error, NameError) else "",
        "traceback": own_traceback(frames, f"{kind}: {text}" if text else kind),
    }
