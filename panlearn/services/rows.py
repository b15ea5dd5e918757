"""Rows of which there may be one only, made by whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from panlearn.models import Base

Row = TypeVar("Row", bound=Base)


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
