"""Jupyter's own TypeScript client, under Node, runs code through `/kernels/` with a token of the site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from live_site import ROOT, Site

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
CLIENT = Path(__file__).with_name("services_client.mjs")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("home"), environ={"PANLEARN_KERNELS_TOTAL": "1"})
    site.panlearn("db", "upgrade")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The client, bundled: its package is written for bundlers."""
    folder = tmp_path_factory.mktemp("client")
    built = folder / "client.mjs"
    banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    subprocess.run(
        [
            *(str(ROOT / "node_modules" / ".bin" / "esbuild"), str(CLIENT), "--bundle", "--platform=node"),
            *("--format=esm", f"--outfile={built}", f"--banner:js={banner}", "--log-level=error"),
        ],
        check=True,
        env={**os.environ, "NODE_PATH": str(ROOT / "node_modules")},
        cwd=ROOT,
    )
    return built


@pytest.fixture
def token(site):
    """A token of a guest, as the page's script asks for one."""

    def made() -> tuple[requests.Session, str]:
        visitor = requests.Session()
        answer = visitor.post(f"{site.url}/api/v1/kernels/token", json={}, timeout=20)
        assert answer.status_code in (200, 201), answer.text
        return visitor, answer.json()["token"]

    return made


def run(script: Path, site: Site, token: str) -> subprocess.CompletedProcess[str]:
    node = Path(sys.prefix) / "bin" / "node"
    command = [str(node) if node.exists() else shutil.which("node"), str(script), site.url, token]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_starts_a_kernel_runs_code_and_ends_it(site, script, token):
    done = run(script, site, token()[1])

    assert done.returncode == 0, done.stderr[-2000:]
    # The library says of itself when it opens a socket, and that a kernel ended.
    said = [line for line in done.stdout.splitlines() if not line.startswith(("Starting WebSocket", "Kernel: dead"))]
    assert said == ["language python", "0", "1", "3", "reply ok", "running 1", "left 0"]


def test_while_the_machine_is_full_it_waits_and_then_runs(site, script, token):
    _, holder = token()
    headers = {"Authorization": f"token {holder}"}
    api = f"{site.url}/kernels/api/kernels"
    held = requests.post(api, json={"name": "core"}, headers=headers, timeout=20).json()
    freed: list[float] = []

    def free() -> None:
        freed.append(time.monotonic())
        requests.delete(f"{api}/{held['id']}", headers=headers, timeout=20)

    timer = threading.Timer(4, free)
    timer.start()
    done = run(script, site, token()[1])
    timer.join()

    assert done.returncode == 0, done.stderr[-2000:]
    assert "reply ok" in done.stdout
    assert freed
    assert freed[0] < time.monotonic()


def test_without_a_token_of_this_site_it_gets_nothing(site, script):
    done = run(script, site, "made-up")

    assert done.returncode != 0
    assert "language" not in done.stdout
