"""Live kernels of the zygote engine: that they answer, end, and leave nothing, as root and as anyone else."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from kernel_site import Refused, modes, running_engine

from panlearn.kernels.runtime import RuntimeFolder

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module", params=modes())
def site(request):
    with running_engine(request.param) as site:
        yield site


@pytest.fixture
def kernel(site):
    number = site.start()
    yield number
    site.kill(number)


def test_the_mode_is_the_one_that_was_asked_for(site, request):
    assert site.mode() in request.node.name
    assert site.examine()["missing"] == []


def test_a_kernel_has_the_scientific_stack_in_memory(site, kernel):
    said = site.run(
        kernel, "import sys; print({'numpy', 'scipy', 'matplotlib.pyplot', 'pandas', 'h5py'} <= set(sys.modules))"
    )
    assert said["text"] == "True\n"


def test_plots_are_shown_as_png_and_svg_can_be_had(site, kernel):
    assert "image/png" in site.run(kernel, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);")["kinds"]
    source = "%config InlineBackend.figure_formats = ['svg']\nplt.plot([1, 2]);"
    assert "image/svg+xml" in site.run(kernel, source)["kinds"]


def test_it_prints_what_processes_and_libraries_write(site, kernel):
    assert "from a shell" in site.run(kernel, "!echo from a shell")["text"]
    assert "from C" in site.run(kernel, "import os, time; os.system('echo from C'); time.sleep(1)")["text"]
    forked = (
        "import multiprocessing\np = multiprocessing.Process(target=print, args=('from a fork',)); p.start(); p.join()"
    )
    assert "from a fork" in site.run(kernel, forked)["text"]


def test_it_sees_its_own_course_files_and_no_others(site):
    for name in ("aaaa", "bbbb"):
        folder = site.home / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "counts.csv").write_text(name)
        folder.chmod(0o755)
    source = (
        "import os\nprint(open('data/counts.csv').read(), os.listdir('/srv/data'), os.path.exists('/srv/data/bbbb'))"
    )
    assert site.says(source, files="aaaa") == "aaaa [] False\n"
    assert "Read-only file system" in site.says("open('data/x', 'w')", files="aaaa")


def test_course_files_that_do_not_exist_are_refused(site):
    for files in ("nothing-here", "../log", ".."):
        with pytest.raises(Refused, match="no course files"):
            site.start(files=files)


def test_random_numbers_differ_between_kernels(site):
    source = "import numpy, random, uuid\nprint(numpy.random.rand(), random.random(), uuid.uuid4())"
    first, second = site.says(source).split(), site.says(source).split()
    assert not set(first) & set(second)


def test_it_does_not_hold_the_terminal(site, kernel):
    said = site.run(
        kernel, "import os, sys\nprint([os.path.realpath(f'/proc/self/fd/{n}') for n in (0,)], os.getsid(0))"
    )
    assert "/dev/null" in said["text"]
    assert (
        "not permitted" in site.run(kernel, "open('/dev/tty')")["text"]
        or "No such" in site.run(kernel, "open('/dev/tty')")["text"]
    )


def test_an_endless_cell_can_be_interrupted(site, kernel):
    site.ask(kernel, "while True: pass")
    time.sleep(0.3)
    site.signal(kernel, signal.SIGINT)
    assert site.run(kernel, "print('here')", seconds=5)["text"] in ("here\n", "")
    assert site.run(kernel, "print('here again')", seconds=5)["text"] == "here again\n"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os; os._exit(3)", "ended"),
        ("import ctypes; ctypes.string_at(0)", "killed"),
    ],
)
def test_its_end_is_noticed_within_two_seconds_and_has_a_reason(site, kernel, source, reason):
    begun = time.monotonic()
    assert site.run(kernel, source)["status"] == reason
    assert time.monotonic() - begun < 2


def test_a_killed_kernel_is_noticed_and_its_neighbour_lives(site, kernel):
    neighbour = site.start()
    os.kill(site.pid(kernel), signal.SIGKILL)
    assert site.wait(kernel, 2) == [-9, "killed"]
    assert site.run(neighbour, "print(1)")["text"] == "1\n"
    assert site.kill(neighbour) == "closed"


def test_the_end_of_the_zygote_ends_its_kernels_and_the_next_start_makes_a_new_one(site, kernel):
    before = site.zygote()
    os.kill(before, signal.SIGKILL)
    assert site.wait(kernel, 2)[1] in ("lost", "killed")
    assert site.says("print(2)") == "2\n"
    assert site.zygote() != before


def test_memory_beyond_the_limit_is_a_memory_error_that_the_kernel_survives(site):
    kernel = site.start(memory_mib=256)
    said = site.run(kernel, "import numpy\nfull = numpy.ones((400, 1024, 1024), dtype='u1')")["text"]
    assert "MemoryError" in said or "Unable to allocate" in said
    said = site.run(kernel, "half = numpy.ones((128, 1024, 1024), dtype='u1'); print(half.nbytes)")["text"]
    assert said == f"{128 << 20}\n"
    site.kill(kernel)


def test_memory_of_many_processes_together_ends_the_kernel_with_that_reason(site):
    kernel = site.start(memory_mib=256)
    source = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(150 << 20)
        time.sleep(60)
time.sleep(60)
"""
    assert site.run(kernel, source)["status"] == "memory"


