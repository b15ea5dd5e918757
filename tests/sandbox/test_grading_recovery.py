"""Processes under the grader are killed at bad moments: every answer still gets its verdict."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace

import psutil
import pytest
from grading_site import make_bundle, real_grader

from below import sandboxes

pytestmark = pytest.mark.sandbox

BUNDLE = make_bundle(
    "# %% visible: doubles\nassert f(2) == 4\n# %% hidden: negative\nassert f(-2) == -4\n", setup="import numpy as np"
)
ANSWERS = {
    "def f(x): return 2 * x": "passed",
    "def f(x): return x": "failed",
    "def f(x: return": "error",
    "f = 3": "failed",
}


@pytest.fixture
def grader(tmp_path):
    with real_grader(tmp_path) as made:
        yield made


def test_gradings_at_the_same_time_have_each_their_own_verdict(grader):
    wanted = [random.Random(number).choice(list(ANSWERS)) for number in range(24)]
    found: dict[int, str] = {}

    def grade(number):
        found[number] = grader.grade(BUNDLE, wanted[number]).verdict

    threads = [threading.Thread(target=grade, args=(number,)) for number in range(len(wanted))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert found == {number: ANSWERS[answer] for number, answer in enumerate(wanted)}


def test_a_killed_process_costs_a_retry_and_not_a_verdict(grader):
    grader.grade(BUNDLE, "f = 1")
    stop = threading.Event()
    killed = []

    def kill_now_and_then():
        dice = random.Random(3)
        while not stop.wait(0.4):
            processes = sandboxes()
            if processes:
                victim = dice.choice(processes)
                try:
                    os.kill(victim.pid, signal.SIGKILL)
                    killed.append(victim.pid)
                except ProcessLookupError:
                    continue

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    verdicts = []
    until = time.monotonic() + 8
    while time.monotonic() < until:
        answer = random.choice(list(ANSWERS))
        verdicts.append((ANSWERS[answer], grader.grade(BUNDLE, answer).verdict))
    stop.set()
    killer.join()

    assert killed
    # Either the right verdict, or a platform error, which the queue tries again.
    assert all(found in {wanted, "platform-error"} for wanted, found in verdicts), verdicts
    assert grader.grade(BUNDLE, "def f(x): return 2 * x").verdict == "passed"


def test_a_stopped_checkpoint_costs_a_retry_and_not_a_verdict(grader, monkeypatch):
    monkeypatch.setattr("panlearn.grading.grader._GRACE", 0.5)
    quick = replace(BUNDLE, limits=replace(BUNDLE.limits, seconds=2.0))
    assert grader.grade(quick, "def f(x): return 2 * x").verdict == "passed"
    for process in sandboxes():
        with suppress(psutil.NoSuchProcess):
            process.suspend()

    # The lost zygote is replaced once its stopped process is ended: what lives below the grader is all stuck.
    killer = threading.Timer(3.0, lambda: [one.kill() for one in sandboxes(direct=True)])
    killer.start()
    assert grader.grade(quick, "def f(x): return 2 * x").verdict in {"passed", "platform-error"}
    killer.join()
    assert grader.grade(quick, "def f(x): return 2 * x").verdict == "passed"


def test_nothing_is_left_running_after_a_grading(grader):
    grader.grade(BUNDLE, "f = 1")
    before = settled()

    fork = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
def f(x): return 2 * x
"""
    assert grader.grade(BUNDLE, fork).verdict == "passed"

    assert settled() == before


def settled():
    """How many processes there are below this one, once that has not changed for a second: spare sides are forked."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 1:
        found = len(sandboxes())
        if found != count:
            count, since = found, time.monotonic()
        time.sleep(0.05)
    return count


def test_no_descriptor_or_thread_is_left_by_gradings(grader):
    for answer in ANSWERS:
        grader.grade(BUNDLE, answer)
    process = psutil.Process()
    before = process.num_fds(), process.num_threads()

    for _ in range(20):
        for answer in ANSWERS:
            grader.grade(BUNDLE, answer)

    assert process.num_fds() <= before[0] + 2
    assert process.num_threads() <= before[1] + 1
