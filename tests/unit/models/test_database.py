from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from panlearn.errors import PlatformError, SchemaOutdated
from panlearn.models import Base, Enrolment, Learner, schema
from panlearn.models.database import make_engine


@pytest.fixture
def database(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'not' / 'there' / 'yet.sqlite'}")
    yield engine
    engine.dispose()


def test_upgrading_makes_folder_database_and_every_table(database):
    schema.upgrade(database)

    assert set(Base.metadata.tables) <= set(inspect(database).get_table_names())
    schema.check(database)


def test_the_database_s_file_is_its_owner_s_alone(database, tmp_path):
    schema.upgrade(database)
    with database.connect():
        files = list((tmp_path / "not" / "there").iterdir())

    assert files
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_the_migrations_make_what_the_models_say(database):
    schema.upgrade(database)

    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_go_down_again(database):
    schema.upgrade(database)
    schema.downgrade(database, "base")

    assert inspect(database).get_table_names() == ["alembic_version"]
    schema.upgrade(database)
    schema.check(database)


def test_an_old_schema_is_refused_with_what_to_do(database):
    with pytest.raises(SchemaOutdated, match=r"no tables yet.*panlearn db upgrade"):
        schema.check(database)


def test_a_schema_newer_than_the_code_is_refused_too(database):
    schema.upgrade(database)
    with database.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(SchemaOutdated, match=r"at revision 9999.*newer version"):
        schema.check(database)


def test_a_database_that_cannot_be_opened_is_said_in_words(tmp_path):
    (tmp_path / "folder.sqlite").mkdir()
    engine = make_engine(f"sqlite:///{tmp_path / 'folder.sqlite'}")

    with pytest.raises(PlatformError, match="cannot be opened"):
        schema.check(engine)


def test_sqlite_runs_as_it_must(application):
    with application.database.connect() as connection:
        names = ("journal_mode", "foreign_keys")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert found == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_reader_is_not_held_up_by_a_writer(application):
    with application.writing() as writer:
        writer.add(Learner())
        writer.flush()
        with application.reading() as reader:
            assert reader.scalars(select(Learner)).all() == []


def test_times_come_back_aware_and_in_utc(session):
    elsewhere = datetime(2026, 3, 1, 2, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    session.add(Learner(created_at=elsewhere))
    session.flush()
    session.expire_all()

    found = session.scalar(select(Learner.created_at))

    assert found == elsewhere
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session):
    session.add(Learner(created_at=datetime(2026, 3, 1)))  # noqa: DTZ001

    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


def test_work_of_nobody_is_refused(session):
    session.add(Enrolment(learner_id=999, course_slug="x"))

    with pytest.raises(IntegrityError):
        session.flush()


def test_public_ids_are_long_and_never_alike(session):
    learners = [Learner() for _ in range(50)]
    session.add_all(learners)
    session.flush()

    assert len({learner.public_id for learner in learners}) == 50
    assert {len(learner.public_id) for learner in learners} == {22}


def test_postgresql_has_the_same_schema_up_and_down(postgresql_server):
    engine = make_engine(postgresql_server.new_database())
    try:
        schema.upgrade(engine)
        schema.check(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        for revision in sorted(schema._revisions(), reverse=True):
            schema.downgrade(engine, revision)
        schema.downgrade(engine, "base")
        assert inspect(engine).get_table_names() == ["alembic_version"]
        schema.upgrade(engine)
        schema.check(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_by_one_driver_whatever_the_address_begins_with(scheme):
    engine = make_engine(f"{scheme}://panlearn@127.0.0.1/panlearn")

    assert engine.url.drivername == "postgresql+psycopg"


def test_a_postgresql_server_that_is_not_there_is_said_in_words():
    engine = make_engine("postgresql://panlearn:secret@127.0.0.1:1/panlearn")

    with pytest.raises(PlatformError, match="cannot be opened") as refused:
        schema.check(engine)
    assert "secret" not in str(refused.value)


def test_a_connection_that_was_cut_is_replaced(postgresql_server):
    url = postgresql_server.new_database()
    engine = make_engine(url)
    schema.upgrade(engine)

    assert postgresql_server.end_connections(url) >= 1
    schema.check(engine)
    engine.dispose()
