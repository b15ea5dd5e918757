"""What a kernel environment is: its exact lock, and what its kernels may use.

`NAME.txt` is the lock. `NAME.toml` beside it, all of it optional, says the rest:

    title = "Core"
    description = "One sentence."

    [limits]              # KernelLimits: what a kernel's sandbox holds
    memory_mib = 2048

    [session]             # SessionLimits: one cell's time and output, idle time, lifetime
    cell_seconds = 600

    [docker]              # of the Docker engine's containers
    runtime = "runsc"     # an OCI runtime that the daemon knows; default: the setting docker_runtime
    gpus = 1              # graphics processors, -1 for all

They lie in `sandbox/environments` and in the operator's own folder, `environments.d` in the instance's home.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from panlearn.errors import BadInput
from panlearn.kernels.limits import KernelLimits, SessionLimits
from panlearn.settings import Settings, resource

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_LEAST = {"processes": 16, "open_files": 64, "memory_mib": 64, "home_mib": 1, "home_files": 100, "cpus": 0.01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Of containers only: the OCI runtime ("" is the daemon's own), graphics processors (-1: all)."""

    runtime: str = ""
    gpus: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One environment as it is written down."""

    name: str
    title: str
    description: str
    lock: Path
    limits: KernelLimits
    session: SessionLimits
    resources: Resources


def folders(settings: Settings) -> list[Path]:
    """Where definitions lie; a name in the operator's own folder hides the same name of ours."""
    return [settings.home_dir / "environments.d", resource("sandbox") / "environments"]


def names(settings: Settings) -> list[str]:
    """Every environment that is defined."""
    found = {path.stem for folder in folders(settings) for path in folder.glob("*.txt") if _NAME.fullmatch(path.stem)}
    return sorted(found)


def definition(settings: Settings, name: str) -> Definition:
    """The environment's definition. Raises `BadInput` for a name that has none, and for a file that cannot be used."""
    lock = next((path for path in _locks(settings, name)), None)
    if lock is None:
        raise BadInput(
            f"There is no kernel environment {name!r}; known: {', '.join(names(settings)) or 'none'}.",
            todo=f"Name one of those, or put an exact lock {name}.txt into {folders(settings)[0]}.",
        )
    path = lock.with_suffix(".toml")
    text = path.read_text() if path.is_file() else ""
    return parse(text, settings, name=name, lock=lock)


def _locks(settings: Settings, name: str) -> Iterator[Path]:
    if _NAME.fullmatch(name):
        yield from (path for folder in folders(settings) if (path := folder / f"{name}.txt").is_file())


def parse(text: str, settings: Settings, *, name: str, lock: Path) -> Definition:
    """A definition from its file's text. What is not said is the operator's setting, else the default."""
    where = str(lock.with_suffix(".toml"))
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{where} is not TOML: {error}.", todo="Correct the file.") from error
    _refuse_unknown(said, {"title", "description", "limits", "session", "docker"}, where, "the file")
    return Definition(
        name=name,
        title=_text(said, "title", name, where),
        description=_text(said, "description", "", where),
        lock=lock,
        limits=KernelLimits(
            **{"memory_mib": settings.kernel_memory_mib, "cpus": settings.kernel_cpus}
            | _numbers(said, "limits", KernelLimits(), where)
        ),
        session=SessionLimits(
            **{"idle_minutes": settings.kernel_idle_minutes} | _numbers(said, "session", SessionLimits(), where)
        ),
        resources=_resources(said, settings, where),
    )


def _text(said: dict[str, Any], key: str, default: str, where: str) -> str:
    value = said.get(key, default)
    if not isinstance(value, str):
        raise BadInput(f"{where}: {key} is {value!r}.", todo="Expected a text.")
    return value


def _table(said: dict[str, Any], key: str, known: set[str], where: str) -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        raise BadInput(f"{where}: {key} is {table!r}.", todo=f"Write [{key}] as a table of its own.")
    _refuse_unknown(table, known, where, f"[{key}]")
    return table


def _refuse_unknown(table: dict[str, Any], known: set[str], where: str, what: str) -> None:
    for key in table:
        if key not in known:
            raise BadInput(f"{where}: {what} has no {key!r}.", todo=f"It may have {', '.join(sorted(known))}.")


def _numbers(said: dict[str, Any], key: str, defaults: KernelLimits | SessionLimits, where: str) -> dict[str, Any]:
    table = _table(said, key, {field.name for field in fields(defaults)}, where)
    for name, value in table.items():
        kinds = (int,) if isinstance(getattr(defaults, name), int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            what = "a whole number" if kinds == (int,) else "a number"
            raise BadInput(f"{where}: {name} is {value!r}.", todo=f"Expected {what}.")
        least = _LEAST.get(name, 0)
        if value < least:
            raise BadInput(f"{where}: {name} is {value}.", todo=f"Expected at least {least}.")
    return table


def _resources(said: dict[str, Any], settings: Settings, where: str) -> Resources:
    table = _table(said, "docker", {"runtime", "gpus"}, where)
    runtime, gpus = table.get("runtime", settings.docker_runtime), table.get("gpus", 0)
    if not isinstance(runtime, str):
        raise BadInput(f"{where}: runtime is {runtime!r}.", todo="Expected the name of an OCI runtime.")
    if isinstance(gpus, bool) or not isinstance(gpus, int) or gpus < -1:
        raise BadInput(f"{where}: gpus is {gpus!r}.", todo="Expected a whole number, -1 for all.")
    return Resources(runtime=runtime, gpus=gpus)
