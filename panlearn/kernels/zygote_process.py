"""One zygote process and the conversation with it."""

from __future__ import annotations

import array
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from socket import AF_UNIX, CMSG_SPACE, MSG_CMSG_CLOEXEC, SCM_RIGHTS, SHUT_RDWR, SOCK_SEQPACKET, SOL_SOCKET, socketpair
from typing import Any

from panlearn.errors import KernelLost, NotContained, PlatformError
from panlearn.kernels.environments import Environment
from panlearn.kernels.process import SandboxProcess
from panlearn.settings import resource

READY_SECONDS = 60.0
ANSWER_SECONDS = 20.0
_Answers = SimpleQueue[tuple[dict[str, Any], list[int]]]
_MAX_MESSAGE = 1 << 16
_ENVIRON = {
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108  as the next
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108  in the zygote's own /tmp
    # One thread: a zygote must be single-threaded to fork, and learners share the cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def sandbox_argv(python: Path, what: str, specification: dict[str, Any]) -> list[str]:
    """The command that enters a sandbox."""
    package = resource("sandbox") / "panlearn_sandbox"
    return [str(python), "-I", str(package), what, json.dumps(specification)]


class Zygote:
    """A running zygote. `alive` turns false when it ends, and all it started has ended then."""

    def __init__(self, environment: Environment, *, files: Path, log: Path) -> None:
        files.mkdir(parents=True, exist_ok=True)
        log.mkdir(parents=True, exist_ok=True)
        self._log = log / f"zygote-{environment.name}.log"
        ours, theirs = socketpair(AF_UNIX, SOCK_SEQPACKET)
        specification = {"channel": theirs.fileno(), "files": str(files), "readable": [str(environment.path)]}
        fd = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._log_start = os.fstat(fd).st_size
        try:
            self._process = subprocess.Popen(
                sandbox_argv(environment.python, "zygote", specification),
                stdin=subprocess.DEVNULL,
                stdout=fd,
                stderr=fd,
                env=_ENVIRON,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd="/",
            )
        except OSError as error:
            ours.close()
            raise PlatformError(
                f"The environment {environment.name!r} could not be started: {error}.",
                todo=f"Run `panlearn env build {environment.name}`.",
            ) from error
        finally:
            os.close(fd)
            theirs.close()
        self._channel = ours
        self._lock = threading.Lock()
        self._next = 0
        self._answers: dict[int, _Answers] = {}
        self._processes: dict[int, SandboxProcess] = {}
        self._asked: set[int] = set()  # asked for, and not yet held by anyone
        self._ended_early: dict[int, int] = {}
        self.alive = True
        self._ready: SimpleQueue[bool] = SimpleQueue()
        threading.Thread(target=self._read, name=f"zygote-{environment.name}", daemon=True).start()
        self._wait_ready(environment)

    @property
    def pid(self) -> int:
        """The process that holds the zygote: its end is the end of all."""
        return self._process.pid

    def _wait_ready(self, environment: Environment) -> None:
        try:
            ready = self._ready.get(timeout=READY_SECONDS)
        except Empty:
            ready = False
        if ready:
            return
        self.close()
        said = self._said()
        if "OSError" in said or "PermissionError" in said:
            raise NotContained(
                f"A sandbox could not be entered: {said.splitlines()[-1]}.",
                todo="`panlearn doctor` says what is missing.",
            )
        raise PlatformError(
            f"The kernels of environment {environment.name!r} could not be started: {said.splitlines()[-1]}",
            todo=f"See {self._log}.",
        )

    def _said(self) -> str:
        """What it wrote to the log."""
        with self._log.open("rb") as file:
            file.seek(self._log_start)
            return file.read(1 << 16).decode(errors="replace").strip() or "it said nothing"

    def fork(self, request: dict[str, Any], fds: Sequence[int]) -> tuple[int, Callable[[SandboxProcess], None]]:
        """Ask for a process: its pidfd, and what must be told of the object that holds it."""
        answers: _Answers = SimpleQueue()
        with self._lock:
            if not self.alive:
                raise KernelLost("The process that starts kernels has ended.", todo="Try again.")
            id_ = self._next = self._next + 1
            self._answers[id_] = answers
            self._asked.add(id_)
            ancillary = [(SOL_SOCKET, SCM_RIGHTS, array.array("i", fds))]
            try:
                self._channel.sendmsg([json.dumps({**request, "id": id_}).encode()], ancillary)
            except OSError as error:
                self._forget(id_)
                raise KernelLost(f"The process that starts kernels has ended ({error}).", todo="Try again.") from error
        answer, received = self._answer(id_, answers)
        if answer["op"] != "started":
            with self._lock:
                self._forget(id_)
            raise KernelLost(f"A sandboxed process could not be started: {answer['reason']}", todo=f"See {self._log}.")
        return received[0], lambda process: self._adopt(id_, process)

    def _answer(self, id_: int, answers: _Answers) -> tuple[dict[str, Any], list[int]]:
        try:
            return answers.get(timeout=ANSWER_SECONDS)
        except Empty:
            with self._lock:
                self._forget(id_)
            with suppress(Empty):  # it came just now, and nobody will hold it
                _end_all(answers.get_nowait()[1])
            raise KernelLost(f"No kernel was started within {ANSWER_SECONDS:g} seconds.", todo="Try again.") from None
        finally:
            with self._lock:
                self._answers.pop(id_, None)

    def _forget(self, id_: int) -> None:
        self._answers.pop(id_, None)
        self._asked.discard(id_)
        self._ended_early.pop(id_, None)

    def _adopt(self, id_: int, process: SandboxProcess) -> None:
        with self._lock:
            self._processes[id_] = process
            self._asked.discard(id_)
            early = self._ended_early.pop(id_, None)
            lost = not self.alive
        if early is not None or lost:
            self._finish(id_, early if early is not None else -signal.SIGKILL, lost=early is None)

    def _finish(self, id_: int, status: int, *, lost: bool = False) -> None:
        with self._lock:
            process = self._processes.pop(id_, None)
            if process is None and id_ in self._asked:
                self._ended_early[id_] = status
        if process is not None:
            process.finish(status, lost=lost)

    def _read(self) -> None:
        while (received := self._receive()) is not None:
            message, fds = received
            if message["op"] == "ready":
                self._ready.put(True)
            elif message["op"] == "ended":
                self._finish(message["id"], message["status"])
            elif (answers := self._answers.get(message["id"])) is not None:
                answers.put((message, fds))
            else:  # nobody waits for it any more
                _end_all(fds)
        self._lose()

    def _receive(self) -> tuple[dict[str, Any], list[int]] | None:
        try:
            data, ancillary, _, _ = self._channel.recvmsg(_MAX_MESSAGE, CMSG_SPACE(64), MSG_CMSG_CLOEXEC)
        except OSError:
            return None
        fds: list[int] = []
        for level, kind, payload in ancillary:
            if level == SOL_SOCKET and kind == SCM_RIGHTS:
                fds.extend(array.array("i", payload[: len(payload) - len(payload) % 4]))
        return (json.loads(data), fds) if data else None

    def _lose(self) -> None:
        """It is gone, and with it everything it had started."""
        with self._lock:
            self.alive = False
            self._channel.close()
            waiting = list(self._answers.values())
            ids = list(self._processes)
        self._ready.put(False)
        for answers in waiting:
            answers.put(({"op": "refused", "reason": "the process that starts kernels ended"}, []))
        for id_ in ids:
            self._finish(id_, -signal.SIGKILL, lost=True)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)

    def close(self) -> None:
        """End it and everything it started."""
        with suppress(OSError):
            self._channel.shutdown(SHUT_RDWR)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._channel.close()


def _end_all(pidfds: Sequence[int]) -> None:
    for pidfd in pidfds:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)


assert sys.platform == "linux"  # noqa: S101
