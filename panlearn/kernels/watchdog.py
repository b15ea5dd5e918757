"""Ends a sandbox whose processes together hold more memory than one may: a limit per process cannot see that.

Where a control group holds them, Linux ends one of them when it is full; the rest then end too, and with that reason.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from panlearn.kernels.cgroups import Group
from panlearn.kernels.process import SandboxProcess

INTERVAL_SECONDS = 0.5
_MIB = 1 << 20


class Watchdog:
    """Looks at every watched sandbox twice a second."""

    def __init__(self) -> None:
        self._watched: dict[SandboxProcess, Callable[[], bool]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(
        self, process: SandboxProcess, memory_mib: int, group: Group | None = None, *, base: int | None = None
    ) -> None:
        """End `process` for "memory" once it and what it started hold that much beyond what it began with.

        `base`: the bytes that it began with, where they are known.
        """
        if not memory_mib:
            return
        if group is not None and "memory" in group.folders:
            full = group.killed_for_memory
        else:
            base = largest_bytes(process.pid) if base is None else base
            full = partial(_holds_more, process, memory_mib * _MIB, base)
        with self._lock:
            self._watched[process] = full
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()

    def forget(self, process: SandboxProcess) -> None:
        """Watch it no more."""
        with self._lock:
            self._watched.pop(process, None)

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            with self._lock:
                watched = list(self._watched.items())
            for process, full in watched:
                if process.ended.is_set():
                    self.forget(process)
                elif full():
                    process.end("memory")


def _holds_more(process: SandboxProcess, allowed: int, base: int) -> bool:
    return tree_bytes(process.pid, base) > allowed


def tree_bytes(pid: int, base: int) -> int:
    """Memory of a process and all it started, each beyond `base`, which they share with their zygote."""
    return sum(max(0, private_bytes(one) - base) for one in _tree(pid))


def largest_bytes(pid: int) -> int:
    """Memory of that one which holds most, of a process and all it started."""
    return max(private_bytes(one) for one in _tree(pid))


def _tree(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += _children(one)


def private_bytes(pid: int) -> int:
    """Anonymous and shared memory that a process has touched; 0 where it is gone."""
    total = 0
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                total += int(line.split()[1]) * 1024
    return total


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError, ValueError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found
