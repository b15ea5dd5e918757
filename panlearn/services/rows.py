"""Rows that several transactions want: made by whoever comes first, changed by one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from panlearn.models import Base

Row = TypeVar("Row", bound=Base)


def one_at_a_time(session: Session, *what: object) -> None:
    """Wait until no other transaction that named the same thing is open. Held until this one ends.

    For what is counted or compared before it is written. SQLite's writers queue for the whole database anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        name = "/".join(str(part) for part in what)
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def find_or_add(session: Session, query: Select[Row], make: Callable[[], Row]) -> Row:
    """The row that `query` finds, else the one that `make` gives, added and flushed.

    Another transaction may add it in between (SQLite writers queue, those of other databases do not): then its row
    is the one.
    """
    if (found := session.scalar(query)) is not None:
        return found
    made = make()
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        if (found := session.scalar(query)) is None:
            raise
        return found
    return made
