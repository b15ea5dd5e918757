"""The Docker engine: one container per kernel, made ahead of time, with the same policy as the zygote's sandboxes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from panlearn.errors import BadInput, NotContained, PlatformError
from panlearn.kernels import docker_image
from panlearn.kernels.containment import examine as examine_zygote
from panlearn.kernels.containment import require as require_zygote
from panlearn.kernels.definitions import definition
from panlearn.kernels.docker_checks import require
from panlearn.kernels.docker_container import Container, Maker, Wanted
from panlearn.kernels.docker_daemon import Daemon
from panlearn.kernels.docker_grading import ContainerCheckpoint
from panlearn.kernels.docker_pool import Pool
from panlearn.kernels.docker_process import DockerProcess, Watcher
from panlearn.kernels.engine import CheckpointProcess
from panlearn.kernels.environments import Environment
from panlearn.kernels.limits import KernelLimits
from panlearn.kernels.runtime import RuntimeFolder
from panlearn.kernels.sockets import inodes_of, listening, paths_of, pipe_with, remove, remove_own
from panlearn.kernels.watchdog import Watchdog
from panlearn.kernels.zygote import ZygoteEngine
from panlearn.kernels.zygote_process import sandbox_argv
from panlearn.settings import Settings

_DIGEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_FIRST_IDENTITY, _LAST_IDENTITY = 100_000, 160_000
_PROFILE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Running:
    """What an engine has once it was wanted."""

    maker: Maker
    runtime: RuntimeFolder
    pool: Pool
    watcher: Watcher
    watchdog: Watchdog


class DockerEngine:
    """Starts kernels in containers. What `Engine` promises, but that gradings and commands are the zygote's."""

    name = "docker"
    mode = "daemon"

    def __init__(self, settings: Settings, *, forget: Callable[[], object] = lambda: None) -> None:
        self._settings = settings
        self._forget = forget
        self._lock = threading.Lock()
        self._identities = count()
        self._images: dict[str, str] = {}
        self._running: _Running | None = None
        self._zygote: ZygoteEngine | None = None
        self._closed = False

    def new_address(self) -> str:
        """A fresh `ip` for a kernel's connection."""
        return self._begun().runtime.new_name()

    def start_kernel(
        self,
        environment: Environment,
        *,
        connection: Mapping[str, Any],
        files: str | None = None,
        limits: KernelLimits | None = None,
    ) -> DockerProcess:
        """Start a kernel that answers at `connection`. Its sockets can be connected to as soon as this returns."""
        running = self._begun()
        wanted = self._wanted(environment, files, limits)
        container = running.pool.take(wanted)
        try:
            paths = paths_of(connection)
            _hand_over(container, connection, paths)
            process = DockerProcess(
                container, running.maker, on_end=partial(_ended, container, paths, inodes_of(paths))
            )
        except BaseException:
            running.maker.discard(container)
            raise
        running.watcher.watch(process)
        return process

    def open_checkpoint(
        self, environment: Environment, *, files: str | None = None, limits: KernelLimits | None = None
    ) -> CheckpointProcess:
        """A lesson checkpoint: by the zygote engine, which forks, or of containers that run the set-up each time."""
        if self._forks_gradings():
            return self._forking("Gradings").open_checkpoint(environment, files=files, limits=limits)
        running = self._begun()
        wanted = self._wanted(environment, files, limits)
        return ContainerCheckpoint(partial(running.pool.take, wanted), partial(_watched, running), running.watchdog)

    def _forks_gradings(self) -> bool:
        if self._settings.grading_engine == "auto":
            return examine_zygote().contained
        return self._settings.grading_engine == "zygote"

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
        """Run a command that sees no network and no files of this machine, by the zygote engine's means."""
        return self._forking("Commands of courses").run_jailed(
            argv, readable=readable, writable=writable, environ=environ, seconds=seconds, memory_mib=memory_mib
        )

    def warm(self, environment: Environment) -> None:
        """Have a container of this environment wait; returns when one does."""
        running = self._begun()
        wanted = self._wanted(environment, None, None)
        running.pool.want(wanted)
        running.pool.wait_ready(wanted, min(1, self._settings.docker_pool), 60)

    def close(self) -> None:
        """End everything that this engine started, and remove what it left."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, None
            zygote, self._zygote = self._zygote, None
        if running is not None:
            running.pool.close()
            running.watchdog.close()
            running.watcher.close()
            running.maker.sweep()
            running.runtime.close()
            running.maker.daemon.close()
        if zygote is not None:
            zygote.close()
        self._forget()

    def _begun(self) -> _Running:
        """The engine's parts, made at the first demand; containers that dead processes left are removed then."""
        with self._lock:
            if self._closed:
                raise PlatformError("The kernel engine was closed.", todo="Start the site again.")
            if self._running is None:
                require(self._settings)
                self._running = self._begin()
            return self._running

    def _begin(self) -> _Running:
        instance = self._settings.runtime_dir.name
        runtime = RuntimeFolder(self._settings.runtime_dir)
        files = self._settings.files_dir
        maker = Maker(
            daemon=Daemon(self._settings), instance=instance, runtime=runtime.path, files=files, seccomp=_seccomp()
        )
        maker.reap()
        pool = Pool(partial(self._make, maker), maker.discard, self._settings.docker_pool)
        return _Running(maker, runtime, pool, Watcher(maker), Watchdog())

    def _make(self, maker: Maker, wanted: Wanted) -> Container:
        """A new container, under a user id of its own, used again after sixty thousand others."""
        with self._lock:
            identity = _FIRST_IDENTITY + next(self._identities) % (_LAST_IDENTITY - _FIRST_IDENTITY)
        return maker.make(wanted, identity)

    def _wanted(self, environment: Environment, files: str | None, limits: KernelLimits | None) -> Wanted:
        if files is not None and not (_DIGEST.fullmatch(files) and (self._settings.files_dir / files).is_dir()):
            raise BadInput(f"There are no course files {files!r}.", todo="Publish the course again.")
        image = self._images.get(environment.digest)
        if image is None:
            image = self._images[environment.digest] = docker_image.reference(self._settings, environment)
        defined = definition(self._settings, environment.name)
        return Wanted(
            image=image,
            files=files,
            limits=limits or defined.limits,
            resources=defined.resources,
        )

    def _forking(self, what: str) -> ZygoteEngine:
        with self._lock:
            if self._closed:
                raise PlatformError("The kernel engine was closed.", todo="Start the site again.")
            zygote = self._zygote = self._zygote or ZygoteEngine(self._settings)
        try:
            require_zygote()
        except NotContained as error:
            raise NotContained(
                f"{what} need the zygote engine, which cannot contain here, so they are refused: {error.message}",
                todo=error.todo,
            ) from error
        return zygote


