"""The engine of the database. What is special to SQLite or PostgreSQL stands here, and locks in `services/rows`.

SQLite runs in WAL mode: readers never wait for a writer. `synchronous=FULL` makes a commit wait for the disk, so that
an acknowledged answer or edit outlives a power cut and not only `kill -9` (WAL with NORMAL holds the second, not the
first). It costs 2.5 ms a commit, measured on a busy machine of two cores; a checked answer takes three.

A transaction that will write begins with `BEGIN IMMEDIATE`: it queues for the write lock at its start, within the busy
timeout, where a read that turns into a write would fail at once if another write came between.

PostgreSQL runs at its default isolation, READ COMMITTED: writers of different rows do not wait for each other, and who
reads in order to write takes the rows' locks. A connection that was cut is replaced before it is used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
CONNECT_SECONDS = 10
LOCK_SECONDS = 10
_WRITES = "panlearn_writes"


def make_engine(url: str) -> Engine:
    """An engine for this SQLAlchemy URL. Connects to nothing yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return _postgresql(parsed)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=16, max_overflow=32, pool_pre_ping=True)
    engine = create_engine(url, pool_size=16, max_overflow=48)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    """Always with psycopg 3, also for the plain `postgresql://` that hosting companies hand out."""
    settings = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={6 * LOCK_SECONDS}s"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=16,
        max_overflow=32,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "panlearn", "options": settings},
    )


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
