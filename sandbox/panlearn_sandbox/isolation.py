"""Forks a child into a sandbox of its own: namespaces, its own view of files, limits, no privileges, few system calls.

The caller is a zygote or a checkpoint: process 1 of its process namespace, single-threaded, with every capability in
a user namespace of its own and none outside it. The order matters: mounts and network first, while those
capabilities last; then a further user namespace, so that process limits are counted for this child alone; then
everything is dropped; seccomp comes last.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from panlearn_sandbox import linux, seccomp, views
from panlearn_sandbox.profiles import (
    CHECKER,
    CHECKPOINT,
    COMMAND,
    FIRST_IDENTITY,
    HOME,
    KERNEL,
    LEARNER,
    Limits,
    Profile,
)

__all__ = [
    "CHECKER",
    "CHECKPOINT",
    "COMMAND",
    "KERNEL",
    "LEARNER",
    "NOT_ISOLATED",
    "Child",
    "Limits",
    "Profile",
    "limit",
    "spawn",
]

NOT_ISOLATED = 78
"""Exit status of a child whose sandbox could not be made: it ran nothing. The reason is on stderr."""

_MIB = 1 << 20
_THREADS_MIB = 1024
"""Address space, not memory, for the stacks and heaps of a kernel's own threads."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sandboxed process, by its id here and by a descriptor that stays its own."""

    pid: int
    pidfd: int


def spawn(profile: Profile, main: Callable[[], None], *, keep_fds: Iterable[int] = ()) -> Child:
    """Run `main` in a new sandboxed child that holds none of the caller's descriptors but `keep_fds`.

    The child's standard streams are /dev/null unless kept. It ends when `main` returns: status 0, 1 if `main` raised,
    `NOT_ISOLATED` if its sandbox could not be made. The caller waits for it.
    """
    code = seccomp.program(profile.policy)
    kept = frozenset(keep_fds)
    pid = _fork_in_new_pid_namespace()
    if not pid:
        _become(profile, main, code, kept)
    return Child(pid, os.pidfd_open(pid))


def _fork_in_new_pid_namespace() -> int:
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        linux.unshare(linux.CLONE_NEWPID)
        try:
            pid = os.fork()
        except OSError:
            linux.setns(own, linux.CLONE_NEWPID)
            raise
        if pid:
            linux.setns(own, linux.CLONE_NEWPID)
    finally:
        os.close(own)
    return pid


def _become(profile: Profile, main: Callable[[], None], code: bytes, kept: frozenset[int]) -> NoReturn:
    """The child's whole life."""
    status = NOT_ISOLATED
    try:
        # A signal to "my process group" crosses process namespaces: the zygote and all siblings are in the group that
        # was inherited, and without root they are of the same user.
        os.setsid()
        _isolate(profile, code, kept)
        status = 1
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # even where printing failed: this is a copy of the caller and must not go on as it


def _isolate(profile: Profile, code: bytes, kept: frozenset[int]) -> None:
    _plain_signals()
    _close_all_but(kept)
    owner = os.getuid() if profile.identity is None else profile.identity
    views.private(profile, owner)
    if profile.network:
        linux.unshare(linux.CLONE_NEWNET)
        linux.loopback_up()
    if not profile.spawns:
        views.processes(own_only=True)
    _own_user_namespace(profile.identity)
    if profile.spawns:
        _second_pid_namespace(kept)
    os.chdir(HOME)
    limit(profile)
    gc.enable()
    _silence_streams(kept)
    linux.drop_capabilities(but=linux.CAP_SYS_ADMIN if profile.spawns else None)
    if not profile.dumpable:
        linux.prctl(linux.PR_SET_DUMPABLE, 0)
    seccomp.install(code)


def _plain_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _close_all_but(kept: frozenset[int]) -> None:
    start = 3
    for fd in sorted(fd for fd in kept if fd >= start):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, 1 << 20)


def _own_user_namespace(identity: int | None) -> None:
    """Become one plain user of a user namespace that knows no other."""
    if identity is not None:
        os.setgroups([])
        os.setresgid(identity, identity, identity)
        os.setresuid(identity, identity, identity)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # a change of user makes /proc/self unwritable, and the map is there
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{FIRST_IDENTITY} {user} 1"),
        ("gid_map", f"{FIRST_IDENTITY} {group} 1"),
    ):
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def _second_pid_namespace(kept: frozenset[int]) -> None:
    """Go on as process 1 of a process namespace that the new user namespace owns; the first process only waits."""
    linux.unshare(linux.CLONE_NEWPID | linux.CLONE_NEWNS | linux.CLONE_NEWIPC)
    pid = os.fork()
    if pid == 0:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        views.processes(own_only=False)
        return
    for fd in kept:
        os.close(fd)
    linux.drop_capabilities()
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def limit(profile: Profile) -> None:
    """Set the limits of this process and those it starts, which none of them can raise again."""
    limits = profile.limits
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_FSIZE: limits.file_mib * _MIB,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_MEMLOCK: 8 * _MIB,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if limits.cpu_seconds:
        wanted[resource.RLIMIT_CPU] = limits.cpu_seconds
    if limits.memory_mib:
        mapped, private = _memory_bytes()
        wanted[resource.RLIMIT_DATA] = private + limits.memory_mib * _MIB
        if profile.address_space:
            wanted[resource.RLIMIT_AS] = mapped + (limits.memory_mib + _THREADS_MIB) * _MIB
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)  # noqa: PLW2901
        resource.setrlimit(kind, (value, value))


def _memory_bytes() -> tuple[int, int]:
    """This process's address space, and the part that is private and writable, as the limits count them."""
    with open("/proc/self/statm", "rb") as file:
        fields = file.read().split()
    page = os.sysconf("SC_PAGE_SIZE")
    return int(fields[0]) * page, int(fields[5]) * page


def _silence_streams(kept: frozenset[int]) -> None:
    """Close what was the zygote's: from here on nothing is said on its log."""
    sys.stdout.flush()
    sys.stderr.flush()
    null = os.open("/dev/null", os.O_RDWR)
    for fd in {0, 1, 2} - kept:
        os.dup2(null, fd)
    os.close(null)
