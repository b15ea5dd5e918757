"""The line in front of a full machine: who waits for a kernel, whose turn it is, and how long that may take.

First come, first served, but nobody's second kernel before somebody's first. The estimate comes from how often places
became free lately, and is none where that is not known.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from panlearn.errors import TooMany
from panlearn.kernels.gateway_problems import MachineFull

GONE_SECONDS = 30.0
"""Who has not asked for so long has left: their page is closed."""
MOST_PER_LEARNER = 4
MOST = 1000
_REMEMBERED = 50
_LATELY_SECONDS = 600.0
_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A group of learners that shares a number of kernels."""

    id: str
    kernels: int


CohortOf = Callable[[str], Cohort | None]
"""`cohort_of(owner)`: the cohort whose places this learner's kernels take, or None."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """One kernel that was asked for and has no place yet. `ready` is set once it has, or will not get one."""

    id: str
    owner: str
    name: str
    files: str | None
    since: float
    seen: float
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    watched: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Line:
    """Everybody who waits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[str, Waiting] = {}
        self._freed: deque[float] = deque(maxlen=_REMEMBERED)

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, kernel_id: str, *, owner: str, name: str, files: str | None) -> Waiting:
        """Stand in line. Raises `TooMany` for one who stands there often already, `MachineFull` past all measure."""
        own = sum(one.owner == owner for one in self._waiting.values())
        if own >= MOST_PER_LEARNER:
            raise TooMany(f"You wait for {own} kernels already.", todo="Close a lesson in another tab.", retry_after=30)
        if len(self._waiting) >= MOST:
            raise MachineFull(
                f"{MOST} kernels are waited for, and that is as long as the line gets.",
                todo="Lessons can be read meanwhile; try again in a few minutes.",
                retry_after=120,
            )
        now = self._clock()
        one = self._waiting[kernel_id] = Waiting(id=kernel_id, owner=owner, name=name, files=files, since=now, seen=now)
        return one

    def of(self, owner: str, kernel_id: str) -> Waiting | None:
        """The owner's place in line."""
        found = self._waiting.get(kernel_id)
        return found if found and found.owner == owner else None

    def all_of(self, owner: str) -> list[Waiting]:
        """All that this owner waits for."""
        return [one for one in self._waiting.values() if one.owner == owner]

    def seen(self, one: Waiting) -> None:
        """Their page asked: they are still there."""
        one.seen = self._clock()

    def leave(self, kernel_id: str) -> Waiting | None:
        """Step out of the line: to a place, or away."""
        return self._waiting.pop(kernel_id, None)

    def gone(self) -> list[Waiting]:
        """Those whose page has not asked for too long and holds no socket."""
        before = self._clock() - GONE_SECONDS
        return [one for one in self._waiting.values() if not one.watched and one.seen < before]

    def order(self, alive: Iterable[str]) -> list[Waiting]:
        """Whose turn it is, in order; `alive` holds the owner of each live kernel."""
        held = Counter(alive)
        turns: list[tuple[int, float, Waiting]] = []
        for one in sorted(self._waiting.values(), key=lambda one: one.since):
            turns.append((held[one.owner], one.since, one))
            held[one.owner] += 1
        return [one for *_, one in sorted(turns, key=lambda turn: turn[:2])]

    def freed(self) -> None:
        """A place became free."""
        self._freed.append(self._clock())

    def estimate(self, position: int) -> float | None:
        """Seconds until this position has a place, by how often places became free lately; None if that is unknown."""
        now = self._clock()
        lately = [when for when in self._freed if now - when <= _LATELY_SECONDS]
        if len(lately) < _NEEDED:
            return None
        return position * max(1.0, now - lately[0]) / len(lately)


def waiting_model(one: Waiting, position: int, seconds: float | None) -> dict[str, Any]:
    """As Jupyter describes a kernel that is starting, with its place in line beside it."""
    return {
        "id": one.id,
        "name": one.name,
        "last_activity": one.asked_at.isoformat().replace("+00:00", "Z"),
        "execution_state": "starting",
        "connections": 0,
        "queue": {"position": position, "estimated_seconds": None if seconds is None else round(seconds)},
    }


def in_cohort(owners: Mapping[str, str], cohort: Cohort, cohort_of: CohortOf) -> int:
    """How many of these kernels are a cohort's."""
    count = 0
    for owner in owners.values():
        found = cohort_of(owner)
        count += found is not None and found.id == cohort.id
    return count
