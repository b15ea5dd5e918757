"""What an environment's containers get beside the limits: `sandbox/environments/NAME.toml`, all of it optional.

[docker]
cpus = 2.0            # processor cores; default: the setting docker_cpus
runtime = "runsc"     # an OCI runtime that the daemon knows; default: the setting docker_runtime
gpus = 1              # graphics processors, -1 for all; default: none
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from panlearn.errors import BadInput
from panlearn.settings import Settings, resource

_KINDS: dict[str, tuple[type, ...]] = {"cpus": (float, int), "runtime": (str,), "gpus": (int,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Cores, runtime ("" is the daemon's own) and graphics processors (-1: all) of one container."""

    cpus: float
    runtime: str = ""
    gpus: int = 0


def resources(settings: Settings, name: str) -> Resources:
    """The resources of an environment. Raises `BadInput` where its file cannot be used."""
    path = resource("sandbox") / "environments" / f"{name}.toml"
    try:
        text = path.read_text()
    except FileNotFoundError:
        text = ""
    return parse(text, settings, str(path))


def parse(text: str, settings: Settings, where: str) -> Resources:
    """Resources from the file's text."""
    try:
        table: dict[str, Any] = tomllib.loads(text).get("docker", {})
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{where} is not TOML: {error}.", todo="Correct the file.") from error
    for key, value in table.items():
        if key not in _KINDS:
            raise BadInput(f"{where}: [docker] has no {key!r}.", todo=f"It may have {', '.join(_KINDS)}.")
        if isinstance(value, bool) or not isinstance(value, _KINDS[key]):
            raise BadInput(f"{where}: {key} is {value!r}.", todo=f"Expected {_KINDS[key][0].__name__}.")
    found = Resources(
        cpus=float(table.get("cpus", settings.docker_cpus)),
        runtime=table.get("runtime", settings.docker_runtime),
        gpus=table.get("gpus", 0),
    )
    if found.cpus <= 0 or found.gpus < -1:
        raise BadInput(f"{where}: cpus must be above 0 and gpus at least -1.", todo="Correct the file.")
    return found
