"""One look at all live kernels, twice a second: which died, which nobody uses, which is beyond a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from tornado.ioloop import PeriodicCallback

from panlearn.kernels.endings import stopped
from panlearn.kernels.gateway_channels import tell_pages
from panlearn.kernels.gateway_kernel import LearnerKernel
from panlearn.kernels.gateway_meter import CellMeter

if TYPE_CHECKING:
    from panlearn.kernels.gateway_kernels import LearnerKernels

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 0.5
"""A page hears of a lost kernel within two seconds, also where the machine is busy."""


class Watch:
    """Ends kernels of `kernels` that have no reason to live. Begins with the first kernel."""

    def __init__(self, kernels: LearnerKernels, clock: Callable[[], float]) -> None:
        self._kernels = kernels
        self._clock = clock
        self._meters: dict[str, tuple[CellMeter, list[Any]]] = {}
        self._sweeper = PeriodicCallback(self.sweep, 1000 * SWEEP_SECONDS)
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """Look, from now on."""
        if not self._sweeper.is_running():
            self._sweeper.start()

    def stop(self) -> None:
        """Look no more."""
        self._sweeper.stop()

    async def sweep(self) -> None:
        """Look once. Kernels end side by side: where a zygote died, all of its pages are told at once."""
        if len(self._kernels.line):
            self._do(self._kernels.serve_line())
        for kernel_id, kernel in self._kernels.live():
            # A restart passes through "no process": while one is under way, the future `ready` is open.
            if kernel.shutting_down or not kernel.ready.done():
                continue
            if not await kernel.is_alive():
                self._do(self._bury(kernel_id))
            elif kind := self._too_old(kernel_id, kernel):
                self._do(self._end(kernel_id, kernel, kind))
            else:
                self._look_at_cell(kernel_id, kernel)

    async def _bury(self, kernel_id: str) -> None:
        async with self._kernels.alone_with(kernel_id) as kernel:
            if kernel is not None and not await kernel.is_alive():
                kind = kernel.end_kind()
                await self._kernels.end_now(kernel_id, kernel, kind=kind, reason=kernel.sentence(kind))

    async def _end(self, kernel_id: str, kernel: LearnerKernel, kind: str) -> None:
        await self._kernels.end(kernel_id, kind=kind, reason=kernel.sentence(kind))

    def _too_old(self, kernel_id: str, kernel: LearnerKernel) -> str:
        """Whether it lived long enough ("lifetime") or nobody uses it ("idle"); empty for all others."""
        limits = kernel.definition.session
        if limits.lifetime_hours and self._clock() - kernel.started_at > 3600 * limits.lifetime_hours:
            return "lifetime"
        return "idle" if limits.idle_minutes and self._is_idle(kernel_id, kernel, 60 * limits.idle_minutes) else ""

    def _is_idle(self, kernel_id: str, kernel: LearnerKernel, seconds: float) -> bool:
        """Without a page for too long, whatever it does; or with one, and nothing run."""
        if (since := self._kernels.alone_since(kernel_id)) is not None:
            return self._clock() - since > seconds
        silent = (datetime.now(UTC) - kernel.last_activity).total_seconds()
        return bool(kernel.execution_state != "busy" and silent > seconds)

    def _look_at_cell(self, kernel_id: str, kernel: LearnerKernel) -> None:
        meter, _ = self._meters.get(kernel_id, (None, []))
        if meter is None:
            return
        if kind := meter.exceeded():
            if meter.goes_on():
                self._do(self._end(kernel_id, kernel, kind))
            elif meter.stop():
                self._do(self._stop_cell(kernel_id, kernel, kind))

    async def _stop_cell(self, kernel_id: str, kernel: LearnerKernel, kind: str) -> None:
        log.info("kernel.cell_stopped", kernel=kernel_id, why=kind)
        tell_pages(kernel_id, stopped(kind, kernel.definition.session), self._meters[kernel_id][1])
        await self._kernels.interrupt_kernel(kernel_id)

    def forget(self, kernel_id: str) -> None:
        """A kernel is gone."""
        self._meters.pop(kernel_id, None)

    def measured(
        self, kernel_id: str, kernel: LearnerKernel, record: Callable[[list[Any]], object]
    ) -> Callable[[list[Any]], None]:
        """`record` for one kernel's messages, which follows its state, with a count of what it says."""
        meter = CellMeter(kernel.definition.session, self._clock)
        latest: list[Any] = []
        self._meters[kernel_id] = meter, latest

        def receive(parts: list[Any]) -> None:
            # The learner's code owns the kernel's sockets and can write anything there.
            with suppress(ValueError, KeyError, TypeError):
                record(parts)
            latest[:] = parts
            meter.add(sum(len(part) for part in parts), busy=kernel.execution_state == "busy")
            if meter.exceeded() in ("output", "messages"):  # a flood is not left to the next look
                self._look_at_cell(kernel_id, kernel)

        return receive

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("kernel.watch_failed", exc_info=error)
