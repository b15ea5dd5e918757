"""One side of a grading alone in a container: it runs the lesson's set-up itself, then does what a forked side does.

Asked over the container's channel with `{"op": "side", "side": "learner" | "checker" | "trial", "limits"}` and
descriptors: a file with the set-up's cells as JSON, then the side's control and values sockets. It answers `{"op":
"ready"}` once the set-up has run, or `{"op": "broken", ...}`; a trial ends there. The side runs in a child of the
container's first process, to which Linux gives the signals that a first process would not get.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from panlearn_sandbox import control, isolation
from panlearn_sandbox.profiles import CHECKER, LEARNER

PROFILES = {"learner": LEARNER, "checker": CHECKER}
KILLED_WITHIN = 200
"""The status of a container whose side was killed, by itself or for memory. From outside all of it ends, with 137."""
_CLOCKS_DIFFER = 0.1


def run(channel: socket.socket, asked: dict[str, Any], fds: list[int], leash: Callable[[], None]) -> None:
    """Run the set-up, say how that went, and be the side; the process ends as the side does, or with `leash`."""
    from panlearn_sandbox.checkpoint import Alone  # noqa: PLC0415  it imports the science stack

    with os.fdopen(fds.pop(0), "rb") as file:
        cells = json.loads(file.read())
    child = os.fork()
    if child:
        for fd in fds:
            os.close(fd)
        threading.Thread(target=leash, name="leash", daemon=True).start()
        _, status, used = os.wait4(child, 0)
        os._exit(_said(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, asked["limits"]))
    alone = Alone()
    trouble = alone.set_up(cells)
    control.send(channel, {"op": "broken", **trouble} if trouble else {"op": "ready"})
    if trouble or asked["side"] not in PROFILES:
        os._exit(0)
    isolation.limit(replace(PROFILES[asked["side"]], limits=isolation.Limits(**asked["limits"])))
    alone.be(asked["side"], fds)
    os._exit(0)


def _said(status: int, seconds: float, limits: dict[str, int]) -> int:
    """The container's exit status: the side's, or 128 and the signal. At its limit of processor time Linux kills it."""
    if status == -signal.SIGKILL:
        most = limits.get("cpu_seconds", 0)
        return 128 + signal.SIGXCPU if most and seconds >= most - _CLOCKS_DIFFER else KILLED_WITHIN
    return 128 - status if status < 0 else status
