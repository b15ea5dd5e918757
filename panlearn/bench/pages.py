"""How fast a lesson's page is served: `panlearn bench pages`.

One client with a connection kept alive asks a site in a process of its own for one lesson, over loopback: the time from
the request to the last byte is what the server needs, plus some tens of microseconds of socket. Then several clients
ask at once, for requests per second; they run in this process, on the same cores, so the figure is what a machine does
that is also its own audience.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from panlearn.bench.site import published_home, running_site
from panlearn.bench.statistics import summary
from panlearn.errors import PlatformError
from panlearn.settings import Settings

WARM_UP = 30
REQUESTS = 300
CLIENTS = 4
SECONDS = 3.0


def run(settings: Settings) -> dict[str, Any]:
    """`{"lesson_ms": {"p50", "p95", "min", "n"}, "requests_per_s", "page", "bytes"}`, in milliseconds."""
    with published_home(settings) as home, running_site(settings, home) as port:
        page = _lesson(port)
        client = Client(port, page)
        for _ in range(WARM_UP):
            client.ask()
        times = [_milliseconds(client.ask) for _ in range(REQUESTS)]
        size = client.ask()
        client.close()
        return {"lesson_ms": summary(times), "requests_per_s": _rate(port, page), "page": page, "bytes": size}


class Client:
    """One browser's connection, kept alive, with the cookie that the first answer sets."""

    def __init__(self, port: int, page: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._page = page
        self._headers: dict[str, str] = {}

    def ask(self) -> int:
        """Ask for the page; its size in bytes."""
        self._connection.request("GET", self._page, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != http.client.OK:
            raise PlatformError(f"{self._page} answered {answer.status}.")
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.split(";", 1)[0]
        return len(body)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _lesson(port: int) -> str:
    """The path of the first lesson: the sitemap's first page that carries live cells."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/sitemap.xml")
    tree = ET.fromstring(connection.getresponse().read())  # noqa: S314 - our own site's
    paths = ["/" + (element.text or "").split("/", 3)[-1] for element in tree.iter() if element.tag.endswith("loc")]
    try:
        for path in paths:
            connection.request("GET", path)
            if b'data-cell="' in connection.getresponse().read():
                return path
    finally:
        connection.close()
    raise PlatformError("No lesson is published.", todo="Run `panlearn course publish --bundled`.")


def _rate(port: int, page: str) -> float:
    """Requests per second of `CLIENTS` at once."""
    counts = [0] * CLIENTS
    end = time.perf_counter() + SECONDS

    def ask_on(number: int) -> None:
        client = Client(port, page)
        while time.perf_counter() < end:
            client.ask()
            counts[number] += 1
        client.close()

    threads = [threading.Thread(target=ask_on, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(sum(counts) / SECONDS, 1)


def _milliseconds(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return 1000 * (time.perf_counter() - begun)
