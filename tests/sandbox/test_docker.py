"""Live kernels of the Docker engine: what contains them, how they end, and that nothing is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import nbformat
import pytest
from docker_site import containers, eventually, image, running_docker
from kernel_site import MARKER, Refused

from panlearn.errors import NotContained, PlatformError
from panlearn.kernels import docker_image, notebooks
from panlearn.kernels.docker import DockerEngine
from panlearn.kernels.docker_daemon import Daemon
from panlearn.kernels.engine import PORTS
from panlearn.kernels.environments import find
from panlearn.kernels.runtime import RuntimeFolder
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.docker, pytest.mark.timeout(300)]

LIBC = "import ctypes; libc = ctypes.CDLL(None, use_errno=True)"


@pytest.fixture(scope="module")
def site():
    with running_docker(PANLEARN_DOCKER_POOL="1") as site:
        yield site
        site.close()


@pytest.fixture
def kernel(site):
    number = site.start()
    yield number
    site.kill(number)


@pytest.fixture
def says(site, kernel):
    return lambda source: site.run(kernel, source)["text"]


def test_it_has_the_scientific_stack_in_memory_and_shows_plots(site, kernel):
    source = "import sys; print({'numpy', 'scipy', 'matplotlib.pyplot', 'pandas', 'h5py'} <= set(sys.modules))"
    assert site.run(kernel, source)["text"] == "True\n"
    assert "image/png" in site.run(kernel, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")["kinds"]
    assert "from a shell" in site.run(kernel, "!echo from a shell")["text"]


def test_it_has_no_privileges(says):
    status = says("print(open('/proc/self/status').read())")
    assert "CapEff:\t0000000000000000" in status
    assert "CapBnd:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    assert says("import os; print(os.getuid() > 1000, os.getgid() > 1000, os.getgroups())").startswith("True True [1")


@pytest.mark.parametrize(
    "attempt",
    [
        f"{LIBC}; assert not libc.unshare(0x10000000), ctypes.get_errno()",
        f"{LIBC}; assert not libc.ptrace(0, 0, 0, 0), ctypes.get_errno()",
        f"{LIBC}; assert libc.memfd_create(b'x', 0) >= 0, ctypes.get_errno()",
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "import socket; socket.socket(socket.AF_VSOCK)",
        "import os; os.setuid(0)",
        "import os; os.mknod('/tmp/disk', 0o60600, os.makedev(8, 0))",
    ],
)
def test_system_calls_that_are_not_on_the_list_are_refused(says, attempt):
    said = says(attempt)
    assert "PermissionError" in said or "AssertionError: 1" in said


def test_it_has_no_network(says):
    assert says("import os; print(os.listdir('/sys'))") == "[]\n"
    assert "OSError: [Errno 101]" in says("import socket; socket.create_connection(('192.0.2.1', 80), 2)")
    own = "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname()); print('ok')"
    assert says(own) == "ok\n"


def test_nothing_can_be_written_but_home_and_tmp(says):
    for place in ("/x", "/usr/x", "/opt/environment/x", "/opt/sandbox/x", "/run/panlearn/x", "/etc/x"):
        assert "Error" in says(f"open({place!r}, 'w')")
    assert (
        says("open('x', 'w').close(); open('/tmp/x', 'w').close(); import os; print(os.getcwd())") == "/home/learner\n"
    )


def test_it_sees_no_files_and_no_secrets_of_the_machine(site, says):
    assert "FileNotFoundError" in says(f"open({__file__!r})")
    assert "FileNotFoundError" in says("open('/var/run/docker.sock')")
    assert MARKER not in says("import os; print(dict(os.environ)); print(open('/proc/1/environ').read())")
    assert says("import os; print(os.listdir('/run/panlearn'))") == "['h']\n"
    assert says("import os; print([p for p in os.listdir('/proc') if p.isdigit()])") == "['1']\n"


def test_it_sees_its_own_course_files_read_only_and_no_others(site):
    for name in ("aaaa", "bbbb"):
        folder = site.home / "files" / name
        folder.mkdir(parents=True)
        (folder / "which.txt").write_text(name)
    kernel = site.start(files="aaaa")
    assert site.run(kernel, "print(open('data/which.txt').read())")["text"] == "aaaa\n"
    assert "Read-only" in site.run(kernel, "open('data/new', 'w')")["text"]
    assert site.run(kernel, "!find / -name which.txt 2>/dev/null")["text"].strip() == "/home/learner/data/which.txt"
    site.kill(kernel)
    with pytest.raises(Refused, match="no course files"):
        site.start(files="cccc")


def test_one_process_that_wants_too_much_memory_gets_an_error_and_lives(site, kernel):
    assert "MemoryError" in site.run(kernel, "x = bytearray(4 << 30)")["text"]
    assert site.run(kernel, "print(1)")["text"] == "1\n"


def test_many_that_want_too_much_together_end_it_for_memory(site):
    kernel = site.start(memory_mib=256, processes=64)
    source = """
import os, time
for _ in range(8):
    if not os.fork():
        x = bytearray(150 << 20)
        time.sleep(30)
        os._exit(0)
time.sleep(30)
"""
    assert site.run(kernel, source)["status"] == "memory"


def test_processes_disk_and_files_are_limited(site):
    kernel = site.start(processes=32, home_mib=16, home_files=200)
    fork = """
