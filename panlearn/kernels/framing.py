"""Frames on the sockets to a sandbox: a length, then JSON. What arrives is not trusted, so its size is bounded.

The same frames as `sandbox/panlearn_sandbox/wire.py`, which this side may not import.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

_HEADER = struct.Struct("!I")
_PIECE = 1 << 16
_MOST = 16 << 20
_MOST_FDS = 8


class Closed(ConnectionError):
    """The other end is gone, or sent what is no frame."""


class Frames:
    """One end of a socket that carries JSON messages. One thread may send while another receives."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._buffer = bytearray()
        self._fds: list[int] = []
        sock.setblocking(True)

    def send(self, message: Any, fds: Sequence[int] = ()) -> None:
        """Send a message, with descriptors. Raises Closed."""
        payload = json.dumps(message).encode("ascii")
        view = memoryview(_HEADER.pack(len(payload)) + payload)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            while view:
                view = view[self.socket.sendmsg([view[:_PIECE]], ancillary) :]
                ancillary = []
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(self, deadline: float | None = None) -> Any:
        """The next message. Raises Closed, and TimeoutError at the deadline (monotonic seconds)."""
        self._fill(_HEADER.size, deadline)
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > _MOST:
            raise Closed(f"a message of {length} bytes was announced")
        self._fill(_HEADER.size + length, deadline)
        payload = bytes(self._buffer[_HEADER.size : _HEADER.size + length])
        del self._buffer[: _HEADER.size + length]
        try:
            return json.loads(payload)
        except (ValueError, RecursionError):
            raise Closed("a message was not JSON") from None

    def take_fds(self) -> list[int]:
        """The descriptors that came with the messages so far; the caller owns them."""
        fds, self._fds = self._fds, []
        return fds

    def _fill(self, size: int, deadline: float | None) -> None:
        while len(self._buffer) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self.socket.settimeout(left)
            try:
                data, fds, _, _ = socket.recv_fds(self.socket, _PIECE + _HEADER.size, _MOST_FDS)
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            self._fds += fds
            if not data:
                raise Closed("the other end closed the connection")
            self._buffer += data

    def close(self) -> None:
        """Close the socket; a thread that waits in `receive` wakes up."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for fd in self.take_fds():
            os.close(fd)
