"""A real site in its own process, on a home of its own, and Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Site:
    """`panlearn serve` on a free port; `restart` ends it by SIGKILL, as a power cut would, and starts it again."""

    def __init__(self, home: Path) -> None:
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


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("home"))
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", "--bundled")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium (Debian, Ubuntu: apt install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium: Browser):
    """Make a visitor: a fresh context, with the width, colour scheme and scripting asked for."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1440, scheme: str = "light", javascript: bool = True) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context, site) -> Page:
    """A visitor at a desk; whatever the page's console calls an error fails the test."""
    page = open_context().new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.console_problems = problems
    return page


@pytest.fixture
def axe():
    """Run axe-core on a page; the violations it calls serious or critical."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        return [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
            for violation in result["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]

    return run
