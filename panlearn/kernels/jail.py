"""Runs one command in a sandbox of its own."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from panlearn.errors import BadInput, NotContained
from panlearn.kernels.process import NOT_ISOLATED
from panlearn.kernels.watchdog import tree_bytes
from panlearn.kernels.zygote_process import sandbox_argv

MAX_OUTPUT_BYTES = 8 << 20
_LOOK_SECONDS = 0.25
_KILLED, _TIMED_OUT = 137, 124
_GRACE_SECONDS = 10.0
_IDENTITY = 1000
_HOST_IDENTITIES = 2_000_000_000  # as sandbox/panlearn_sandbox/entry.py maps them


def run(
    argv: Sequence[str],
    *,
    readable: list[Path],
    writable: Path,
    environ: Mapping[str, str],
    seconds: float,
    memory_mib: int,
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end. Status 124: time ran out; 128 + n: signal n ended it.

    Output is cut at 8 MiB. As root the folder belongs to an unprivileged user while the command runs.
    """
    for path in (*readable, writable):
        if not path.is_absolute() or not path.exists():
            raise BadInput(f"A sandboxed command was given {path}, which should be an existing absolute path.")
    root = os.geteuid() == 0
    specification = {
        "argv": list(argv),
        "environ": {"HOME": "/home/learner", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", **environ},
        "readable": [str(path) for path in readable],
        "writable": str(writable),
        "seconds": seconds,
        "identity": _IDENTITY if root else None,
        "limits": {"memory_mib": memory_mib, "processes": 256, "file_mib": 256, "home_mib": 512},
    }
    owner = writable.stat().st_uid
    if root:
        _give(writable, _HOST_IDENTITIES + _IDENTITY)
    try:
        return _run(list(argv), specification, seconds, memory_mib)
    finally:
        if root:
            _give(writable, owner)


def _run(
    argv: list[str], specification: dict[str, object], seconds: float, memory_mib: int
) -> subprocess.CompletedProcess[str]:
    with TemporaryFile() as out, TemporaryFile() as err:
        process = subprocess.Popen(
            sandbox_argv(Path(sys.executable), "command", specification),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            start_new_session=True,
            cwd="/",
        )
        try:
            status = _wait(process, seconds + _GRACE_SECONDS, memory_mib << 20)
        finally:
            process.kill()  # it holds the sandbox: whatever is left in it ends too
            process.wait()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read(MAX_OUTPUT_BYTES).decode(errors="replace"))
    if status == NOT_ISOLATED:
        last = texts[1].strip().splitlines()[-1:] or ["no reason was given"]
        raise NotContained(f"A command's sandbox could not be made: {last[0]}.", todo="Run `panlearn doctor`.")
    return subprocess.CompletedProcess(argv, status, texts[0], texts[1])


def _wait(process: subprocess.Popen[bytes], seconds: float, memory: int) -> int:
    """Wait for its end, and for its end only as long as all its processes together keep to the memory."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK_SECONDS)
        if tree_bytes(process.pid, 0) > memory:
            return _KILLED
    return _TIMED_OUT


def _give(folder: Path, owner: int) -> None:
    """Make a folder and all in it somebody's. Links are not followed; nothing stays set-uid."""
    for place, folders, files, fd in os.fwalk(folder, follow_symlinks=False):
        os.fchown(fd, owner, owner)
        for name in (*folders, *files):
            found = os.stat(name, dir_fd=fd, follow_symlinks=False)
            os.chown(name, owner, owner, dir_fd=fd, follow_symlinks=False)
            if stat.S_ISREG(found.st_mode) and found.st_mode & (stat.S_ISUID | stat.S_ISGID):
                os.chmod(name, stat.S_IMODE(found.st_mode) & 0o777, dir_fd=fd)
        del place
