"""The requests that the gateway answers: Jupyter's kernels API, seen by one learner."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels import handlers as kernels
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyter_server.services.kernelspecs import handlers as specs
from tornado import web

from panlearn.errors import BadInput, NotAllowed, NotFound, PanlearnError, TooMany
from panlearn.kernels.gateway_access import is_cross_site
from panlearn.kernels.gateway_channels import HEARD, UNREADABLE
from panlearn.kernels.gateway_frames import check_session
from panlearn.kernels.gateway_kernels import LearnerKernels
from panlearn.kernels.gateway_problems import CONTENT_TYPE, problem, status_of

FilesFor = Callable[[str], str | None]
"""`files_for("<course>/<digest>")`: the digest of the data folder its kernels see, None for none; raises `NotFound`."""

MAX_SOCKETS_PER_KERNEL = 8
HANDSHAKE_SECONDS = 50.0
"""A client of a kernel that waits in line is held for so long; proxies commonly give up after a minute."""
MAX_BODY_BYTES = 16 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class LearnerRequest(APIHandler):  # type: ignore[misc]
    """What every request passes: not from another site, by somebody, for a kernel of theirs."""

    @property
    def kernels(self) -> LearnerKernels:
        """All live kernels."""
        found: LearnerKernels = self.settings["kernel_manager"]
        return found

    @property
    def owner(self) -> str:
        """Who asks."""
        return str(self.current_user.username)

    async def prepare(self, **kwargs: Any) -> None:
        """Refuse what is not theirs, with the same words for another's kernel as for none."""
        await super().prepare(**kwargs)
        if self._finished:
            return
        allowed = self.authorizer.is_authorized(self, self.current_user, "execute", self.auth_resource)
        if not allowed:
            raise NotAllowed("This is not open to learners.")
        if kernel_id := self.path_kwargs.get("kernel_id"):
            self.find(kernel_id)

    def find(self, kernel_id: str) -> None:
        """Raise `NotFound` unless the kernel is alive and theirs."""
        self.kernels.require(self.owner, kernel_id)

    @property
    def content_security_policy(self) -> str:
        """An answer of the gateway is data: opened as a page it does nothing."""
        return "default-src 'none'; frame-ancestors 'none'"

    def set_default_headers(self) -> None:
        """Jupyter's, without the server's name and version."""
        super().set_default_headers()
        self.clear_header("Server")

    def get_login_url(self) -> str:
        """Where tornado would send somebody without a name; a program is told instead."""
        raise NotAllowed("The site does not know who asks.", todo="Open a lesson, or send a token of this site.")

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Whether a browser sent this for a page of ours. A token was put there on purpose and needs no such check."""
        del origin_to_satisfy_tornado
        if not self.token_authenticated and is_cross_site(self.request.headers, proxies=self.settings["proxies"]):
            raise NotAllowed(
                "This request comes from another site's page.", todo="Use the kernels from a lesson's page."
            )
        return True

    def check_xsrf_cookie(self) -> None:
        """Cookies are `SameSite=Lax` and the origin is checked; there is no second cookie to compare."""
        self.check_origin()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a problem document."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        status = status_of(error, status_code)
        headers, body = problem(status, error)
        self.set_status(status)
        for name, value in headers.items():
            self.set_header(name, value)
        self.finish(body, set_content_type=CONTENT_TYPE)

    def log_exception(self, *args: Any) -> None:
        """A refusal is no news; whatever else is raised is logged with its traceback."""
        if not isinstance(args[1], PanlearnError):
            super().log_exception(*args)


class Kernels(LearnerRequest):
    """`GET` lists the learner's kernels; `POST` starts one."""

    auth_resource = kernels.AUTH_RESOURCE

    async def get(self) -> None:
        """Mine, not everybody's."""
        self.finish(json.dumps(self.kernels.models_of(self.owner), default=json_default))

    async def post(self) -> None:
        """`{"name": environment, "path": "<course>/<release>"}`; 201 with the kernel."""
        name, path = _read_start(self.request.body)
        files_for: FilesFor = self.settings["files_for"]
        files = await asyncio.get_running_loop().run_in_executor(None, files_for, path) if path else None
        kernel_id = await self.kernels.start_for(self.owner, name=name, files=files)
        self.set_status(201)
        self.set_header("Location", f"{self.base_url}api/kernels/{kernel_id}")
        self.finish(json.dumps(self.kernels.model_of(self.owner, kernel_id), default=json_default))


def _read_start(body: bytes) -> tuple[str, str]:
    todo = 'Expected {"name": "core", "path": "<course>/<release>"}.'
    try:
        wish = json.loads(body) if len(body) <= MAX_BODY_BYTES else None
    except (ValueError, RecursionError) as error:
        raise BadInput("The body is not JSON.", todo=todo) from error
    if not isinstance(wish, dict):
        raise BadInput("The body is not a JSON object, or too large.", todo=todo)
    name, path = wish.get("name"), wish.get("path") or ""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadInput("The body does not name a kernel environment.", todo=todo)
    if not isinstance(path, str) or len(path) > 200:  # noqa: PLR2004
        raise BadInput("The path is not a course and a release.", todo=todo)
    return name, path


