"""`panlearn user`: accounts and their roles."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from panlearn.domain.access import Role
from panlearn.settings import Settings

if TYPE_CHECKING:
    from panlearn.models import Learner
    from panlearn.services.accounts import Accounts

_ROLES = click.Choice([role.value for role in Role])
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("user")
def command() -> None:
    """Create accounts, grant roles, list them."""


@command.command()
@click.argument("email")
@click.option("--name", help="What the site calls them; asked for if not given.")
@click.option("--role", "roles", type=_ROLES, multiple=True, help="A role besides learner; may be given again.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@_json
def create(email: str, name: str | None, roles: tuple[str, ...], password_stdin: bool, as_json: bool) -> None:
    """Make an account for EMAIL. The password is asked for, or read from standard input; never an argument."""
    name = name or click.prompt("Name", err=True)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_password()
    with _accounts() as accounts:
        learner = accounts.sign_up(name=name, email=email, password=password)
        for role in roles:
            accounts.grant(email, Role(role))
        _say(learner, as_json, "Created")


@command.command()
@click.argument("email")
@click.argument("role", type=_ROLES)
@click.option("--revoke", is_flag=True, help="Take the role away instead.")
@_json
def grant(email: str, role: str, revoke: bool, as_json: bool) -> None:
    """Give the account EMAIL a ROLE, or take it away."""
    with _accounts() as accounts:
        learner = (accounts.revoke if revoke else accounts.grant)(email, Role(role))
        _say(learner, as_json, "Changed")


@command.command("list")
@_json
def listing(as_json: bool) -> None:
    """List accounts with their roles. Guests are not listed."""
    with _accounts() as accounts:
        found = [_described(learner) for learner in accounts.listing()]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        click.echo(f"{one['email']}\t{one['name']}\t{', '.join(one['roles'])}")
    if not found:
        click.echo("There are no accounts yet. Make one with `panlearn user create EMAIL`.", err=True)


def _ask_password() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password


@contextmanager
def _accounts() -> Iterator[Accounts]:
    from panlearn.bootstrap import Application
    from panlearn.services.accounts import Accounts

    application = Application(Settings())
    try:
        application.check_schema()
        with application.writing() as session:
            yield Accounts(session)
    finally:
        application.close()


def _say(learner: Learner, as_json: bool, verb: str) -> None:
    described = _described(learner)
    roles = ", ".join(described["roles"])
    click.echo(json.dumps(described) if as_json else f"{verb} {described['email']} ({described['name']}): {roles}")


def _described(learner: Learner) -> dict[str, Any]:
    return {
        "id": learner.public_id,
        "name": learner.name,
        "email": learner.email,
        "roles": sorted(role.value for role in learner.roles),
        "created_at": learner.created_at.isoformat(),
    }
