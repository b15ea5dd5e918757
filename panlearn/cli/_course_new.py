"""`panlearn course new`: a course to begin with, of nothing or of notebooks."""

from __future__ import annotations

import getpass
import pwd
from contextlib import suppress
from pathlib import Path

import click

LICENCE = "CC-BY-4.0"


def make(slug: Path, source: Path | None, *, title: str, licence: str, authors: tuple[str, ...]) -> None:
    """Write the course and say what is next. Raises `BadInput`."""
    if source is None:
        from panlearn.content.importing.skeleton import new_course

        chosen = licence or LICENCE
        folder = new_course(slug, title=title, licence=chosen, authors=authors or _you())
        click.echo(f"{folder.name} has a front page and a lesson with one exercise. Its licence is {chosen}.")
    else:
        from panlearn.cli.importing import say
        from panlearn.content.importing.course import import_course

        say(import_course("notebooks", source, slug, licence=licence, authors=authors or _you(), title=title), slug)
    click.echo(f"See it while you write: panlearn course preview {slug}")


def _you() -> tuple[str, ...]:
    """Your name as this machine knows it; nothing where it knows none."""
    with suppress(KeyError, OSError):
        name = pwd.getpwnam(getpass.getuser()).pw_gecos.split(",")[0].strip()
        return (name,) if " " in name else ()
    return ()
