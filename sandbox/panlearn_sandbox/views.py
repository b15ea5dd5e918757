"""The files a sandboxed process sees: built on its zygote's root, in a mount namespace of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from panlearn_sandbox import linux
from panlearn_sandbox.profiles import DATA, HOME, Home, Profile

_PRIVATE = linux.MS_NOSUID | linux.MS_NODEV
_COPY_LIMIT_BYTES = 64 << 20
_SCRATCH = "/tmp"  # noqa: S108  a mount of its own in every sandbox


_in_scratch: list[str] = []


def keep_in_sight(paths: Iterable[str]) -> None:
    """Say which folders of the root every sandbox needs: those below /tmp stay where they are under a new /tmp."""
    _in_scratch[:] = [path for path in paths if path.startswith(f"{_SCRATCH}/")]


def fresh_scratch(options: str) -> None:
    """Mount an empty /tmp. What an installation below /tmp is made of is shown in it again, as it was."""
    kept = [(path, os.open(path, os.O_PATH)) for path in _in_scratch]
    linux.mount("tmp", _SCRATCH, "tmpfs", _PRIVATE, options)
    for path, fd in kept:
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            os.makedirs(path, 0o755, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            Path(path).touch()
        linux.bind(f"/proc/self/fd/{fd}", path)
        os.close(fd)


def private(profile: Profile, owner: int) -> None:
    """Give this process its own view: home, /tmp, its course files, and nothing of other processes'.

    What it must not see is covered by empty read-only mounts; without capabilities in the user namespace that owns
    the mounts it cannot take them off.
    """
    linux.unshare(linux.CLONE_NEWNS)
    limits = profile.limits
    size = f"size={limits.home_mib}m,nr_inodes={limits.home_files},uid={owner},gid={owner}"
    if profile.home is Home.READ_ONLY:
        linux.bind(HOME, HOME)
        linux.restrict(HOME, linux.ATTR_RDONLY)
        size = f"size=16m,nr_inodes=1000,uid={owner},gid={owner}"
    elif profile.home is Home.COPY:
        _copied_home(f"{size},mode=700")
    else:
        linux.mount("home", HOME, "tmpfs", _PRIVATE, f"{size},mode=700")
        _add_files(profile, owner)
        _cover(DATA)
    fresh_scratch(f"{size},mode=700")
    if profile.terminal:
        linux.mount(
            "devpts", "/dev/pts", "devpts", linux.MS_NOSUID | linux.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"
        )


def _cover(path: str) -> None:
    if os.path.isdir(path):
        linux.mount("none", path, "tmpfs", _PRIVATE | linux.MS_RDONLY | linux.MS_NOEXEC, "size=4k,nr_inodes=2,mode=555")


def _add_files(profile: Profile, owner: int) -> None:
    if profile.files is None:
        return
    source = f"{DATA}/{profile.files}"
    if "/" in profile.files or profile.files.startswith(".") or not os.path.isdir(source):
        raise ValueError(f"there are no course files {profile.files!r}")
    data = f"{HOME}/data"
    os.mkdir(data, 0o755)
    os.chown(data, owner, owner)
    linux.bind(source, data)


def _copied_home(options: str) -> None:
    """A new home with what the present one holds, and its `data` mount."""
    work = "/run/home"
    linux.mount("home", work, "tmpfs", _PRIVATE, options)
    if os.path.isdir(f"{HOME}/data"):
        os.mkdir(f"{work}/data", 0o755)
        linux.bind(f"{HOME}/data", f"{work}/data")
    _copy_tree(HOME, work)
    linux.bind(work, HOME)
    linux.unmount(work)


def _copy_tree(source: str, target: str) -> None:
    left = _COPY_LIMIT_BYTES
    for entry in os.scandir(source):
        if entry.name == "data" or entry.is_symlink():
            continue
        if entry.is_dir():
            files = [path for path in Path(entry.path).rglob("*") if path.is_file() and not path.is_symlink()]
            left -= sum(path.stat().st_size for path in files)
            if left >= 0:
                shutil.copytree(entry.path, f"{target}/{entry.name}", symlinks=True)
        elif entry.is_file():
            left -= entry.stat().st_size
            if left >= 0:
                shutil.copyfile(entry.path, f"{target}/{entry.name}")


def processes(*, own_only: bool) -> None:
    """Show this process namespace's processes, and with `own_only` nothing else of the machine, in /proc."""
    options = "subset=pid,hidepid=invisible" if own_only else ""
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC, options)