class Kernel(LearnerRequest):
    """`GET` describes a kernel, also one that has ended; `DELETE` ends it."""

    auth_resource = kernels.AUTH_RESOURCE

    def find(self, kernel_id: str) -> None:
        """An ended kernel can still be asked why, a waiting one for its place."""
        self.kernels.model_of(self.owner, kernel_id)

    async def get(self, kernel_id: str) -> None:
        """The kernel: with `queue` while it waits, `"execution_state": "dead"` with `reason` if it has ended."""
        self.finish(json.dumps(self.kernels.model_of(self.owner, kernel_id), default=json_default))

    async def delete(self, kernel_id: str) -> None:
        """End it, or forget that it ended."""
        await self.kernels.close_kernel(kernel_id)
        self.set_status(204)
        self.finish()


class KernelAction(LearnerRequest):
    """`POST …/interrupt` and `…/restart`."""

    auth_resource = kernels.AUTH_RESOURCE

    async def post(self, kernel_id: str, action: str) -> None:
        """204 once the signal is sent; the kernel's description once a new process runs."""
        if action == "interrupt":
            await self.kernels.interrupt_kernel(kernel_id)
            self.set_status(204)
            self.finish()
            return
        await self.kernels.restart(kernel_id)
        self.finish(json.dumps(self.kernels.kernel_model(kernel_id), default=json_default))


class Specs(LearnerRequest, specs.MainKernelSpecHandler):  # type: ignore[misc]
    """The kernel environments that are built here."""


class Spec(LearnerRequest, specs.KernelSpecHandler):  # type: ignore[misc]
    """One kernel environment."""


class Channels(LearnerRequest, KernelWebsocketHandler):  # type: ignore[misc]
    """The websocket of a page."""

    auth_resource = kernels.AUTH_RESOURCE

    async def prepare(self, **kwargs: Any) -> None:
        """Also refuse a name that sockets cannot bear, and one page too many."""
        await super().prepare(**kwargs)
        self.check_origin()
        check_session(self.get_query_argument("session_id", None))
        await self._wait_for_place(self.path_kwargs["kernel_id"])
        if self.kernels.connections(self.path_kwargs["kernel_id"]) >= MAX_SOCKETS_PER_KERNEL:
            raise TooMany(
                "This kernel has as many pages as it can serve.", todo="Close one of its tabs.", retry_after=10
            )

    def find(self, kernel_id: str) -> None:
        """A kernel that waits for its place will do."""
        if not self.kernels.line.of(self.owner, kernel_id):
            super().find(kernel_id)

    async def _wait_for_place(self, kernel_id: str) -> None:
        """Hold the handshake while the kernel waits, but not for ever: a client that is refused comes again."""
        if (one := self.kernels.line.of(self.owner, kernel_id)) is None:
            return
        one.watched += 1
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(one.ready.wait(), HANDSHAKE_SECONDS)
        finally:
            one.watched -= 1
            self.kernels.line.seen(one)
        self.kernels.require(self.owner, kernel_id)

    # tornado's own pings, in seconds. Jupyter's run beside them, count in milliseconds and read the same names.
    ping_interval = 30.0
    ping_timeout = 20.0

    async def open(self, kernel_id: str) -> None:
        """Relay from now on."""
        self.set_nodelay(True)  # a cell's result is a handful of small messages
        if self.kernels.ended.of(self.owner, kernel_id):  # it died while this page was on its way
            self.connection.on_restart_failed()
            return
        await self.connection.connect()

    def on_pong(self, data: bytes) -> None:
        """The page's browser is there; and has read what was sent before the ping, where that asked."""
        super().on_pong(data)
        if data == HEARD and self.connection is not None:
            self.connection.heard()

    def on_message(self, ws_message: str | bytes) -> None:
        """Relay; whatever goes wrong closes this socket, and no other."""
        try:
            super().on_message(ws_message)
        except Exception:
            self.log.exception("kernel.relay_failed")
            self.close(UNREADABLE, "This message could not be passed on.")


class NothingElse(LearnerRequest):
    """Jupyter's other interfaces (contents, sessions, terminals, shutdown …) are not there."""

    auth_resource = kernels.AUTH_RESOURCE

    async def prepare(self, **kwargs: Any) -> None:
        """404 for everyone, signed in or not."""
        del kwargs
        raise NotFound("There is nothing here.", todo="Kernels are at /kernels/api/kernels.")


_ID = r"(?P<kernel_id>[\w-]{1,64})"


def routes(base: str) -> list[tuple[str, type[web.RequestHandler]]]:
    """What is served below `base`, a path such as `/kernels/`."""
    return [
        (rf"{base}api/kernels", Kernels),
        (rf"{base}api/kernels/{_ID}", Kernel),
        (rf"{base}api/kernels/{_ID}/(?P<action>restart|interrupt)", KernelAction),
        (rf"{base}api/kernels/{_ID}/channels", Channels),
        (rf"{base}api/kernelspecs", Specs),
        (rf"{base}api/kernelspecs/(?P<kernel_name>[\w.-]{{1,64}})", Spec),
        (rf"{base}.*", NothingElse),
    ]
