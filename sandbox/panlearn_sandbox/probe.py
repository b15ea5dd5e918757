"""A trial: enter a sandbox, make a child of every kind in it, and try there what must fail. Prints JSON."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from panlearn_sandbox import entry, isolation, linux, seccomp
from panlearn_sandbox.isolation import CHECKER, CHECKPOINT, COMMAND, KERNEL, LEARNER, Profile

_EXPLANATIONS = (
    (
        ("unshare", "uid_map", "setgroups"),
        "user namespaces may not be made here",
        (
            "As root set the sysctls user.max_user_namespaces above 0 and, on Debian, kernel.unprivileged_userns_clone "
            "to 1; on Ubuntu 24.04 kernel.apparmor_restrict_unprivileged_userns to 0, or give panlearn an AppArmor "
            "profile with `userns`. In a container: --security-opt seccomp=unconfined --security-opt "
            "apparmor=unconfined and, as root, --cap-add SYS_ADMIN."
        ),
    ),
    (
        ("mount proc",),
        "a /proc of its own may not be mounted",
        "In a container, /proc is masked: run it with --security-opt systempaths=unconfined.",
    ),
    (("mount_setattr",), "mounts cannot be made read-only", "Linux 5.12 or later is needed."),
    (
        ("mount", "pivot_root", "umount2"),
        "mounts may not be made",
        "In a container, run it with --security-opt apparmor=unconfined --security-opt seccomp=unconfined.",
    ),
    (("prctl",), "seccomp filters may not be installed", "A Linux with CONFIG_SECCOMP_FILTER is needed."),
    (("pidfd", "setns"), "process descriptors or namespaces are missing", "Linux 5.12 or later is needed."),
)


def run(readable: list[str]) -> NoReturn:
    """Print `{"missing": [...], "todo": [...]}` and end."""
    missing: dict[str, str] = {}
    try:
        seccomp.machine()
        entry.enter(entry.Way(readable=readable))
        for profile in (KERNEL, CHECKPOINT, COMMAND):
            _trial(profile, missing)
    except (OSError, RuntimeError) as error:
        what, todo = _explain(error)
        missing[what] = todo
    sys.stdout.write(json.dumps({"missing": list(missing), "todo": sorted(set(missing.values()) - {""})}))
    sys.stdout.flush()
    os._exit(0)


def _explain(error: Exception) -> tuple[str, str]:
    text = str(error)
    for words, what, todo in _EXPLANATIONS:
        if any(word in text for word in words):
            return f"{what} ({text})", todo
    return text, ""


def _trial(profile: Profile, missing: dict[str, str]) -> None:
    """Make a child of this kind and let it try."""
    for name, said in _in_child(profile, _nested if profile.spawns else _try_all).items():
        missing[f"in a {profile.name}'s sandbox: {name}: {said}"] = ""


def _nested() -> dict[str, str]:
    found = {}
    for profile in (LEARNER, CHECKER):
        for name, said in _in_child(profile, _try_all).items():
            found[f"{profile.name}: {name}"] = said
    return found


def _in_child(profile: Profile, attempt: Callable[[], dict[str, str]]) -> dict[str, str]:
    reading, writing = os.pipe()

    def main() -> None:
        os.write(writing, json.dumps(attempt()).encode())

    child = isolation.spawn(profile, main, keep_fds=[writing])
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child.pid, 0)
    os.close(child.pidfd)
    if not said:
        return {"start": f"it ended with status {os.waitstatus_to_exitcode(status)} before it answered"}
    result: dict[str, str] = json.loads(said)
    return result


def _try_all() -> dict[str, str]:
    """What could be done that must not; empty where all is refused."""
    attempts: dict[str, Callable[[], Any]] = {
        "a namespace could be made": lambda: linux.unshare(linux.CLONE_NEWUSER),
        "a mount could be made": lambda: linux.mount("none", "/tmp", "tmpfs"),  # noqa: S108
        "a host name could be set": lambda: linux.set_hostname("x"),
        "the root folder could be written": lambda: os.mkdir("/x"),
        "the interpreter could be written": lambda: os.open(sys.executable, os.O_RDWR),
        "a user id could be set": lambda: os.setuid(0),
    }
    found = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EACCES, errno.EROFS):
                found[name.replace("could be", "was not plainly refused when")] = str(error)
        else:
            found[name] = "it was not refused"
    with open("/proc/self/status") as file:
        status = dict(line.rstrip().split(":", 1) for line in file if ":" in line)
    for field, wanted in (("CapEff", "0" * 16), ("CapPrm", "0" * 16), ("NoNewPrivs", "1"), ("Seccomp", "2")):
        if status.get(field, "").strip() != wanted:
            found[field] = f"{status.get(field, '').strip()} and not {wanted}"
    others = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
    if others:
        found["other processes"] = "they can be seen"
    return found
