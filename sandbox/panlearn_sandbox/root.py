"""The root folder that every sandbox starts from: what the interpreter needs, read-only, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from panlearn_sandbox import linux, views
from panlearn_sandbox.profiles import DATA, FIRST_IDENTITY, HOME

_STAGE = "/tmp"  # noqa: S108  only the place where the new root is mounted first; what is there stays untouched
_OLD = "/.old"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types", "/etc/ssl/openssl.cnf")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_WRITTEN = {
    "/etc/passwd": f"root:x:0:0:root:/root:/bin/false\nlearner:x:{FIRST_IDENTITY}:{FIRST_IDENTITY}::{HOME}:/bin/sh\n",
    "/etc/group": f"root:x:0:\nlearner:x:{FIRST_IDENTITY}:\n",
    "/etc/hosts": "127.0.0.1 localhost panlearn\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hostname": "panlearn\n",
}
_READ_ONLY = linux.ATTR_RDONLY | linux.ATTR_NOSUID | linux.ATTR_NODEV
_EMPTY = ("/dev/pts", "/proc", "/tmp", "/run/home", HOME)  # noqa: S108


def build(readable: Sequence[str], *, writable: str | None, files: str | None) -> None:
    """Replace this mount namespace's root. The caller has its own mount namespace."""
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("root", _STAGE, "tmpfs", linux.MS_NOSUID, "size=4m,mode=755")
    os.mkdir(_STAGE + _OLD)
    linux.pivot_root(_STAGE, _STAGE + _OLD)
    os.chdir("/")
    for path in _EMPTY:
        os.makedirs(path, 0o755, exist_ok=True)
    shown: list[str] = []
    _show_system(shown)
    for path in sorted(set(readable), key=len):
        _show(path, path, shown)
    if files is not None:
        _show(files, DATA, shown)
    if writable is not None:
        _show(writable, writable, shown, attributes=linux.ATTR_NOSUID | linux.ATTR_NODEV)
    views.keep_in_sight(shown)
    # The machine's /proc must be in sight until a new one is mounted over it: Linux refuses it otherwise.
    linux.bind(f"{_OLD}/proc", "/proc")
    linux.unmount(_OLD)
    os.rmdir(_OLD)
    linux.restrict("/", linux.ATTR_RDONLY, recursive=False)


def _show(source: str, target: str, shown: list[str], *, attributes: int = _READ_ONLY) -> None:
    """Show the machine's `source` at `target`, unless a folder shown before holds it already."""
    if attributes == _READ_ONLY and any(target == path or target.startswith(f"{path}/") for path in shown):
        return
    real = _OLD + _resolved(source)
    if os.path.isdir(real):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        Path(target).touch()
    linux.bind(real, target)
    linux.restrict(target, attributes)
    shown.append(target)


def _resolved(path: str) -> str:
    """The machine's `path` with its links followed inside the machine's tree, which is now under `_OLD`."""
    parts, done = [part for part in path.split("/") if part], ""
    for _ in range(400):
        if not parts:
            return done or "/"
        part = parts.pop(0)
        here = f"{done}/{part}"
        if part == "..":
            done = os.path.dirname(done)
        elif os.path.islink(_OLD + here):
            link = os.readlink(_OLD + here)
            done = "" if link.startswith("/") else done
            parts = [name for name in link.split("/") if name not in ("", ".")] + parts
        else:
            done = here
    raise OSError(f"too many links in {path}")


def _show_system(shown: list[str]) -> None:
    for path in _SYSTEM:
        if os.path.islink(_OLD + path):
            os.symlink(os.readlink(_OLD + path), path)
        elif os.path.isdir(_OLD + path):
            _show(path, path, shown)
    for path, text in _WRITTEN.items():
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        Path(path).write_text(text)
    for path in _SYSTEM_FILES:
        if os.path.exists(_OLD + path):
            _show(path, path, shown)
    for name in _DEVICES:
        Path(f"/dev/{name}").touch()
        linux.bind(f"{_OLD}/dev/{name}", f"/dev/{name}")
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"/dev/{name}")
    os.symlink("pts/ptmx", "/dev/ptmx")
    os.symlink("/tmp", "/dev/shm")  # noqa: S108
