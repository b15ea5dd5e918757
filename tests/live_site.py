"""A real site in its own process, on a home of its own, for tests that need the whole of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Site:
    """`panlearn serve` on a free port; `restart` ends it by SIGKILL, as a power cut would, and starts it again."""

    def __init__(self, home: Path, environ: dict[str, str] | None = None) -> None:
        self.home = home
        self.log = home / "serve.log"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.environ = {
            **os.environ,
            "PANLEARN_HOME": str(home),
            "PANLEARN_ENVIRONMENTS": str(ROOT / "var" / "environments"),
            **(environ or {}),
        }

    def panlearn(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "panlearn", *arguments]
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"panlearn {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "panlearn", "serve", "--port", str(self.port)],
                env=self.environ,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"the site did not answer within a minute\n{self.log.read_text()}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def restart(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()