def test_two_starts_at_once_do_not_mix(site):
    kernels = [site.start() for _ in range(5)]
    for kernel in kernels:
        site.run(kernel, f"mine = {kernel}")
    assert [site.run(kernel, "print(mine)")["text"] for kernel in kernels] == [f"{kernel}\n" for kernel in kernels]
    for kernel in kernels:
        site.kill(kernel)


@pytest.mark.parametrize("mode", modes())
def test_nothing_is_left_when_the_engine_is_closed(mode):
    mounts = Path("/proc/self/mountinfo").read_text()
    with running_engine(mode) as site:
        kernel = site.start()
        site.run(kernel, "import subprocess; subprocess.Popen(['sleep', '300'], start_new_session=True); None")
        assert len(site.descendants()) >= 4
        runtime = Path(site.runtime())
        assert list(runtime.iterdir())
        site.close()
        assert site.descendants() == []
        assert not runtime.exists()
        assert not list((site.home / "log").glob("*.lock"))
    assert Path("/proc/self/mountinfo").read_text() == mounts


@pytest.mark.parametrize("mode", modes())
def test_nothing_is_left_when_the_engines_process_is_killed(mode):
    with running_engine(mode) as site:
        site.start()
        left = site.descendants()
        runtime = Path(site.runtime())
        os.kill(site.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and any(_is_alive(pid) for pid in left):
            time.sleep(0.05)
        assert not [pid for pid in left if _is_alive(pid)]
        assert list(runtime.iterdir()), "a killed process cannot tidy up"
    # The next engine of the same instance does.
    if runtime.stat().st_uid == os.getuid():
        RuntimeFolder(runtime).close()
        assert not runtime.exists()
    else:
        for path in sorted(runtime.rglob("*"), reverse=True):
            path.unlink() if not path.is_dir() else path.rmdir()
        runtime.rmdir()


def _is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except FileNotFoundError:
        return False


def test_a_command_runs_without_network_and_sees_only_what_is_named(site):
    work, shown = site.home / "work", site.home / "shown"
    for folder in (work, shown):
        folder.mkdir(exist_ok=True)
    os.chown(work, site.home.stat().st_uid, site.home.stat().st_gid)
    (shown / "x").write_text("seen")
    source = (
        "import os, socket\n"
        "print(os.getcwd(), open('../shown/x').read(), os.path.exists('../files'), sorted(os.environ))\n"
        "open('made', 'w').write('1')\n"
        "try: socket.create_connection(('192.0.2.1', 80), 2)\n"
        "except OSError as e: print(e.strerror)"
    )
    status, said, wrong = site.jailed(
        ["/usr/bin/python3", "-c", source], str(work), readable=[str(shown)], seconds=20, memory_mib=512
    )
    assert (status, wrong) == (0, "")
    assert said.splitlines()[0].startswith(f"{work} seen False")
    assert "PANLEARN" not in said
    assert "unreachable" in said
    assert (work / "made").stat().st_uid == site.home.stat().st_uid


def test_a_command_ends_at_its_limits(site):
    work = site.home / "limits"
    work.mkdir(exist_ok=True)
    assert site.jailed(["sleep", "30"], str(work), seconds=1, memory_mib=64)[0] == 124
    status, _, said = site.jailed(
        ["/usr/bin/python3", "-c", "x = bytearray(500 << 20)"], str(work), seconds=20, memory_mib=100
    )
    assert status != 0
    assert "MemoryError" in said
    many = "import os, time\nfor _ in range(5): os.fork()\nheld = bytearray(20 << 20)\ntime.sleep(20)"
    assert site.jailed(["/usr/bin/python3", "-c", many], str(work), seconds=20, memory_mib=200)[0] == 137
    assert site.jailed(["/no/such/command"], str(work), seconds=5, memory_mib=64)[0] != 0
