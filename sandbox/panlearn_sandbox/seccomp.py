"""A policy as a classic BPF program for seccomp, assembled in Python.

The program finds the call's number in a tree of allowed ranges: some nine comparisons, well under a microsecond.
Format: linux/filter.h and linux/seccomp.h; `struct seccomp_data` is {int nr; u32 arch; u64 ip; u64 args[6]}.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct

from panlearn_sandbox import linux, syscalls
from panlearn_sandbox.policy import Policy, Rule

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _AND, _RETURN, _JUMP = 0x20, 0x54, 0x06, 0x05
_JUMP_EQUAL, _JUMP_GREATER, _JUMP_GREATER_EQUAL = 0x15, 0x25, 0x35
_RET_ALLOW, _RET_KILL_PROCESS, _RET_ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_MODE_FILTER = 2

Instruction = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, operand."""


class Unsupported(RuntimeError):
    """This machine's architecture has no table of system calls here."""


def machine() -> str:
    """This machine's architecture, if there is a table for it."""
    name = os.uname().machine
    if name not in AUDIT_ARCH:
        raise Unsupported(f"there is no system call table for {name}; known: {', '.join(AUDIT_ARCH)}")
    return name


def _answer(number: int) -> Instruction:
    return (_RETURN, 0, 0, _RET_ERRNO | number)


def _check(number: int, rule: Rule) -> list[Instruction]:
    """If the call is `rule.call`: look at its argument and answer; else go on with the call's number kept."""
    block: list[Instruction] = [(_LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument)]
    if rule.mask != 0xFFFFFFFF:  # noqa: PLR2004
        block.append((_AND, 0, 0, rule.mask))
    allow = len(block) + len(rule.values) + 4 * len(rule.only_with) + 1
    for value in sorted(rule.values):
        block.append((_JUMP_EQUAL, allow - len(block) - 1, 0, value))
    for value, argument, required in rule.only_with:
        block += [(_JUMP_EQUAL, 0, 3, value), (_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
        block += [(_JUMP_EQUAL, allow - len(block) - 1, 0, required), _answer(rule.refused)]
    block += [_answer(rule.refused), (_RETURN, 0, 0, _RET_ALLOW)]
    return [(_JUMP_EQUAL, 0, len(block), number), *block]


def _ranges(allowed: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(allowed):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _tree(ranges: list[tuple[int, int]]) -> list[Instruction]:
    """Instructions that allow the numbers in `ranges` and refuse the others."""
    if len(ranges) == 1:
        low, high = ranges[0]
        return [
            (_JUMP_GREATER_EQUAL, 0, 2, low),
            (_JUMP_GREATER, 1, 0, high),
            (_RETURN, 0, 0, _RET_ALLOW),
            _answer(errno.EPERM),
        ]
    middle = len(ranges) // 2
    left, right = _tree(ranges[:middle]), _tree(ranges[middle:])
    # A conditional jump reaches 255 instructions, an unconditional one any number.
    return [(_JUMP_GREATER_EQUAL, 0, 1, ranges[middle][0]), (_JUMP, 0, 0, len(left)), *left, *right]


def instructions(policy: Policy, architecture: str) -> list[Instruction]:
    """The whole program."""
    numbers = syscalls.numbers(architecture)
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCH[architecture]),
        (_RETURN, 0, 0, _RET_KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        # Newer than the table, or x86_64's other numbering ("x32").
        (_JUMP_GREATER, 0, 1, syscalls.LAST_KNOWN),
        _answer(errno.ENOSYS),
    ]
    for name in sorted(policy.absent & numbers.keys()):
        program += [(_JUMP_EQUAL, 0, 1, numbers[name]), _answer(errno.ENOSYS)]
    for rule in policy.rules:
        if rule.call in numbers:
            program += _check(numbers[rule.call], rule)
    return program + _tree(_ranges([numbers[name] for name in policy.calls if name in numbers]))


@functools.cache
def program(policy: Policy) -> bytes:
    """The policy's program for this machine, assembled once."""
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions(policy, machine()))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(code: bytes) -> None:
    """Put this process, and all that come from it, under a program. It cannot be taken off again."""
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    header = _Program(len(code) // 8, code)
    linux.prctl(linux.PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(header))
