"""A kernel in a container, and the one thread that notices the ends of all of them."""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from panlearn.errors import PlatformError
from panlearn.kernels.docker_container import Container, Maker
from panlearn.kernels.process import SandboxProcess

_log = logging.getLogger(__name__)
_SIGNALLED = 128
_KILLED_WITHIN = 200  # the status of a side whose own process was killed (sandbox/panlearn_sandbox/side.py)
_STATE_SECONDS = 5.0
_OOM_SECONDS = 0.5
_RETRY_SECONDS = 1.0


class DockerProcess(SandboxProcess):
    """One container that is a kernel. What `KernelProcess` promises."""

    def __init__(self, container: Container, maker: Maker, *, on_end: Callable[[], None]) -> None:
        super().__init__(container.pidfd, on_end=on_end)
        self.container = container
        self.pidfd = container.pidfd
        self._maker = maker

    @property
    def why(self) -> str:
        """Why we ended it, if we did."""
        return self._why

    def signal(self, number: int) -> None:
        """Send its first process a signal: ourselves where we may, else through the daemon."""
        try:
            super().signal(number)
        except PermissionError:
            with suppress(PlatformError), self._maker.daemon.asked("A kernel could not be signalled") as api:
                api.kill(self.container.id, signal=signal.Signals(number).name)


class Watcher:
    """Waits for the ends of containers, asks the daemon how each ended, and removes what is left of it."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._lock = threading.Lock()
        self._processes: dict[int, DockerProcess] = {}
        self._wake, self._woken = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._closed = threading.Event()
        self._workers = ThreadPoolExecutor(8, thread_name_prefix="docker-end")
        self._thread = threading.Thread(target=self._run, name="docker-ends", daemon=True)
        self._thread.start()
        self._events = threading.Thread(target=self._follow_events, name="docker-events", daemon=True)
        self._stream: object = None
        self._events.start()

    def watch(self, process: DockerProcess) -> None:
        """Notice its end."""
        with self._lock:
            self._processes[process.pidfd] = process
        os.write(self._woken, b"1")

    def living(self) -> list[DockerProcess]:
        """Those that have not ended."""
        with self._lock:
            return list(self._processes.values())

    def close(self) -> None:
        """End all, and wait until nothing is left of them."""
        ending = self.living()
        for process in ending:
            process.kill()
        for process in ending:
            process.wait(20)
        self._closed.set()
        os.write(self._woken, b"1")
        self._thread.join(5)
        self._workers.shutdown()
        with suppress(Exception):
            self._stream.close()  # type: ignore[attr-defined]
        self._events.join(5)
        for fd in (self._wake, self._woken):
            os.close(fd)

    def _run(self) -> None:
        while not self._closed.is_set():
            poll = select.poll()
            poll.register(self._wake, select.POLLIN)
            with self._lock:
                for pidfd in self._processes:
                    poll.register(pidfd, select.POLLIN)
            for fd, _ in poll.poll():
                if fd == self._wake:
                    with suppress(BlockingIOError):
                        os.read(self._wake, 1 << 12)
                    continue
                with self._lock:
                    process = self._processes.pop(fd)
                self._workers.submit(self._conclude, process)

    def _conclude(self, process: DockerProcess) -> None:
        """Its first process is gone, and all others with it."""
        try:
            status, lost = self._status(process), False
        except PlatformError as error:
            _log.warning("docker.lost container=%s why=%s", process.container.id[:12], error)
            status, lost = -signal.SIGKILL, True
        self._maker.remove(process.container.id)
        process.finish(status, lost=lost)

    def _status(self, process: DockerProcess) -> int:
        deadline = time.monotonic() + _STATE_SECONDS
        while (state := self._maker.state(process.container.id))["Running"] and time.monotonic() < deadline:
            time.sleep(0.02)
        code = int(state["ExitCode"])
        if code in {_SIGNALLED + signal.SIGKILL, _KILLED_WITHIN} and not process.why:
            deadline = time.monotonic() + _OOM_SECONDS  # the daemon may say so a little later
            while not state["OOMKilled"] and not process.why and time.monotonic() < deadline:
                time.sleep(0.05)
                state = self._maker.state(process.container.id)
            if state["OOMKilled"]:
                process.end("memory")
        return _SIGNALLED - code if _SIGNALLED < code < _KILLED_WITHIN else code

    def _follow_events(self) -> None:
        """A container in which anything was ended for want of memory is ended whole: its learner is told why.

        When the daemon is back after it was away, what could not be removed meanwhile is.
        """
        filters = {"event": "oom", "type": "container", "label": f"org.panlearn.instance={self._maker.instance}"}
        while not self._closed.is_set():
            with suppress(PlatformError), self._maker.daemon.asked("Events could not be followed") as api:
                self._maker.reap([process.container.id for process in self.living()])
                self._stream = stream = api.events(filters=filters, decode=True)
                for event in stream:
                    self._end_for_memory(str(event.get("id") or event.get("Actor", {}).get("ID")))
            self._closed.wait(_RETRY_SECONDS)

    def _end_for_memory(self, id_: str) -> None:
        for process in self.living():
            if process.container.id == id_:
                process.end("memory")
