"""The private folder for sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from panlearn.errors import PlatformError
from panlearn.kernels.runtime import LONGEST_SOCKET_PATH, RuntimeFolder


@pytest.fixture
def parent(tmp_path_factory):
    return tmp_path_factory.mktemp("r") / "p"


def test_it_is_for_its_owner_only_and_goes_when_closed(parent):
    folder = RuntimeFolder(parent)
    assert folder.path.stat().st_mode & 0o777 == parent.stat().st_mode & 0o777 == 0o700
    folder.close()
    assert not parent.exists()


def test_what_others_keep_beside_it_stays(parent):
    parent.mkdir(mode=0o755)
    (parent / "publish-x.lock").touch()
    (parent / "something").mkdir()
    RuntimeFolder(parent).close()
    assert sorted(path.name for path in parent.iterdir()) == ["publish-x.lock", "something"]
    assert parent.stat().st_mode & 0o777 == 0o700


def test_names_differ_and_fit_a_socket(parent):
    folder = RuntimeFolder(parent)
    names = {folder.new_name() for _ in range(100)}
    assert len(names) == 100
    assert all(len(f"{name}-5") <= LONGEST_SOCKET_PATH for name in names)
    folder.close()


def test_a_link_in_its_place_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlatformError, match="should be a folder of this user"):
        RuntimeFolder(tmp_path / "p")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(parent):
    parent.mkdir()
    os.chown(parent, 65534, 65534)
    with pytest.raises(PlatformError, match="should be a folder of this user"):
        RuntimeFolder(parent)


def test_a_path_too_long_for_a_socket_is_refused_with_a_way_out(tmp_path):
    with pytest.raises(PlatformError, match="TMPDIR"):
        RuntimeFolder(tmp_path / ("x" * 100))


def test_the_folder_of_a_killed_process_is_removed_and_a_living_ones_is_not(parent):
    source = f"""
    import sys, time
    from pathlib import Path
    from panlearn.kernels.runtime import RuntimeFolder
    print(RuntimeFolder(Path({str(parent)!r})).path, flush=True)
    time.sleep(60)
    """
    started = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(source)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    dead, alive = (process.stdout.readline().strip() for process in started)
    try:
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
        folder = RuntimeFolder(parent)
        assert not os.path.exists(dead)  # noqa: PTH110
        assert os.path.exists(alive)  # noqa: PTH110
        folder.close()
        assert parent.exists(), "another process still has its folder in it"
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()
