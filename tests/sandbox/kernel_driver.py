"""Holds an engine in a process of its own, so that tests can have one of any user. Speaks JSON lines on its streams.

`python kernel_driver.py HOME ENVIRONMENT_PATH ENVIRONMENT_PYTHON`; each request is a method of `Driver` by name, its
arguments, and is answered by `{"value": ...}` or `{"error": type, "message": text}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from panlearn.kernels.containment import examine
from panlearn.kernels.engine import PORTS, engine_for
from panlearn.kernels.environments import Environment
from panlearn.kernels.limits import KernelLimits
from panlearn.settings import Settings


class Driver:
    """What a test can ask for."""

    def __init__(self, home: str, path: str, python: str) -> None:
        self.settings = Settings(home=Path(home))
        self.engine = engine_for(self.settings)
        self.environment = Environment(
            name="core", digest=Path(path).name.rpartition("-")[2], path=Path(path), python=Path(python)
        )
        self.kernels: dict[int, Any] = {}

    def mode(self) -> str:
        return self.engine.mode

    def examine(self) -> dict[str, Any]:
        return examine().as_dict()

    def start(self, files: str | None = None, **limits: int) -> int:
        key = os.urandom(8).hex()
        connection = {"ip": self.engine.new_address(), "transport": "ipc", "key": key, **PORTS}
        connection["signature_scheme"] = "hmac-sha256"
        process = self.engine.start_kernel(
            self.environment, connection=connection, files=files, limits=KernelLimits(**limits)
        )
        client = BlockingKernelClient()
        client.load_connection_info(connection)
        client.start_channels(hb=False)
        client.wait_for_ready(timeout=30)
        number = len(self.kernels)
        self.kernels[number] = (process, client)
        return number

    def pid(self, number: int) -> int:
        return self.kernels[number][0].pid

    def ask(self, number: int, source: str) -> str:
        return self.kernels[number][1].execute(source)

    def run(self, number: int, source: str, seconds: float = 30) -> dict[str, Any]:
        """All that a cell says, and how it ended: ok, error, or the reason of the kernel's end."""
        process, client = self.kernels[number]
        asked = client.execute(source)
        said: list[str] = []
        kinds: list[str] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                message = client.get_iopub_msg(timeout=0.2)
            except Empty:
                if process.ended.is_set():
                    return {"text": "".join(said), "status": process.reason, "kinds": kinds}
                continue
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] in ("display_data", "execute_result"):
                said.append(content["data"].get("text/plain", ""))
                kinds += content["data"]
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return {"text": "".join(said), "status": "ok", "kinds": kinds}
        return {"text": "".join(said), "status": "still running", "kinds": kinds}

    def signal(self, number: int, which: int) -> None:
        self.kernels[number][0].signal(which)

    def kill(self, number: int) -> str:
        process, client = self.kernels.pop(number)
        process.kill()
        process.wait(10)
        client.stop_channels()
        client.context.destroy(linger=0)
        return process.reason

    def wait(self, number: int, seconds: float) -> list[Any]:
        process = self.kernels[number][0]
        return [process.wait(seconds), process.reason]

    def zygote(self) -> int | None:
        return self.engine.zygote_pid(self.environment)

    def jailed(self, argv: list[str], writable: str, **options: Any) -> list[Any]:
        done = self.engine.run_jailed(
            argv,
            readable=[Path(p) for p in options.pop("readable", [])],
            writable=Path(writable),
            environ={},
            **options,
        )
        return [done.returncode, done.stdout, done.stderr]

    def runtime(self) -> str:
        return str(self.settings.runtime_dir)

    def descendants(self) -> list[int]:
        listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
        rows = [list(map(int, line.split())) for line in listed.splitlines()[1:]]
        found, waiting = [], [os.getpid()]
        while waiting:
            one = waiting.pop()
            mine = [pid for pid, parent in rows if parent == one and Path(f"/proc/{pid}").exists()]
            found += mine
            waiting += mine
        return found

    def close(self) -> None:
        for number in list(self.kernels):
            self.kill(number)
        self.engine.close()


def main() -> None:
    driver = Driver(*sys.argv[1:4])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"value": getattr(driver, request["call"])(*request["args"], **request["options"])}
        except Exception as error:  # noqa: BLE001  the test decides what it means
            answer = {"error": type(error).__name__, "message": str(error)}
        print(json.dumps(answer), flush=True)


main()
