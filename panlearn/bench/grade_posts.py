"""Answers sent to a running site as a page sends them: from POST to verdict."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from panlearn.bench.grade_targets import Target
from panlearn.errors import PanlearnError, PlatformError

RATE_SECONDS = 5.0
_PER_GUEST = 100
"""Answers that one guest sends, below the limit on what one visitor may write in a minute."""


class Client:
    """One page's connection, kept alive; a new guest now and then."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers: dict[str, str] = {}
        self._sent = 0

    def new_guest(self) -> None:
        """Forget the cookie."""
        self._headers = {"Content-Type": "application/json"}

    def answer(self, target: Target) -> float:
        """Send the right answer; milliseconds to its verdict."""
        if self._sent % _PER_GUEST == 0:
            self.new_guest()
        self._sent += 1
        begun = time.perf_counter()
        said = self._ask("POST", target.path, json.dumps({"source": target.bundle.solution}))
        while "id" in said and not said.get("report"):
            time.sleep(0.01)
            said = self._ask("GET", f"/api/v1/submissions/{said['id']}")
        took = 1000 * (time.perf_counter() - begun)
        verdict = (said.get("report") or {}).get("verdict", said)
        if verdict != "passed":
            raise PlatformError(f"A right answer to {target.name} was not passed: {verdict}")
        return took

    def _ask(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        self._connection.request(method, path, body, self._headers)
        reply = self._connection.getresponse()
        said: dict[str, Any] = json.loads(reply.read())
        if cookie := reply.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.split(";", 1)[0]
        return said

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def lesson(port: int, targets: Sequence[Target], guests: int) -> list[float]:
    """Milliseconds of each answer while so many guests, one after the other, do a lesson from top to bottom."""
    client, times = Client(port), []
    try:
        for _ in range(guests):
            client.new_guest()
            times += [client.answer(target) for target in targets]
    finally:
        client.close()
    return times


def rate(port: int, target: Target, clients: int) -> float:
    """Verdicts per second while this many pages send answers, each waiting for its own."""
    counts, troubles = [0] * clients, []
    end = time.perf_counter() + RATE_SECONDS

    def send_on(number: int) -> None:
        client = Client(port)
        try:
            while time.perf_counter() < end:
                client.answer(target)
                counts[number] += 1
        except PanlearnError as error:
            troubles.append(error)
        finally:
            client.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=send_on, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    return round(sum(counts) / (time.perf_counter() - begun), 1)
