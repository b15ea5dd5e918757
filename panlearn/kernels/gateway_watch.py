"""One look at all live kernels, twice a second: which died, which nobody uses, which prints without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from tornado.ioloop import PeriodicCallback

from panlearn.kernels.gateway_kernel import LearnerKernel, end_of
from panlearn.kernels.gateway_meter import Flood, OutputMeter

if TYPE_CHECKING:
    from panlearn.kernels.gateway_kernels import LearnerKernels

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 0.5
"""A page hears of a lost kernel within two seconds, also where the machine is busy."""


class Watch:
    """Ends kernels of `kernels` that have no reason to live. Begins with the first kernel."""

    def __init__(self, kernels: LearnerKernels, idle_minutes: float, clock: Callable[[], float]) -> None:
        self._kernels = kernels
        self._idle_minutes = idle_minutes
        self._clock = clock
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
        for kernel_id, kernel in self._kernels.live():
            # A restart passes through "no process": while one is under way, the future `ready` is open.
            if kernel.shutting_down or not kernel.ready.done():
                continue
            if not await kernel.is_alive():
                self._do(self._bury(kernel_id))
            elif self._is_idle(kernel_id, kernel):
                reason = f"nothing was run in it for {self._idle_minutes:g} minutes."
                self._do(self._kernels.end(kernel_id, kind="idle", reason=reason))

    async def _bury(self, kernel_id: str) -> None:
        async with self._kernels.alone_with(kernel_id) as kernel:
            if kernel is not None and not await kernel.is_alive():
                kind, reason = end_of(kernel)
                await self._kernels.end_now(kernel_id, kernel, kind=kind, reason=reason)

    def _is_idle(self, kernel_id: str, kernel: LearnerKernel) -> bool:
        """Without a page for too long, whatever it does; or with one, and nothing run."""
        limit = 60 * self._idle_minutes
        if (since := self._kernels.alone_since(kernel_id)) is not None:
            return self._clock() - since > limit
        silent = (datetime.now(UTC) - kernel.last_activity).total_seconds()
        return bool(kernel.execution_state != "busy" and silent > limit)

    def measured(self, kernel_id: str, record: Callable[[list[Any]], object]) -> Callable[[list[Any]], None]:
        """`record` for one kernel's messages, with a count of what it says."""
        meter = OutputMeter()

        def receive(parts: list[Any]) -> None:
            flood = meter.add(sum(len(part) for part in parts))
            if flood is not Flood.NO:
                self._do(self._stem(kernel_id, flood))
            # The learner's code owns the kernel's sockets and can write anything there.
            with suppress(ValueError, KeyError, TypeError):
                record(parts)

        return receive

    async def _stem(self, kernel_id: str, flood: Flood) -> None:
        if flood is Flood.END:
            await self._kernels.end(kernel_id, kind="output", reason="it printed without end, even after a stop.")
        elif kernel_id in self._kernels:
            log.info("kernel.flood_stopped", kernel=kernel_id)
            await self._kernels.interrupt_kernel(kernel_id)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("kernel.watch_failed", exc_info=error)
