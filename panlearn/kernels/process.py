"""A sandboxed process, held by a descriptor: a reused process id is never signalled by mistake."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

NOT_ISOLATED = 78  # the status of a child whose sandbox could not be made (sandbox/panlearn_sandbox/isolation.py)


class MemoryGroup(Protocol):
    """What knows whether Linux ended something for memory (`panlearn.kernels.cgroups.Group`)."""

    def killed_for_memory(self) -> bool:
        """Whether it did."""


class SandboxProcess:
    """One process that a zygote started. What `KernelProcess` promises."""

    def __init__(
        self,
        pidfd: int,
        *,
        on_end: Callable[[], None] = lambda: None,
        group: MemoryGroup | None = None,
        cpu_seconds: int = 0,
    ) -> None:
        self._pidfd = pidfd
        self._lock = threading.Lock()
        self._on_end = on_end
        self._group = group
        # At its limit of processor time Linux kills it as anybody would; before that time it cannot have been that.
        self._cpu_after = time.monotonic() + cpu_seconds if cpu_seconds else None
        self._why = ""
        self._status: int | None = None
        self.pid = _pid_of(pidfd)
        self.ended = threading.Event()
        self.reason = ""

    def poll(self) -> int | None:
        """The exit status (negative: the signal) once it ended, else None."""
        return self._status if self.ended.is_set() else None

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; the exit status, or None when `timeout` seconds passed."""
        self.ended.wait(timeout)
        return self.poll()

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens where it ended."""
        with self._lock, suppress(ProcessLookupError):
            if not self.ended.is_set():
                signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """End it and everything it started, now."""
        self.end("closed")

    def end(self, why: str) -> None:
        """End it for a reason."""
        self._why = self._why or why
        self.signal(signal.SIGKILL)

    def _limit(self, status: int) -> str:
        """The limit that Linux killed it for, if it did."""
        if status != -signal.SIGKILL:
            return ""
        if self._group is not None and self._group.killed_for_memory():
            return "memory"
        return "cpu" if self._cpu_after is not None and time.monotonic() >= self._cpu_after else ""

    def finish(self, status: int, *, lost: bool = False) -> None:
        """It has ended; called once, by what watches it."""
        with self._lock:
            if self.ended.is_set():
                return
            self._status = status
            self.reason = self._why or self._limit(status) or ("lost" if lost else _reason(status))
            self.ended.set()
            os.close(self._pidfd)
        self._on_end()


def _reason(status: int) -> str:
    if status == NOT_ISOLATED:
        return "not contained"
    return "killed" if status < 0 else "ended"


def _pid_of(pidfd: int) -> int:
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "Pid":
            return int(value)
    return 0
