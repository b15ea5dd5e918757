"""A lesson checkpoint of containers: nothing forks, so that each side of a grading runs the set-up in one of its own.

The grading layer speaks with it as with any checkpoint, over a socket. What answers here is a thread: for `setup` a
container tries the cells; for `grade` two containers of the pool are made the sides, with the sockets that came along.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NoReturn

from panlearn.errors import KernelLost, PanlearnError, PlatformError
from panlearn.kernels.docker_container import Container
from panlearn.kernels.docker_process import DockerProcess
from panlearn.kernels.framing import Closed, Frames
from panlearn.kernels.process import NOT_ISOLATED
from panlearn.kernels.watchdog import Watchdog

_log = logging.getLogger(__name__)
SETUP_SECONDS = 90.0
_GONE_SECONDS = 5.0
_SIDES = ("learner", "checker")

Take = Callable[[], Container]
Watch = Callable[[Container, Callable[[DockerProcess], None]], DockerProcess]


class ContainerCheckpoint:
    """What `CheckpointProcess` promises. `take` gives an imported container, `watch` notices its end.

    A container has the memory of a whole lesson; `watchdog` ends a side that takes more than its exercise allows.
    """

    forks = False

    def __init__(self, take: Take, watch: Watch, watchdog: Watchdog) -> None:
        self._take, self._watch, self._watchdog = take, watch, watchdog
        self._lock = threading.Lock()
        self._living: dict[int, list[DockerProcess]] = {}
        self._ending: set[int] = set()
        self._cells = b"[]"
        self._workers = ThreadPoolExecutor(8, thread_name_prefix="docker-grading")
        # Threads of their own: a grading that waits for its sides must not keep theirs.
        self._sides = ThreadPoolExecutor(16, thread_name_prefix="docker-side")
        # Of packets: from a stream one read may give two messages, and the second's descriptors to the first.
        self.channel, mine = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._frames = Frames(mine)
        self._sending = threading.Lock()
        self.pid = 0
        self.ended = threading.Event()
        self.reason = ""
        threading.Thread(target=self._serve, name="docker-checkpoint", daemon=True).start()

    def poll(self) -> int | None:
        """0 once it was closed or its set-up ended its process."""
        return 0 if self.ended.is_set() else None

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        self.ended.wait(timeout)
        return self.poll()

    def signal(self, number: int) -> None:
        """There is no one process to signal; every signal ends it."""
        del number
        self.kill()

    def set_up(self) -> int:
        """0: between gradings nothing of it lives."""
        return 0

    def side(self, pidfd: int, memory_mib: int) -> NoReturn:
        """Never asked for: its sides are containers."""
        raise NotImplementedError

    def kill(self) -> None:
        """End all of its gradings."""
        self._finish("closed")

    def _finish(self, reason: str) -> None:
        with self._lock:
            if self.ended.is_set():
                return
            self.reason = reason
            self.ended.set()
            processes = [one for many in self._living.values() for one in many]
        self._frames.close()
        for process in processes:
            process.kill()
        for pool in (self._workers, self._sides):
            pool.shutdown(wait=False, cancel_futures=True)

    def _serve(self) -> None:
        """Do what the grading layer asks, until it closes the channel."""
        try:
            while True:
                message = self._frames.receive()
                self._answer(message, self._frames.take_fds())
        except (Closed, OSError, RuntimeError):
            self._finish("closed")

    def _answer(self, message: dict[str, Any], fds: list[int]) -> None:
        if message.get("op") == "setup":
            self._set_up(message["cells"])
        elif message.get("op") == "grade" and len(fds) == 2 * len(_SIDES):
            self._workers.submit(self._grade, int(message["job"]), message["limits"], fds)
            return
        elif message.get("op") == "end":
            self._end(int(message["job"]))
        for fd in fds:
            os.close(fd)

    def _say(self, message: dict[str, Any]) -> None:
        with suppress(Closed), self._sending:
            self._frames.send(message)

    def _set_up(self, cells: list[str]) -> None:
        """Try the set-up in a container, which ends afterwards."""
        self._cells = json.dumps(cells).encode()
        if not cells:
            self._say({"op": "ready"})
            return
        try:
            reply, process = self._side("trial", {}, [], lambda _process: None)
        except PanlearnError as error:
            _log.warning("docker.setup_lost why=%s", error)
            self._finish("lost")
            return
        if reply is not None:
            self._say(reply)
            process.kill()
            return
        process.wait(_GONE_SECONDS)
        self._finish(process.reason or "ended")

    def _grade(self, job: int, limits: dict[str, int], fds: list[int]) -> None:
        """Make two containers the sides; say when both are there, and how each ends."""
        shares = {"learner": fds[:2], "checker": fds[2:]}
        sides = [self._sides.submit(self._one_side, job, side, limits, shares[side]) for side in _SIDES]
        begun = [one.result() for one in sides]
        if all(begun):
            self._say({"op": "forked", "job": job})

    def _one_side(self, job: int, side: str, limits: dict[str, int], fds: Sequence[int]) -> bool:
        def ended(process: DockerProcess) -> None:
            status = process.poll()
            self._say({"op": "exit", "job": job, "side": side, "status": status or 0, "reason": process.reason})

        try:
            reply, process = self._side(side, limits, fds, ended)
        except Exception as error:  # noqa: BLE001  whatever it was, the grader must not wait for it
            if not isinstance(error, PanlearnError):
                _log.exception("docker.side_failed side=%s", side)
            self._say({"op": "exit", "job": job, "side": side, "status": NOT_ISOLATED, "reason": str(error)})
            return False
        finally:
            for fd in fds:
                os.close(fd)
        with self._lock:
            late = job in self._ending or self.ended.is_set()
            if not late:
                self._living.setdefault(job, []).append(process)
        if late:
            process.kill()
        self._watchdog.watch(process, limits["memory_mib"])
        return reply is not None and reply.get("op") == "ready" and not late

    def _side(
        self, side: str, limits: dict[str, int], fds: Sequence[int], ended: Callable[[DockerProcess], None]
    ) -> tuple[dict[str, Any] | None, DockerProcess]:
        """A container that has run the set-up: what it said (nothing, if it ended meanwhile), and its process."""
        container = self._take()
        cells = os.memfd_create("panlearn-setup", os.MFD_CLOEXEC)
        try:
            os.write(cells, self._cells)
            os.lseek(cells, 0, os.SEEK_SET)
            process = self._watch(container, ended)
            try:
                container.hand_over([cells, *fds], {"op": "side", "side": side, "limits": limits})
            except KernelLost:
                process.kill()
                raise
        finally:
            os.close(cells)
        return _said(container), process

    def _end(self, job: int) -> None:
        with self._lock:
            self._ending.add(job)
            processes = self._living.pop(job, [])
        for process in processes:
            process.kill()


def _said(container: Container) -> dict[str, Any] | None:
    """What a container says once its set-up has run; None where it ended before."""
    try:
        container.channel.settimeout(SETUP_SECONDS)
        data = container.channel.recv(1 << 16)
        reply = json.loads(data) if data else None
    except TimeoutError:
        raise PlatformError("A lesson's set-up did not end in its container.", todo="Look at the set-up.") from None
    except (OSError, ValueError):
        return None
    return reply if isinstance(reply, dict) else None
