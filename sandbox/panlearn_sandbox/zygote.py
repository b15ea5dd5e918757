"""The zygote: a process with the scientific stack imported that forks sandboxed kernels and checkpoints.

It runs no code of learners or authors itself. It speaks with panlearn over one socket and ends when that closes.

Requests: `{"op": "kernel"|"checkpoint", "id", "files", "identity", "limits"}` with descriptors: for a kernel the
reading end of a pipe with its connection (the key in it is read in the child only), then its five listening sockets
in the order of `kernel.CHANNELS`; for a checkpoint its channel. Answers: `{"op": "ready"}`, `{"op": "started", "id",
"pid"}` with a pidfd, `{"op": "refused", "id", "reason"}`, `{"op": "ended", "id", "status"}`.
"""

from __future__ import annotations

import gc
import importlib
import os
import selectors
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from panlearn_sandbox import control, isolation, pages, seccomp
from panlearn_sandbox.isolation import CHECKER, CHECKPOINT, KERNEL, LEARNER, Limits

PRELOADED = (
    "numpy",
    "numpy.ma",
    "numpy.testing",
    "scipy",
    "scipy.constants",
    "scipy.fft",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.ndimage",
    "scipy.optimize",
    "scipy.signal",
    "scipy.sparse",
    "scipy.spatial",
    "scipy.special",
    "scipy.stats",
    "matplotlib",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas",
    "pandas.testing",
    "h5py",
)
"""What a science lesson imports. What an environment does not have is left out."""


class Zygote:
    """Serves requests on `channel` until it closes."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, int] = {}  # pidfd -> pid
        self._ids: dict[int, Any] = {}  # pidfd -> the request's id

    def serve(self) -> None:
        """Answer requests and tell of ends."""
        self._selector.register(self._channel, selectors.EVENT_READ)
        control.send(self._channel, {"op": "ready"})
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is not self._channel:
                    self._reap(key.fd)
                elif not self._answer():
                    return

    def _answer(self) -> bool:
        received = control.receive(self._channel)
        if received is None:
            return False
        request, fds = received
        try:
            child = self._start(request, fds)
        except Exception as error:
            control.send(
                self._channel, {"op": "refused", "id": request.get("id"), "reason": f"{type(error).__name__}: {error}"}
            )
        else:
            self._children[child.pidfd], self._ids[child.pidfd] = child.pid, request["id"]
            self._selector.register(child.pidfd, selectors.EVENT_READ)
            control.send(self._channel, {"op": "started", "id": request["id"], "pid": child.pid}, [child.pidfd])
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def _start(self, request: dict[str, Any], fds: list[int]) -> isolation.Child:
        profile, main = {"kernel": (KERNEL, _kernel), "checkpoint": (CHECKPOINT, _checkpoint)}[request["op"]]
        own = replace(
            profile, files=request["files"], identity=request["identity"], limits=Limits(**request.get("limits") or {})
        )
        # A kernel that cannot begin says why on the log; it lets go of it before it runs anything.
        kept = [*fds, 2] if request["op"] == "kernel" else fds
        return isolation.spawn(own, main(fds), keep_fds=kept)

    def _reap(self, pidfd: int) -> None:
        pid, id_ = self._children.pop(pidfd), self._ids.pop(pidfd)
        self._selector.unregister(pidfd)
        _, status = os.waitpid(pid, 0)
        os.close(pidfd)
        control.send(self._channel, {"op": "ended", "id": id_, "status": os.waitstatus_to_exitcode(status)})


def _kernel(fds: list[int]) -> Callable[[], None]:
    def main() -> None:
        from panlearn_sandbox import kernel  # noqa: PLC0415  imported before the fork where ipykernel is there

        kernel.run(fds[0], fds[1:])

    return main


def _checkpoint(fds: list[int]) -> Callable[[], None]:
    def main() -> None:
        from panlearn_sandbox import checkpoint  # noqa: PLC0415  the grading layer's

        checkpoint.serve(fds[0])

    return main


def preload(*further: str) -> None:
    """Import what lessons need, and make what every kernel needs."""
    _prepare_matplotlib()
    for name in (*PRELOADED, "panlearn_sandbox.kernel", *further):
        _import(name)
    if "panlearn_sandbox.kernel" in sys.modules:
        sys.modules["panlearn_sandbox.kernel"].prepare()


def run(channel: socket.socket) -> None:
    """Import what lessons need, freeze it, and serve."""
    preload("panlearn_sandbox.checkpoint")
    for profile in (KERNEL, CHECKPOINT, LEARNER, CHECKER):
        seccomp.program(profile.policy)
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection here would touch pages that the children share
    pages.collapse()
    Zygote(channel).serve()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"zygote: {name} is not in this environment: {error}\n")


def _prepare_matplotlib() -> None:
    """Take the list of fonts that was made with the environment: to make it takes a second."""
    made = Path(sys.prefix) / "share" / "panlearn" / "matplotlib"
    folder = Path(os.environ["MPLCONFIGDIR"])
    folder.mkdir(parents=True, exist_ok=True)
    if made.is_dir():
        shutil.copytree(made, folder, dirs_exist_ok=True)
