"""Builds kernel environments, each from its exact lock, at a path that its digest names."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from panlearn.errors import PlatformError
from panlearn.kernels.definitions import definition
from panlearn.kernels.environments import MARKER, Environment, is_built, place
from panlearn.settings import Settings

Progress = Callable[[str], None]
_FONTS = Path("share") / "panlearn" / "matplotlib"
_INSTALL_SECONDS = 1800.0
_NO_ROOM = 1 << 20


def build(settings: Settings, name: str, progress: Progress = lambda _line: None) -> Environment:
    """Build the environment unless it is there, and return it. One builds at a time; others wait for it.

    A virtual environment holds its own path, so it is made where it stays; its marker, written last, says that it is
    whole. What an interrupted build left is removed. Raises `BadInput` for an unknown name, `PlatformError` where it
    cannot be installed.
    """
    environment = place(settings, name)
    environment.path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(environment.path.parent / f".{environment.path.name}.lock", progress):
        if not is_built(environment):
            shutil.rmtree(environment.path, ignore_errors=True)
            log = settings.home_dir / "log" / f"environment-{name}.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            _install(environment, definition(settings, name).lock, log, progress)
            _list_fonts(environment)
            _make_readable(environment.path)
            _mark(environment)
        elif not (environment.path / _FONTS).is_dir():
            _list_fonts(environment)
    return environment


@contextmanager
def _alone(path: Path, progress: Progress) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Waiting for another build of the same environment.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(environment: Environment, lock: Path, log: Path, progress: Progress) -> None:
    progress(f"Making {environment.path}.")
    base = getattr(sys, "_base_executable", sys.executable)
    _run([base, "-m", "venv", str(environment.path)], log, "Python's venv could not be made")
    progress(f"Installing what {lock.name} names.")
    pip = [str(environment.python), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    _run([*pip, "--disable-pip-version-check", "--requirement", str(lock)], log, f"{lock.name} could not be installed")


def _run(argv: list[str], log: Path, what: str) -> None:
    with log.open("a") as file:
        file.write(f"$ {' '.join(argv)}\n")
        file.flush()
        start = file.tell()
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=_INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise PlatformError(f"{what} within {_INSTALL_SECONDS / 60:g} minutes.", todo=f"See {log}.") from None
    if done.returncode:
        said = log.read_text(errors="replace")[start:].strip().splitlines() or ["it said nothing"]
        if _is_full(log) or any(os.strerror(errno.ENOSPC) in line for line in said):
            raise PlatformError(
                f"{what}: the disk is full.",
                todo="Make room, or set PANLEARN_ENVIRONMENTS to a folder on another disk; then run the command again.",
            )
        errors = [line for line in said if "error" in line.lower()] or said
        raise PlatformError(f"{what}: {errors[-1].strip()}", todo=f"See {log}; then run the command again.")


def _is_full(log: Path) -> bool:
    """Whether the disk that was written to has no room: what failed for it could not write so to its log either."""
    return shutil.disk_usage(log.parent).free < _NO_ROOM


def _list_fonts(environment: Environment) -> None:
    """Let matplotlib list its fonts once: a zygote would need a second for it at every start."""
    folder = environment.path / _FONTS
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [str(environment.python), "-I", "-c", "import matplotlib.font_manager"],
        env={"PATH": os.defpath, "HOME": str(folder), "MPLCONFIGDIR": str(folder), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,  # an environment need not have matplotlib
    )
    _make_readable(folder)


def _make_readable(folder: Path) -> None:
    """Let a sandbox's user read it, whatever this user's umask is. Links stay as they are."""
    for place_, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = Path(place_, name)
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                continue
            wanted = mode | 0o444 | (0o111 if mode & stat.S_IXUSR else 0)
            if wanted != mode:
                path.chmod(stat.S_IMODE(wanted))


def _mark(environment: Environment) -> None:
    text = json.dumps({"name": environment.name, "digest": environment.digest, "python": platform.python_version()})
    temporary = environment.path / f"{MARKER}.new"
    temporary.write_text(text)
    temporary.replace(environment.path / MARKER)
