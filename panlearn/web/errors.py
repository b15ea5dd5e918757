"""Exceptions into answers, and nowhere else: a page for people, a problem document (RFC 9457) for programs."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from panlearn.errors import BadInput, NotAllowed, NotFound, PanlearnError, PlatformError, SchemaOutdated, TooMany
from panlearn.telemetry import new_event_id

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[PanlearnError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (TooMany, 429),
    (BadInput, 400),
    (SchemaOutdated, 503),
    (PlatformError, 503),
)
_TITLES = {
    400: "This cannot be used",
    403: "This is not open to you",
    404: "Not found",
    405: "This address does not do that",
    409: "This has changed meanwhile",
    413: "This is too large",
    415: "This kind of content is not read here",
    429: "Too many at once",
    500: "Something went wrong on our side",
    503: "This does not work just now",
}
_TODO = {
    404: "Check the address, or begin at the catalogue.",
    405: "Go back and try again.",
}


class RequestProblem(BadInput):
    """A request whose form cannot be used; says which status fits."""

    def __init__(self, message: str, *, todo: str = "", status: int = 400) -> None:
        super().__init__(message, todo=todo)
        self.status = status


def init_app(app: Flask) -> None:
    """Answer every exception."""
    app.register_error_handler(PanlearnError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, detail: str, *, todo: str = "", event: str = "", title: str = "", **headers: str) -> Response:
    """The answer: a page where one was asked for, else JSON."""
    words: dict[str, Any] = {
        "status": status,
        "title": title or _TITLES.get(status) or HTTPStatus(status).phrase,
        "detail": detail,
        "todo": todo,
        "event": event,
    }
    response = _document(words) if _wants_json() else _page(words)
    response.status_code = status
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _document(words: dict[str, Any]) -> Response:
    body = {"type": "about:blank"} | {key: value for key, value in words.items() if value} | {"instance": request.path}
    return Response(json.dumps(body), content_type="application/problem+json")


def _page(words: dict[str, Any]) -> Response:
    try:
        return Response(render_template("problem.html", **words), content_type="text/html; charset=utf-8")
    except SQLAlchemyError:  # the page would say who is signed in, and the database cannot tell
        lines = [f"{words['status']} {words['title']}", words["detail"], words["todo"], words["event"]]
        return Response("\n".join(line for line in lines if line) + "\n", content_type="text/plain; charset=utf-8")


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    documents = ["application/json", "application/problem+json"]
    return request.accept_mimetypes.best_match(["text/html", *documents]) in documents


def _ours(error: PanlearnError) -> Response:
    status = error.status if isinstance(error, RequestProblem) else _status(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        event = new_event_id()
        log.error("request.failed", event_id=event, path=request.path, exc_info=error)
        return problem(status, error.message, todo=error.todo, event=event)
    headers = {"Retry_After": str(math.ceil(error.retry_after))} if isinstance(error, TooMany) else {}
    return problem(status, error.message, todo=error.todo, **headers)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if isinstance(error, CSRFError):
        return problem(
            400, "This form was open for too long, or comes from another page.", todo="Reload it and send it."
        )
    if isinstance(error, RateLimitExceeded):
        after = str(math.ceil(error.limit.limit.get_expiry()) if error.limit else 60)
        return problem(
            429, "That was more often than is allowed.", todo="Wait a minute, then go on.", Retry_After=after
        )
    if isinstance(error, RequestEntityTooLarge):
        return problem(413, "The request is larger than anything this site accepts.", todo="Send less.")
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Location", "Retry-After"}}
    return problem(status, _words(error, status), todo=_TODO.get(status, ""), **headers)


def _unexpected(error: Exception) -> Response:
    event = new_event_id()
    log.error("request.crashed", event_id=event, path=request.path, method=request.method, exc_info=error)
    if isinstance(error, DataError):  # NUL in an address or a form, say: SQLite would look for it and find nothing
        return problem(400, "What was sent holds something that cannot be kept.", todo="Go back and try again.")
    if isinstance(error, OperationalError | InterfaceError):
        return problem(
            503, "The database does not answer.", todo="Try again in a moment.", event=event, Retry_After="5"
        )
    return problem(500, "Your work is safe.", todo="Try again in a moment.", event=event)


def _status(error: PanlearnError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _words(error: HTTPException, status: int) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not among what this address answers."
    return error.description or ""
