"""Kernel specs on disk, so that nbconvert, nbclient, Jupyter Server and `jupyter run` find the sandboxed kernels."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from panlearn.errors import PlatformError
from panlearn.kernels.environments import Environment
from panlearn.kernels.specs import kernel_spec

_PREFIX = "panlearn-"


def folder(prefix: Path | None = None) -> Path:
    """Where Jupyter looks for kernels of this Python installation."""
    return (prefix or Path(sys.prefix)) / "share" / "jupyter" / "kernels"


def spec_name(environment: str) -> str:
    """What Jupyter calls the kernels of an environment."""
    return f"{_PREFIX}{environment}"


def install(environment: Environment, home: Path, prefix: Path | None = None) -> Path:
    """Write the spec of an environment, in place of an older one; its folder.

    It names the instance at `home`, whose engine runs its kernels. Raises `PlatformError` where it cannot be written.
    """
    place = folder(prefix) / spec_name(environment.name)
    text = json.dumps(kernel_spec(environment, home=home).to_dict(), indent=1)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        draft.chmod(0o755)
        (draft / "kernel.json").write_text(text + "\n")
        if place.exists():
            (draft / "kernel.json").replace(place / "kernel.json")
            shutil.rmtree(draft)
        else:
            draft.rename(place)
    except OSError as error:
        raise PlatformError(
            f"The kernel spec {place} could not be written: {error.strerror}.",
            todo="Other Jupyter tools will not find these kernels; the site does.",
        ) from error
    return place


def installed(prefix: Path | None = None) -> dict[str, Path]:
    """The specs that are there, by environment."""
    return {one.name.removeprefix(_PREFIX): one for one in sorted(folder(prefix).glob(f"{_PREFIX}*")) if one.is_dir()}
