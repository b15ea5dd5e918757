"""Large pages for what a zygote shares with its children.

A fork copies an entry for every page of memory that is private and written to: 170 MB of imported libraries are 43,000
entries of 4 KiB, or some hundred of 2 MiB. A child that writes to a large page still gets a copy of 4 KiB of it only.
"""

from __future__ import annotations

import ctypes

_MADV_COLLAPSE = 25  # linux/mman.h, since Linux 6.1
_LARGE = 2 << 20
_libc = ctypes.CDLL(None)


def collapse() -> int:
    """Move this process's own memory into large pages where Linux can; how many were made.

    Where it cannot (an older Linux, no memory in one piece) nothing changes but the time that a fork takes.
    """
    with open("/proc/self/maps", encoding="utf-8") as file:
        ranges = [found for line in file if (found := _own(line)) is not None]
    made = 0
    for begin, end in ranges:
        for address in range(-(-begin // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
            answer = _libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(_LARGE), ctypes.c_int(_MADV_COLLAPSE))
            made += answer == 0
    return made


def _own(line: str) -> tuple[int, int] | None:
    """Where a mapping begins and ends, if it is writable memory that belongs to no file."""
    place, access, _offset, _device, inode, *name = line.split(maxsplit=5)
    if not access.startswith("rw-p") or inode != "0" or (name and name[0].strip() != "[heap]"):
        return None
    begin, _, end = place.partition("-")
    return int(begin, 16), int(end, 16)
