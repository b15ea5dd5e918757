"""Frames on sockets: a length, then as many bytes; file descriptors ride on the first of them.

Works over stream and packet sockets alike, since a frame is cut into pieces that fit one packet. A deadline is for
the whole frame, so bytes that drip in one by one do not extend it.
"""

from __future__ import annotations

import array
import json
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

HEADER = struct.Struct("!I")
MAX_FRAME = 64 << 20
PIECE = 1 << 16
MAX_FDS = 8


class Lost(ConnectionError):
    """The other end went away, or sent what is not a frame."""


class Late(TimeoutError):
    """The deadline passed before the frame was whole."""


class Wire:
    """One end of a socket that carries frames."""

    def __init__(self, sock: socket.socket, *, max_frame: int = MAX_FRAME) -> None:
        self.socket = sock
        self.max_frame = max_frame
        self._buffer = bytearray()
        self._fds: list[int] = []

    def fileno(self) -> int:
        """The descriptor, for selectors."""
        return self.socket.fileno()

    def close(self) -> None:
        """Close the socket and descriptors that nobody took."""
        self.socket.close()
        for fd in self._fds:
            socket.close(fd)
        self._fds.clear()

    def send(self, payload: bytes | bytearray, *, fds: Iterable[int] = (), deadline: float | None = None) -> None:
        """Send one frame. Raises Lost or Late."""
        if len(payload) > self.max_frame:
            raise ValueError(f"a frame holds at most {self.max_frame} bytes, not {len(payload)}")
        whole = HEADER.pack(len(payload)) + payload if len(payload) < PIECE else HEADER.pack(len(payload))
        self._push(whole, list(fds), deadline)
        if len(payload) >= PIECE:
            view = memoryview(payload)
            for start in range(0, len(payload), PIECE):
                self._push(view[start : start + PIECE], [], deadline)

    def _push(self, data: bytes | memoryview, fds: list[int], deadline: float | None) -> None:
        view = memoryview(data)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        while view:
            self._arm(deadline)
            try:
                sent = self.socket.sendmsg([view], ancillary)
            except TimeoutError:
                raise Late("the other end did not take a frame in time") from None
            except OSError as error:
                raise Lost(str(error)) from None
            ancillary = []
            view = view[sent:]

    def receive(self, *, deadline: float | None = None) -> bytes:
        """The next frame. Raises Lost or Late."""
        self._fill(HEADER.size, deadline)
        (length,) = HEADER.unpack_from(self._buffer)
        if length > self.max_frame:
            raise Lost(f"a frame of {length} bytes was announced; at most {self.max_frame} are taken")
        self._fill(HEADER.size + length, deadline)
        payload = bytes(memoryview(self._buffer)[HEADER.size : HEADER.size + length])
        del self._buffer[: HEADER.size + length]
        return payload

    def take_fds(self) -> list[int]:
        """The descriptors that came with the frames so far; the caller owns them."""
        fds, self._fds = self._fds, []
        return fds

    def ready(self) -> bool:
        """Whether a whole frame is waiting already."""
        if len(self._buffer) < HEADER.size:
            return False
        (length,) = HEADER.unpack_from(self._buffer)
        return len(self._buffer) >= HEADER.size + int(length)

    def _fill(self, size: int, deadline: float | None) -> None:
        while len(self._buffer) < size:
            self._arm(deadline)
            try:
                data, ancillary, _flags, _address = self.socket.recvmsg(
                    max(PIECE + HEADER.size, min(size - len(self._buffer), 1 << 20)), socket.CMSG_SPACE(MAX_FDS * 4)
                )
            except TimeoutError:
                raise Late("no whole frame came in time") from None
            except OSError as error:
                raise Lost(str(error)) from None
            for level, kind, content in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    self._fds.extend(array.array("i", content[: len(content) - len(content) % 4]))
            if not data:
                raise Lost("the other end closed the connection")
            self._buffer += data

    def _arm(self, deadline: float | None) -> None:
        if deadline is None:
            self.socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late("the deadline passed")
        self.socket.settimeout(left)

    def send_json(self, message: Any, *, fds: Iterable[int] = (), deadline: float | None = None) -> None:
        """Send a message as JSON; lone surrogates survive as escapes."""
        self.send(json.dumps(message).encode("ascii"), fds=fds, deadline=deadline)

    def receive_json(self, *, deadline: float | None = None) -> Any:
        """The next frame as JSON. Raises Lost where it is not."""
        try:
            return json.loads(self.receive(deadline=deadline))
        except (ValueError, RecursionError):
            raise Lost("a frame was not the message it should be") from None
