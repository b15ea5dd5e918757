"""An ipykernel in a forked child: its sockets and its key are handed in, and what can be made before the fork is.

The zygote calls `prepare` once: application, shell, magics and completer are made there, for all kernels. A child
adds what must be its own: sockets, threads, the session with its key, random numbers. Left out: history on disk, the
debugger (it opens a port) and subshells (a further thread), which lessons do not use.
"""

# ruff: noqa: SLF001  ipykernel and traitlets have no public way to what a fork must change

from __future__ import annotations

import importlib
import json
import logging
import os
import random
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import ipykernel.debugger
import zmq
from ipykernel.control import ControlThread
from ipykernel.heartbeat import Heartbeat
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session, new_id
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from panlearn_sandbox.profiles import HOME

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
"""The order of the listening sockets."""

_INLINE = "module://matplotlib_inline.backend_inline"
_USED_LATER = (
    "IPython.core.completer",
    "IPython.core.magics",
    "IPython.core.pylabtools",
    "IPython.core.ultratb",
    "IPython.display",
    "IPython.utils._process_posix",
    "comm.base_comm",
    "concurrent.futures.thread",
    "faulthandler",
    "ipykernel.comm.manager",
    "ipykernel.displayhook",
    "ipykernel.jsonutil",
    "ipykernel.zmqshell",
    "jedi",
    "matplotlib_inline.backend_inline",
    "matplotlib_inline.config",
    "pexpect",
    "tornado.platform.asyncio",
    "zmq.eventloop.zmqstream",
)
"""Imported before the fork, for what a kernel would else import when it starts or runs its first cell."""


class SandboxHeartbeat(Heartbeat):  # type: ignore[misc]
    """The heartbeat, on a socket that is there already."""

    listening: int = -1

    def _try_bind_socket(self) -> None:
        self.socket.setsockopt(zmq.USE_FD, self.listening)
        self.socket.bind("ipc:///run/kernel-hb")


class SandboxApp(IPKernelApp):  # type: ignore[misc]
    """ipykernel's application, in two parts: `prepare` before the fork, `begin` after it."""

    listening: tuple[int, ...] = ()
    main: Any = None

    def prepare(self) -> None:
        """Make what all kernels share."""
        self.init_pdb()
        self.profile_dir = ProfileDir.create_profile_dir(tempfile.mkdtemp(), Config())
        self.session = Session(parent=self, username="kernel")
        self.kernel = IPythonKernel.instance(
            parent=self, session=self.session, log=self.log, profile_dir=self.profile_dir, user_ns={}
        )
        self.init_shell()
        # The profile's folder stays behind in the zygote; where a kernel looks for one, it is its own.
        for holder in (self, self.shell):
            holder.profile_dir._trait_values["location"] = f"{HOME}/.ipython"
            holder._trait_values["ipython_dir"] = f"{HOME}/.ipython"
        _share_plotting(self.shell)
        self._use_once()

    def _use_once(self) -> None:
        """Use what a first cell would, so that what is made on first use is made before the fork."""
        self.shell.complete("pri")
        self.shell.run_cell("pass", store_history=False)
        self.shell.display_formatter.format(0)
        try:
            self.shell.user_ns["no such name"]
        except KeyError:
            self.shell.InteractiveTB.structured_traceback(*sys.exc_info())

    def begin(self, connection: dict[str, Any], listening: list[int]) -> None:
        """Make what is this kernel's own, and answer."""
        self.listening = tuple(listening)
        self.session.key = connection["key"].encode()
        self.session.session = new_id()
        self.session.pid = os.getpid()
        self.init_sockets()
        self.init_heartbeat()
        self.init_io()
        self.init_signal()
        self.init_kernel()
        self.init_path()

    def _bind(self, socket: Any, channel: str) -> Any:
        socket.linger = 1000
        socket.setsockopt(zmq.USE_FD, self.listening[CHANNELS.index(channel)])
        socket.bind(f"ipc:///run/kernel-{channel}")
        return socket

    def init_sockets(self) -> None:
        """Sockets on the descriptors that were handed in."""
        self.transport = "ipc"
        self.context = zmq.Context()
        self.shell_socket = self._bind(self.context.socket(zmq.ROUTER), "shell")
        self.stdin_socket = self._bind(self.context.socket(zmq.ROUTER), "stdin")
        self.control_socket = self._bind(self.context.socket(zmq.ROUTER), "control")
        for socket in (self.shell_socket, self.stdin_socket, self.control_socket):
            socket.router_handover = 1
        self.control_thread = ControlThread(daemon=True)
        self.iopub_thread = SandboxIOPub(
            self._bind(self.context.socket(zmq.XPUB), "iopub"), pipe=True, session=self.session
        )
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_heartbeat(self) -> None:
        """The heartbeat answers in a thread of its own."""
        self.heartbeat = SandboxHeartbeat(zmq.Context(), ("ipc", "", 1))
        self.heartbeat.listening = self.listening[CHANNELS.index("hb")]
        self.heartbeat.start()

    def init_kernel(self) -> None:
        """Give the kernel its sockets: without a debugger's, and without a thread for subshells."""
        self.control_thread.start()
        kernel, shell = self.kernel, self.shell
        kernel.ident = new_id()
        kernel.control_thread, kernel.iopub_thread = self.control_thread, self.iopub_thread
        kernel.iopub_socket, kernel.stdin_socket = self.iopub_socket, self.stdin_socket
        kernel.control_stream = ZMQStream(self.control_socket, self.control_thread.io_loop)
        kernel.shell_stream = ZMQStream(self.shell_socket)
        kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
        shell.displayhook.pub_socket = shell.display_pub.pub_socket = self.iopub_socket
        shell.displayhook.topic = kernel._topic("execute_result")
        self.displayhook.get_execution_count = lambda: kernel.execution_count


