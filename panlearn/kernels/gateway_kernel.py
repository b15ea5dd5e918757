"""One learner's live kernel, and how it ended."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jupyter_client.ioloop.restarter import AsyncIOLoopKernelRestarter
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from traitlets import Type

from panlearn.kernels.definitions import Definition
from panlearn.kernels.endings import sentence

REMEMBERED = 1000


class _NoRestarts(AsyncIOLoopKernelRestarter):
    """Holds who wants to hear of a kernel's end. One sweep over all kernels looks, instead of a timer for each."""

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    def tell(self) -> None:
        """Call everyone who asked to hear that the kernel is dead, once."""
        self._fire_callbacks("dead")
        self.callbacks["dead"].clear()


class LearnerKernel(ServerKernelManager):  # type: ignore[misc]
    """One learner's kernel. It is never restarted behind its page's back.

    `definition` is its environment's; `started_at` a time of the gateway's clock.
    """

    restarter_class = Type(default_value=_NoRestarts, klass=_NoRestarts)
    definition: Definition
    started_at: float = 0.0

    def end_kind(self) -> str:
        """How a kernel whose process is gone ended."""
        return str(getattr(self.provisioner, "reason", "")) or "lost"

    def sentence(self, kind: str) -> str:
        """Why it ended, for its learner."""
        return sentence(kind, self.definition.limits, self.definition.session)

    def tell_pages(self) -> None:
        """Tell every page that holds a websocket that the kernel is dead."""
        if self._restarter is not None:
            self._restarter.tell()
        # A page that is still waiting for its kernel's first answer waits no longer.
        asked = getattr(self, "_kernel_info_future", None)
        if asked is not None and not asked.done():
            asked.set_result({})

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write nothing: a sandboxed kernel is handed its key through a pipe, and no file needs to hold it."""
        if self.transport != "ipc":
            super().write_connection_file(**kwargs)

    def emit(self, schema_id: str, data: dict[str, Any]) -> None:
        """Jupyter's event bus is not used: `log` says what happens to kernels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedKernel:
    """A kernel that was. `kind` says why it is gone, in the words of `endings.sentence`."""

    id: str
    name: str
    owner: str
    kind: str
    reason: str
    at: datetime

    def model(self) -> dict[str, Any]:
        """As Jupyter describes a kernel."""
        return {
            "id": self.id,
            "name": self.name,
            "last_activity": self.at.isoformat().replace("+00:00", "Z"),
            "execution_state": "dead",
            "connections": 0,
            "reason": self.reason,
            "ended": self.kind,
        }


class EndedKernels:
    """The last thousand kernels that ended without being asked to."""

    def __init__(self) -> None:
        self._kernels: OrderedDict[str, EndedKernel] = OrderedDict()

    def __contains__(self, kernel_id: str) -> bool:
        return kernel_id in self._kernels

    def of(self, owner: str, kernel_id: str) -> EndedKernel | None:
        """What is remembered of the owner's kernel."""
        ended = self._kernels.get(kernel_id)
        return ended if ended and ended.owner == owner else None

    def remember(self, kernel_id: str, *, name: str, owner: str, kind: str, reason: str) -> None:
        """Keep why a kernel ended; the oldest memory goes."""
        self._kernels[kernel_id] = EndedKernel(
            id=kernel_id, name=name, owner=owner, kind=kind, reason=reason, at=datetime.now(UTC)
        )
        while len(self._kernels) > REMEMBERED:
            self._kernels.popitem(last=False)

    def forget(self, kernel_id: str) -> None:
        """Drop the memory of a kernel."""
        self._kernels.pop(kernel_id, None)
