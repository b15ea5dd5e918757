"""Log events with keys. Code, answers and personal data never get into them, whoever forgets it."""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal

import structlog

PRIVATE = frozenset(
    {
        "answer", "author_note", "body", "code", "cookie", "earlier", "email", "hint", "name", "output", "password",
        "password_hash", "report", "secret", "solution", "source", "token",
    }
)  # fmt: skip
"""Keys whose values are never written."""

_ROOT = Path(__file__).resolve().parent


class _Stderr:
    """Standard error as it is at the moment of writing: it may be redirected after the start."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(style: Literal["console", "json"] = "console", level: int = logging.INFO) -> None:
    """Write events to stderr: one line each, for eyes or as JSON."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_exception,
            hide_private,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=_Stderr()),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )


def configure_once(style: Literal["console", "json"] = "console") -> None:
    """The same, unless it was done already: structlog left to itself prints the locals of every frame."""
    if not structlog.is_configured():
        configure(style)


def new_event_id() -> str:
    """A short id that a reader can quote and an operator can find."""
    return secrets.token_hex(4)


def hide_private(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the values of private keys out."""
    for key in PRIVATE.intersection(event):
        event[key] = "(not logged)"
    return event


def describe_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the places it came through; its message may quote code, so it stays out."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = places(error)
    return event


def places(error: BaseException, limit: int = 8) -> list[str]:
    """Where an exception came through, innermost last: `services/work.py:42 save`."""
    frames = traceback.extract_tb(error.__traceback__)[-limit:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])
