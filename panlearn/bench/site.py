"""A site in a process of its own, for benchmarks that ask it as a browser would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from panlearn.errors import PlatformError
from panlearn.settings import Settings, resource

_ADDRESS = re.compile(r"http://[^\s/]+:(\d+)/")
_START_SECONDS = 60.0
_PUBLISH_SECONDS = 900.0


@contextmanager
def published_home(settings: Settings) -> Iterator[Path]:
    """The home of `settings` if a course is published there, else a home that goes away, with the bundled course."""
    if any(settings.releases_dir.glob("*/*/release.json")):
        yield settings.home_dir
        return
    with tempfile.TemporaryDirectory(prefix="panlearn-bench-") as home:
        _panlearn(settings, Path(home), "db", "upgrade")
        course = next(path.parent for path in sorted(resource("courses").glob("*/course.yml")))
        _panlearn(settings, Path(home), "course", "publish", str(course))
        yield Path(home)


@contextmanager
def running_site(settings: Settings, home: Path) -> Iterator[int]:
    """`panlearn serve` on a free port of this machine; the port. Raises `PlatformError` with what it said."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "panlearn", "serve", "--host", "127.0.0.1", "--port", "0"],
            env=_environ(settings, home),
            stdout=subprocess.PIPE,
            stderr=said,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield _port(process, said)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


def _port(process: subprocess.Popen[str], said: Any) -> int:
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return int(found[1])
    said.seek(0)
    raise PlatformError(f"The site did not start: {said.read().strip()[-500:]}", todo="Run `panlearn doctor`.")


def _panlearn(settings: Settings, home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "panlearn", *arguments],
        env=_environ(settings, home),
        capture_output=True,
        text=True,
        timeout=_PUBLISH_SECONDS,
        check=False,
    )
    if done.returncode:
        raise PlatformError(f"`panlearn {' '.join(arguments)}` failed: {done.stderr.strip()[-500:]}")


def _environ(settings: Settings, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PANLEARN_HOME": str(home),
        "PANLEARN_ENVIRONMENTS": str(settings.environments_dir),
        "PYTHONUNBUFFERED": "1",
    }
