"""Many kernels at once: what they cost while they idle, and how soon a class gets its first results."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from queue import Empty
from typing import Any

import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient

from panlearn.bench.kernels_driving import FIRST_CELL, RESULT, SECONDS, answers, live, new_connection, pss_kib, result
from panlearn.bench.statistics import summary
from panlearn.errors import PanlearnError
from panlearn.kernels.engine import Engine
from panlearn.kernels.environments import Environment

IDLE_SECONDS = 10.0


def crowd(engine: Engine, environment: Environment, alive: int) -> dict[str, Any]:
    """`alive` kernels that have run their first cell.

    MiB of each, where a shared page counts by its share; processor time of all, and of this process, which watches
    them, while nothing runs, in percent of one core; milliseconds to end them all.
    """
    with ExitStack() as opened:
        processes = []
        for _ in range(alive):
            process, client = opened.enter_context(live(engine, environment))
            answers(client)
            result(client, FIRST_CELL)
            processes.append(process)
        mib = sum(pss_kib(process.pid) for process in processes) / 1024 / alive
        idle = _idle_percent([process.pid for process in processes])
        began = time.perf_counter()
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(30)
        ended = 1000 * (time.perf_counter() - began)
    return {
        "alive": alive,
        "pss_mib_per_kernel": round(mib, 1),
        "idle_percent_of_a_core": idle,
        "end_all_ms": round(ended, 1),
    }


def _idle_percent(pids: list[int]) -> float:
    time.sleep(1)
    watched = [psutil.Process(pid) for pid in (os.getpid(), *pids)]
    before = sum(_cpu_seconds(one) for one in watched)
    began = time.perf_counter()
    time.sleep(IDLE_SECONDS)
    used = sum(_cpu_seconds(one) for one in watched) - before
    return round(100 * used / (time.perf_counter() - began), 2)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def class_at_once(engine: Engine, environment: Environment, learners: int) -> dict[str, Any]:
    """`learners` press Run in the same moment, and keep their kernels: seconds to each one's first result."""
    engine.warm(environment)
    times = asyncio.run(_press_all(engine, environment, learners))
    done = [seconds for seconds in times if seconds is not None]
    return {
        "learners": learners,
        "failed": learners - len(done),
        "first_result_s": summary(done),
        "last_s": round(max(done, default=0.0), 2),
    }


async def _press_all(engine: Engine, environment: Environment, learners: int) -> list[float | None]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(learners))
    async with AsyncExitStack() as opened:
        return list(await asyncio.gather(*(_press(engine, environment, opened) for _ in range(learners))))


async def _press(engine: Engine, environment: Environment, opened: AsyncExitStack) -> float | None:
    """Seconds to a first result; None where there was none."""
    began = time.perf_counter()
    connection = new_connection(engine)
    try:
        process = await asyncio.to_thread(engine.start_kernel, environment, connection=connection)
        opened.push_async_callback(asyncio.to_thread, process.wait, 10)
        opened.callback(process.kill)
        client = AsyncKernelClient()
        client.load_connection_info(connection)
        client.start_channels(hb=False)
        opened.callback(client.context.destroy, linger=0)
        opened.callback(client.stop_channels)
        found = await _result(client)
    except (PanlearnError, OSError, Empty):
        return None
    return time.perf_counter() - began if found == RESULT else None


async def _result(client: AsyncKernelClient) -> str:
    asked = client.execute(FIRST_CELL, store_history=False)
    while True:
        message = await client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") == asked and message["msg_type"] in ("execute_result", "error"):
            return str(message["content"].get("data", {}).get("text/plain"))
