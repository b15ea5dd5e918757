"""Kernel environments: Python installations apart from the site's own, addressed by what is in them."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from panlearn.errors import BadInput, PlatformError
from panlearn.settings import Settings, resource

MARKER = "panlearn-environment.json"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One built environment. `digest` is of its lock, the Python version and the machine."""

    name: str
    digest: str
    path: Path
    python: Path


def lock_file(name: str) -> Path:
    """The environment's exact lock. Raises `BadInput` for a name that has none."""
    path = resource("sandbox") / "environments" / f"{name}.txt"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise BadInput(
            f"There is no kernel environment {name!r}; known: {', '.join(known()) or 'none'}.",
            todo=f"Name one of those, or write sandbox/environments/{name}.in and lock it.",
        )
    return path


def known() -> list[str]:
    """Names of all environments that can be built."""
    return sorted(path.stem for path in (resource("sandbox") / "environments").glob("*.txt"))


def digest_of(lock: Path) -> str:
    """What an environment built of this lock, here, is called."""
    parts = lock.read_bytes(), platform.python_version().encode(), platform.machine().encode()
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def place(settings: Settings, name: str) -> Environment:
    """Where the environment is or will be."""
    digest = digest_of(lock_file(name))
    path = settings.environments_dir / f"{name}-{digest}"
    return Environment(name=name, digest=digest, path=path, python=path / "bin" / "python")


def is_built(environment: Environment) -> bool:
    """Whether it is there, whole: its marker is written last."""
    try:
        marker = json.loads((environment.path / MARKER).read_text())
    except (OSError, ValueError):
        return False
    return marker.get("digest") == environment.digest and environment.python.exists()


def find(settings: Settings, name: str) -> Environment:
    """The built environment. Raises `BadInput` for an unknown name, `PlatformError` where it is not built."""
    environment = place(settings, name)
    if not is_built(environment):
        raise PlatformError(
            f"The kernel environment {name!r} is not built at {environment.path}.",
            todo=f"Run `panlearn env build {name}`.",
        )
    return environment


def packages(environment: Environment) -> dict[str, str]:
    """What is installed in it: versions by package name."""
    folders = [str(path) for path in environment.path.glob("lib/python*/site-packages")]
    found = {each.metadata["Name"]: each.version for each in distributions(path=folders)}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def built(settings: Settings) -> list[Environment]:
    """All environments that are built and current."""
    return [found for name in known() if is_built(found := place(settings, name))]
