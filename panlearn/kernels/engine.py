"""What runs sandboxed processes: one small interface, behind which engines differ."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from panlearn.kernels.environments import Environment
from panlearn.kernels.limits import KernelLimits
from panlearn.settings import Settings

PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
"""A kernel listens on five unix sockets `<ip>-<port>`: so does Jupyter name them in the transport `ipc`."""


class KernelProcess(Protocol):
    """One sandboxed process, as its owner on this machine holds it.

    `ended` is set within a second of its end. `reason` is then "ended" (it left by itself), "killed" (by a signal),
    "memory" or "cpu" (it used more than it may), "closed" (by us) or "lost" (what contained it is gone).
    """

    pid: int
    ended: threading.Event
    reason: str

    def poll(self) -> int | None:
        """The exit status (negative: the signal) once it ended, else None."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; the exit status, or None when `timeout` seconds passed."""

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens where it ended."""

    def kill(self) -> None:
        """End it and everything it started, now."""


class HeldSide(Protocol):
    """One side of a grading. `reason` as of a `KernelProcess`."""

    reason: str

    def end(self, why: str) -> None:
        """End it for a reason."""

    def finish(self, status: int, *, lost: bool = False) -> None:
        """It has ended with this status, or what it ran in has."""


class CheckpointProcess(KernelProcess, Protocol):
    """A lesson checkpoint: `channel` (packets, connected) is spoken by the grading layer, which closes it.

    `forks`: sides are there as soon as they are asked for, and `{"op": "side"}` comes with a descriptor of each; else
    each runs the set-up first, and `{"op": "forked"}` says that both have.
    """

    channel: socket.socket
    forks: bool

    def set_up(self) -> int:
        """To be called once its set-up has run: the bytes of memory that it holds until it is closed."""

    def side(self, pidfd: int, memory_mib: int) -> HeldSide:
        """Hold a side by its descriptor; it is ended where it and all it started hold more than `memory_mib`."""


class Engine(Protocol):
    """Starts sandboxed processes. Safe to use from several threads; `engine_for` gives one per process.

    Every method that starts something raises `NotContained` where this machine cannot contain it, `PlatformError` or
    `KernelLost` where the start failed, `BadInput` for course files that do not exist.
    """

    name: str
    mode: str

    def new_address(self) -> str:
        """A fresh `ip` for a kernel's connection: the path that its sockets' names begin with."""

    def start_kernel(
        self,
        environment: Environment,
        *,
        connection: Mapping[str, Any],
        files: str | None = None,
        limits: KernelLimits | None = None,
    ) -> KernelProcess:
        """Start a kernel that answers at `connection` (`ip` from `new_address`, `PORTS`, and `key`).

        Without `limits` it gets those of its environment's definition.
        """

    def open_checkpoint(
        self, environment: Environment, *, files: str | None = None, limits: KernelLimits | None = None
    ) -> CheckpointProcess:
        """Start a process that runs a lesson's set-up and forks gradings from it."""

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
        """Run a command that sees no network and no files of this machine but the system's and those named.

        It works in the folder `writable`. The status is 124 where time ran out, 128 + n where signal n ended it.
        """

    def warm(self, environment: Environment) -> None:
        """Make the next start of this environment quick."""

    def close(self) -> None:
        """End everything that this engine started, and remove what it left."""


_engines: dict[tuple[int, Path], Engine] = {}
_lock = threading.Lock()


def engine_for(settings: Settings) -> Engine:
    """This process's engine for an instance (`settings.home_dir`); the same one every time."""
    key = (os.getpid(), settings.home_dir)
    with _lock:
        engine = _engines.get(key)
        if engine is None:
            engine = _engines[key] = _new_engine(settings, lambda: _engines.pop(key, None))
        return engine


def _new_engine(settings: Settings, forget: Callable[[], object]) -> Engine:
    from panlearn.kernels.choice import chosen  # noqa: PLC0415  the engines know this interface

    if chosen(settings) == "docker":
        from panlearn.kernels.docker import DockerEngine  # noqa: PLC0415  as above; and its SDK takes a while

        return DockerEngine(settings, forget=forget)
    from panlearn.kernels.zygote import ZygoteEngine  # noqa: PLC0415  as above

    return ZygoteEngine(settings, forget=forget)


def engine_at(home: Path) -> Engine:
    """As `engine_for`, by the home folder alone: for a kernel spec, which can carry nothing else.

    Whoever uses a kernel spec (nbconvert, say) knows of no engine to close: it is closed when their process ends.
    """
    with _lock:
        engine = _engines.get((os.getpid(), home))
    if engine is None:
        engine = engine_for(Settings(home=home))
        atexit.register(engine.close)
    return engine
