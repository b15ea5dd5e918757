"""The kernel gateway: Jupyter Server's kernels REST and websocket API under `/kernels/`, one owner per kernel.

Jupyter Server's handlers are used one by one in an application of our own rather than through its `ServerApp`:
what is not registered (contents, sessions, terminals, conversion, shutdown) cannot be reached by a mistake in an
authoriser, and a second of start-up is saved.
"""

from __future__ import annotations

from typing import Any

import structlog
from tornado import web

from panlearn.kernels.gateway_jupyter import quick_imports

with quick_imports():
    from panlearn.kernels.gateway_access import Identify, LearnerAuthorizer, LearnerIdentity
    from panlearn.kernels.gateway_channels import LearnerChannels
    from panlearn.kernels.gateway_frames import MAX_FRAME_BYTES
    from panlearn.kernels.gateway_handlers import FilesFor, routes
    from panlearn.kernels.gateway_kernels import PROVISIONER, LearnerKernels
    from panlearn.kernels.gateway_line import CohortOf

from panlearn.settings import Settings

log = structlog.get_logger(__name__)

BASE = "/kernels/"


class Gateway:
    """Everything below `/kernels/`, made in a running event loop; `specs` is a jupyter_client `KernelSpecManager`."""

    def __init__(
        self,
        settings: Settings,
        *,
        identify: Identify,
        files_for: FilesFor,
        specs: Any,
        provisioner: str = PROVISIONER,
        cohort_of: CohortOf = lambda _owner: None,
    ) -> None:
        self.kernels = LearnerKernels(settings, kernel_spec_manager=specs, provisioner=provisioner, cohort_of=cohort_of)
        self._identity = LearnerIdentity(identify=identify)
        self._authorizer = LearnerAuthorizer(identity_provider=self._identity)
        self._files_for = files_for
        self._specs = specs
        self._proxies = settings.proxies

    def application(self, *others: Any) -> web.Application:
        """The tornado application; `others` are further routes, for everything that is not below `/kernels/`."""
        return web.Application([*routes(BASE), *others], **self._tornado_settings())

    def _tornado_settings(self) -> dict[str, Any]:
        return {
            "base_url": BASE,
            "identity_provider": self._identity,
            "authorizer": self._authorizer,
            "kernel_manager": self.kernels,
            "kernel_spec_manager": self._specs,
            "kernel_websocket_connection_class": LearnerChannels,
            "files_for": self._files_for,
            "proxies": self._proxies,
            # Which names this site has is for the proxy in front to say; cookies and origins are checked here.
            "allow_remote_access": True,
            "websocket_max_message_size": MAX_FRAME_BYTES,
            "log_function": _log_request,
            "serverapp": None,
        }

    async def close(self) -> None:
        """End every kernel."""
        await self.kernels.close()


def _log_request(handler: web.RequestHandler) -> None:
    """One event per request, without its query, where a token may stand."""
    request = handler.request
    log.info(
        "kernels.request",
        method=request.method,
        path=request.path,
        status=handler.get_status(),
        ms=round(1000 * request.request_time(), 1),
    )
