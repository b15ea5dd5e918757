"""The zygote engine: per environment one process with the scientific stack imported, which forks per learner."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from socket import AF_UNIX, SOCK_SEQPACKET, socket, socketpair
from typing import Any

from panlearn.errors import BadInput, PlatformError
from panlearn.kernels import jail
from panlearn.kernels.cgroups import Group, Groups
from panlearn.kernels.checkpoint import SandboxCheckpoint
from panlearn.kernels.containment import require
from panlearn.kernels.definitions import definition
from panlearn.kernels.engine import PORTS
from panlearn.kernels.environments import Environment
from panlearn.kernels.limits import KernelLimits
from panlearn.kernels.process import SandboxProcess
from panlearn.kernels.runtime import RuntimeFolder
from panlearn.kernels.sockets import SOCKET_ORDER, inodes_of, listening, paths_of, pipe_with, remove, remove_own
from panlearn.kernels.watchdog import Watchdog
from panlearn.kernels.zygote_process import Zygote
from panlearn.settings import Settings

_FIRST_IDENTITY, _LAST_IDENTITY = 10_000, 60_000
_DIGEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class ZygoteEngine:
    """Starts sandboxed processes by forking. What `Engine` promises."""

    name = "zygote"

    def __init__(self, settings: Settings, *, forget: Callable[[], object] = lambda: None) -> None:
        self.mode = "root" if os.geteuid() == 0 else "user"
        self._settings = settings
        self._forget = forget
        self._lock = threading.Lock()
        self._starting: dict[str, threading.Lock] = {}
        self._zygotes: dict[str, Zygote] = {}
        self._identities = count()
        self._runtime: RuntimeFolder | None = None
        self._watchdog = Watchdog()
        self._groups: Groups | None = None
        self._closed = False

    def new_address(self) -> str:
        """A fresh `ip` for a kernel's connection."""
        with self._lock:
            if self._runtime is None:
                self._runtime = RuntimeFolder(self._settings.runtime_dir)
            return self._runtime.new_name()

    def start_kernel(
        self,
        environment: Environment,
        *,
        connection: Mapping[str, Any],
        files: str | None = None,
        limits: KernelLimits | None = None,
    ) -> SandboxProcess:
        """Start a kernel that answers at `connection`. Its sockets can be connected to as soon as this returns."""
        limits = limits or definition(self._settings, environment.name).limits
        self._check_files(files)
        group = self._new_group(limits)
        try:
            process = self._start(environment, connection, files, limits, group)
        except BaseException:
            if group is not None:
                group.remove()
            raise
        self._watchdog.watch(process, limits.memory_mib, group)
        return process

    def _start(
        self,
        environment: Environment,
        connection: Mapping[str, Any],
        files: str | None,
        limits: KernelLimits,
        group: Group | None,
    ) -> SandboxProcess:
        paths = paths_of(connection)
        sockets: list[socket] = []
        try:
            sockets.extend(listening(path) for path in paths)
            request = self._request("kernel", files, limits)
            pidfd, started = self._fork(environment, request, sockets, connection)
        except BaseException:
            remove(paths)
            raise
        finally:
            for one in sockets:
                one.close()
        inodes = inodes_of(paths)

        def end() -> None:
            remove_own(paths, inodes)
            if group is not None:
                group.remove()

        process = SandboxProcess(pidfd, on_end=end, group=group, cpu_seconds=limits.cpu_seconds)
        if group is not None:
            # In time: nobody can send it any code before this method has returned.
            with suppress(ProcessLookupError):
                group.add(process.pid)
        started(process)
        return process

    def _new_group(self, limits: KernelLimits) -> Group | None:
        """A control group for one kernel; None where none can be made."""
        with self._lock:
            if self._groups is None:
                self._groups = Groups(self._settings.runtime_dir.name.rpartition("-")[2])
            groups = self._groups
        return groups.new(limits) if groups.trees else None

    def _request(self, what: str, files: str | None, limits: KernelLimits) -> dict[str, Any]:
        return {"op": what, "files": files, "identity": self._next_identity(), "limits": limits.inside}

    def _fork(
        self,
        environment: Environment,
        request: dict[str, Any],
        sockets: Sequence[socket],
        connection: Mapping[str, Any] | None = None,
    ) -> tuple[int, Callable[[SandboxProcess], None]]:
        fds = [one.fileno() for one in sockets]
        pipe = [pipe_with(connection)] if connection is not None else []
        try:
            return self._zygote(environment).fork(request, pipe + fds)
        finally:
            for fd in pipe:
                os.close(fd)

    def open_checkpoint(
        self, environment: Environment, *, files: str | None = None, limits: KernelLimits | None = None
    ) -> SandboxCheckpoint:
        """Start a process that runs a lesson's set-up and forks gradings from it."""
        limits = limits or definition(self._settings, environment.name).limits
        self._check_files(files)
        ours, theirs = socketpair(AF_UNIX, SOCK_SEQPACKET)
        try:
            request = self._request("checkpoint", files, limits)
            pidfd, started = self._fork(environment, request, [theirs])
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        process = SandboxCheckpoint(pidfd, ours, self._watchdog, limits.memory_mib)
        started(process)
        return process

    def run_jailed(
        self,
        argv: Sequence[str],
        *,
        readable: list[Path],
        writable: Path,
        environ: Mapping[str, str],
        seconds: float,
        memory_mib: int,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that sees no network and no files of this machine but the system's and those named."""
        require()
        return jail.run(
            argv, readable=readable, writable=writable, environ=environ, seconds=seconds, memory_mib=memory_mib
        )

    def warm(self, environment: Environment) -> None:
        """Start the environment's zygote, if there is none."""
        self._zygote(environment)

    def zygote_pid(self, environment: Environment) -> int | None:
        """The process that holds the environment's zygote, if there is one."""
        zygote = self._zygotes.get(environment.digest)
        return zygote.pid if zygote and zygote.alive else None

    def close(self) -> None:
        """End everything that this engine started, and remove what it left."""
        with self._lock:
            self._closed = True
            zygotes, self._zygotes = list(self._zygotes.values()), {}
            runtime, self._runtime = self._runtime, None
            groups, self._groups = self._groups, None
        for zygote in zygotes:
            zygote.close()
        self._watchdog.close()
        if runtime is not None:
            runtime.close()
        if groups is not None:
            groups.close()
        self._forget()

    def _zygote(self, environment: Environment) -> Zygote:
        """The environment's zygote: the living one, else a new one."""
        with self._lock:
            starting = self._starting.setdefault(environment.digest, threading.Lock())
        with starting:
            if self._closed:
                raise PlatformError("The kernel engine was closed.", todo="Start the site again.")
            zygote = self._zygotes.get(environment.digest)
            if zygote is None or not zygote.alive:
                require()
                zygote = Zygote(environment, files=self._settings.files_dir, log=self._settings.home_dir / "log")
                self._zygotes[environment.digest] = zygote
            return zygote

    def _next_identity(self) -> int | None:
        """As root every process gets a user id of its own, used again after fifty thousand others."""
        if self.mode != "root":
            return None
        return _FIRST_IDENTITY + next(self._identities) % (_LAST_IDENTITY - _FIRST_IDENTITY)

    def _check_files(self, files: str | None) -> None:
        if files is None:
            return
        if not _DIGEST.fullmatch(files) or not (self._settings.files_dir / files).is_dir():
            raise BadInput(f"There are no course files {files!r}.", todo="Publish the course again.")


assert tuple(PORTS) == SOCKET_ORDER  # noqa: S101  the order that kernel.py binds them in
