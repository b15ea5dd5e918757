"""What a kernel said while its page was away, within bounds."""

from __future__ import annotations

from typing import Any

MAX_BYTES = 4 * 1024 * 1024


class BoundedBuffer(list[tuple[str, list[Any]]]):
    """Messages as `(channel, frames)`. When they pass `max_bytes` the oldest go, so that how it ended is still told."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        self._bytes = 0

    def append(self, item: tuple[str, list[Any]]) -> None:
        """Keep one more message."""
        super().append(item)
        self._bytes += _size(item)
        gone = 0
        while self._bytes > self._max_bytes and gone < len(self) - 1:
            self._bytes -= _size(self[gone])
            gone += 1
        # An eighth more goes at once: a flood would otherwise move the whole list for each of its messages.
        if gone:
            more = min(len(self) - 1, gone + len(self) // 8)
            self._bytes -= sum(_size(item) for item in self[gone:more])
            del self[:more]


def _size(item: tuple[str, list[Any]]) -> int:
    return 200 + sum(len(frame) for frame in item[1])  # 200: what a small message costs in Python objects