def _watched(running: _Running, container: Container, ended: Callable[[DockerProcess], None]) -> DockerProcess:
    """A container's process, whose end is noticed and told."""

    def over() -> None:
        container.release()
        ended(process)

    process = DockerProcess(container, running.maker, on_end=over)
    running.watcher.watch(process)
    return process


def _hand_over(container: Container, connection: Mapping[str, Any], paths: Sequence[str]) -> None:
    """Make the kernel's sockets and give them to the container."""
    fds: list[int] = []
    try:
        fds.append(pipe_with(connection))
        fds.extend(listening(path).detach() for path in paths)
        container.hand_over(fds)
    except BaseException:
        remove(paths)
        raise
    finally:
        for fd in fds:
            os.close(fd)


def _ended(container: Container, paths: Sequence[str], inodes: Sequence[int]) -> None:
    container.release()
    remove_own(paths, inodes)


def _seccomp() -> str:
    """The kernels' policy as Docker takes it: said by the sandbox's own code, of which this package knows nothing."""
    done = subprocess.run(
        sandbox_argv(Path(sys.executable), "docker-profile", {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PROFILE_SECONDS,
        check=False,
        cwd="/",
    )
    if done.returncode or not done.stdout.startswith("{"):
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise NotContained(
            f"The policy of system calls could not be written for Docker, so no learner code is run: {said[-1]}",
            todo="`panlearn doctor` says which machines are known.",
        )
    return done.stdout
