"""Whether Docker can contain learner code on this machine, and what is missing where it cannot."""

from __future__ import annotations

from typing import Any

from panlearn.errors import NotContained, PanlearnError
from panlearn.kernels import docker_image
from panlearn.kernels.containment import Containment
from panlearn.kernels.definitions import definition
from panlearn.kernels.docker_daemon import Daemon, unreachable
from panlearn.kernels.environments import built
from panlearn.settings import Settings

_LIMITS = {
    "MemoryLimit": "memory cannot be limited",
    "PidsLimit": "the number of processes cannot be limited",
    "CpuCfsQuota": "processor time cannot be limited",
}
_CGROUPS = "Mount the cgroup controllers (memory, pids, cpu) where the Docker daemon runs, writable, and restart it."


def examine(settings: Settings) -> Containment:
    """Ask the daemon what it offers."""
    daemon = Daemon(settings)
    try:
        if (why := unreachable(daemon.url)) is not None:
            return _missing([why])
        with daemon.asked("Docker cannot be used") as api:
            info, version = api.info(), api.version()
        return _judged(info, str(version.get("Version", "")), settings)
    except PanlearnError as error:
        return _missing([(error.message, error.todo)])
    finally:
        daemon.close()


def _judged(info: dict[str, Any], version: str, settings: Settings) -> Containment:
    found = [(what, _CGROUPS) for field, what in _LIMITS.items() if not info.get(field)]
    security = [part for option in info.get("SecurityOptions") or [] for part in str(option).split(",")]
    if "name=seccomp" not in security:
        found.append(
            ("the Docker daemon has no seccomp", "Install a Docker Engine and a Linux that were built with seccomp.")
        )
    if str(info.get("OSType")) != "linux":
        found.append(("the Docker daemon does not run Linux containers", "Use Docker Engine on Linux."))
    runtimes = info.get("Runtimes") or {}
    wanted = {definition(settings, each.name).resources.runtime for each in built(settings)}
    found += [
        (
            f"the Docker daemon has no runtime {name!r}, only {', '.join(sorted(runtimes))}",
            f"Install {name} and name it in the daemon's configuration, or take it out of the settings.",
        )
        for name in sorted(wanted - {"", *runtimes})
    ]
    about = f"one container per kernel, run by Docker Engine {version} (cgroup v{info.get('CgroupVersion', '1')})"
    return _missing(found, about)


def _missing(found: list[tuple[str, str]], about: str = "one container per kernel") -> Containment:
    return Containment(
        engine="docker",
        mode="daemon",
        missing=tuple(what for what, _ in found),
        todo=tuple(dict.fromkeys(todo for _, todo in found if todo)),
        about=about,
    )


def require(settings: Settings) -> None:
    """Raise `NotContained` where Docker cannot contain learner code."""
    found = examine(settings)
    if not found.contained:
        raise NotContained(
            f"Docker cannot contain learner code here, so none is run: {'; '.join(found.missing)}.",
            todo=" ".join(found.todo) or "`panlearn doctor` says more.",
        )


def images(settings: Settings) -> dict[str, bool]:
    """Whether each built environment has its image too; empty where no daemon answers."""
    daemon = Daemon(settings)
    try:
        if unreachable(daemon.url) is not None:
            return {}
        return {each.name: docker_image.is_there(daemon, settings, each) for each in built(settings)}
    except PanlearnError:
        return {}
    finally:
        daemon.close()
