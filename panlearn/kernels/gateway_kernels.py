"""Live kernels, each belonging to one learner: who holds how many, when one ends, and why."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psutil
import structlog
import zmq
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from panlearn.errors import NotContained, NotFound, PanlearnError
from panlearn.kernels.definitions import Definition, definition
from panlearn.kernels.gateway_buffer import BoundedBuffer
from panlearn.kernels.gateway_kernel import EndedKernels, LearnerKernel
from panlearn.kernels.gateway_line import CohortOf, Line, Waiting, in_cohort, waiting_model
from panlearn.kernels.gateway_problems import KernelEnded, KernelWaits
from panlearn.kernels.gateway_watch import Watch
from panlearn.settings import Settings

log = structlog.get_logger(__name__)

PROVISIONER = "panlearn-provisioner"
SETTLE_SECONDS = 3.0
"""A kernel without a page for less than this is not ended to make room: its page may be about to connect."""
_MIB = 1 << 20
_ZMQ_SOCKETS = 16384  # a kernel takes up to ten with its pages; libzmq's own limit is 1023
_ZMQ_MESSAGE_BYTES = 64 * 1024 * 1024
_ZMQ_QUEUED_MESSAGES = 32  # received and not yet looked at, per socket


class LearnerKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """All live kernels of this process. `provisioner` is the only one that a kernel spec may name."""

    def __init__(
        self,
        settings: Settings,
        *,
        provisioner: str = PROVISIONER,
        cohort_of: CohortOf = lambda _owner: None,
        clock: Callable[[], float] = time.monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_manager_class="panlearn.kernels.gateway_kernel.LearnerKernel",
            default_kernel_name="core",
            connection_dir=str(settings.home_dir),
            **kwargs,
        )
        self.kernel_info_timeout = 20.0
        self._settings = settings
        self._provisioner = provisioner
        self._clock = clock
        self._owners: dict[str, str] = {}
        self._alone_since: dict[str, float] = {}
        self._cohort_of = cohort_of
        self.line = Line(clock)
        self.ended = EndedKernels()
        # One change at a time: a restart that went on while its kernel was ended would leave a process behind.
        self._changing: dict[str, asyncio.Lock] = {}
        self._watch = Watch(self, self._clock)
        self.context.set(zmq.MAX_SOCKETS, _ZMQ_SOCKETS)
        self.context.setsockopt(zmq.MAXMSGSIZE, _ZMQ_MESSAGE_BYTES)
        self.context.setsockopt(zmq.RCVHWM, _ZMQ_QUEUED_MESSAGES)

    # ---- whose

    def require(self, owner: str, kernel_id: str) -> LearnerKernel:
        """The owner's live kernel. Raises `NotFound`, in the same words for another's as for none, or `KernelEnded`."""
        if self.line.of(owner, kernel_id):
            raise KernelWaits(
                "This kernel has no place yet.", todo="Ask for it again in a moment: GET tells its place."
            )
        if ended := self.ended.of(owner, kernel_id):
            raise KernelEnded(f"This kernel has ended: {ended.reason}", todo="Start a new one.")
        if self._owners.get(kernel_id) == owner and kernel_id in self:
            kernel: LearnerKernel = self._kernels[kernel_id]
            return kernel
        raise NotFound("There is no such kernel.", todo="Start one with POST /kernels/api/kernels.")

    def model_of(self, owner: str, kernel_id: str) -> dict[str, Any]:
        """One kernel of the owner's, alive, waiting or ended, as Jupyter describes it. Raises `NotFound`."""
        if (one := self.line.of(owner, kernel_id)) is not None:
            self.line.seen(one)
            return self.waiting_model(one)
        if (ended := self.ended.of(owner, kernel_id)) is not None:
            return ended.model()
        if kernel_id not in self and self._owners.get(kernel_id) == owner:  # it has its place and is about to run
            return {"id": kernel_id, "name": "", "execution_state": "starting", "connections": 0}
        self.require(owner, kernel_id)
        model: dict[str, Any] = self.kernel_model(kernel_id)
        return model

    def models_of(self, owner: str) -> list[dict[str, Any]]:
        """The owner's live kernels, as Jupyter describes them."""
        live = [self.kernel_model(id_) for id_, _ in self.live() if self._owners.get(id_) == owner]
        return live + [self.waiting_model(one) for one in self.line.all_of(owner)]

    # ---- starting

    async def start_for(self, owner: str, *, name: str, files: str | None) -> str:
        """Start a kernel of environment `name` with the data folder `files`; its id.

        Where there is no place for it, it stands in line, and starts when there is. Raises `NotFound` for an unknown
        environment, what `Line.add` raises, and what the engine raises.
        """
        self._check_spec(name)
        self._watch.begin()
        kernel_id = str(uuid.uuid4())
        while (full := self._full(owner)) and await self._make_room(owner, full):
            pass
        if full or len(self.line):
            self.line.add(kernel_id, owner=owner, name=name, files=files)
            log.info("kernel.waits", kernel=kernel_id, waiting=len(self.line))
            await self.serve_line()
            return kernel_id
        await self._start(kernel_id, owner, name=name, files=files)
        return kernel_id

    async def _start(self, kernel_id: str, owner: str, *, name: str, files: str | None) -> None:
        self._owners[kernel_id] = owner  # before it starts: a kernel that is starting counts
        try:
            await self.start_kernel(kernel_name=name, kernel_id=kernel_id, files=files)
        except BaseException:
            del self._owners[kernel_id]
            self._pending_kernels.pop(kernel_id, None)  # jupyter_client keeps a start that failed
            raise
        self._alone_since[kernel_id] = self._clock()
        log.info("kernel.started", kernel=kernel_id, environment=name, alive=len(self._kernels))

    # ---- waiting

    async def serve_line(self) -> None:
        """Start what waits, as far as there are places; forget who has left."""
        for one in self.line.gone():
            self.line.leave(one.id)
            one.ready.set()
            log.info("kernel.left_the_line", kernel=one.id)
        starts = []
        for one in self.line.order(self._owners.values()):
            if not self._full(one.owner):
                self.line.leave(one.id)
                self._owners[one.id] = one.owner
                starts.append(self._start_waiting(one))
        await asyncio.gather(*starts)

    async def _start_waiting(self, one: Waiting) -> None:
        try:
            await self._start(one.id, one.owner, name=one.name, files=one.files)
        except Exception as error:
            # Nobody waits for this call: whoever asks for the kernel reads why it is not there.
            log.exception("kernel.start_failed", kernel=one.id)
            why = error.message if isinstance(error, PanlearnError) else "it could not be started."
            self.ended.remember(one.id, name=one.name, owner=one.owner, kind="lost", reason=why)
        finally:
            one.ready.set()

    def waiting_model(self, one: Waiting) -> dict[str, Any]:
        """A place in line, as a kernel that is starting."""
        order = self.line.order(self._owners.values())
        position = order.index(one) + 1
        return waiting_model(one, position, self.line.estimate(position))

    def _full(self, owner: str) -> str:
        """Whose places are all taken for this learner: "learner", "cohort", "machine", "memory"; empty for nobody's."""
        own = sum(holder == owner for holder in self._owners.values())
        if own >= self._settings.kernels_per_learner:
            return "learner"
        cohort = self._cohort_of(owner)
        if cohort is not None and in_cohort(self._owners, cohort, self._cohort_of) >= cohort.kernels:
            return "cohort"
        if len(self._owners) >= self._settings.kernels_total:
            return "machine"
        short = psutil.virtual_memory().available < self._settings.kernels_spare_memory_mib * _MIB
        return "memory" if short else ""

    async def _make_room(self, owner: str, full: str) -> bool:
        """End the kernel that nobody has looked at the longest, of those whose end would help; False if there is none.

        Whoever waits comes first: a newcomer ends nobody's kernel but their own.
        """
        if full == "learner":
            return await self._end_longest_alone([id_ for id_, holder in self._owners.items() if holder == owner])
        if full == "cohort":
            return False
        return not len(self.line) and await self._end_longest_alone(list(self._owners))

    def _definition(self, name: str) -> Definition:
        return definition(self._settings, name)

    def _check_spec(self, name: str) -> None:
        try:
            spec = self.kernel_spec_manager.get_kernel_spec(name)
        except (NoSuchKernel, KeyError) as error:
            raise NotFound(
                f"There is no kernel environment {name!r}.", todo="`panlearn env list` shows them."
            ) from error
        named = (spec.metadata.get("kernel_provisioner") or {}).get("provisioner_name")
        if named != self._provisioner:
            raise NotContained(f"The kernel environment {name!r} does not run in a sandbox, so it is not run.")

    async def _end_longest_alone(self, candidates: list[str]) -> bool:
        """End the kernel that has been without a page the longest; False if every one has a page or is new."""
        now = self._clock()
        alone = [(self._alone_since[id_], id_) for id_ in candidates if id_ in self._alone_since and id_ in self]
        alone = [(since, id_) for since, id_ in alone if now - since > SETTLE_SECONDS]
        if not alone:
            return False
        id_ = min(alone)[1]
        await self.end(id_, kind="room", reason=self._kernels[id_].sentence("room"))
        return True

    def _kernel_start_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {key: value for key, value in kwargs.items() if value is not None}

    def live(self) -> list[tuple[str, LearnerKernel]]:
        """All kernels but those whose end has begun."""
        return [(id_, kernel) for id_, kernel in self._kernels.items() if id_ not in self.ended]

    # ---- pages coming and going

    def notify_connect(self, kernel_id: str) -> None:
        """A page opened a websocket."""
        super().notify_connect(kernel_id)
        self._alone_since.pop(kernel_id, None)

    def notify_disconnect(self, kernel_id: str) -> None:
        """A page's websocket closed."""
        super().notify_disconnect(kernel_id)
        if kernel_id in self and not self._kernel_connections.get(kernel_id):
            self._alone_since[kernel_id] = self._clock()

    def alone_since(self, kernel_id: str) -> float | None:
        """Since when no page has been connected; None while one is."""
        return self._alone_since.get(kernel_id)

    def connections(self, kernel_id: str) -> int:
        """How many websockets are open on this kernel."""
        return int(self._kernel_connections.get(kernel_id, 0))

    def start_buffering(self, kernel_id: str, session_key: str, channels: dict[str, Any]) -> None:
        """Keep what a kernel says while its page is away, up to a limit: the newest is kept."""
        super().start_buffering(kernel_id, session_key, channels)
        self._kernel_buffers[kernel_id]["buffer"] = BoundedBuffer()

    def put_back(self, kernel_id: str, session_key: str, messages: list[tuple[str, list[Any]]]) -> None:
        """Have what a page may not have read come first when it returns; nothing is kept for a page that cannot."""
        kept = self._kernel_buffers.get(kernel_id)
        if kept is None or kept["session_key"] != session_key:
            return
        for message in messages:
            kept["buffer"].append(message)

    def start_watching_activity(self, kernel_id: str) -> None:
        """Follow what a kernel does, and how much it says."""
        kernel = self._kernels[kernel_id]
        if not kernel.started_at:
            kernel.definition, kernel.started_at = self._definition(kernel.kernel_name), self._clock()
        super().start_watching_activity(kernel_id)
        stream = kernel._activity_stream  # noqa: SLF001 - jupyter_server has just made it
        stream.on_recv(self._watch.measured(kernel_id, kernel, stream._recv_callback))  # noqa: SLF001

    # ---- ending

    async def end(self, kernel_id: str, *, kind: str, reason: str) -> None:
        """End a kernel, tell its pages why, and remember it for a while."""
        async with self.alone_with(kernel_id) as kernel:
            if kernel is not None:
                await self.end_now(kernel_id, kernel, kind=kind, reason=reason)

    async def end_now(self, kernel_id: str, kernel: LearnerKernel, *, kind: str, reason: str) -> None:
        """As `end`, for whoever is alone with the kernel."""
        kernel.execution_state, kernel.reason = "dead", reason
        owner = self._owners[kernel_id]
        self.ended.remember(kernel_id, name=kernel.kernel_name, owner=owner, kind=kind, reason=reason)
        kernel.tell_pages()
        log.info("kernel.ended", kernel=kernel_id, kind=kind)
        await self._shut_down(kernel_id, kernel)

    @asynccontextmanager
    async def alone_with(self, kernel_id: str) -> AsyncIterator[LearnerKernel | None]:
        """The kernel, for one change at a time; None if it is gone by then."""
        async with self._changing.setdefault(kernel_id, asyncio.Lock()):
            try:
                yield self._kernels.get(kernel_id)
            finally:
                if kernel_id not in self:
                    self._changing.pop(kernel_id, None)

    async def close_kernel(self, kernel_id: str) -> None:
        """End a kernel because its owner asked, or wait until it has ended; nothing is remembered."""
        if (waiting := self.line.leave(kernel_id)) is not None:
            waiting.ready.set()
            return
        async with self.alone_with(kernel_id) as kernel:
            if kernel is not None:
                await self._shut_down(kernel_id, kernel)
                log.info("kernel.closed", kernel=kernel_id, alive=len(self._kernels))
        self.ended.forget(kernel_id)

    async def restart(self, kernel_id: str) -> None:
        """A new process for the same kernel: its variables are gone, its pages stay connected."""
        async with self.alone_with(kernel_id) as kernel:
            if kernel is not None:
                await self.restart_kernel(kernel_id, now=True)

    async def _shut_down(self, kernel_id: str, kernel: LearnerKernel) -> None:
        try:
            await asyncio.wait_for(self.shutdown_kernel(kernel_id, now=True), timeout=10)
        except Exception:
            # What is dead cannot always be asked to stop; sockets and files are freed all the same.
            log.exception("kernel.shutdown_failed", kernel=kernel_id)
            with suppress(Exception):
                await kernel.cleanup_resources()
        self._drop(kernel_id)

    def _drop(self, kernel_id: str) -> None:
        self.remove_kernel(kernel_id)
        if self._owners.pop(kernel_id, None) is not None:
            self.line.freed()
        self._alone_since.pop(kernel_id, None)
        self._kernel_connections.pop(kernel_id, None)
        self._watch.forget(kernel_id)

    async def close(self) -> None:
        """End every kernel: the site stops."""
        self._watch.stop()
        for one in self.line.order(()):
            self.line.leave(one.id)
            one.ready.set()
        await asyncio.gather(*(self.close_kernel(id_) for id_ in list(self._kernels)), return_exceptions=True)

    def _handle_kernel_died(self, kernel_id: str) -> None:
        """Jupyter forgets a dead kernel here; `end` has seen to it."""
