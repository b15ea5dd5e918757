"""The assembled filters, interpreted: what they answer to system calls of both architectures."""

from __future__ import annotations

import errno
import socket
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn_sandbox import linux, policy, seccomp, syscalls
from panlearn_sandbox.profiles import CHECKER, CHECKPOINT, COMMAND, KERNEL, LEARNER

ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSED = 0x00050000 | errno.EPERM
ABSENT = 0x00050000 | errno.ENOSYS
PROFILES = (KERNEL, LEARNER, CHECKER, CHECKPOINT, COMMAND)
ARCHITECTURES = tuple(seccomp.AUDIT_ARCH)

machines = pytest.mark.parametrize("machine", ARCHITECTURES)
profiles = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


def answer(profile, machine, number, *arguments, architecture=None):
    """What the filter says: a classic BPF machine in a few lines."""
    code = seccomp.instructions(profile.policy, machine)
    data = {0: number, 4: architecture or seccomp.AUDIT_ARCH[machine]}
    data |= {16 + 8 * index: value & 0xFFFFFFFF for index, value in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6])}
    loaded = position = 0
    for _ in range(len(code)):
        operation, true, false, operand = code[position]
        position += 1
        if operation == 0x20:
            loaded = data[operand]
        elif operation == 0x54:
            loaded &= operand
        elif operation == 0x05:
            position += operand
        elif operation == 0x06:
            return operand
        else:
            holds = {0x15: loaded == operand, 0x25: loaded > operand, 0x35: loaded >= operand}[operation]
            position += true if holds else false
    raise AssertionError("the program does not end")


def call(profile, machine, name, *arguments):
    return answer(profile, machine, syscalls.numbers(machine)[name], *arguments)


@machines
@profiles
def test_exactly_the_named_calls_are_allowed(profile, machine):
    numbers = syscalls.numbers(machine)
    ruled = {numbers[rule.call] for rule in profile.policy.rules if rule.call in numbers}
    absent = {numbers[name] for name in profile.policy.absent}
    allowed = {numbers[name] for name in profile.policy.calls if name in numbers}
    for number in range(syscalls.LAST_KNOWN + 1):
        if number not in ruled:
            expected = ALLOW if number in allowed else ABSENT if number in absent else REFUSED
            assert answer(profile, machine, number) == expected, number


@machines
@given(number=st.integers(syscalls.LAST_KNOWN + 1, 2**32 - 1))
def test_calls_newer_than_the_table_do_not_exist(machine, number):
    assert answer(LEARNER, machine, number) == ABSENT


@machines
def test_another_architecture_ends_the_process(machine):
    assert answer(KERNEL, machine, 1, architecture=0x40000003) == KILL


@machines
@profiles
def test_every_named_call_has_a_number_somewhere(profile, machine):
    known = set(syscalls.numbers("x86_64")) | set(syscalls.numbers("aarch64"))
    assert profile.policy.calls <= known
    assert {rule.call for rule in profile.policy.rules} <= known
    assert not profile.policy.calls & {rule.call for rule in profile.policy.rules}
    assert machine in syscalls.MACHINES


@machines
@given(flags=st.integers(0, 2**32 - 1))
def test_clone_makes_threads_and_processes_but_no_namespaces(machine, flags):
    expected = ALLOW if flags & linux.NAMESPACES == 0 else REFUSED
    assert call(KERNEL, machine, "clone", flags) == expected


@machines
@profiles
def test_sockets_of_the_network_are_for_who_has_a_network_namespace_of_its_own(profile, machine):
    families = [socket.AF_UNIX, socket.AF_INET, socket.AF_INET6]
    assert profile.policy.network == profile.network
    for family in range(64):
        said = call(profile, machine, "socket", family, socket.SOCK_STREAM, 5)
        assert (said == ALLOW) == (profile.network and family in families), family
    netlink = [call(profile, machine, "socket", socket.AF_NETLINK, 3, kind) == ALLOW for kind in range(24)]
    assert netlink == [profile.network and kind == 0 for kind in range(24)]


@machines
def test_only_a_checkpoint_may_make_sandboxes(machine):
    for name in ("unshare", "setns", "mount", "umount2", "mount_setattr", "capset"):
        assert call(CHECKPOINT, machine, name) == ALLOW
        assert {call(profile, machine, name) for profile in PROFILES if profile is not CHECKPOINT} == {REFUSED}


@machines
def test_named_pipes_can_be_made_and_devices_cannot(machine):
    for kind, expected in (
        (stat.S_IFIFO, ALLOW),
        (stat.S_IFREG, ALLOW),
        (stat.S_IFBLK, REFUSED),
        (stat.S_IFCHR, REFUSED),
    ):
        assert call(LEARNER, machine, "mknodat", 0, 0, kind | 0o644) == expected


@machines
@given(option=st.integers(0, 100))
def test_prctl_allows_what_is_listed(machine, option):
    listed = {1, 2, 3, 7, 15, 16, 21, 23, 27, 29, 30, 37, 38, 39}
    assert (call(LEARNER, machine, "prctl", option) == ALLOW) == (option in listed)


@machines
@profiles
def test_programs_fit(profile, machine):
    code = seccomp.instructions(profile.policy, machine)
    assert len(code) <= 4096
    assert all(0 <= jump <= 255 for _, true, false, _ in code for jump in (true, false))


def test_each_group_has_a_reason():
    for groups in (policy.ALLOW_ALWAYS, policy.ALLOW_NETWORK, policy.ALLOW_SPAWNING):
        for reason, names in groups.items():
            assert len(reason) > 5
            assert names.split()


def test_an_unknown_machine_is_refused(monkeypatch):
    class Machine:
        machine = "vax"

    monkeypatch.setattr(seccomp.os, "uname", Machine)
    with pytest.raises(seccomp.Unsupported, match="vax"):
        seccomp.machine()
