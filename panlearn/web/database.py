"""Sessions for requests. Flask-SQLAlchemy stays behind this file.

Reads go through `db.session`, which ends with the request. Writes open a session of their own for as long as the
write lasts and commit at its end, so that no lock is held while a password is hashed or a verdict awaited.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from panlearn.bootstrap import Application
from panlearn.models import Base

_KEY = "panlearn"


class _Database(SQLAlchemy):
    """Uses the engine of the composition root instead of making one."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        del bind_key, options
        return cast("Application", app.extensions[_KEY]).database


db = _Database(metadata=Base.metadata)


def init_app(app: Flask, application: Application) -> None:
    """Tie the app to its composition root."""
    app.extensions[_KEY] = application
    app.config["SQLALCHEMY_DATABASE_URI"] = application.settings.database
    db.init_app(app)


def application() -> Application:
    """The composition root of the app that serves this request."""
    return cast("Application", current_app.extensions[_KEY])


def reading() -> Session:
    """The session of this request, for reading only."""
    return cast("Session", db.session())


@contextmanager
def writing() -> Iterator[Session]:
    """A session that commits at the end of the block. What was read before it is read anew after it."""
    db.session.remove()
    with application().writing() as session:
        yield session
