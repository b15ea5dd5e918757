"""Engines for tests: one of the tests' own user and, where that is root, one of an unprivileged user."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from panlearn.kernels.environments import find
from panlearn.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
MARKER = "marker-of-the-host-4711"
"""In the engine's environment variables, and in a file of the machine: no sandbox may see it."""


class Refused(Exception):
    """The engine said no; `kind` is the name of its exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class EngineProcess:
    """An engine in another process: `site.run(kernel, source)` and the like call the driver's methods."""

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        self.process = process
        self.home = home

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **options: self.call(name, args, options)

    def call(self, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        self.process.stdin.write(json.dumps({"call": name, "args": args, "options": options}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "Gone", "message": "the driver ended"}')
        if "error" in answer:
            raise Refused(answer["error"], answer["message"])
        return answer["value"]

    def says(self, source: str, **options: Any) -> str:
        """What a cell says in a kernel of its own."""
        kernel = self.start(**options)
        try:
            return self.run(kernel, source)["text"]
        finally:
            self.kill(kernel)


def readable_python() -> str:
    """An interpreter of this version that everybody may execute."""
    for python in (sys._base_executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        real = Path(python).resolve()
        if real.exists() and all(path.stat().st_mode & stat.S_IXOTH for path in (real, *real.parents)):
            return python
    raise AssertionError("user mode is tested with an interpreter that all users may execute; there is none")


def modes() -> list[str]:
    return ["root", "user"] if os.geteuid() == 0 else ["user"]


@contextmanager
def running_engine(mode: str, *, environ: dict[str, str] | None = None) -> Iterator[EngineProcess]:
    """An engine in a process of the user that `mode` names, with its own home; `environ` sets more settings."""
    environment = find(Settings(), "core")
    home = Path(tempfile.mkdtemp(prefix="panlearn-test-"))
    python = str(environment.python)
    driver = [sys.executable]
    if mode == "user" and os.geteuid() == 0:
        plain = readable_python()
        subprocess.run([plain, "-m", "venv", "--without-pip", home / "python"], check=True)
        packages = next(environment.path.glob("lib/python3.*/site-packages"))
        own = next((home / "python").glob("lib/python3.*/site-packages"))
        (own / "core.pth").write_text(f"{packages}\n")
        python = str(home / "python" / "bin" / "python")
        shutil.chown(home, NOBODY, NOBODY)
        driver = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", plain]
    packages = next(Path(sys.prefix).glob("lib/python3.*/site-packages"))
    process = subprocess.Popen(
        [*driver, str(Path(__file__).with_name("kernel_driver.py")), str(home), str(environment.path), python],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{packages}",
            "PANLEARN_SECRET": MARKER,
            "HOME": str(home),
            **(environ or {}),
        },
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    site = EngineProcess(process, home)
    try:
        yield site
    finally:
        process.stdin.close()
        process.kill()
        process.wait(20)
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)
