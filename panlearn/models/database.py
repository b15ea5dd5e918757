"""The engine of the database. Whatever is special to SQLite stands here and nowhere else.

SQLite runs in WAL mode: readers never wait for a writer. `synchronous=FULL` makes a commit wait for the disk, so that
an acknowledged answer or edit outlives a power cut and not only `kill -9` (WAL with NORMAL holds the second, not the
first). It costs 2.5 ms a commit, measured on a busy machine of two cores; a checked answer takes three.

A transaction that will write begins with `BEGIN IMMEDIATE`: it queues for the write lock at its start, within the busy
timeout, where a read that turns into a write would fail at once if another write came between.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
_WRITES = "panlearn_writes"


def make_engine(url: str) -> Engine:
    """An engine for this SQLAlchemy URL. Connects to nothing yet."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=16, max_overflow=32, pool_pre_ping=True)
    engine = create_engine(url, pool_size=16, max_overflow=48)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions take the write lock when they begin."""
    return engine.execution_options(**{_WRITES: True})


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite URL; None for memory and for other databases."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # sqlite3 begins nothing by itself: `_begin` does
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
