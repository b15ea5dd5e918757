"""The queue as the services see it. It only wakes workers: what must be graded stands in the table."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Queue(Protocol):
    """Tells workers that there is work, and those who wait that there is a verdict."""

    def sent(self, submission: str) -> None:
        """A submission was committed as queued."""

    def graded(self, submission: str) -> None:
        """Its report was committed."""

    @contextmanager
    def waiting_for(self, submission: str) -> Iterator[threading.Event]:
        """An event that is set when this submission is graded; entered before `sent`, so that none is missed."""


class InProcessQueue:
    """Workers are threads of this process.

    At most `max_waiting` requests wait for a verdict at the same time: more would hold every web thread while pages
    want to be read. Those others are answered at once and ask again.
    """

    def __init__(self, max_waiting: int = 8) -> None:
        self._max_waiting = max_waiting
        self._events: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._work = threading.Condition()
        self._rung = 0

    def sent(self, submission: str) -> None:
        """Wake one worker."""
        del submission
        with self._work:
            self._rung += 1
            self._work.notify()

    def wake_all(self) -> None:
        """Wake every worker, as when they should stop."""
        with self._work:
            self._rung += 1
            self._work.notify_all()

    def rest(self, seconds: float, since: int) -> None:
        """A worker with nothing to do waits here for a submission sent after `since`, at most this long."""
        with self._work:
            if self._rung == since:
                self._work.wait(seconds)

    @property
    def rung(self) -> int:
        """How often workers were called; read it before looking at the table, hand it to `rest` after."""
        with self._work:
            return self._rung

    def graded(self, submission: str) -> None:
        """Wake whoever waits for this verdict."""
        with self._lock:
            event = self._events.get(submission)
        if event is not None:
            event.set()

    @contextmanager
    def waiting_for(self, submission: str) -> Iterator[threading.Event]:
        """An event for this verdict; one that is already set, where too many wait already."""
        event = threading.Event()
        with self._lock:
            if len(self._events) >= self._max_waiting:
                event.set()
            else:
                self._events[submission] = event
        try:
            yield event
        finally:
            with self._lock:
                self._events.pop(submission, None)
