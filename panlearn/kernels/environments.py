"""Kernel environments: Python installations apart from the site's own, addressed by what is in them."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from panlearn.errors import PlatformError
from panlearn.kernels.definitions import definition, names
from panlearn.settings import Settings

MARKER = "panlearn-environment.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One built environment. `digest` is of its lock, the Python version and the machine."""

    name: str
    digest: str
    path: Path
    python: Path


def digest_of(lock: Path) -> str:
    """What an environment built of this lock, here, is called."""
    parts = lock.read_bytes(), platform.python_version().encode(), platform.machine().encode()
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def place(settings: Settings, name: str) -> Environment:
    """Where the environment is or will be."""
    digest = digest_of(definition(settings, name).lock)
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
    return [found for name in names(settings) if is_built(found := place(settings, name))]
