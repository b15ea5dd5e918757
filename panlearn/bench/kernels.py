"""How soon a kernel is there, and what it costs: `panlearn bench kernels`.

Both sides are asked the same. A kernel is started, a fresh client connects, and the clock stops at the reply to
`kernel_info` with the scientific stack imported: there already in a sandboxed kernel (its first cell checks that),
imported by a first cell in a cold ipykernel, which the clock therefore includes. Files are in the page cache: a start
of each is thrown away first.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from panlearn.bench.kernels_driving import FIRST_CELL, IMPORTS, RESULT, answers, live, result
from panlearn.bench.kernels_load import class_at_once, crowd
from panlearn.bench.statistics import summary
from panlearn.errors import PlatformError
from panlearn.kernels import cgroups
from panlearn.kernels.choice import docker_is_ready as is_ready
from panlearn.kernels.engine import PORTS, Engine, engine_for
from panlearn.kernels.environments import Environment, find
from panlearn.settings import Settings

WARM_UP = 3
STARTS = 30
COLD_STARTS = 7
ROUND_TRIPS = 100
ALIVE = 200
LEARNERS = 50
DOCKER_STARTS, DOCKER_ALIVE, DOCKER_LEARNERS = 10, 8, 8


def run(
    settings: Settings,
    *,
    starts: int = STARTS,
    alive: int = ALIVE,
    learners: int = LEARNERS,
    cold: int = COLD_STARTS,
) -> dict[str, Any]:
    """What the command prints, in milliseconds and MiB. Raises `PlatformError` where a kernel does not answer.

    The engine that runs kernels here comes first; Docker beside it, where there is a daemon with the image: a start
    is then the hand-over of a container that waits.
    """
    environment = find(settings, "core")
    found = _of_engine(engine_for(settings), environment, starts, alive, learners)
    _cold(environment)
    baseline = summary([_cold(environment) for _ in range(cold)])
    found["baseline"] = {"ipykernel_start_ms": baseline}
    found["ratio"] = round(baseline["p50"] / found["start_ms"]["p50"], 1)
    if found["engine"] != "docker" and is_ready(settings, environment):
        from panlearn.kernels.docker import DockerEngine  # noqa: PLC0415  its SDK takes a while

        few = min(starts, DOCKER_STARTS), min(alive, DOCKER_ALIVE), min(learners, DOCKER_LEARNERS)
        beside = _of_engine(DockerEngine(settings), environment, *few)
        beside["ratio"] = round(baseline["p50"] / beside["start_ms"]["p50"], 1)
        found["docker"] = beside
    found["machine"] = _machine()
    return found


def _machine() -> dict[str, Any]:
    """What the figures were measured on."""
    held, _ = cgroups.describe()
    return {
        "cores": len(os.sched_getaffinity(0)),
        "linux": platform.release(),
        "python": platform.python_version(),
        "control_groups": ", ".join(sorted(held)) or "none",
        "load": round(os.getloadavg()[0], 2),
    }


def _of_engine(engine: Engine, environment: Environment, starts: int, alive: int, learners: int) -> dict[str, Any]:
    """One engine's figures; it is closed then."""
    try:
        for _ in range(WARM_UP):
            _started(engine, environment)
        times = [_started(engine, environment) for _ in range(starts)]
        return {
            "engine": engine.name,
            "mode": engine.mode,
            "start_ms": summary([start for start, _ in times]),
            "first_result_ms": summary([first for _, first in times]),
            "round_trip_ms": summary(_round_trips(engine, environment)),
            **crowd(engine, environment, alive),
            "class": class_at_once(engine, environment, learners),
        }
    finally:
        engine.close()


def _started(engine: Engine, environment: Environment) -> tuple[float, float]:
    """Start one: milliseconds to its `kernel_info` reply, and to the result of its first cell."""
    engine.warm(environment)
    begun = time.perf_counter()
    with live(engine, environment) as (_, client):
        answers(client)
        answered = time.perf_counter()
        first = result(client, FIRST_CELL)
        done = time.perf_counter()
    if first != RESULT:
        raise PlatformError(f"The first cell of a kernel answered {first!r} and not {RESULT}.")
    return 1000 * (answered - begun), 1000 * (done - begun)


def _round_trips(engine: Engine, environment: Environment) -> list[float]:
    """Milliseconds from a small cell to its result, in one kernel."""
    with live(engine, environment) as (_, client):
        answers(client)
        result(client, "1 + 1")
        times = []
        for _ in range(ROUND_TRIPS):
            begun = time.perf_counter()
            result(client, "1 + 1")
            times.append(1000 * (time.perf_counter() - begun))
    return times


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
            answers(client)
            result(client, f"{IMPORTS}\n1")
            return 1000 * (time.perf_counter() - begun)
        finally:
            client.stop_channels()
            client.context.destroy(linger=0)
            process.kill()
            process.wait()
