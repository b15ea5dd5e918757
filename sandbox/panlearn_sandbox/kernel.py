"""An ipykernel in a forked child: its sockets and its key are handed in, and what can be made before the fork is.

Imported by the zygote, so that IPython and ipykernel are there when a child is forked.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any

import ipykernel.debugger
import zmq
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")

# A debugger opens a port and runs a thread; lessons have none.
ipykernel.debugger._is_debugpy_available = False


class SandboxApp(IPKernelApp):  # type: ignore[misc]
    """ipykernel's application on listening sockets that the engine made."""

    listening: tuple[int, ...] = ()

    def _try_bind_socket(self, s: Any, port: int) -> int:
        s.setsockopt(zmq.USE_FD, self.listening[port - 1])
        s.bind(f"ipc:///run/kernel-{port}")
        return port

    def init_connection_file(self) -> None:
        """There is no file: the connection came by a pipe."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """Nobody reads one here."""


def run(connection_fd: int, listening: list[int]) -> None:
    """Be a kernel until told to stop."""
    with os.fdopen(connection_fd, "rb") as pipe:
        connection = json.load(pipe)
    app = SandboxApp.instance()
    app.listening = tuple(listening)
    for number, name in enumerate(CHANNELS, 1):
        setattr(app, f"{name}_port", number)
    app.transport = "ipc"
    app.session.key = connection["key"].encode()
    app.initialize([])
    app.start()
