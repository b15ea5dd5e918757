"""Whether learner code can be contained on this machine, and what is missing where it cannot."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from panlearn.errors import NotContained
from panlearn.kernels.zygote_process import sandbox_argv

_PROBE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What a trial sandbox said: `missing` is empty where code can be contained; `todo` is for its operator."""

    engine: str
    mode: str
    missing: tuple[str, ...] = ()
    todo: tuple[str, ...] = ()
    about: str = ""

    @property
    def contained(self) -> bool:
        """Whether learner code may run."""
        return not self.missing

    @property
    def why(self) -> str:
        """What this engine and mode are."""
        if self.about:
            return f"{self.about}."
        if self.mode == "root":
            how = "panlearn runs as root, so every sandbox gets unprivileged user ids of its own"
        else:
            how = "panlearn runs without privileges, so sandboxes are made in user namespaces of this user"
        return f"kernels are forked from one process that has the scientific stack imported; {how}."

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "contained": self.contained, "why": self.why}


def mode() -> str:
    """How a sandbox is entered by this user."""
    return "root" if os.geteuid() == 0 else "user"


@functools.cache
def examine() -> Containment:
    """Enter a sandbox, fork a child into one of each kind, and try what must fail in it. Done once per process."""
    try:
        done = subprocess.run(
            sandbox_argv(Path(sys.executable), "probe", {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            timeout=_PROBE_SECONDS,
            check=False,
            cwd="/",
        )
        said = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        said = {"missing": [f"the trial sandbox did not answer ({type(error).__name__}: {error})"], "todo": []}
    return Containment(engine="zygote", mode=mode(), missing=tuple(said["missing"]), todo=tuple(said["todo"]))


def require() -> None:
    """Raise `NotContained` where learner code cannot be contained."""
    found = examine()
    if not found.contained:
        raise NotContained(
            f"This machine cannot contain learner code, so none is run: {'; '.join(found.missing)}.",
            todo=" ".join(found.todo) or "`panlearn doctor` says more.",
        )
