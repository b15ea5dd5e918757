"""The files about an imported course: its configuration, its front page, the account of the import."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml

from panlearn.content.importing.cells import figure

if TYPE_CHECKING:
    from panlearn.content.importing.course import Imported

_MINUTES_AN_EXERCISE, _MINUTES_A_LESSON = 8, 5
_GENERAL = {
    "nbgrader": (
        "nbgrader gives the points of a test cell all or not at all; here they are shared among its checks.",
        "nbgrader's stub for answers is `...` here. Write another one after `### STUB`, before `### END SOLUTION`.",
    ),
    "notebooks": ("Exercises are proposed where cells assert something of functions, and where tags or marks say so.",),
    "otter": (
        "Otter's success messages are not carried over; failure messages are the words of the checks.",
        "An output that Otter compares as text is compared as a value, where Python can read it.",
    ),
}
_FILES = "Learners can read every file in data/: look that none of them holds a solution."
_ALWAYS = (
    "Outputs are left out: lessons are run anew when they are checked and published.",
    "Exercises have no hints and no wrong answers yet: `#| wrong: ID` and `{hint}` blocks are for you to add.",
)


def course_yml(imported: Imported) -> str:
    """`course.yml` with every key that is needed. What nobody knows yet says that it was imported."""
    exercises = sum(lesson.converted.exercises for lesson in imported.lessons)
    minutes = max(10, _MINUTES_AN_EXERCISE * exercises + _MINUTES_A_LESSON * len(imported.lessons))
    count = "1 lesson" if len(imported.lessons) == 1 else f"{len(imported.lessons)} lessons"
    summary = f"{imported.title}, imported from {imported.system} with {count}."
    return "\n".join(
        [
            f"summary: {json.dumps(summary, ensure_ascii=False)}  # say in one sentence what it teaches",
            "level: beginner  # beginner, intermediate or advanced: not known from the import",
            "language: en  # not known from the import",
            f"duration: {minutes}m  # estimated from the number of exercises",
            "environment: core",
            "",
        ]
    )


def myst_yml(imported: Imported) -> str:
    """`myst.yml`. A licence or an author that nobody named is not there, and checking the course says so."""
    project: dict[str, Any] = {"title": imported.title}
    if imported.authors:
        project["authors"] = [{"name": name} for name in imported.authors]
    if imported.licence:
        project["license"] = imported.licence
    toc: list[Any] = [{"file": "index.md"}]
    for group, lessons in groupby(imported.lessons, key=lambda lesson: lesson.group):
        entries = [{"file": f"{lesson.page}.ipynb"} for lesson in lessons]
        toc += [{"title": group, "children": entries}] if group else entries
    project["toc"] = toc
    return yaml.safe_dump({"version": 1, "project": project}, sort_keys=False, allow_unicode=True)


def index_md(imported: Imported) -> str:
    """The front page: the title, and the lessons."""
    rows = [f"# {imported.title}", ""]
    return "\n".join([*rows, *(f"- [](./{lesson.page}.ipynb)" for lesson in imported.lessons), ""])


def account(imported: Imported) -> str:
    """`IMPORT.md`: what became what, and everything that is not as it was. It is no page of the course."""
    rows = [
        "# What was imported",
        "",
        f"From {imported.system}. This file is for the author and no page of the course: delete it when all is done.",
        "",
        f"| {imported.system} | here | exercises | points there | points here |",
        "|---|---|---|---|---|",
    ]
    for lesson in imported.lessons:
        made = lesson.converted
        cells = [lesson.notebook, f"{lesson.page}.ipynb", str(made.exercises), figure(made.asked), figure(made.points)]
        rows.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    rows += ["", "Then: `panlearn course check` this folder, and mend what it finds.", ""]
    missing = [
        f"`{key}` in myst.yml"
        for key, value in (("license", imported.licence), ("authors", imported.authors))
        if not value
    ]
    rows += _section("To fill in", [*missing, "`summary`, `level`, `language` and `duration` in course.yml"])
    for lesson in imported.lessons:
        rows += _section(lesson.notebook, map(str, lesson.converted.notes))
    rows += _section("Files that were not imported", imported.left)
    rows += _section("Files with another path", imported.moved)
    files = [_FILES] if imported.files else []
    return "\n".join([*rows, *_section("Everywhere", [*_GENERAL[imported.system], *_ALWAYS, *files])])


def _section(title: str, lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    return [f"## {title}", "", *(f"- {line}" for line in kept), ""] if kept else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
