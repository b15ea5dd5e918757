"""The version of the schema: bring it up or down, and refuse to start on a wrong one."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from panlearn.errors import BadInput, PlatformError, SchemaOutdated
from panlearn.models.database import sqlite_file
from panlearn.settings import resource

EMPTY = "base"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that no .ini file is needed."""
    made = Config()
    made.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(config()).get_current_head() or EMPTY


def current(engine: Engine) -> str:
    """The revision that the database is at; `base` where nothing was made yet. Makes no file."""
    path = sqlite_file(str(engine.url))
    if path is not None and not path.exists():
        return EMPTY
    with _connect(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision() or EMPTY


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to a revision; makes the folder and the file of an SQLite database."""
    path = sqlite_file(str(engine.url))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds password hashes and people's work; SQLite's other files take its mode
    with _connect(engine) as connection:
        command.upgrade(config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to a revision, `base` for none. What newer tables held is gone."""
    with _connect(engine) as connection:
        command.downgrade(config(connection), revision)


def check_revision(revision: str) -> None:
    """Raise `BadInput` for a revision that there is not."""
    known = _revisions()
    if revision not in {EMPTY, "head", *known}:
        raise BadInput(
            f"There is no revision {revision}.", todo=f"Known are base, {', '.join(sorted(known))} and head."
        )


def check(engine: Engine) -> None:
    """Raise `SchemaOutdated` unless the database is at the revision this code needs."""
    found, needed = current(engine), head()
    if found == needed:
        return
    known = found == EMPTY or found in _revisions()
    state = "has no tables yet" if found == EMPTY else f"is at revision {found}"
    todo = (
        "Run `panlearn db upgrade`, then start again."
        if known
        else "A newer version of PaN Learn made it: start that version, or run its `panlearn db downgrade` first."
    )
    raise SchemaOutdated(f"The database {state}; this version of PaN Learn needs revision {needed}.", todo=todo)


def _revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise PlatformError(
            f"The database {where} cannot be opened: {error.orig}.",
            todo="Check PANLEARN_DATABASE_URL and PANLEARN_HOME, and that this user may write there.",
        ) from error
