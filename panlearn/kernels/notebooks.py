"""Executes a notebook in a sandbox."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from panlearn.errors import KernelLost, PanlearnError
from panlearn.kernels.engine import Engine
from panlearn.kernels.environments import Environment
from panlearn.kernels.specs import kernel_spec
from panlearn.kernels.watchdog import private_bytes

_QUIET = logging.getLogger("panlearn.kernels.nbclient")
_QUIET.setLevel(logging.CRITICAL + 1)  # nbclient logs every end of a kernel with a traceback; here it is raised

MAX_OUTPUT_BYTES = 16 << 20
MAX_OUTPUTS = 20_000
_OUTPUTS = {"stream", "display_data", "execute_result", "update_display_data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """A cell that ran: its place among all cells from 0, how long it took, the memory that the kernel held then."""

    index: int
    seconds: float
    memory_bytes: int


OnCell = Callable[[CellRun], None]


class CellFailed(PanlearnError):
    """A cell raised, ran too long or ended its kernel. `index` counts all cells of the notebook from 0."""

    def __init__(self, index: int, ename: str, evalue: str, traceback: str) -> None:
        super().__init__(f"Cell {index + 1} failed with {ename}: {evalue}".rstrip(": "))
        self.index = index
        self.ename = ename
        self.evalue = evalue
        self.traceback = traceback


def execute(
    notebook: NotebookNode,
    *,
    environment: Environment,
    engine: Engine,
    files: str | None = None,
    seconds_per_cell: int = 60,
    allow_errors: bool = False,
    on_cell: OnCell | None = None,
) -> NotebookNode:
    """Run all cells of the notebook, in place, in one new kernel; `on_cell` is told of each finished one.

    Raises `CellFailed` at the first cell that fails (its error stands in the notebook's outputs), `KernelLost` where
    the kernel could not be reached.
    """
    run = _Run(
        notebook,
        engine,
        environment,
        seconds=seconds_per_cell,
        allow_errors=allow_errors,
        on_cell=on_cell,
    )
    return asyncio.run(run.execute(files))


class _Client(NotebookClient):
    """Keeps of each cell's outputs what a page could show; `flooded` is the first cell that said far more."""

    flooded: int | None = None

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel, unless it is an output past the limit."""
        if msg["msg_type"] in _OUTPUTS:
            said = cell.get("outputs", [])
            if len(said) >= MAX_OUTPUTS or self._size(cell_index) + _length(msg) > MAX_OUTPUT_BYTES:
                self.flooded = cell_index if self.flooded is None else self.flooded
                return None
            self._sizes[cell_index] = self._size(cell_index) + _length(msg)
        return super().process_message(msg, cell, cell_index)

    def _size(self, cell_index: int) -> int:
        self._sizes: dict[int, int] = getattr(self, "_sizes", {})
        return self._sizes.get(cell_index, 0)


def _length(msg: dict[str, Any]) -> int:
    content = msg["content"]
    return len(content.get("text", "")) + sum(len(str(value)) for value in content.get("data", {}).values())


class _OneSpec(KernelSpecManager):
    """Knows the one kernel that is asked for."""

    def __init__(self, spec: KernelSpec) -> None:
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        del kernel_name
        return self._spec


class _Run:
    """One notebook being executed."""

    def __init__(
        self,
        notebook: NotebookNode,
        engine: Engine,
        environment: Environment,
        *,
        seconds: int,
        allow_errors: bool,
        on_cell: OnCell | None,
    ) -> None:
        self._notebook = notebook
        self._engine = engine
        self._environment = environment
        self._seconds = seconds
        self._on_cell = on_cell
        self._current = 0
        self._began = 0.0
        self._base: int | None = None
        specs = _OneSpec(kernel_spec(environment))
        self._manager = AsyncKernelManager(kernel_name=environment.name, kernel_spec_manager=specs)
        self._client = _Client(
            notebook,
            km=self._manager,
            timeout=seconds,
            startup_timeout=30,
            allow_errors=allow_errors,
            record_timing=False,
            coalesce_streams=False,  # nbclient joins them with patterns that take minutes over a line of megabytes
            on_cell_start=self._start,
            on_cell_executed=self._finish,
            log=_QUIET,
        )

    def _start(self, cell: NotebookNode, cell_index: int) -> None:
        del cell
        self._current = cell_index
        if self._base is None:
            self._base = self._memory()
        self._began = time.perf_counter()

    def _finish(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        del execute_reply, cell
        if self._on_cell is not None:
            seconds = time.perf_counter() - self._began
            memory = max(0, self._memory() - (self._base or 0))
            self._on_cell(CellRun(index=cell_index, seconds=seconds, memory_bytes=memory))

    def _memory(self) -> int:
        """Bytes of the kernel's first process."""
        process = getattr(self._manager.provisioner, "process", None)
        return private_bytes(process.pid) if process is not None else 0

    async def execute(self, files: str | None) -> NotebookNode:
        """Run it, and end the kernel whatever happened."""
        try:
            await self._client.async_execute(engine=self._engine, environment=self._environment, files=files)
            if self._client.flooded is not None:
                self._current = self._client.flooded
                raise self._failed("TooMuchOutput", f"it wrote more than {MAX_OUTPUT_BYTES >> 20} MiB of output")
        except CellExecutionError as error:
            raise CellFailed(self._current, error.ename, error.evalue, error.traceback) from error
        except CellTimeoutError as error:
            raise self._failed("TimeoutError", f"it ran longer than {self._seconds} seconds") from error
        except DeadKernelError as error:
            raise self._failed("KernelEnded", self._why_dead()) from error
        except RuntimeError as error:
            raise KernelLost(f"The notebook's kernel did not answer ({error}).", todo="Try again.") from error
        finally:
            await self._clean_up()
        return self._notebook

    def _why_dead(self) -> str:
        reason = getattr(self._manager.provisioner, "reason", "")
        if reason == "memory":
            return "it needed more memory than a kernel may use"
        return f"its process ended ({reason})" if reason else "its process ended"

    def _failed(self, ename: str, evalue: str) -> CellFailed:
        """An error that the kernel could not report itself, written into the notebook as it would have."""
        text = f"{ename}: {evalue}"
        cell = self._notebook.cells[self._current]
        output = {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": [text]}
        cell.setdefault("outputs", []).append(NotebookNode(output))  # type: ignore[no-untyped-call]
        return CellFailed(self._current, ename, evalue, text)

    async def _clean_up(self) -> None:
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)
        else:
            await self._manager.cleanup_resources()
