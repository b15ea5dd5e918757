"""The lesson checkpoint: runs a lesson's public set-up once, then forks the two sides of every grading from there.

It speaks with the grader over one socket (`wire`, JSON). `{"op": "setup", "cells": [...]}` is answered by `{"op":
"ready"}` or `{"op": "broken", ...}`. `{"op": "grade", "job", "limits"}` comes with four descriptors: the learner's
control and values sockets, the checker's control and values sockets; they are handed to the two children unread.
`{"op": "end", "job"}` ends both. `{"op": "side", "job", "side"}` comes with a descriptor of a side's process, by which
the grader watches it. `{"op": "exit", "job", "side", "status", "reason"}` tells of an end.

This process never reads a check, a message, an expected value or an answer: what it has read, its children would hold.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import types
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

_AUTHOR = str(Path(__file__).resolve().parent.parent / "author")
if _AUTHOR not in sys.path:
    sys.path.append(_AUTHOR)

from panlearn_sandbox import (  # noqa: E402
    checker,
    codec_arrays,
    codec_figures,
    codec_frames,
    codec_quantities,
    isolation,
    learner,
)
from panlearn_sandbox.capture import Capture, own_frames, remember_lines, safe_text, show_warnings_briefly  # noqa: E402
from panlearn_sandbox.checking import helpers  # noqa: E402
from panlearn_sandbox.codec import encode  # noqa: E402
from panlearn_sandbox.codec_instances import adopt  # noqa: E402
from panlearn_sandbox.codec_standard import named_tuples  # noqa: E402
from panlearn_sandbox.magics import Unusable, compile_cell  # noqa: E402
from panlearn_sandbox.wire import Lost, Wire  # noqa: E402

_SIDES = 2
_CLOCKS_DIFFER = 0.1
_SETUP = "<lesson>"

codec_arrays.register()
codec_frames.register()
_ = codec_figures, codec_quantities  # imported for what they teach the codec


def serve(channel_fd: int) -> None:
    """Serve one grader until it closes the channel."""
    checkpoint = _Checkpoint(Wire(socket.socket(fileno=channel_fd)))
    try:
        checkpoint.run()
    except Lost:
        return


class Alone:
    """A lesson's set-up and what a side of a grading does with it, in this process."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.names: dict[int, tuple[str, str]] = {}

    def be(self, side: str, fds: list[int]) -> None:
        """Be the learner's or the checker's side, with its control and values sockets, until the other is done."""
        namespace = vars(self.module)
        control, values = (Wire(socket.socket(fileno=fd)) for fd in fds)
        if side == "learner":
            job = control.receive_json()
            control.close()
            learner.serve(job, values, namespace)
        else:
            namespace.update({name: value for name, value in helpers().items() if name not in namespace})
            checker.serve(control, values, namespace, self.names)

    def set_up(self, cells: list[str]) -> dict[str, Any] | None:
        """Run the set-up; what went wrong, or None."""
        sys.modules["__main__"] = self.module
        namespace = vars(self.module)
        sys.stdout = sys.stderr = Capture()
        show_warnings_briefly()
        _plain_display()
        for number, source in enumerate(cells):
            try:
                code = compile_cell(source, _SETUP)
                remember_lines(_SETUP, source)
                exec(code, namespace)
            except Unusable as error:
                return {"cell": number, "line": error.line, "error": "SyntaxError", "text": error.message}
            except BaseException as error:
                lines = [line for filename, line, _ in own_frames(error.__traceback__) if filename == _SETUP]
                return {
                    "cell": number,
                    "line": lines[-1] if lines else None,
                    "error": type(error).__name__,
                    "text": safe_text(error),
                }
        self._settle(namespace)
        return None

    def _settle(self, namespace: dict[str, Any]) -> None:
        """Close the set-up's figures, know its classes and functions by name, and let children share this memory."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")
        codec_arrays.register()
        codec_frames.register()
        adopt(namespace)
        for name, value in namespace.items():
            if isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields"):
                named_tuples[value.__name__, tuple(value._fields)] = value
            if not name.startswith("_") and _by_name(value):
                self.names[id(value)] = ("__main__", name)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        gc.collect()
        gc.freeze()
        gc.disable()


class _Checkpoint(Alone):
    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.wire = wire
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, tuple[int, str, int, int]] = {}  # pidfd -> job, side, pid, seconds of processor time

    def run(self) -> None:
        """Set up, then serve."""
        request = self.wire.receive_json()
        trouble = self.set_up(request["cells"])
        if trouble is not None:
            self.wire.send_json({"op": "broken", **trouble})
            return
        self.wire.send_json({"op": "ready"})
        self.selector.register(self.wire.socket, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.wire.socket:
                    self._answer(self.wire.receive_json())
                    while self.wire.ready():
                        self._answer(self.wire.receive_json())
                else:
                    self._reap(key.fd)

    def _answer(self, request: dict[str, Any]) -> None:
        fds = self.wire.take_fds()
        try:
            if request["op"] == "grade" and len(fds) == 2 * _SIDES:
                self._grade(request, fds)
            elif request["op"] == "end":
                self._end(request["job"])
        finally:
            for fd in fds:
                os.close(fd)

    def _grade(self, request: dict[str, Any], fds: list[int]) -> None:
        limits = isolation.Limits(**request["limits"])
        for side, profile, kept in (("learner", isolation.LEARNER, fds[:2]), ("checker", isolation.CHECKER, fds[2:])):
            try:
                child = isolation.spawn(replace(profile, limits=limits), partial(self.be, side, kept), keep_fds=kept)
            except OSError as error:
                said = {"op": "exit", "job": request["job"], "side": side, "status": isolation.NOT_ISOLATED}
                self.wire.send_json(said | {"reason": str(error)})
                continue
            self.children[child.pidfd] = (request["job"], side, child.pid, limits.cpu_seconds)
            self.selector.register(child.pidfd, selectors.EVENT_READ)
            self.wire.send_json({"op": "side", "job": request["job"], "side": side}, fds=[child.pidfd])

    def _end(self, job: int) -> None:
        for pidfd, (number, _side, _pid, _seconds) in self.children.items():
            if number == job:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)

    def _reap(self, pidfd: int) -> None:
        job, side, pid, seconds = self.children.pop(pidfd)
        self.selector.unregister(pidfd)
        os.close(pidfd)
        _, status, used = os.wait4(pid, 0)
        said = {"op": "exit", "job": job, "side": side, "status": os.waitstatus_to_exitcode(status)}
        # At its limit of processor time Linux kills it as anybody would.
        spent = seconds and used.ru_utime + used.ru_stime >= seconds - _CLOCKS_DIFFER
        self.wire.send_json(said | {"reason": "cpu" if spent and said["status"] == -signal.SIGKILL else ""})


def _by_name(value: Any) -> bool:
    """Whether the learner's side should be given its own copy of a set-up object: all that has no value of its own."""
    if isinstance(value, types.FunctionType | types.ModuleType | type):
        return True
    try:
        encode(value)
    except Exception:
        return True
    return False


def _plain_display() -> None:
    """What a notebook has and a plain Python has not: `display`, and a `plt.show` that needs no screen."""
    import builtins  # noqa: PLC0415 - only written to

    builtins.display = lambda *values, **_options: print(*map(repr, values))  # type: ignore[attr-defined]  # noqa: T201
    matplotlib, pyplot = sys.modules.get("matplotlib"), sys.modules.get("matplotlib.pyplot")
    if matplotlib is not None and pyplot is not None:
        pyplot.switch_backend("Agg")
        vars(pyplot)["show"] = lambda *_args, **_options: None
