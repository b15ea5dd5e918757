"""A site as two processes, pages and grading, each of which may be killed and started again; and what kills them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from pathlib import Path

import psutil

from live_site import Site

TROUBLES = {"grader": 12, "database": 10, "worker": 4, "server": 4}
"""What is killed, and how often."""


class Part:
    """One process of the site, which comes back when it was killed."""

    def __init__(self, site: Site, name: str, *arguments: str) -> None:
        self.log = site.home / f"{name}.log"
        self._command = [sys.executable, "-m", "panlearn", name, *arguments]
        self._environ = {**site.environ, "PANLEARN_LOG_FORMAT": "json"}
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL to this process alone, then a new one."""
        self.process.kill()
        self.process.wait(30)
        self.process = self._start()

    def below(self) -> list[psutil.Process]:
        """The processes that it has started, zygotes and sandboxes among them."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def stop(self) -> None:
        """End it politely, else at once."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(25)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)

    def events(self, name: str) -> list[dict[str, object]]:
        """What it wrote to its log about events of this name."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and event.get("event") == name:
                    found.append(event)
        return found


class SiteInParts:
    """`panlearn web` and `panlearn worker` on one home and one database."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.url = site.url
        self.web = Part(site, "web", "--port", str(site.port))
        self.worker = Part(site, "worker", "--workers", "2")

    def wait(self, seconds: float = 60.0) -> None:
        """Until pages answer."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
            except OSError:
                assert time.monotonic() < deadline, self.web.log.read_text()
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """End both."""
        self.web.stop()
        self.worker.stop()


class Killer(threading.Thread):
    """Ends one part of the site after the other, by process id, at random points of the work.

    `progress` says how many answers were accepted, of `answers`.
    """

    def __init__(self, parts: SiteInParts, cut_connections, progress, answers: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.parts = parts
        self.done = Counter()
        self._cut_connections = cut_connections
        self._dice = random.Random(seed)
        self._progress = progress
        self._stopping = threading.Event()
        self._plan = [what for what, times in TROUBLES.items() for _ in range(times)]
        self._dice.shuffle(self._plan)
        self._points = sorted(self._dice.sample(range(answers // 50, answers - 2), len(self._plan)))

    def run(self) -> None:
        for point, what in zip(self._points, self._plan, strict=True):
            while self._progress() < point:
                if self._stopping.wait(0.01):
                    return
            time.sleep(self._dice.uniform(0.0, 0.1))
            while not getattr(self, f"_{what}")():
                if self._stopping.wait(0.1):
                    return
            self.done[what] += 1

    def stop(self) -> None:
        """Kill no more."""
        self._stopping.set()
        self.join(60)

    def _grader(self) -> int:
        below = self.parts.worker.below()
        if not below:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._dice.choice(below).pid, signal.SIGKILL)
            return 1
        return 0

    def _database(self) -> int:
        return self._cut_connections(self._dice)

    def _worker(self) -> int:
        self.parts.worker.kill()
        return 1

    def _server(self) -> int:
        self.parts.web.kill()
        return 1


def hold_sqlite(file: Path, dice: random.Random) -> int:
    """What SQLite has instead of connections that are cut: somebody else holds the lock for a while."""
    connection = sqlite3.connect(file, timeout=10, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(dice.uniform(0.2, 1.0))
        connection.execute("ROLLBACK")
    finally:
        connection.close()
    return 1
