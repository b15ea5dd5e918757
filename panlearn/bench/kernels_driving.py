"""A kernel with its client, as the benchmarks drive one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from panlearn.errors import PlatformError
from panlearn.kernels.engine import PORTS, Engine, KernelProcess
from panlearn.kernels.environments import Environment

IMPORTS = "import numpy, scipy, matplotlib.pyplot, pandas, h5py"
FIRST_CELL = f"""import sys
_there = set({IMPORTS.removeprefix("import ").split(", ")!r}) <= set(sys.modules)
{IMPORTS}
(_there, int(numpy.arange(10).sum()))"""
RESULT = "(True, 45)"
"""What the first cell gives where the scientific stack was in memory before it ran."""
SECONDS = 60.0


def new_connection(engine: Engine) -> Any:
    """What a kernel and its client are told."""
    return {
        "ip": engine.new_address(),
        "transport": "ipc",
        "key": os.urandom(16).hex(),
        "signature_scheme": "hmac-sha256",
        **PORTS,
    }


@contextmanager
def live(engine: Engine, environment: Environment) -> Iterator[tuple[KernelProcess, BlockingKernelClient]]:
    """A kernel and a client that has connected to it; both end with the block."""
    connection = new_connection(engine)
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


def answers(client: BlockingKernelClient) -> None:
    """Wait for the reply to `kernel_info`."""
    client.kernel_info()
    client.get_shell_msg(timeout=SECONDS)


def result(client: BlockingKernelClient, source: str) -> str:
    """Run a cell; its result, as text."""
    asked = client.execute(source, store_history=False)
    while True:
        message = client.get_iopub_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "execute_result":
            return str(message["content"]["data"]["text/plain"])
        if message["msg_type"] == "error":
            return f"{message['content']['ename']}: {message['content']['evalue']}"


def pss_kib(pid: int) -> int:
    """Memory of a process: its own pages, and of shared ones its share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise PlatformError(f"Linux does not say how much memory process {pid} has.")
