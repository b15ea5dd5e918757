"""From the machine into the sandbox: a root folder, namespaces and identities that hold nothing of the host.

Two ways in, one after that. As root, the root folder is built first, where root may read the interpreter wherever it
is, and then a user namespace is entered whose ids are unprivileged ones on the machine. As anyone else, a user
namespace in which only the own id exists is entered first. Either way the end is a process 1 that has every
capability in its own user namespace and none outside.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from panlearn_sandbox import linux, views
from panlearn_sandbox.root import build

HOST_IDENTITIES = 2_000_000_000
"""As root: sandboxed ids on the machine start here, above those that distributions hand out, below 2^31."""
IDENTITIES = 65_536
_SEPARATE = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What the sandbox shall see of the machine: folders to read, one to write, and the course files."""

    readable: Sequence[str]
    writable: str | None = None
    files: str | None = None


def enter(way: Way) -> None:
    """Return in a child that is process 1 of the sandbox. This process waits for it and ends as it does."""
    host_processes = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    if os.geteuid() == 0:
        linux.unshare(linux.CLONE_NEWNS)
        build(way.readable, writable=way.writable, files=way.files)
        _enter_mapped_user_namespace(host_processes)
    else:
        user, group = os.geteuid(), os.getegid()
        linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
        _write_map("/proc/self", user=f"0 {user} 1", group=f"0 {group} 1", deny_groups=True)
        build(way.readable, writable=way.writable, files=way.files)
    os.close(host_processes)
    linux.unshare(_SEPARATE)
    watched, alive = os.pipe()
    pid = os.fork()
    if pid:
        _wait(pid, alive)
    os.close(alive)
    _die_with_parent(watched)
    os.setsid()
    linux.set_hostname("panlearn")
    views.processes(own_only=False)
    views.fresh_scratch("size=64m,mode=700")


def _enter_mapped_user_namespace(host_processes: int) -> None:
    """A helper that stays outside writes the map: only it may map ids that are not its own."""
    ready, tell = os.pipe()
    done, answer = os.pipe()
    target = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(tell)
            os.read(ready, 1)
            ids = f"0 {HOST_IDENTITIES} {IDENTITIES}"
            folder = f"/proc/self/fd/{host_processes}/{target}"
            _write_map(folder, user=ids, group=ids, deny_groups=False)
            os.write(answer, b"1")
            status = 0
        finally:
            os._exit(status)
    linux.unshare(linux.CLONE_NEWUSER)
    os.write(tell, b"1")
    os.close(answer)
    if not os.read(done, 1):
        raise PermissionError("the map of user ids could not be written")
    os.waitpid(pid, 0)
    for fd in (ready, tell, done):
        os.close(fd)
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    linux.prctl(linux.PR_SET_DUMPABLE, 1)


def _write_map(folder: str, *, user: str, group: str, deny_groups: bool) -> None:
    parts = [("setgroups", "deny")] if deny_groups else []
    for name, text in [*parts, ("uid_map", user), ("gid_map", group)]:
        fd = os.open(f"{folder}/{name}", os.O_WRONLY)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def _wait(pid: int, alive: int) -> NoReturn:
    """Hold nothing but `alive`, and end as the child does."""
    sys.stderr.flush()
    linux.drop_capabilities()
    os.closerange(3, alive)
    os.closerange(alive + 1, 1 << 20)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _die_with_parent(watched: int) -> None:
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    os.set_blocking(watched, False)
    try:
        os.read(watched, 1)
        os._exit(0)  # the parent was gone before the signal was asked for
    except BlockingIOError:
        os.close(watched)
