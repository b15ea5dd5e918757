"""What there is of an engine on this machine: to be the same before and after whatever a kernel tried."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from docker_site import containers
from kernel_site import EngineProcess

from panlearn.kernels import cgroups

SHARED = (Path("/dev/shm"), Path("/dev/mqueue"))


def found(site: EngineProcess) -> dict[str, Any]:
    """Processes, mounts, control groups, containers, sockets and files of an engine."""
    docker = site.mode() == "daemon"
    runtime = Path(site.runtime())
    return {
        "processes": sorted(site.descendants()),
        "mounts": sorted(one for one in _mounts() if docker or "/docker/" not in one),
        "groups": sorted(
            str(one) for tree in cgroups._trees() for one in tree.own.glob(f"panlearn-*-{site.process.pid}/*/")
        ),
        "containers": sorted(one["Id"] for one in containers(site)) if docker else [],
        "sockets": sorted(str(one) for one in runtime.rglob("*")) if runtime.exists() else [],
        "shared": sorted(str(one) for place in SHARED if place.is_dir() for one in place.iterdir() if _ours(one)),
        "files": sorted(str(one) for one in site.home.rglob("*") if not one.is_relative_to(site.home / "log")),
    }


def _ours(path: Path) -> bool:
    """A database server of other tests keeps segments there, and they come and go."""
    return not path.name.startswith("PostgreSQL.")


def _mounts() -> list[str]:
    return [line.split(" ")[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]


def the_same(site: EngineProcess, before: dict[str, Any], seconds: float = 15.0) -> dict[str, Any]:
    """What differs from before, once the engine had time to clear up; empty where nothing does."""
    deadline = time.monotonic() + seconds
    while True:
        now = found(site)
        differs = {name: (before[name], value) for name, value in now.items() if value != before[name]}
        if not differs or time.monotonic() > deadline:
            return differs
        time.sleep(0.1)
