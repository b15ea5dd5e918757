"""`kill -9` of any one process of the site, or of all: what was accepted is kept and graded, what died is replaced."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest
import requests
from small_site import SLOW, Learner, write_course

from live_site import Site

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("home"))
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", str(write_course(tmp_path_factory.mktemp("courses") / "small")))
    return site.home


@pytest.fixture
def site(home):
    site = Site(home)
    site.start()
    yield site
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        site.stop()
    kill_all(site)


def descendants(site):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(site.process.pid).children(recursive=True)
    return []


def kill_all(site, *, also=()):
    """SIGKILL to the server and everything below it, as fast as one can."""
    processes = [*descendants(site), *also]
    if site.process.poll() is None:
        site.process.kill()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    site.process.wait(timeout=30)
    return processes


def gone(processes, seconds=5):
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_all_processes_killed_at_once_lose_no_answer_and_no_edit(site):
    learners = [Learner(site) for _ in range(4)]
    accepted = {}

    def send(learner):
        with contextlib.suppress(requests.RequestException):
            accepted[learner] = learner.submit(SLOW)["id"]

    lesson = "/api/v1/courses/small/lessons/lesson"
    cell = learners[0].ask("GET", f"{lesson}/state").json()["cells"][0]["id"]
    for learner in learners:
        edit = f"kept = {id(learner)}\n"
        saved = learner.ask("PUT", f"{lesson}/cells/{cell}", json={"source": edit})
        assert saved.status_code == 200, saved.text
    sending = [threading.Thread(target=send, args=(learner,)) for learner in learners]
    for thread in sending:
        thread.start()
    time.sleep(2.4)  # two are answered without a report or with one, two wait or are being graded
    assert gone(kill_all(site))
    for thread in sending:
        thread.join()
    site.start()
    found = 0
    for learner in learners:
        cells = learner.ask("GET", f"{lesson}/state").json()["cells"]
        assert cells[0]["edited"] == f"kept = {id(learner)}\n"
        mine = learner.ask("GET", "/api/v1/courses/small/exercises/double/submissions").json()
        ids = {submission["id"] for submission in mine.get("submissions", mine)} if mine else set()
        if learner in accepted:
            assert accepted[learner] in ids
        for id_ in ids:
            found += 1
            assert learner.graded(id_)["report"]["verdict"] == "passed"
    assert found >= len(accepted) > 0


def test_the_server_killed_alone_leaves_no_process_behind_and_comes_back(site):
    learner = Learner(site)
    learner.start_kernel()
    learner.submit()
    below = descendants(site)
    assert below
    site.process.kill()
    site.process.wait(timeout=10)
    assert gone(below)
    site.start()
    assert learner.graded(learner.submit()["id"])["report"]["verdict"] == "passed"


def test_a_killed_kernel_is_told_within_two_seconds_and_the_others_live_on(site):
    async def scenario():
        learner, other = Learner(site), Learner(site)
        theirs = await other.page(other.start_kernel())
        assert await theirs.run("kept = 41; print('ready')") == "ready\n"
        before = {process.pid for process in descendants(site)}
        kernel = learner.start_kernel()
        page = await learner.page(kernel)
        assert await page.run("print('ready')") == "ready\n"
        mine = [process for process in descendants(site) if process.pid not in before]
        begun = time.monotonic()
        for process in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        await page.until(lambda m: m["content"].get("execution_state") == "dead")
        assert time.monotonic() - begun < 2
        model = learner.ask("GET", f"/kernels/api/kernels/{kernel}").json()
        assert (model["execution_state"], bool(model["reason"])) == ("dead", True)
        assert await theirs.run("print(kept + 1)") == "42\n"
        again = await learner.page(learner.start_kernel())
        assert await again.run("print('again')") == "again\n"
        for one in (page, theirs, again):
            one.socket.close()
            await one.closed()

    asyncio.run(scenario())


def test_killed_zygotes_are_replaced_and_the_next_check_and_kernel_work(site):
    async def scenario():
        learner = Learner(site)
        assert learner.graded(learner.submit()["id"])["report"]["verdict"] == "passed"
        page = await learner.page(learner.start_kernel())
        assert await page.run("print('ready')") == "ready\n"
        assert gone(kill_all_below(site))
        await page.until(lambda m: m["content"].get("execution_state") == "dead")
        assert learner.ask("GET", "/courses/small/lesson").status_code == 200
        assert learner.graded(learner.submit()["id"])["report"]["verdict"] == "passed"
        again = await learner.page(learner.start_kernel())
        assert await again.run("print('again')", 30) == "again\n"
        for one in (page, again):
            one.socket.close()
            await one.closed()

    asyncio.run(scenario())


def kill_all_below(site):
    processes = descendants(site)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    return processes


def test_a_polite_stop_ends_everything_and_a_second_start_takes_less_than_five_seconds(site):
    learner = Learner(site)
    learner.start_kernel()
    below = descendants(site)
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(timeout=15) == 0
    assert gone(below)
    begun = time.monotonic()
    site.start()
    assert time.monotonic() - begun < 5
    assert learner.ask("GET", "/courses/small/lesson").status_code == 200


def test_a_port_in_use_is_one_plain_sentence(site):
    command = [sys.executable, "-m", "panlearn", "serve", "--port", str(site.port)]
    done = subprocess.run(command, env=site.environ, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert f"Port {site.port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_database_is_refused_with_what_to_do(tmp_path):
    site = Site(tmp_path)
    command = [sys.executable, "-m", "panlearn", "serve", "--port", str(site.port)]
    done = subprocess.run(command, env=site.environ, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "panlearn db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_says_in_one_line_where_it_is(site):
    lines = [line for line in site.log.read_text().splitlines() if line.startswith("PaN Learn is at ")]
    assert lines[-1] == f"PaN Learn is at {site.url}/"
    assert json.loads(requests.get(f"{site.url}/health", timeout=10).text)
