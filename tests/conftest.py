"""Fixtures that all tests may use, and a guard: no test talks to anything but this machine."""

from __future__ import annotations

import pytest
import pytest_socket

import factories
from fakes import CHEAP, FakeClock, FakeGrader
from panlearn.bootstrap import Application
from panlearn.content.release_store import ReleaseStore
from panlearn.jobs.pool import Pool
from panlearn.models import schema
from panlearn.settings import Settings
from postgresql_server import PostgreSQL


def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_generate_tests(metafunc) -> None:
    """What is marked `databases` runs on SQLite and on PostgreSQL; everything else on SQLite."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("databases"):
        metafunc.parametrize(
            "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
        )


@pytest.fixture(scope="session")
def postgresql_server():
    server = PostgreSQL()
    yield server
    server.stop()


@pytest.fixture
def database_url(request) -> str:
    """The URL of an empty database; empty text: SQLite in the home folder."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    return request.getfixturevalue("postgresql_server").new_database()


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    return Settings(home=tmp_path / "home", database_url=database_url, secret="for tests", grading_workers=2)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def grader() -> FakeGrader:
    return FakeGrader()


@pytest.fixture
def store(settings) -> ReleaseStore:
    return ReleaseStore(settings)


@pytest.fixture
def application(settings, grader, store, clock):
    """A site without kernels: its own database and releases, a fake grader, no workers."""
    made = Application(settings, grader=grader, store=store, clock=clock, hasher=CHEAP)
    schema.upgrade(made.database)
    yield made
    made.close()


@pytest.fixture
def session(application):
    """A session to write with; what a test leaves uncommitted is gone."""
    with application.session_for_writing() as session:
        yield session
        session.rollback()


@pytest.fixture
def release(session, store):
    """The small course of `factories`, published and committed."""
    made = factories.publish(store, session)
    session.commit()
    return made


@pytest.fixture
def pool(application):
    """Workers that run for as long as the test."""
    pool = Pool(application).start()
    yield pool
    pool.stop()
