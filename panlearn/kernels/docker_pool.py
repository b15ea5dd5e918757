"""Containers that wait, imported, for somebody to want them: as many as were wanted lately."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from panlearn.errors import PanlearnError
from panlearn.kernels.docker_container import Container, Wanted

_log = logging.getLogger(__name__)
BURST_SECONDS = 60.0
"""As many are kept as were wanted within this time, up to the most."""
FORGET_SECONDS = 600.0
"""What nobody wanted for so long is not kept any more."""
_LOOK_SECONDS = 15.0
_AFTER_FAILURE_SECONDS = 10.0


class Demand:
    """How many containers of one kind to keep, from when they were wanted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: deque[float] = deque(maxlen=max(1, most))

    def add(self, now: float) -> None:
        """One was wanted."""
        self._times.append(now)

    def target(self, now: float) -> int:
        """How many should wait now."""
        if not self._times or now - self._times[-1] > FORGET_SECONDS:
            return 0
        lately = sum(now - when <= BURST_SECONDS for when in self._times)
        return min(self._most, max(1, lately))


class Pool:
    """Makes containers ahead of time, one at a time, in a thread of its own."""

    def __init__(
        self,
        make: Callable[[Wanted], Container],
        discard: Callable[[Container], None],
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make, self._discard, self._most, self._clock = make, discard, most, clock
        self._changed = threading.Condition()
        self._waiting: dict[Wanted, list[Container]] = {}
        self._demand: dict[Wanted, Demand] = {}
        self._making: Wanted | None = None
        self._claimed = False  # somebody waits for the one in the making
        self._hurried = 0  # made for somebody who waits: the pool leaves them the processor
        self._not_before = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="docker-pool", daemon=True)
        self._thread.start()

    def want(self, wanted: Wanted) -> None:
        """Count a demand, so that containers for it are kept."""
        with self._changed:
            self._demand.setdefault(wanted, Demand(self._most)).add(self._clock())
            self._changed.notify_all()

    def take(self, wanted: Wanted) -> Container:
        """One that waits; else the one in the making, for the first who comes; else one made now, for this caller."""
        self.want(wanted)
        while (container := self._next(wanted)) is not None:
            if container.alive:
                return container
            self._discard(container)
        with self._changed:
            self._hurried += 1
        try:
            return self._make(wanted)
        finally:
            with self._changed:
                self._hurried -= 1
                self._changed.notify_all()

    def _next(self, wanted: Wanted) -> Container | None:
        with self._changed:
            if not self._waiting.get(wanted) and self._making == wanted and not self._claimed:
                self._claimed = True
                self._changed.wait_for(lambda: self._waiting.get(wanted) or self._making != wanted)
                self._claimed = False
            waiting = self._waiting.get(wanted)
            return waiting.pop() if waiting else None

    def ready(self, wanted: Wanted) -> int:
        """How many wait."""
        with self._changed:
            return len(self._waiting.get(wanted, ()))

    def wait_ready(self, wanted: Wanted, count: int, seconds: float) -> bool:
        """Wait until that many wait."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._waiting.get(wanted, ())) >= count, seconds)

    def close(self) -> None:
        """Discard all, and make no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        for container in [each for waiting in self._waiting.values() for each in waiting]:
            self._discard(container)
        self._waiting.clear()

    def _run(self) -> None:
        while not self._closed:
            with self._changed:
                surplus = self._surplus()
                wanted = self._making = None if surplus else self._lacking()
                if not surplus and wanted is None:
                    self._changed.wait(_LOOK_SECONDS)
            for container in surplus:
                self._discard(container)
            if wanted is not None:
                self._add(wanted)

    def _surplus(self) -> list[Container]:
        """Take out what died while it waited, and what is more than is wanted."""
        now, found = self._clock(), []
        for wanted, waiting in self._waiting.items():
            alive = [each for each in waiting if each.alive]
            keep = alive[: self._demand[wanted].target(now)]
            found += [each for each in waiting if each not in keep]
            self._waiting[wanted] = keep
        return found

    def _lacking(self) -> Wanted | None:
        now = self._clock()
        if self._closed or self._hurried or now < self._not_before:
            return None
        for wanted, demand in self._demand.items():
            if len(self._waiting.get(wanted, ())) < demand.target(now):
                return wanted
        return None

    def _add(self, wanted: Wanted) -> None:
        made: list[Container] = []
        try:
            made.append(self._make(wanted))
        except PanlearnError as error:
            _log.warning("docker.pool.failed why=%s", error)
        finally:
            with self._changed:
                self._making = None
                self._waiting.setdefault(wanted, []).extend(made)
                if not made:
                    self._not_before = self._clock() + _AFTER_FAILURE_SECONDS
                self._changed.notify_all()
