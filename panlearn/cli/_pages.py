"""The Flask pages inside the tornado process: each request runs whole on one thread of a bounded pool."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine, format_timestamp
from tornado.ioloop import IOLoop
from tornado.wsgi import WSGIContainer

log = structlog.get_logger(__name__)

THREADS = 16
"""Requests at the same time. Most of one is waiting (a verdict, the database), so more than the cores."""
WAITING = 400
"""Requests that may wait for a thread; past that the answer is 503 at once."""
MAX_BODY_BYTES = 16 * 1024 * 1024
_HEADER = re.compile(r"[A-Za-z0-9-]+")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class Answer:
    """What a WSGI application answered."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


class Pages(WSGIContainer):
    """tornado's container with one thread hop per request instead of three, a limit, and an answer whatever happens.

    `close()` of the response and the clean-up that Flask ties to it run on the thread that made it.
    """

    def __init__(self, application: Application, *, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self._limit = threads + waiting
        self._inside = 0
        super().__init__(application, executor=self._pool)

    async def handle_request(self, request: HTTPServerRequest) -> None:
        """Answer one request."""
        self._inside += 1
        try:
            if self._inside > self._limit:
                answer = _problem(503, "Service Unavailable", "The site has more requests than it can serve.", retry=2)
            else:
                answer = await self._answer(request)
        except Exception:
            log.exception("pages.failed", path=request.path)
            answer = _problem(500, "Internal Server Error", "Something went wrong on our side.")
        finally:
            self._inside -= 1
        _send(request, answer)

    async def _answer(self, request: HTTPServerRequest) -> Answer:
        try:
            environ = self.environ(request)
        except ValueError:  # a Host such as `a:b`
            return _problem(400, "Bad Request", "The request's Host or path cannot be read.")
        return await IOLoop.current().run_in_executor(self._pool, self._run, environ)

    def environ(self, request: HTTPServerRequest) -> dict[str, Any]:
        """The request for WSGI. A header whose name has an underscore could pass for another one and is left out."""
        for name in [name for name in request.headers if not _HEADER.fullmatch(name)]:
            del request.headers[name]
        environ = super().environ(request)
        environ["wsgi.multiprocess"] = False
        environ["CONTENT_LENGTH"] = str(len(request.body))  # a body that came in chunks has no length of its own
        return environ

    def _run(self, environ: dict[str, Any]) -> Answer:
        answer = Answer()
        written: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _exc_info: Any = None
        ) -> Callable[[bytes], None]:
            answer.status, answer.headers = status, headers
            return written.append

        result = self.wsgi_application(environ, start_response)
        try:
            written.extend(result)
        finally:
            if close := getattr(result, "close", None):
                close()
        answer.body = b"".join(written)
        return answer

    def close(self) -> None:
        """Take no more requests. Those that run are not waited for: one may be waiting for a verdict."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _send(request: HTTPServerRequest, answer: Answer) -> None:
    code, _, reason = answer.status.partition(" ")
    headers = HTTPHeaders()
    for name, value in answer.headers:
        headers.add(name, value)
    if int(code) not in {204, 304} and "Content-Length" not in headers:
        headers["Content-Length"] = str(len(answer.body))
    headers["Date"] = format_timestamp(time.time())
    connection = request.connection
    if connection is None or connection.stream.closed():  # type: ignore[attr-defined]
        return
    connection.write_headers(ResponseStartLine("HTTP/1.1", int(code), reason), headers, chunk=answer.body)
    connection.finish()


def _problem(status: int, title: str, detail: str, *, retry: int | None = None) -> Answer:
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    if retry:
        headers.append(("Retry-After", str(retry)))
    return Answer(status=f"{status} {title}", headers=headers, body=body)
