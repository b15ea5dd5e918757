"""The few system calls that Python has no function for (in 3.11), by ctypes. Each raises `OSError` with its name."""

from __future__ import annotations

import array
import contextlib
import ctypes
import fcntl
import os
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)

# linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWTIME = 0x00000080
NAMESPACES = (
    CLONE_NEWNS
    | CLONE_NEWCGROUP
    | CLONE_NEWUTS
    | CLONE_NEWIPC
    | CLONE_NEWUSER
    | CLONE_NEWPID
    | CLONE_NEWNET
    | CLONE_NEWTIME
)

# linux/mount.h
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2
ATTR_RDONLY = 1
ATTR_NOSUID = 2
ATTR_NODEV = 4
ATTR_NOEXEC = 8
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_SYS_MOUNT_SETATTR = 442  # the same on every architecture (Linux 5.12)
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

CAP_SYS_ADMIN = 21
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 40  # CAP_CHECKPOINT_RESTORE; dropping one that this Linux has not is refused and ignored
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def _call(name: str, *arguments: object) -> int:
    result = int(getattr(_libc, name)(*arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Enter new namespaces."""
    _call("unshare", ctypes.c_int(flags))


def setns(fd: int, kind: int) -> None:
    """Enter the namespace that `fd` names."""
    _call("setns", ctypes.c_int(fd), ctypes.c_int(kind))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount `source` at `target`."""
    try:
        _call(
            "mount",
            source.encode(),
            target.encode(),
            kind.encode() or None,
            ctypes.c_ulong(flags),
            options.encode() or None,
        )
    except OSError as error:
        raise OSError(error.errno, f"mount {kind or source} at {target}: {os.strerror(error.errno or 0)}") from None


def bind(source: str, target: str) -> None:
    """Show the tree at `source` at `target` too."""
    mount(source, target, flags=MS_BIND | MS_REC)


def restrict(target: str, attributes: int, *, recursive: bool = True) -> None:
    """Add mount attributes (read-only, no set-uid, no devices) to the mount at `target` and those below it."""
    attr = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    try:
        _call(
            "syscall",
            ctypes.c_long(_SYS_MOUNT_SETATTR),
            ctypes.c_long(_AT_FDCWD),
            target.encode(),
            ctypes.c_long(flags),
            attr,
            ctypes.c_long(len(attr)),
        )
    except OSError as error:
        raise OSError(error.errno, f"mount_setattr {target}: {os.strerror(error.errno or 0)}") from None


def unmount(target: str) -> None:
    """Take the mount at `target` and all below it out of sight."""
    _call("umount2", target.encode(), ctypes.c_int(MNT_DETACH))


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and show the former one at `old`."""
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    _call("syscall", ctypes.c_long(number), new.encode(), old.encode())


def prctl(option: int, *values: int) -> int:
    """Ask or tell the kernel something about this process."""
    padded = [*values, 0, 0, 0, 0][:4]
    return _call("prctl", ctypes.c_int(option), *(ctypes.c_ulong(value) for value in padded))


def drop_capabilities(*, but: int | None = None) -> None:
    """Give up every capability (`but` one, below 32), for this process and whatever it executes."""
    for capability in range(_LAST_CAPABILITY + 1):
        if capability != but:
            with contextlib.suppress(OSError):
                prctl(PR_CAPBSET_DROP, capability)
    held = 0 if but is None else 1 << but
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _call("capset", header, struct.pack("6I", held, held, 0, 0, 0, 0))


def loopback_up() -> None:
    """Switch on 127.0.0.1 of this network namespace: the only interface that it has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = array.array("b", struct.pack("16sh22x", b"lo", 0))
        fcntl.ioctl(probe, _SIOCGIFFLAGS, request, True)
        (flags,) = struct.unpack_from("h", request, 16)
        struct.pack_into("h", request, 16, flags | _IFF_UP)
        fcntl.ioctl(probe, _SIOCSIFFLAGS, request)


def set_hostname(name: str) -> None:
    """Name this UTS namespace."""
    socket.sethostname(name)
