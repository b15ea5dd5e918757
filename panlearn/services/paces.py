"""How long an exercise takes people, remembered for a while: asked at every lesson, counted every few minutes."""

from __future__ import annotations

import threading
import time

from sqlalchemy.orm import Session

from panlearn.services.statistics import Statistics

KEEP_SECONDS = 300.0


class Paces:
    """By course and exercise, the seconds that three of four who passed stayed below."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, dict[str, float]]] = {}

    def of(self, session: Session, course: str) -> dict[str, float]:
        """The paces of a course; an exercise that too few have passed has none."""
        with self._lock:
            counted, found = self._known.get(course, (-KEEP_SECONDS, {}))
        if time.monotonic() - counted > KEEP_SECONDS:
            found = Statistics(session).paces(course)
            with self._lock:
                self._known[course] = time.monotonic(), found
        return found
