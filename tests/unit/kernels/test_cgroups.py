"""Control groups of both versions, in folders that look like them; the real ones are in tests/sandbox/test_limits."""

import os

import pytest

from panlearn.kernels import cgroups
from panlearn.kernels.cgroups import Groups, Tree
from panlearn.kernels.limits import KernelLimits

LIMITS = KernelLimits(memory_mib=100, home_mib=36, processes=20, cpus=0.5)
FILES = {
    1: ("memory.limit_in_bytes", "pids.max", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cgroup.procs"),
    2: ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.max", "cgroup.procs"),
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A hierarchy of a version, whose new folders have its files, and can be removed with them as in the real one."""

    def made(version: int) -> Tree:
        folder = tmp_path / "own"
        folder.mkdir()
        (folder / "cgroup.subtree_control").write_text("")
        (folder / "cgroup.procs").write_text("")
        plain_mkdir, plain_rmdir = type(folder).mkdir, type(folder).rmdir

        def mkdir(path, *args, **options):
            plain_mkdir(path, *args, **options)
            for name in (*FILES[version], "cgroup.subtree_control"):
                (path / name).touch()

        def rmdir(path):
            for one in path.iterdir():
                if one.is_file():
                    one.unlink()
            plain_rmdir(path)

        monkeypatch.setattr("pathlib.Path.mkdir", mkdir)
        monkeypatch.setattr("pathlib.Path.rmdir", rmdir)
        return Tree(version, frozenset(cgroups.CONTROLLERS), folder)

    return made


def test_version_1_is_told_the_limits_in_its_own_words(tree):
    group = Groups("test", [tree(1)]).new(LIMITS)

    folder = group.folders["memory"]
    assert (folder / "memory.limit_in_bytes").read_text() == str(132 << 20)
    assert (folder / "pids.max").read_text() == "20"
    assert (folder / "cpu.cfs_quota_us").read_text() == "50000"


def test_version_2_is_told_the_limits_in_its_own_words(tree):
    made = tree(2)
    group = Groups("test", [made]).new(LIMITS)

    folder = group.folders["memory"]
    assert (folder / "memory.max").read_text() == str(132 << 20)
    assert (folder / "memory.swap.max").read_text() == "0"
    assert (folder / "memory.oom.group").read_text() == "1"
    assert (folder / "cpu.max").read_text() == "50000 100000"
    assert (made.own / "cgroup.subtree_control").read_text() == "+cpu +memory +pids"


@pytest.mark.parametrize(("version", "name"), [(1, "memory.oom_control"), (2, "memory.events")])
def test_an_end_for_memory_is_read_from_the_groups_events(tree, version, name):
    group = Groups("test", [tree(version)]).new(LIMITS)

    assert not group.killed_for_memory()
    (group.folders["memory"] / name).write_text("under_oom 0\noom_kill 0\n")
    assert not group.killed_for_memory()
    (group.folders["memory"] / name).write_text("low 0\noom_kill 2\n")
    assert group.killed_for_memory()


def test_a_process_moves_by_its_number_and_the_folders_go(tree):
    made = tree(1)
    groups = Groups("test", [made])
    group = groups.new(LIMITS)
    group.add(4711)
    assert (group.folders["pids"] / "cgroup.procs").read_text() == "4711"

    group.remove()
    groups.close()

    assert not list(made.own.glob("panlearn-*"))


def test_what_a_dead_process_left_is_removed_and_a_living_ones_is_not(tree):
    made = tree(1)
    dead, living = made.own / "panlearn-test-999999999", made.own / f"panlearn-test-{os.getppid()}"
    for folder in (dead, living):
        folder.mkdir()
        (folder / "kernel").mkdir()

    Groups("test", [made])

    assert not dead.exists()
    assert living.exists()


def test_a_tree_that_cannot_be_written_is_left_out_with_its_reason(tmp_path):
    (tmp_path / "file").touch()
    groups = Groups("test", [Tree(1, frozenset({"memory"}), tmp_path / "file")])

    assert groups.trees == []
    assert groups.controllers == frozenset()
    assert groups.why.startswith("memory: Not a directory")


def test_no_tree_at_all_is_said():
    assert Groups("test", []).why == "no control groups are mounted"


def test_hierarchies_are_found_where_they_are_mounted(tmp_path):
    (tmp_path / "memory" / "mine").mkdir(parents=True)
    (tmp_path / "unified" / "slice").mkdir(parents=True)
    (tmp_path / "unified" / "slice" / "cgroup.controllers").write_text("cpu io pids\n")
    mounts, groups = tmp_path / "mountinfo", tmp_path / "cgroup"
    mounts.write_text(
        f"31 23 0:28 / {tmp_path} rw - tmpfs tmpfs rw\n"
        f"36 31 0:33 / {tmp_path}/memory rw,relatime - cgroup cgroup rw,memory\n"
        f"37 31 0:34 / {tmp_path}/devices rw,relatime - cgroup cgroup rw,devices\n"
        f"38 31 0:35 / {tmp_path}/unified rw - cgroup2 cgroup2 rw\n"
    )
    groups.write_text("4:memory:/mine\n1:devices:/\n0::/slice\n")

    found = cgroups._trees(mounts, groups)

    assert found == [
        Tree(1, frozenset({"memory"}), tmp_path / "memory" / "mine"),
        Tree(2, frozenset({"cpu", "pids"}), tmp_path / "unified" / "slice"),
    ]