import os, signal
children = []
try:
    for _ in range(100):
        pid = os.fork()
        if not pid:
            signal.pause()
        children.append(pid)
except OSError as error:
    print(type(error).__name__, len(children) < 32)
for pid in children:
    os.kill(pid, 9)
"""
    assert site.run(kernel, fork)["text"] == "BlockingIOError True\n"
    assert "No space left" in site.run(kernel, "open('big', 'wb').write(bytes(32 << 20))")["text"]
    assert (
        "No space left"
        in site.run(kernel, "import os; os.remove('big')\nfor n in range(300): open(f'f{n}', 'w')")["text"]
    )
    site.kill(kernel)


def test_its_end_has_a_reason(site):
    kernel = site.start()
    site.ask(kernel, "import os; os._exit(3)")
    assert site.wait(kernel, 20) == [3, "ended"]
    kernel = site.start()
    os.kill(site.pid(kernel), signal.SIGKILL)
    assert site.wait(kernel, 20) == [-9, "killed"]
    kernel = site.start()
    assert site.kill(kernel) == "closed"


def test_it_can_be_interrupted(site, kernel):
    site.ask(kernel, "import time; time.sleep(60)")
    time.sleep(0.5)
    site.signal(kernel, signal.SIGINT)
    time.sleep(1)  # what is asked before the interrupt is reported is aborted with it
    assert site.run(kernel, "print('alive')")["text"] == "alive\n"


def test_a_container_that_waits_is_handed_over_quickly():
    image()
    environment = find(Settings(), "core")
    with running_docker() as site:
        engine = DockerEngine(Settings(home=site.home, engine="docker", docker_pool=2))
        try:
            times = []
            for _ in range(3):
                engine.warm(environment)
                begun = time.perf_counter()
                connection = {"ip": engine.new_address(), "key": "k", "transport": "ipc", **PORTS}
                process = engine.start_kernel(environment, connection=connection)
                times.append(time.perf_counter() - begun)
                process.kill()
                process.wait(20)
            assert min(times) < 0.1
        finally:
            engine.close()
        assert containers(site) == []


def test_a_notebook_runs_in_it(tmp_path):
    image()
    engine = DockerEngine(Settings(home=tmp_path / "home", engine="docker", docker_pool=0))
    cells = [nbformat.v4.new_code_cell("x = 6"), nbformat.v4.new_code_cell("x * 7")]
    try:
        done = notebooks.execute(
            nbformat.v4.new_notebook(cells=cells), environment=find(Settings(), "core"), engine=engine
        )
    finally:
        engine.close()
    assert done.cells[1].outputs[0]["data"]["text/plain"] == "42"


def test_a_dead_daemon_is_named_before_anything_is_run(tmp_path):
    engine = DockerEngine(Settings(home=tmp_path, engine="docker", docker_host=f"unix://{tmp_path}/docker.sock"))
    with pytest.raises(NotContained, match="there is no Docker socket at"):
        engine.new_address()
    engine.close()


def test_an_image_that_is_not_there_says_how_to_build_it(tmp_path):
    image()
    settings = Settings(home=tmp_path, engine="docker", docker_pool=0, docker_base="no-such-base")
    engine = DockerEngine(settings)
    connection = {"ip": engine.new_address(), "key": "k", "transport": "ipc", **PORTS}
    try:
        with pytest.raises(
            PlatformError, match=r"its image is not built\. Run `panlearn env build core --engine docker`"
        ):
            engine.start_kernel(find(Settings(), "core"), connection=connection)
    finally:
        engine.close()


def test_an_image_that_cannot_be_built_names_the_step_and_the_log(tmp_path, monkeypatch):
    environment = find(Settings(), "core")
    settings = Settings(home=tmp_path)
    folder = tmp_path / "environments.d"
    folder.mkdir()
    lock = folder / "core.txt"
    lock.write_text("no-such-package==1.0 --hash=sha256:" + 64 * "0")
    daemon = Daemon(settings)
    try:
        with pytest.raises(PlatformError, match=r"at Step 6/\d+ .*no-such-package.*See .*image-core.log"):
            docker_image.build(daemon, settings, environment)
        monkeypatch.setattr(docker_image, "_files", lambda _lock: [("Dockerfile", b"FORM nothing")])
        with pytest.raises(PlatformError, match=r"(?i)could not be built.*unknown instruction"):
            docker_image.build(daemon, settings, environment)
    finally:
        daemon.close()


def test_nothing_is_left_when_the_engine_is_closed():
    with running_docker() as site:
        site.start()
        assert containers(site)
        site.close()
        assert containers(site) == []
        assert not list(Path(site.runtime()).glob("*"))


def test_containers_of_a_killed_site_end_and_the_next_one_removes_them():
    with running_docker() as site:
        site.start()
        site.process.kill()
        site.process.wait()
        assert eventually(lambda: all(one["State"] == "exited" for one in containers(site)))
        left = containers(site)
        assert left
        kept = RuntimeFolder(Settings(home=site.home).runtime_dir)  # another living process of the same site
        engine = DockerEngine(Settings(home=site.home, engine="docker", docker_pool=0))
        try:
            engine.new_address()
            assert not {one["Id"] for one in containers(site)} & {one["Id"] for one in left}
        finally:
            engine.close()
            kept.close()
