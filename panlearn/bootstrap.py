"""The composition root: settings in, everything that works together out. Nothing is opened before it is used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from argon2 import PasswordHasher
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session, sessionmaker

from panlearn import telemetry
from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.report import GradeReport
from panlearn.models import schema
from panlearn.models.database import for_writing, make_engine
from panlearn.services.accounts import HASHER
from panlearn.services.library import Store
from panlearn.services.paces import Paces
from panlearn.services.queue import InProcessQueue
from panlearn.settings import Settings


class GradesAnswers(Protocol):
    """What grades (`panlearn.grading.Grader`, or a fake in tests)."""

    def grade(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str] = ...) -> GradeReport:
        """The report on an answer."""

    def close(self) -> None:
        """End every process it holds."""


class Application:
    """One instance of the site. Parts are made when first asked for, once, and ended by `close`."""

    def __init__(
        self,
        settings: Settings,
        *,
        grader: GradesAnswers | None = None,
        store: Store | None = None,
        clock: Clock = utc_now,
        hasher: PasswordHasher = HASHER,
    ) -> None:
        telemetry.configure_once(settings.log_format)
        self.settings = settings
        self.clock = clock
        self.hasher = hasher
        self.queue = InProcessQueue()
        self.paces = Paces()
        self._parts: dict[str, Any] = {}
        self._closers: list[Callable[[], None]] = []
        self._lock = threading.RLock()
        if grader is not None:
            self._parts["grader"] = grader
        if store is not None:
            self._parts["store"] = store

    @property
    def database(self) -> Database:
        """The database engine."""
        return self._part("database", self._make_database)  # type: ignore[no-any-return]

    @property
    def engine(self) -> Any:
        """What runs contained processes (`panlearn.kernels.engine.Engine`)."""
        return self._part("engine", self._make_engine)

    @property
    def store(self) -> Store:
        """Published releases on disk."""
        return self._part("store", self._make_store)  # type: ignore[no-any-return]

    @property
    def grader(self) -> GradesAnswers:
        """What grades answers."""
        return self._part("grader", self._make_grader)  # type: ignore[no-any-return]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks: it holds no lock and is not committed."""
        with self._sessions(self.database)() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back by an exception."""
        with self.session_for_writing() as session, session.begin():
            yield session

    def session_for_writing(self) -> Session:
        """A session whose transactions take the write lock when they begin; the caller commits and closes it."""
        return self._sessions(self._part("writer", lambda: for_writing(self.database)))()

    def check_schema(self) -> None:
        """Raise `SchemaOutdated`, saying what to do, unless the database is at this version's schema."""
        schema.check(self.database)

    def close(self) -> None:
        """End all that was begun, the last first. Everything of it may be used again afterwards, made anew."""
        with self._lock:
            while self._closers:
                self._closers.pop()()
            self._parts.clear()

    def _part(self, name: str, make: Callable[[], Any]) -> Any:
        part = self._parts.get(name)
        if part is not None:
            return part
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make()
            return self._parts[name]

    def _make_database(self) -> Database:
        database = make_engine(self.settings.database)
        self._closers.append(database.dispose)
        return database

    def _make_engine(self) -> Any:
        from panlearn.kernels.engine import engine_for  # noqa: PLC0415 (pages need no kernel)

        engine = engine_for(self.settings)
        self._closers.append(engine.close)
        return engine

    def _make_store(self) -> Store:
        from panlearn.content.release_store import ReleaseStore  # noqa: PLC0415 (so do commands that publish nothing)

        return ReleaseStore(self.settings)

    def _make_grader(self) -> GradesAnswers:
        from panlearn.grading import Grader  # noqa: PLC0415 (the same)
        from panlearn.kernels import environments  # noqa: PLC0415 (the same)

        grader = Grader(self.engine, partial(environments.find, self.settings), self.settings)
        self._closers.append(grader.close)
        return grader

    @staticmethod
    def _sessions(bind: Database) -> sessionmaker[Session]:
        return sessionmaker(bind=bind, expire_on_commit=False)
