"""How soon a kernel is there, and what it costs: `panlearn bench kernels`.

Both sides are asked the same. A kernel is started, a fresh client connects, and the clock stops at the reply to
`kernel_info` with the scientific stack imported: there already in a sandboxed kernel (its first cell checks that),
imported by a first cell in a cold ipykernel, which the clock therefore includes. Files are in the page cache: a start
of each is thrown away first.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from panlearn.bench.statistics import summary
from panlearn.errors import PlatformError
from panlearn.kernels.choice import docker_is_ready as is_ready
from panlearn.kernels.engine import PORTS, Engine, KernelProcess, engine_for
from panlearn.kernels.environments import Environment, find
from panlearn.settings import Settings

IMPORTS = "import numpy, scipy, matplotlib.pyplot, pandas, h5py"
FIRST_CELL = f"""import sys
_there = set({IMPORTS.removeprefix("import ").split(", ")!r}) <= set(sys.modules)
{IMPORTS}
(_there, int(numpy.arange(10).sum()))"""
WARM_UP = 3
STARTS = 30
COLD_STARTS = 7
ROUND_TRIPS = 100
ALIVE = 50
DOCKER_STARTS, DOCKER_ALIVE = 10, 8
_SECONDS = 60.0


def run(settings: Settings, *, starts: int = STARTS, alive: int = ALIVE, cold: int = COLD_STARTS) -> dict[str, Any]:
    """What the command prints, in milliseconds and MiB. Raises `PlatformError` where a kernel does not answer.

    The engine that runs kernels here comes first; Docker beside it, where there is a daemon with the image: a start
    is then the hand-over of a container that waits.
    """
    environment = find(settings, "core")
    result = _of_engine(engine_for(settings), environment, starts, alive)
    _cold(environment)
    baseline = summary([_cold(environment) for _ in range(cold)])
    result["baseline"] = {"ipykernel_start_ms": baseline}
    result["ratio"] = round(baseline["p50"] / result["start_ms"]["p50"], 1)
    if result["engine"] != "docker" and is_ready(settings, environment):
        from panlearn.kernels.docker import DockerEngine  # noqa: PLC0415  its SDK takes a while

        beside = _of_engine(DockerEngine(settings), environment, min(starts, DOCKER_STARTS), min(alive, DOCKER_ALIVE))
        beside["ratio"] = round(baseline["p50"] / beside["start_ms"]["p50"], 1)
        result["docker"] = beside
    return result


def _of_engine(engine: Engine, environment: Environment, starts: int, alive: int) -> dict[str, Any]:
    """One engine's figures; it is closed then."""
    try:
        for _ in range(WARM_UP):
            _sandboxed(engine, environment)
        times = [_sandboxed(engine, environment) for _ in range(starts)]
        return {
            "engine": engine.name,
            "mode": engine.mode,
            "start_ms": summary([start for start, _ in times]),
            "first_result_ms": summary([result for _, result in times]),
            "round_trip_ms": summary(_round_trips(engine, environment)),
            "pss_mib_per_kernel": _pss_mib(engine, environment, alive),
            "alive": alive,
        }
    finally:
        engine.close()


@contextmanager
def _kernel(engine: Engine, environment: Environment) -> Iterator[tuple[KernelProcess, BlockingKernelClient]]:
    connection: Any = {
        "ip": engine.new_address(),
        "transport": "ipc",
        "key": os.urandom(16).hex(),
        "signature_scheme": "hmac-sha256",
        **PORTS,
    }
    process = engine.start_kernel(environment, connection=connection)
    client = BlockingKernelClient()
    try:
        client.load_connection_info(connection)
        client.start_channels(hb=False)
        yield process, client
    finally:
        process.kill()
        client.stop_channels()
        client.context.destroy(linger=0)
        process.wait(10)


def _sandboxed(engine: Engine, environment: Environment) -> tuple[float, float]:
    """Start one: milliseconds to its `kernel_info` reply, and to the result of its first cell."""
    engine.warm(environment)
    begun = time.perf_counter()
    with _kernel(engine, environment) as (_, client):
        client.kernel_info()
        client.get_shell_msg(timeout=_SECONDS)
        answered = time.perf_counter()
        result = _result(client, FIRST_CELL)
        done = time.perf_counter()
    if result != "(True, 45)":
        raise PlatformError(f"The first cell of a kernel answered {result!r} and not (True, 45).")
    return 1000 * (answered - begun), 1000 * (done - begun)


def _result(client: BlockingKernelClient, source: str) -> str:
    """Run a cell; its result, as text."""
    asked = client.execute(source, store_history=False)
    while True:
        message = client.get_iopub_msg(timeout=_SECONDS)
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "execute_result":
            return str(message["content"]["data"]["text/plain"])
        if message["msg_type"] == "error":
            return f"{message['content']['ename']}: {message['content']['evalue']}"


def _round_trips(engine: Engine, environment: Environment) -> list[float]:
    """Milliseconds from a small cell to its result, in one kernel."""
    with _kernel(engine, environment) as (_, client):
        client.kernel_info()
        client.get_shell_msg(timeout=_SECONDS)
        _result(client, "1 + 1")
        times = []
        for _ in range(ROUND_TRIPS):
            begun = time.perf_counter()
            _result(client, "1 + 1")
            times.append(1000 * (time.perf_counter() - begun))
    return times


def _pss_mib(engine: Engine, environment: Environment, alive: int) -> float:
    """MiB of each kernel while `alive` of them have run their first cell: shared pages count by their share."""
    opened = []
    try:
        for _ in range(alive):
            holder = _kernel(engine, environment)
            process, client = holder.__enter__()
            opened.append((holder, process))
            client.kernel_info()
            client.get_shell_msg(timeout=_SECONDS)
            _result(client, FIRST_CELL)
        total = sum(_pss_kib(process.pid) for _, process in opened)
    finally:
        for holder, _ in opened:
            holder.__exit__(None, None, None)
    return round(total / 1024 / alive, 1)


def _pss_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise PlatformError(f"Linux does not say how much memory process {pid} has.")


def _cold(environment: Environment) -> float:
    """Milliseconds from starting a plain ipykernel to its reply, once a first cell imported the same."""
    with tempfile.TemporaryDirectory(prefix="panlearn-bench-") as folder:
        connection: Any = {
            "ip": f"{folder}/k",
            "transport": "ipc",
            "key": os.urandom(16).hex(),
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }
        path = Path(folder, "connection.json")
        path.write_text(json.dumps(connection))
        client = BlockingKernelClient()
        client.load_connection_info(connection)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(environment.python), "-m", "ipykernel_launcher", "-f", str(path)],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not all(Path(f"{folder}/k-{port}").exists() for port in PORTS.values()):
                time.sleep(0.001)  # connecting before they are there would add ZeroMQ's reconnect interval
                if process.poll() is not None:
                    raise PlatformError("A plain ipykernel could not be started to compare with.")
            client.start_channels(hb=False)
            client.kernel_info()
            client.get_shell_msg(timeout=_SECONDS)
            _result(client, f"{IMPORTS}\n1")
            return 1000 * (time.perf_counter() - begun)
        finally:
            client.stop_channels()
            client.context.destroy(linger=0)
            process.kill()
            process.wait()
