"""Lesson checkpoints: warm processes that have run a lesson's set-up, kept by use, and gradings forked from them.

To fork and isolate the two sides takes longer than to grade a small answer. So after each grading pairs of sides are
forked for the next ones: they hold what the checkpoint holds, are isolated as all are, and wait for their job. A pair
grades one answer and ends.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from panlearn.errors import KernelLost
from panlearn.kernels.engine import CheckpointProcess, Engine, HeldSide
from panlearn.kernels.environments import Environment
from panlearn.kernels.framing import Closed, Frames
from panlearn.kernels.limits import KernelLimits

MEMORY_MIB = 4096
"""What a checkpoint may use beyond its start; no answer of its lesson can have more."""
_PROCESSES = 1024
_SETUP_SECONDS = 90.0
_EXIT_SECONDS = 1.0
_BEGIN_SECONDS = 120.0
"""Sides that do not fork may wait for a container, then run the set-up."""
_PAIRS = 3
_SPARES = 2
_WITH_SPARES = 3
"""So many checkpoints, those used last, keep spare sides; each pair takes some 8 MiB."""


class SetupBroken(Exception):
    """A lesson's set-up does not run: the author's fault."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a checkpoint was made of."""

    environment: Environment
    files: str | None
    setup: tuple[str, ...]


@dataclass(slots=True)
class Ends:
    """How the two sides of one grading ended: `learner`, `checker` -> exit status, reason."""

    memory_mib: int = 0
    known: dict[str, tuple[int, str]] = field(default_factory=dict)
    held: dict[str, HeldSide] = field(default_factory=dict)
    begun: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, side: str, seconds: float) -> tuple[int, str] | None:
        """The exit status of one side, or None where it lives on."""
        with self.changed:
            self.changed.wait_for(lambda: side in self.known or "lost" in self.known, seconds)
            return self.known.get(side)

    def wait_begun(self, seconds: float) -> None:
        """Wait until both sides are there, or one has ended."""
        with self.changed:
            self.changed.wait_for(lambda: self.begun or bool(self.known), seconds)


class Job:
    """One grading on a checkpoint: sockets to the checker's side and to the learner's side."""

    def __init__(self, number: int, checker: Frames, learner: Frames, ends: Ends) -> None:
        self.number = number
        self.checker = checker
        self.learner = learner
        self.ends = ends

    def close(self) -> None:
        """Close this side's sockets."""
        self.checker.close()
        self.learner.close()


class Checkpoint:
    """One warm checkpoint. Several gradings may run on it at the same time."""

    def __init__(self, process: CheckpointProcess, setup: tuple[str, ...]) -> None:
        self.process = process
        self.users = 0
        self.bytes = 0
        self._frames = Frames(process.channel)
        self._sending = threading.Lock()
        self._jobs: dict[int, Ends] = {}
        self._numbers = itertools.count(1)
        self._spares: deque[tuple[dict[str, int], Job]] = deque()
        self._sparing = threading.Lock()
        self.lost = False
        try:
            self._set_up(setup)
        except BaseException:
            self.close()
            raise
        self._frames.socket.settimeout(None)
        threading.Thread(target=self._listen, name="panlearn-checkpoint", daemon=True).start()

    def _set_up(self, setup: tuple[str, ...]) -> None:
        try:
            self._frames.send({"op": "setup", "cells": list(setup)})
            reply = self._frames.receive(time.monotonic() + _SETUP_SECONDS)
        except Closed:
            if (
                self.process.wait(_EXIT_SECONDS) is not None
                and self.process.reason in {"memory", "killed", "ended"}
                and setup
            ):
                raise SetupBroken(f"the set-up ended its process ({self.process.reason})") from None
            raise KernelLost("A lesson checkpoint ended before it was ready.") from None
        except TimeoutError:
            raise SetupBroken(f"the set-up did not end within {_SETUP_SECONDS:g} seconds") from None
        if reply.get("op") != "ready":
            where = f"cell {int(reply['cell']) + 1}" + (f", line {reply['line']}" if reply.get("line") else "")
            raise SetupBroken(f"set-up {where}: {reply.get('error')}: {reply.get('text')}")
        self.bytes = self.process.set_up()

    def start(self, limits: dict[str, int]) -> Job:
        """The two sides of a grading: a spare pair, else one that is forked now. Raises KernelLost."""
        return self._spare(limits) or self._fork(limits)

    def prepare(self, limits: dict[str, int]) -> None:
        """Fork spare sides with these limits, in place of those with others; returns at once."""
        if not self.process.forks:
            return
        with self._sparing, suppress(KernelLost, OSError):
            while self._spares and self._spares[0][0] != limits:
                self.end(self._spares.popleft()[1])
            while len(self._spares) < _SPARES:
                self._spares.append((limits, self._fork(limits)))

    def rest(self) -> None:
        """End the spare sides."""
        with self._sparing:
            while self._spares:
                self.end(self._spares.popleft()[1])

    def _spare(self, limits: dict[str, int]) -> Job | None:
        with self._sparing:
            while self._spares and self._spares[0][0] == limits and not self.lost:
                job = self._spares.popleft()[1]
                if not job.ends.known:
                    return job
                self.end(job)  # something ended one of its sides
        return None

    def _fork(self, limits: dict[str, int]) -> Job:
        if self.lost:
            raise KernelLost("The lesson checkpoint is gone.")
        mine, theirs = [], []
        for _ in range(_PAIRS):
            one, other = socket.socketpair()
            mine.append(one)
            theirs.append(other)
        values = mine.pop(), theirs.pop()
        ends = Ends(memory_mib=limits["memory_mib"])
        number = next(self._numbers)
        self._jobs[number] = ends
        message = {"op": "grade", "job": number, "limits": limits}
        # In this order: the learner's control and values, the checker's control and values.
        sockets = (theirs[0], values[0], theirs[1], values[1])
        try:
            with self._sending:
                self._frames.send(message, [item.fileno() for item in sockets])
        except Closed:
            self._gone()
            raise KernelLost("The lesson checkpoint is gone.") from None
        finally:
            for item in sockets:
                item.close()
        if not self.process.forks:
            ends.wait_begun(_BEGIN_SECONDS)
        return Job(number, Frames(mine[1]), Frames(mine[0]), ends)

    def end(self, job: Job) -> None:
        """End what is left of a grading; returns at once."""
        job.close()
        with suppress(Closed), self._sending:
            self._frames.send({"op": "end", "job": job.number})

    def _listen(self) -> None:
        """Take note of ends, until the checkpoint is gone."""
        try:
            while True:
                message = self._frames.receive()
                self._take(message, self._frames.take_fds())
        except (Closed, OSError):
            self._gone()

    def _take(self, message: dict[str, Any], fds: list[int]) -> None:
        ends = self._jobs.get(int(message.get("job", 0)))
        if message.get("op") == "side" and ends is not None and fds:
            ends.held[str(message["side"])] = self.process.side(fds.pop(), ends.memory_mib)
        for fd in fds:
            os.close(fd)
        if message.get("op") == "forked" and ends is not None:
            with ends.changed:
                ends.begun = True
                ends.changed.notify_all()
        if message.get("op") != "exit" or ends is None:
            return
        side, status, reason = str(message["side"]), int(message["status"]), str(message.get("reason", ""))
        if (held := ends.held.pop(side, None)) is not None:
            if reason:
                held.end(reason)
            held.finish(status)
            reason = held.reason
        with ends.changed:
            ends.known[side] = status, reason
            ends.changed.notify_all()
        if {"learner", "checker"} <= ends.known.keys():
            self._jobs.pop(int(message["job"]), None)

    def _gone(self) -> None:
        self.lost = True
        for ends in list(self._jobs.values()):
            for held in list(ends.held.values()):
                held.finish(-signal.SIGKILL, lost=True)
            with ends.changed:
                ends.known.setdefault("lost", (0, ""))
                ends.changed.notify_all()

    def close(self) -> None:
        """End the checkpoint and what is left of its gradings."""
        self.lost = True
        with self._sparing:
            while self._spares:
                self._spares.popleft()[1].close()
        self._frames.close()
        self.process.kill()


