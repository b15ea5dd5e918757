"""How long a cell runs and how much it says. What prints without end costs the gateway time that is everybody's."""

from __future__ import annotations

import time
from collections.abc import Callable

from panlearn.kernels.limits import SessionLimits

GRACE_SECONDS = 10.0
"""A cell that was interrupted may take this long to end."""
GRACE_FACTOR = 2
"""And may say as much again before that."""
_MIB = 1 << 20


class CellMeter:
    """Follows one kernel's cells: from when it is busy, what it says, until it is idle again."""

    def __init__(self, limits: SessionLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._busy = False
        self._restart()

    def _restart(self) -> None:
        self._since = self._clock()
        self._bytes = self._messages = 0
        self._stopped_at: float | None = None

    def add(self, size: int, *, busy: bool) -> None:
        """One more message of `size` bytes; `busy`: whether the kernel was running a cell then."""
        if busy != self._busy:
            self._busy = busy
            self._restart()
        self._bytes += size
        self._messages += 1

    def exceeded(self) -> str:
        """The limit that the cell is beyond: "time", "output" or "messages"; empty where none."""
        limits = self._limits
        if limits.cell_output_mib and self._bytes > limits.cell_output_mib * _MIB:
            return "output"
        if limits.cell_messages and self._messages > limits.cell_messages:
            return "messages"
        if limits.cell_seconds and self._busy and self._clock() - self._since > limits.cell_seconds:
            return "time"
        return ""

    def stop(self) -> bool:
        """Whether to interrupt the cell: once for each."""
        first = self._stopped_at is None
        if first:
            self._stopped_at = self._clock()
        return first

    def goes_on(self) -> bool:
        """Whether it was interrupted and went on for too long, or said as much again."""
        if self._stopped_at is None:
            return False
        limits = self._limits
        loud = limits.cell_output_mib and self._bytes > GRACE_FACTOR * limits.cell_output_mib * _MIB
        chatty = limits.cell_messages and self._messages > GRACE_FACTOR * limits.cell_messages
        late = self._busy and self._clock() - self._stopped_at > GRACE_SECONDS
        return bool(loud or chatty or late)
