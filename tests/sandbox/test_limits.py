"""Every limit of a kernel, reached for real: what is said, and that the neighbour notices nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from docker_site import eventually, running_docker
from kernel_site import modes, running_engine

from panlearn.kernels import cgroups

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

GROUNDS = [*modes(), pytest.param("docker", marks=pytest.mark.docker)]


@pytest.fixture(scope="module", params=GROUNDS)
def ground(request):
    with running_docker() if request.param == "docker" else running_engine(request.param) as site:
        site.neighbour = site.start()
        yield site


@pytest.fixture
def site(ground):
    """An engine; after the test a neighbour of its kernels still answers."""
    yield ground
    assert ground.run(ground.neighbour, "print(6 * 7)")["text"] == "42\n"


def test_memory_in_one_process_is_an_error_or_an_end_for_memory(site):
    kernel = site.start(memory_mib=128)
    found = site.run(kernel, "import numpy\nkept = [numpy.ones(1 << 21) for _ in range(64)]\nprint('got it')")

    assert "got it" not in found["text"]
    assert "MemoryError" in found["text"] or found["status"] == "memory", found
    site.kill(kernel)


def test_memory_of_many_processes_together_ends_the_kernel_for_memory(site):
    kernel = site.start(memory_mib=128)
    code = """
import os, time
for _ in range(12):
    if os.fork() == 0:
        kept = bytearray(60 << 20)
        for at in range(0, len(kept), 4096): kept[at] = 1
        time.sleep(30)
        os._exit(0)
    time.sleep(0.2)
time.sleep(15)
print(sum(1 for _ in range(12) if os.waitpid(-1, os.WNOHANG)[0]))
"""
    found = site.run(kernel, code, seconds=40)

    # Docker tells that a container was full only once it ended: there, Linux ends the processes that were too many.
    if site.mode() == "daemon":
        assert found["status"] == "memory" or int(found["text"] or 0) >= 5, found
    else:
        assert found["status"] == "memory", found
    site.kill(kernel)


def test_processes_run_out_with_an_error_that_python_says(site):
    kernel = site.start(processes=32)
    code = """
import os, time
made = []
try:
    for _ in range(200):
        pid = os.fork()
        if pid == 0:
            time.sleep(20)
            os._exit(0)
        made.append(pid)
except OSError as error:
    print(type(error).__name__, len(made) < 40)
for pid in made: os.kill(pid, 9)
"""
    assert site.run(kernel, code)["text"] == "BlockingIOError True\n"
    site.kill(kernel)


def test_the_home_folder_is_full_at_its_limit(site):
    kernel = site.start(home_mib=8)
    code = """
try:
    with open("big", "wb") as file:
        for _ in range(64): file.write(bytes(1 << 20))
except OSError as error:
    print(error.strerror)
"""
    assert site.run(kernel, code)["text"] == "No space left on device\n"
    site.kill(kernel)


def test_the_home_folder_holds_so_many_files_and_no_more(site):
    kernel = site.start(home_files=200)
    code = """
try:
    for number in range(1000): open(str(number), "w").close()
except OSError as error:
    print(error.strerror, number < 200)
"""
    assert site.run(kernel, code)["text"] == "No space left on device True\n"
    site.kill(kernel)


def test_one_file_is_no_larger_than_its_limit(site):
    kernel = site.start(file_mib=4)
    code = """
try:
    with open("big", "wb") as file:
        for _ in range(64): file.write(bytes(1 << 20))
except OSError as error:
    print(error.strerror)
"""
    assert site.run(kernel, code)["text"] == "File too large\n"
    site.kill(kernel)


def test_open_files_run_out_with_an_error_that_python_says(site):
    kernel = site.start(open_files=128)
    code = """
kept = []
try:
    for _ in range(500): kept.append(open("/dev/null"))
except OSError as error:
    print(error.strerror, len(kept) < 128)
kept.clear()
"""
    assert site.run(kernel, code)["text"] == "Too many open files True\n"
    site.kill(kernel)


def test_processor_time_has_an_end_of_its_own(site):
    kernel = site.start(cpu_seconds=3)
    found = site.run(kernel, "while True: pass", seconds=60)

    assert found["status"] in ("cpu", "killed"), found
    if site.mode() != "daemon":
        assert found["status"] == "cpu"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has control groups here")
def test_where_control_groups_can_be_written_every_kernel_has_one_and_it_goes_with_it():
    held, why = cgroups.describe()
    assert {"memory", "pids", "cpu"} <= held, why
    with running_engine("root") as site:
        kernel = site.start(memory_mib=100, home_mib=50, processes=77, cpus=0.5)
        pid = site.pid(kernel)
        place = next(
            line.split(":", 2)[2] for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines() if ":memory:" in line
        )
        assert "/panlearn-" in place
        folder = next(tree.own for tree in cgroups._trees() if "memory" in tree.controllers)
        groups = list(folder.rglob(Path(place).name))
        assert len(groups) == 1
        assert int((groups[0] / "memory.limit_in_bytes").read_text()) == (100 + 32) << 20
        site.kill(kernel)
        assert eventually(lambda: not groups[0].exists())  # its last process takes a moment to leave it
        driver = site.process.pid
    cgroups.describe()  # the driver was killed: whoever looks next removes what it left
    assert not list(folder.glob(f"panlearn-*-{driver}"))