class Checkpoints:
    """Warm checkpoints, at most `most` of them with `mib` of memory together; the one unused longest goes first.

    One that is in use stays, and so does the one used last, whatever it holds.
    """

    def __init__(self, engine: Engine, most: int, mib: int) -> None:
        self._engine = engine
        self._most = most
        self._most_bytes = mib << 20
        self._lock = threading.Lock()
        self._warm: OrderedDict[Key, Checkpoint] = OrderedDict()
        self._opening: dict[Key, threading.Lock] = {}

    @contextmanager
    def use(self, key: Key) -> Iterator[Checkpoint]:
        """A checkpoint for one grading. Raises SetupBroken, PlatformError, KernelLost."""
        checkpoint = self._take(key)
        try:
            yield checkpoint
        finally:
            with self._lock:
                checkpoint.users -= 1
                resting = list(self._warm.values())[:-_WITH_SPARES]
            for one in resting:
                one.rest()
            self._trim()

    def _take(self, key: Key) -> Checkpoint:
        with self._lock:
            opening = self._opening.setdefault(key, threading.Lock())
        with opening:
            found = self._find(key)
            if found is None:
                process = self._engine.open_checkpoint(
                    key.environment, files=key.files, limits=KernelLimits(memory_mib=MEMORY_MIB, processes=_PROCESSES)
                )
                found = Checkpoint(process, key.setup)
                with self._lock:
                    found.users += 1
                    self._warm[key] = found
            return found

    def _find(self, key: Key) -> Checkpoint | None:
        with self._lock:
            found = self._warm.get(key)
            if found is not None and (found.lost or found.process.poll() is not None):
                del self._warm[key]
                found.close()
                found = None
            if found is not None:
                self._warm.move_to_end(key)
                found.users += 1
            return found

    def forget(self, key: Key) -> None:
        """Drop a checkpoint that does not answer."""
        with self._lock:
            found = self._warm.pop(key, None)
        if found is not None:
            found.close()

    def _trim(self) -> None:
        closing = []
        with self._lock:
            for key, checkpoint in list(self._warm.items())[:-1]:
                if len(self._warm) <= self._most and sum(one.bytes for one in self._warm.values()) <= self._most_bytes:
                    break
                if not checkpoint.users:
                    closing.append(self._warm.pop(key))
                    self._opening.pop(key, None)
        for checkpoint in closing:
            checkpoint.close()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            closing = list(self._warm.values())
            self._warm.clear()
        for checkpoint in closing:
            checkpoint.close()
