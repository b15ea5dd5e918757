"""`panlearn import`: courses from material of other systems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from panlearn.content.importing.course import Imported, System

_PATH = click.Path(path_type=Path)


@click.group("import")
def command() -> None:
    """Make a course of nbgrader or Otter material.

    SRC is a notebook, a folder of notebooks, or a course of such folders. It is read, never run and never changed.
    DEST is a new folder; its name is the course's address. What could not be carried over is printed and written to
    DEST/IMPORT.md.
    """


def _options(function: Callable[..., None]) -> Callable[..., None]:
    decorators = [
        click.argument("source", type=_PATH, metavar="SRC"),
        click.argument("destination", type=_PATH, metavar="DEST"),
        click.option("--licence", default="", help="The course's licence, such as CC-BY-4.0. None is made up."),
        click.option("--author", "authors", multiple=True, help="Who wrote it; may be given again."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


@command.command("nbgrader", short_help="Import an nbgrader course, an assignment or a notebook.")
@_options
def nbgrader(**given: Any) -> None:
    """Import an nbgrader course (the folder that holds source/), an assignment, or a notebook."""
    _import("nbgrader", **given)


@command.command("otter", short_help="Import Otter assignments.")
@_options
def otter(**given: Any) -> None:
    """Import Otter assignments: their own notebooks, or those made for students with their tests."""
    _import("otter", **given)


def _import(
    system: System, *, source: Path, destination: Path, licence: str, authors: tuple[str, ...], as_json: bool
) -> None:
    from panlearn.content.importing.course import import_course

    imported = import_course(system, source, destination, licence=licence, authors=authors)
    if as_json:
        click.echo(json.dumps(_plain(imported, destination), indent=1))
    else:
        say(imported, destination)


def say(imported: Imported, destination: Path) -> None:
    """Print what became what."""
    from panlearn.content.importing.cells import figure

    for notebook, note in imported.notes:
        click.echo(f"{notebook}: {note}")
    for line in [*imported.left, *imported.moved]:
        click.echo(line)
    made = [lesson.converted for lesson in imported.lessons]
    exercises, points, asked = (sum(getattr(one, key) for one in made) for key in ("exercises", "points", "asked"))
    there = "" if figure(points) == figure(asked) else f" ({figure(asked)} in {imported.system})"
    click.echo(f"{_count(len(made), 'lesson')}, {_count(exercises, 'exercise')}, {figure(points)} points{there}.")
    missing = [what for what, value in (("licence", imported.licence), ("author", imported.authors)) if not value]
    if missing:
        click.echo(f"No {' and no '.join(missing)} is known: add what is missing to {destination / 'myst.yml'}.")
    click.echo(f"What is not as it was is in {destination / 'IMPORT.md'}. Next: panlearn course check {destination}")


def _plain(imported: Imported, destination: Path) -> dict[str, Any]:
    return {
        "course": str(destination),
        "title": imported.title,
        "lessons": [
            {
                "notebook": lesson.notebook,
                "page": f"{lesson.page}.ipynb",
                "exercises": lesson.converted.exercises,
                "points": lesson.converted.points,
                "points_there": lesson.converted.asked,
            }
            for lesson in imported.lessons
        ],
        "notes": [
            {"notebook": notebook, "cell": note.cell, "what": note.what, "todo": note.todo}
            for notebook, note in imported.notes
        ],
        "left_out": list(imported.left),
        "moved": list(imported.moved),
    }


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
