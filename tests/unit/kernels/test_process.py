"""Processes held by descriptors, and the watch over their memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from panlearn.kernels import watchdog
from panlearn.kernels.process import SandboxProcess
from panlearn.kernels.watchdog import Watchdog, largest_bytes, private_bytes, tree_bytes


@pytest.fixture
def started():
    """A real process, in the place of a sandboxed one, and what holds it."""
    source = """
import os, time
held = bytearray(60 << 20)
if os.fork() == 0: more = bytearray(60 << 20)
print(1, flush=True)
time.sleep(60)"""
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, start_new_session=True)
    for _ in range(2):
        process.stdout.readline()
    yield process
    os.killpg(process.pid, 9)
    process.wait()
    process.stdout.close()


def test_it_knows_its_process_id_and_that_it_lives(started):
    held = SandboxProcess(os.pidfd_open(started.pid))
    assert held.pid == started.pid
    assert held.poll() is None
    assert held.wait(0.01) is None
    held.finish(0)


@pytest.mark.parametrize(
    ("status", "lost", "reason"),
    [(0, False, "ended"), (3, False, "ended"), (-9, False, "killed"), (-9, True, "lost"), (78, False, "not contained")],
)
def test_its_end_has_a_reason(started, status, lost, reason):
    told = []
    held = SandboxProcess(os.pidfd_open(started.pid), on_end=lambda: told.append(1))
    held.finish(status, lost=lost)
    held.finish(-1)
    assert (held.poll(), held.reason, told) == (status, reason, [1])
    held.signal(15)
    held.kill()
    assert started.poll() is None, "a process that ended is never signalled: its id may be another's by now"


def test_memory_of_all_its_processes_counts_and_ends_it(started, monkeypatch):
    monkeypatch.setattr(watchdog, "INTERVAL_SECONDS", 0.05)
    assert tree_bytes(started.pid, 0) > 110 << 20
    assert private_bytes(2**22 + 1) == 0
    held = SandboxProcess(os.pidfd_open(started.pid))
    dog = Watchdog()
    dog.watch(held, 0)
    assert dog._thread is None
    assert 50 << 20 < private_bytes(started.pid) < largest_bytes(started.pid)
    monkeypatch.setattr(watchdog, "largest_bytes", lambda _pid: 0)  # as if all of it came later
    dog.watch(held, 50)
    assert started.wait(5) == -9
    held.finish(-9)
    assert held.reason == "memory"
    deadline = time.monotonic() + 5
    while dog._watched and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not dog._watched
    dog.close()
