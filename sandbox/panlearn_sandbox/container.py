"""A kernel alone in a container: it imports what lessons need, and waits for the connection that makes it one.

The container is made before anybody wants it. It connects to `HANDOVER`, a socket that panlearn listens on and that
is the only thing of the machine it sees, says `{"op": "ready"}`, and is sent `{"op": "kernel"}` with six descriptors:
the reading end of a pipe with the connection, then five listening sockets in the order of `kernel.CHANNELS`. When
the other end of that socket closes, panlearn is gone, and the container ends. Sent `{"op": "side"}` instead, it is
one side of a grading (`side.py`).

Docker has set the namespaces, the user, capabilities, seccomp and the limits of the container as a whole; the limits
of each process are set here, so that a cell which asks for too much gets a MemoryError and keeps its kernel.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from dataclasses import replace
from typing import Any

from panlearn_sandbox import control, isolation, side, zygote
from panlearn_sandbox.profiles import HOME, KERNEL, Limits

HANDOVER = "/run/panlearn/h"
_ENVIRON = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108  its own /tmp
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108  as above
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def run(specification: dict[str, Any]) -> None:
    """Be ready, then be a kernel. `specification["limits"]` are the limits of each process."""
    os.environ.clear()  # what the image's base set is of no use here
    os.environ.update(_ENVIRON, XDG_CACHE_HOME=f"{sys.prefix}/share/panlearn/cache")  # made with the image
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel.connect(HANDOVER)
    zygote.preload("panlearn_sandbox.checkpoint")
    del os.environ["XDG_CACHE_HOME"]
    control.send(channel, {"op": "ready"})
    received = control.receive(channel)
    if received is None:
        return
    asked, fds = received
    os.chdir(HOME)
    _leave_streams()
    if asked["op"] == "side":
        side.run(channel, asked, fds, lambda: _end_with(channel))
        return
    isolation.limit(replace(KERNEL, limits=Limits(**specification["limits"])))
    threading.Thread(target=_end_with, args=(channel,), name="leash", daemon=True).start()
    from panlearn_sandbox import kernel  # noqa: PLC0415  imported by `preload` where ipykernel is there

    kernel.run(fds[0], fds[1:])


def _leave_streams() -> None:
    """Point input and output away from the container's log; `kernel.run` does the same with errors once it began."""
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


def _end_with(channel: socket.socket) -> None:
    """Nothing more is said on the channel: it becomes readable when its other end is closed."""
    with contextlib.suppress(OSError):
        channel.recv(1)
    os._exit(0)