class SandboxIOPub(IOPubThread):  # type: ignore[misc]
    """Prints of forked processes come by a unix socket of this sandbox and not by a port."""

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        self._pipe_path = f"ipc://{tempfile.gettempdir()}/.prints-{os.urandom(4).hex()}"
        self._pipe_in = self.socket.context.socket(zmq.PULL)
        self._pipe_in.linger = 0
        self._pipe_in.bind(self._pipe_path)
        self._pipe_in = ZMQStream(self._pipe_in, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(self._pipe_path)
        return context, pipe


def prepare() -> None:
    """Make, in the zygote, all that kernels can share."""
    for name in _USED_LATER:
        # An environment need not have what some of these stand on: matplotlib, first of all.
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
    ipykernel.debugger._is_debugpy_available = False
    main = sys.modules["__main__"]
    config = Config()
    config.HistoryManager.enabled = False
    config.InlineBackend.figure_formats = {"png"}
    app = SandboxApp.instance(config=config, log_level=logging.CRITICAL)
    app.prepare()
    app.main = sys.modules["__main__"]
    sys.modules["__main__"] = main


def run(connection_fd: int, listening: list[int]) -> None:
    """Be a kernel until told to stop."""
    with os.fdopen(connection_fd, "rb") as pipe:
        connection = json.load(pipe)
    app = SandboxApp.instance()
    sys.modules["__main__"] = app.main
    log = _leave_log()
    try:
        _be_different()
        app.begin(connection, listening)
        _show_plots()
    except BaseException:
        os.write(log, traceback.format_exc().encode())
        raise
    finally:
        os.close(log)
    app.start()


def _leave_log() -> int:
    """Point stderr, which is the zygote's log, away; the log's descriptor, to be closed before learner code runs."""
    log = os.dup(2)
    null = os.open("/dev/null", os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    return log


def _be_different() -> None:
    """What siblings would else share: random numbers, names of temporary files; and what only the zygote needs."""
    random.seed()
    vars(tempfile)["_name_sequence"] = None
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    for name in ("IPYTHONDIR", "MPLCONFIGDIR", "PYDEVD_DISABLE_FILE_VALIDATION", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    os.environ.update(HOME=HOME, USER="learner", LOGNAME="learner", MPLBACKEND=_INLINE)
    sys.argv[:] = [""]
    folder = str(Path(__file__).parent.parent)
    sys.path[:] = [path for path in sys.path if path != folder]


def _share_plotting(shell: Any) -> None:
    """Figures appear below their cell, as PNG; `%config InlineBackend.figure_formats = ["svg"]` changes that."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        inline = importlib.import_module("matplotlib_inline.backend_inline")
        before = pyplot.get_backend()
        pyplot.switch_backend(_INLINE)
        inline.configure_inline_support(shell, _INLINE)
        pyplot.switch_backend(before)  # what is not a kernel draws into files


def _show_plots() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.switch_backend(_INLINE)
        pyplot.ion()  # the inline backend shows what was drawn while interactive, and nothing else
