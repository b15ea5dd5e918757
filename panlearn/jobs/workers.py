"""Who holds a lease, and whether they are still there."""

from __future__ import annotations

import os
import secrets
import socket

import psutil

_SEPARATOR = "/"


def worker_name() -> str:
    """A name for one worker of this process: host, process, when it began, and a random part."""
    process = psutil.Process()
    parts = (socket.gethostname()[:80], str(process.pid), f"{process.create_time():.2f}", secrets.token_hex(4))
    return _SEPARATOR.join(part.replace(_SEPARATOR, "-") for part in parts)


def is_gone(worker: str) -> bool:
    """Whether this worker ended for certain: it ran on this host, and its process is no more.

    A process id that belongs to another process now counts as gone. Of other hosts only their leases can tell.
    """
    try:
        host, pid, began, _ = worker.split(_SEPARATOR)
        if host != socket.gethostname()[:80].replace(_SEPARATOR, "-"):
            return False
        if int(pid) == os.getpid() and f"{psutil.Process().create_time():.2f}" == began:
            return False
        return f"{psutil.Process(int(pid)).create_time():.2f}" != began
    except psutil.NoSuchProcess:
        return True
    except (ValueError, psutil.Error):
        return False
