"""`kill -9` of a kernel, a zygote, an engine's own process, the Docker daemon: what lived elsewhere lives on, what died
is replaced at the next demand, and nothing is left of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import leftovers
import pytest
from docker_site import eventually, image, running_docker
from kernel_site import Refused, modes, running_engine

from panlearn.kernels import cgroups

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
GROUNDS = [*modes(), pytest.param("docker", marks=pytest.mark.docker)]
TIMES = 20


@contextmanager
def engine_of(ground: str):
    # No container waits for a learner: what there is before and after can be compared.
    with running_docker(PANLEARN_DOCKER_POOL="0") if ground == "docker" else running_engine(ground) as site:
        yield site


def open_things(site) -> tuple[int, int]:
    """Descriptors and threads of the engine's own process."""
    place = Path(f"/proc/{site.process.pid}")
    return len(list((place / "fd").iterdir())), len(list((place / "task").iterdir()))


@pytest.mark.parametrize("ground", GROUNDS)
def test_kernels_that_are_killed_leave_nothing_however_often(ground):
    times = 5 if ground == "docker" else TIMES
    with engine_of(ground) as site:
        neighbour = site.start()
        site.kill(site.start())
        before, held = leftovers.found(site), open_things(site)
        for _ in range(times):
            kernel = site.start()
            os.kill(site.pid(kernel), signal.SIGKILL)
            status, reason = site.wait(kernel, 2)
            assert (status, reason) == (-signal.SIGKILL, "killed")
            site.kill(kernel)
        assert site.run(neighbour, "print('alive')")["text"] == "alive\n"
        assert leftovers.the_same(site, before) == {}
        descriptors, threads = open_things(site)
        assert descriptors <= held[0] + 4
        assert threads <= held[1] + 2


@pytest.mark.parametrize("mode", modes())
def test_zygotes_that_are_killed_are_replaced_and_leave_nothing(mode):
    with running_engine(mode) as site:
        kernel = site.start()
        first = open_things(site)
        before = leftovers.found(site)
        for _ in range(5):
            os.kill(site.zygote(), signal.SIGKILL)
            assert site.wait(kernel, 2)[1] == "lost"
            site.kill(kernel)
            kernel = site.start()
        assert site.run(kernel, "print('replaced')")["text"] == "replaced\n"
        differs = leftovers.the_same(site, before, seconds=5)
        # Other processes, sockets and groups stand where those stood, and no more of them.
        assert {name: (len(was), len(now)) for name, (was, now) in differs.items() if len(was) != len(now)} == {}
        assert open_things(site)[0] <= first[0] + 4


@pytest.mark.parametrize("ground", GROUNDS)
def test_an_engine_that_is_killed_takes_its_kernels_along_and_the_next_one_clears_up(ground):
    with engine_of(ground) as site:
        kernel = site.start()
        pid, driver, home = site.pid(kernel), site.process.pid, site.home
        os.kill(driver, signal.SIGKILL)
        site.process.wait(10)
        assert eventually(lambda: not Path(f"/proc/{pid}").exists(), 10)
        assert home.exists()
    cgroups.describe()  # whoever looks next removes groups of processes that are no more
    assert not [one for tree in cgroups._trees() for one in tree.own.glob(f"panlearn-*-{driver}")]


@contextmanager
def private_daemon():
    """A Docker daemon of the test's own, with the image of `core`; gives its address and its process."""
    folder = Path(tempfile.mkdtemp(prefix="panlearn-dockerd-"))
    address = f"unix://{folder}/docker.sock"
    argv = ["dockerd", "--iptables=false", "--bridge=none", "-H", address, "--pidfile", str(folder / "pid")]
    argv += ["--data-root", str(folder / "data"), "--exec-root", str(folder / "run")]
    # As a service manager has it: what holds the containers is no child of the daemon.
    beneath = ["containerd", "--address", str(folder / "containerd.sock")]
    beneath += ["--root", str(folder / "containerd"), "--state", str(folder / "state"), "--log-level", "warn"]
    argv += ["--containerd", str(folder / "containerd.sock")]
    environ = {**os.environ, "DOCKER_HOST": address}

    def launch(argv: list[str]) -> subprocess.Popen[bytes]:
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def start() -> subprocess.Popen[bytes]:
        process = launch(argv)
        answers = ["docker", "version"]
        assert eventually(
            lambda: subprocess.run(answers, env=environ, capture_output=True, check=False).returncode == 0, 60
        ), (folder / "log").read_text()[-2000:]
        return process

    containers = launch(beneath)
    assert eventually((folder / "containerd.sock").exists, 20)
    processes = [start()]
    try:
        with subprocess.Popen(["docker", "save", image()], stdout=subprocess.PIPE) as saved:
            subprocess.run(["docker", "load"], stdin=saved.stdout, env=environ, check=True, capture_output=True)
        yield address, processes, start
    finally:
        for process in (processes[-1], containers):
            process.terminate()
            process.wait(30)
        subprocess.run(["umount", "-R", str(folder / "data")], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.docker
@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs a Docker daemon")
def test_a_docker_daemon_that_is_killed_is_named_and_kernels_start_again_when_it_is_back():
    with private_daemon() as (address, processes, start):  # noqa: SIM117  the daemon outlives the engine
        with running_docker(PANLEARN_DOCKER_POOL="0", PANLEARN_DOCKER_HOST=address) as site:
            kernel = site.start()
            assert site.run(kernel, "print('before')")["text"] == "before\n"

            processes[-1].kill()
            processes[-1].wait(10)
            # Its containers are no children of the daemon: a kernel that lived lives on without it.
            assert site.run(kernel, "print('without')")["text"] == "without\n"
            with pytest.raises(Refused, match="Docker"):
                site.start()

            processes.append(start())
            begun = time.monotonic()
            assert eventually(lambda: _starts(site), 30), time.monotonic() - begun
            site.close()


def _starts(site) -> bool:
    try:
        return site.says("print('again')") == "again\n"
    except Refused:
        return False
