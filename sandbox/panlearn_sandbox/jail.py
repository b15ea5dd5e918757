"""Runs one command in a sandbox: no network, only the named folders, limits of memory and time."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from typing import Any

from panlearn_sandbox import isolation
from panlearn_sandbox.isolation import COMMAND, Limits


def run(specification: dict[str, Any]) -> None:
    """Run `argv` in the folder `writable` and end as it does: 128 + signal where one ended it, 124 on time-out."""
    profile = replace(COMMAND, identity=specification["identity"], limits=Limits(**specification["limits"]))
    argv, environ, folder = specification["argv"], specification["environ"], specification["writable"]

    def main() -> None:
        os.chdir(folder)
        os.execvpe(argv[0], argv, environ)  # noqa: S606

    signal.signal(signal.SIGALRM, lambda *_: os._exit(124))  # process 1 ends, so everything does
    signal.setitimer(signal.ITIMER_REAL, specification["seconds"])
    child = isolation.spawn(profile, main, keep_fds=(1, 2))
    _, status = os.waitpid(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.stderr.flush()
    os._exit(128 - code if code < 0 else code)
