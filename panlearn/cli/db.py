"""`panlearn db`: the schema of the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from panlearn.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


@click.group("db")
def command() -> None:
    """Bring the database to this version's schema, or back."""


@command.command()
@click.option("--revision", default="head", show_default=True, help="Where to go.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def upgrade(revision: str, as_json: bool) -> None:
    """Make what is missing: folder, database, tables. Does nothing where all is there."""
    _go("up", revision, as_json)


@command.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def downgrade(revision: str, yes: bool, as_json: bool) -> None:
    """Go back to REVISION (`base`: no tables at all). What newer tables and columns hold is lost."""
    if not yes:
        click.confirm(f"What was kept since revision {revision} is lost. Go on?", abort=True)
    _go("down", revision, as_json)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def current(as_json: bool) -> None:
    """Say which revision the database is at, and which one this version needs."""
    from panlearn.models import schema

    database = _database()
    found, needed = schema.current(database), schema.head()
    if as_json:
        click.echo(json.dumps({"current": found, "needed": needed, "up_to_date": found == needed}))
    else:
        click.echo(f"{found} ({'up to date' if found == needed else f'{needed} is needed: panlearn db upgrade'})")


def _go(direction: str, revision: str, as_json: bool) -> None:
    from panlearn.models import schema

    database = _database()
    before = schema.current(database)
    schema.check_revision(revision)
    (schema.upgrade if direction == "up" else schema.downgrade)(database, revision)
    after = schema.current(database)
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(f"The database is at revision {after}." if before == after else f"Revision {before} -> {after}.")


def _database() -> Engine:
    from panlearn.models.database import make_engine

    return make_engine(Settings().database)
