"""A kernel's five listening sockets and the pipe with its connection: made here, handed to the sandbox."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from socket import AF_UNIX, SOCK_STREAM, socket
from typing import Any

SOCKET_ORDER = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
"""The order that sandbox/panlearn_sandbox/kernel.py binds them in."""
_BACKLOG = 64


def paths_of(connection: Mapping[str, Any]) -> list[str]:
    """Where the sockets of a connection stand."""
    return [f"{connection['ip']}-{connection[name]}" for name in SOCKET_ORDER]


def listening(path: str) -> socket:
    """A listening socket at a path, in place of whatever was there."""
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108  a kernel that is restarted has the same address
    one = socket(AF_UNIX, SOCK_STREAM)
    try:
        one.bind(path)
        one.listen(_BACKLOG)
    except BaseException:
        one.close()
        raise
    return one


def pipe_with(connection: Mapping[str, Any]) -> int:
    """The reading end of a pipe that holds the connection: only the kernel itself reads the key."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        text = {name: value.decode() if isinstance(value, bytes) else value for name, value in connection.items()}
        pipe.write(json.dumps(text).encode())
    return reading


def inodes_of(paths: Sequence[str]) -> list[int]:
    """What tells these sockets from others that come to stand there."""
    return [os.stat(path).st_ino for path in paths]  # noqa: PTH116


def remove_own(paths: Sequence[str], inodes: Sequence[int]) -> None:
    """Remove a dead kernel's sockets, unless its successor has put its own there."""
    for path, inode in zip(paths, inodes, strict=True):
        with suppress(OSError):
            if os.stat(path).st_ino == inode:  # noqa: PTH116
                os.unlink(path)  # noqa: PTH108


def remove(paths: Sequence[str]) -> None:
    """Remove sockets, where they are there."""
    for path in paths:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108
