"""`panlearn web`, `kernels` and `worker`: the site as three processes that share a home."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import time

import pytest
import requests
from small_site import Learner, write_course

from live_site import Site

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


@pytest.fixture
def parts(tmp_path):
    site = Site(tmp_path / "home")
    site.home.mkdir()
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", str(write_course(tmp_path / "small")))
    running = []

    def start(part, *arguments):
        log = (tmp_path / f"{part}.log").open("w+")
        command = [sys.executable, "-m", "panlearn", part, *arguments]
        running.append((subprocess.Popen(command, env=site.environ, stdout=log, stderr=log), log))
        return tmp_path / f"{part}.log"

    yield site, start
    for process, log in running:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        log.close()


def where(log):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := re.search(r"at (http://\S+)/", log.read_text()):
            return found[1]
        time.sleep(0.1)
    return pytest.fail(log.read_text())


def test_three_processes_are_one_site(parts):
    site, start = parts
    web, kernels = start("web", "--port", "0"), start("kernels", "--port", "0")
    start("worker")
    site.url = where(web)
    learner = Learner(site, kernels=where(kernels))
    assert learner.graded(learner.submit()["id"])["report"]["verdict"] == "passed"
    assert requests.get(f"{learner.kernels}/courses", timeout=10).status_code == 404
    assert requests.get(f"{site.url}/kernels/api/kernels", timeout=10).status_code == 404

    async def run():
        page = await learner.page(learner.start_kernel())
        assert await page.run("print('here')") == "here\n"
        page.socket.close()
        await page.closed()

    asyncio.run(run())
