"""Which system calls a sandboxed process may make: an allowlist, in groups, each with its reason.

What is not named is refused with "operation not permitted"; calls newer than this list do not exist. So are, by
absence: ptrace and reading another process's memory, mounts and namespaces (but for a checkpoint), bpf, perf events,
io_uring, keyrings, userfaultfd, kernel modules, memfd and System V memory (a home's size limit would not count
them), raw devices, clocks, reboot, quotas, and file handles that outlive a mount.
"""

from __future__ import annotations

import errno
import socket
import stat
from dataclasses import dataclass

from panlearn_sandbox import linux

ALLOW_ALWAYS = {
    "reading and writing what is open": (
        "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range sendfile "
        "copy_file_range fadvise64 readahead sync_file_range ftruncate fallocate fsync fdatasync flock"
    ),
    "files: the mount view decides which there are": (
        "open openat openat2 creat access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs "
        "readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename "
        "renameat renameat2 link linkat symlink symlinkat truncate chmod fchmod fchmodat chown fchown lchown fchownat "
        "utime utimes utimensat futimesat umask getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr"
    ),
    "waiting and events: asyncio, libzmq, subprocess": (
        "dup dup2 dup3 fcntl pipe pipe2 eventfd eventfd2 poll ppoll select pselect6 epoll_create epoll_create1 "
        "epoll_ctl epoll_wait epoll_pwait epoll_pwait2 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch "
        "signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime"
    ),
    "memory of this process: resource limits decide how much": (
        "brk mmap munmap mremap mprotect madvise msync mincore mlock mlock2 munlock membarrier pkey_alloc pkey_free "
        "pkey_mprotect get_mempolicy"
    ),
    "processes and threads of this sandbox: its process namespace is all it can name": (
        "fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill pause pidfd_open pidfd_send_signal "
        "futex futex_waitv set_robust_list get_robust_list set_tid_address rseq arch_prctl restart_syscall"
    ),
    "signals": (
        "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo "
        "rt_tgsigqueueinfo sigaltstack"
    ),
    "who am I: answers only": (
        "getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid geteuid getgid getegid getresuid getresgid "
        "getgroups capget uname sysinfo getrandom"
    ),
    "limits and scheduling: a limit can only be lowered here": (
        "getrlimit setrlimit prlimit64 getrusage times getpriority setpriority ioprio_get sched_yield "
        "sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler sched_setscheduler "
        "sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_getattr getcpu"
    ),
    "time: reading clocks, sleeping, alarms": (
        "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep getitimer setitimer alarm "
        "timer_create timer_settime timer_gettime timer_getoverrun timer_delete"
    ),
    "sockets that were handed in, or made in pairs": (
        "sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockopt setsockopt getsockname getpeername"
    ),
}

ALLOW_NETWORK = {
    "sockets: the network namespace holds a loopback of its own and nothing else": (
        "connect bind listen accept accept4"
    ),
}

ALLOW_SPAWNING = {
    "a lesson checkpoint makes the sandboxes of learner and checker, in a user namespace of its own": (
        "unshare setns mount umount2 mount_setattr capset"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`call` is allowed where its argument (from 0), under `mask`, is one of `values`; else `refused` is its error.

    `only_with`: further values, each with what another argument must be: (value, argument, value of that).
    """

    call: str
    argument: int
    values: frozenset[int]
    only_with: tuple[tuple[int, int, int], ...] = ()
    mask: int = 0xFFFFFFFF
    refused: int = errno.EPERM


_TERMINAL_IOCTLS = (
    *(0x5401, 0x5402, 0x5403, 0x5404),  # TCGETS TCSETS TCSETSW TCSETSF
    *(0x540E, 0x540F, 0x5410, 0x5411, 0x5422, 0x5429),  # TIOCSCTTY TIOCGPGRP TIOCSPGRP TIOCOUTQ TIOCNOTTY TIOCGSID
    *(0x5413, 0x5414),  # TIOCGWINSZ TIOCSWINSZ
    *(0x80045430, 0x40045431, 0x5441),  # TIOCGPTN TIOCSPTLCK TIOCGPTPEER: a pseudo-terminal for `!command`
)
_FILE_IOCTLS = (0x541B, 0x5421, 0x5450, 0x5451, 0x5452)  # FIONREAD FIONBIO FIONCLEX FIOCLEX FIOASYNC
_NETWORK_IOCTLS = (0x8910, 0x8912, 0x8913, 0x8915, 0x891B, 0x8927, 0x8933)  # SIOCGIF*: reading interfaces

_PRCTL_ALWAYS = (
    *(1, 2),  # the signal on a parent's death
    *(
        3,
        7,
        21,
        23,
        27,
        37,
        39,
    ),  # reading: dumpable, keepcaps, seccomp, bounding set, securebits, subreaper, no_new_privs
    *(15, 16),  # the thread's name
    *(29, 30),  # timer slack
    38,  # no_new_privs can only be set
    0x53564D41,  # PR_SET_VMA: glibc names its arenas
)
_PRCTL_SPAWNING = (linux.PR_SET_DUMPABLE, linux.PR_SET_KEEPCAPS, linux.PR_SET_SECCOMP, linux.PR_CAPBSET_DROP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a kind of process may do beyond the common part."""

    network: bool = False
    spawning: bool = False

    @property
    def calls(self) -> frozenset[str]:
        """System calls that are allowed whatever their arguments."""
        groups = [*ALLOW_ALWAYS.values()]
        groups += ALLOW_NETWORK.values() if self.network else ()
        groups += ALLOW_SPAWNING.values() if self.spawning else ()
        return frozenset(name for group in groups for name in group.split())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """System calls that are allowed with some arguments only."""
        families = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6} if self.network else set()
        ioctls = {*_TERMINAL_IOCTLS, *_FILE_IOCTLS, *(_NETWORK_IOCTLS if self.network else ())}
        kinds = frozenset({0, stat.S_IFREG, stat.S_IFIFO, stat.S_IFSOCK})
        return (
            # Threads and processes, but no namespaces.
            Rule(call="clone", argument=0, values=frozenset({0}), mask=linux.NAMESPACES),
            # Netlink's routing family lists interfaces, which libzmq and psutil ask for.
            Rule(
                call="socket",
                argument=0,
                values=frozenset(map(int, families)),
                only_with=((int(socket.AF_NETLINK), 2, 0),) if self.network else (),
                refused=errno.EACCES,
            ),
            Rule(call="socketpair", argument=0, values=frozenset({int(socket.AF_UNIX)})),
            Rule(call="ioctl", argument=1, values=frozenset(ioctls), refused=errno.ENOTTY),
            Rule(
                call="prctl",
                argument=0,
                values=frozenset({*_PRCTL_ALWAYS, *(_PRCTL_SPAWNING if self.spawning else ())}),
            ),
            Rule(call="personality", argument=0, values=frozenset({0, 0xFFFFFFFF})),  # reading it, and the normal one
            # Named pipes and plain files, no devices.
            Rule(call="mknod", argument=1, values=kinds, mask=stat.S_IFMT(0xFFFF)),
            Rule(call="mknodat", argument=2, values=kinds, mask=stat.S_IFMT(0xFFFF)),
        )

    absent: frozenset[str] = frozenset({"clone3"})
    """Answered "no such call": its flags lie in memory, where a filter cannot look; libraries fall back to `clone`."""
