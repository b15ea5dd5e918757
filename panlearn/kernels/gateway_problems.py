"""What went wrong, told to a client of the gateway as RFC 9457 problem details."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from panlearn.errors import BadInput, NotAllowed, NotContained, NotFound, PanlearnError, PlatformError, TooMany

CONTENT_TYPE = "application/problem+json"


class MachineFull(TooMany):
    """Every kernel this machine may hold is taken by somebody else."""


class KernelEnded(NotFound):
    """The kernel was theirs and is gone; the message says why it ended."""


class KernelWaits(PanlearnError):
    """The kernel is theirs and has no place yet."""


_STATUS: tuple[tuple[type[PanlearnError], HTTPStatus], ...] = (
    (MachineFull, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (KernelEnded, HTTPStatus.GONE),
    (KernelWaits, HTTPStatus.CONFLICT),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (BadInput, HTTPStatus.BAD_REQUEST),
    (NotContained, HTTPStatus.SERVICE_UNAVAILABLE),
    (PlatformError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: BaseException | None, default: int) -> int:
    """The HTTP status that says what `error` is."""
    return next((status.value for kind, status in _STATUS if isinstance(error, kind)), default)


def problem(status: int, error: BaseException | None = None) -> tuple[dict[str, str], bytes]:
    """Headers and body of a problem document. Of an error that is not ours, only its kind is told."""
    title = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": title}
    headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
    if isinstance(error, PanlearnError):
        body |= {"detail": error.message, "todo": error.todo}
    elif isinstance(error, HTTPError) and error.log_message and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        body["detail"] = error.log_message % error.args if error.args else error.log_message
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    body["message"] = body["detail"]  # where JupyterLab's client looks
    return headers, json.dumps(body).encode()
