"""A gateway on loopback for tests. Its ipykernels are in no sandbox: only the tests' own code runs in them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClientConnection, websocket_connect

from panlearn.kernels.gateway import Gateway
from panlearn.kernels.gateway_line import CohortOf
from panlearn.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PYTHON = next((ROOT / "var" / "environments").glob("core-*/bin/python"), None)


class PlainSpecs(KernelSpecManager):
    """One kernel, `core`, started as an ordinary process."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name == "uncontained":
            return KernelSpec(argv=["true"], language="python", display_name="no sandbox")
        if kernel_name != "core":
            raise NoSuchKernel(kernel_name)
        argv = [str(PYTHON), "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        metadata = {"kernel_provisioner": {"provisioner_name": "local-provisioner"}}
        return KernelSpec(argv=argv, language="python", display_name="core", metadata=metadata, interrupt_mode="signal")

    def get_all_specs(self) -> dict[str, Any]:
        spec = self.get_kernel_spec("core")
        return {"core": {"resource_dir": "", "spec": spec.to_dict()}}


def identify(cookie: str | None, authorization: str | None) -> str | None:
    """`learner=<name>` and `token <name>-token` name learners."""
    if authorization:
        kind, _, token = authorization.partition(" ")
        return (
            token.removesuffix("-token") if kind.lower() in {"token", "bearer"} and token.endswith("-token") else None
        )
    return dict(part.split("=", 1) for part in (cookie or "").split("; ") if "=" in part).get("learner")


@dataclass
class Site:
    """What a test talks to."""

    port: int
    gateway: Gateway
    pages: list[Page] = field(default_factory=list)

    async def fetch(self, method: str, path: str, *, learner: str | None = "ada", **options: Any) -> HTTPResponse:
        headers = dict(options.pop("headers", {}))
        if learner:
            headers.setdefault("Cookie", f"learner={learner}")
        if "json" in options:
            options["body"] = json.dumps(options.pop("json"))
        request = HTTPRequest(
            f"http://127.0.0.1:{self.port}/kernels/{path}",
            method=method,
            headers=headers,
            allow_nonstandard_methods=True,
            request_timeout=30,
            **options,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    async def start(self, learner: str = "ada") -> str:
        answer = await self.fetch("POST", "api/kernels", learner=learner, json={"name": "core"})
        assert answer.code == 201, answer.body
        return json.loads(answer.body)["id"]

    async def channels(self, kernel: str, *, learner: str | None = "ada", **options: Any) -> Page:
        headers = dict(options.get("headers", {}))
        if learner:
            headers.setdefault("Cookie", f"learner={learner}")
        session = options.get("session", uuid.uuid4().hex)
        query = f"?session_id={session}{options.get('query', '')}"
        url = f"ws://127.0.0.1:{options.get('port', self.port)}/kernels/api/kernels/{kernel}/channels{query}"
        request = HTTPRequest(url, headers=headers, request_timeout=30)
        page = Page(await websocket_connect(request, subprotocols=options.get("subprotocols")), session)
        self.pages.append(page)
        return page

    async def close(self) -> None:
        for page in self.pages:
            page.socket.close()
        for page in self.pages:
            await page.closed()


class Page:
    """One open websocket, in the older encoding unless the test agreed on another."""

    def __init__(self, socket: WebSocketClientConnection, session: str) -> None:
        self.socket = socket
        self.session = session
        self.over = False

    def message(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        return {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}

    async def send(self, kind: str, content: dict[str, Any]) -> str:
        message = self.message(kind, content)
        await self.socket.write_message(json.dumps(message))
        return message["header"]["msg_id"]

    async def execute(self, code: str) -> str:
        return await self.send("execute_request", {"code": code, "silent": False, "store_history": False})

    async def read(self, seconds: float = 15) -> dict[str, Any] | None:
        frame = await asyncio.wait_for(self.socket.read_message(), seconds)
        self.over = frame is None
        return json.loads(frame) if frame is not None else None

    async def until(self, wanted: Callable[[dict[str, Any]], Any], seconds: float = 15) -> list[dict[str, Any]]:
        """All messages up to and with the first that is wanted."""
        read: list[dict[str, Any]] = []
        async with asyncio.timeout(seconds):
            while not read or not wanted(read[-1]):
                message = await self.read(seconds)
                assert message is not None, f"closed: {self.socket.close_code} {self.socket.close_reason}; {read}"
                read.append(message)
        return read

    async def run(self, code: str, seconds: float = 15) -> str:
        """What `code` prints."""
        id_ = await self.execute(code)
        read = await self.until(lambda m: m["msg_type"] == "status" and idle(m) and parent(m) == id_, seconds)
        return "".join(m["content"]["text"] for m in read if m["msg_type"] == "stream" and parent(m) == id_)

    async def rest(self) -> list[dict[str, Any]]:
        """What had come and was not read."""
        read = []
        with suppress(TimeoutError):
            while (message := await self.read(0.2)) is not None:
                read.append(message)
        return read

    async def closed(self, seconds: float = 10) -> int | None:
        async with asyncio.timeout(seconds):
            while not self.over and await self.socket.read_message() is not None:
                pass
        self.over = True
        return self.socket.close_code


class Between:
    """A line to a server that can swallow what comes from it, and be cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._swallows = False
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers += [writer, back]
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._relay(reader, back), self._relay(there, writer))

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            if not self._swallows:
                writer.write(data)
                await writer.drain()

    def swallow(self) -> None:
        self._swallows = True

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def between(port: int) -> AsyncIterator[Between]:
    line = Between(port)
    server = await asyncio.start_server(line.connected, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        line.cut()
        server.close()


def idle(message: dict[str, Any]) -> bool:
    return message["content"].get("execution_state") == "idle"


def parent(message: dict[str, Any]) -> str | None:
    return message["parent_header"].get("msg_id")


def serve(
    scenario: Callable[[Site], Awaitable[None]],
    tmp_path: Path,
    *,
    make: Any = None,
    cohort_of: CohortOf = lambda _owner: None,
    **settings: Any,
) -> None:
    """Run `scenario` against a gateway of its own, and end both."""

    async def main() -> None:
        values = Settings(home=tmp_path, **settings)
        gateway = make(values) if make else plain(values, cohort_of)
        [socket] = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(gateway.application())
        server.add_sockets([socket])
        site = Site(socket.getsockname()[1], gateway)
        try:
            await asyncio.wait_for(scenario(site), 100)
        finally:
            server.stop()
            await site.close()
            await gateway.close()
            await server.close_all_connections()

    asyncio.run(main())


def plain(settings: Settings, cohort_of: CohortOf = lambda _owner: None) -> Gateway:
    """A gateway whose kernels are ordinary processes."""
    return Gateway(
        settings,
        identify=identify,
        files_for=lambda _: None,
        specs=PlainSpecs(),
        provisioner="local-provisioner",
        cohort_of=cohort_of,
    )
