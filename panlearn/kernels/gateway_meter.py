"""How much a kernel says. A loop that prints without end costs the gateway time that belongs to everybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

WINDOW_SECONDS = 10.0
STOP_BYTES = 64 * 1024 * 1024
END_BYTES = 4 * STOP_BYTES


class Flood(Enum):
    """What to do about a kernel that says too much."""

    NO = "let it be"
    STOP = "interrupt it"
    END = "end it: it goes on although it was interrupted"


class OutputMeter:
    """Counts bytes in a window of ten seconds: each 64 MiB it is interrupted, at four times that ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._bytes = 0
        self._stops = 0

    def add(self, size: int) -> Flood:
        """Count `size` bytes more."""
        now = self._clock()
        if now - self._since > WINDOW_SECONDS:
            self._since, self._bytes, self._stops = now, 0, 0
        self._bytes += size
        if self._bytes > END_BYTES:
            return Flood.END
        if self._bytes > STOP_BYTES * (self._stops + 1):
            self._stops += 1
            return Flood.STOP
        return Flood.NO
