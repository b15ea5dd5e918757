"""What libraries log through `logging`, as events of ours: the place and the kind of error, never their words.

Their messages quote requests (with tokens in the query) and kernel messages (with learners' code).
"""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger(__name__)


class LibraryEvents(logging.Handler):
    """Turns a record into one event."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        log.log(
            record.levelno,
            "library.event",
            logger=record.name,
            place=f"{record.module}:{record.lineno}",
            exc_info=record.exc_info or None,
        )


def take_library_logs() -> None:
    """From now on, warnings and errors of libraries become events."""
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryEvents()], force=True)
    logging.captureWarnings(capture=True)
