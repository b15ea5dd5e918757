"""Say, before the tests begin, which component of this machine they need and do not find."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

NEEDED = {
    "chromium": "the browser tests (Debian, Ubuntu: apt install chromium)",
    "setpriv": "the tests without root (Debian, Ubuntu: apt install util-linux)",
}


def _docker() -> str:
    """Why no Docker daemon answers; empty where one does."""
    path = os.environ.get("PANLEARN_DOCKER_HOST") or os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.connect(path.removeprefix("unix://"))
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""


def _postgresql() -> bool:
    """Whether the tests can start a PostgreSQL server of their own."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None


def main() -> int:
    """Print what is missing; 1 if anything is."""
    missing = {name: use for name, use in NEEDED.items() if shutil.which(name) is None}
    for name, use in missing.items():
        print(f"Not found: {name}, needed by {use}.", file=sys.stderr)
    if not _postgresql():
        missing["postgresql"] = "the tests on PostgreSQL (Debian, Ubuntu: apt install postgresql)"
        print(f"Not found: PostgreSQL's programs, needed by {missing['postgresql']}.", file=sys.stderr)
    if why := _docker():
        print(f"No Docker daemon answers, needed by the tests of that engine ({why}): run .ci/docker.", file=sys.stderr)
    return 1 if missing or why else 0


if __name__ == "__main__":
    sys.exit(main())
