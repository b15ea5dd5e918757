"""A lesson checkpoint as its owner holds it: the socket to it, and the memory of what it forks."""

from __future__ import annotations

import socket

from panlearn.kernels.process import SandboxProcess
from panlearn.kernels.watchdog import Watchdog, private_bytes, tree_bytes


class SandboxCheckpoint(SandboxProcess):
    """A lesson checkpoint that a zygote started. What `CheckpointProcess` promises."""

    forks = True

    def __init__(self, pidfd: int, channel: socket.socket, watchdog: Watchdog, memory_mib: int) -> None:
        super().__init__(pidfd)
        self.channel = channel
        self._watchdog = watchdog
        self._base = private_bytes(self.pid)
        self._side_base = 0
        watchdog.watch(self, memory_mib)

    def set_up(self) -> int:
        """Its set-up has run: from here on each side is watched by itself. Bytes that the set-up holds."""
        self._watchdog.forget(self)
        return tree_bytes(self.pid, self._base)

    def side(self, pidfd: int, memory_mib: int) -> SandboxProcess:
        """Hold one side of a grading; it ends for "memory" when it and what it started hold more than that."""
        process = SandboxProcess(pidfd)
        # All sides begin with the same pages: to read how many once is enough.
        self._side_base = self._side_base or private_bytes(process.pid)
        self._watchdog.watch(process, memory_mib, base=self._side_base)
        return process
