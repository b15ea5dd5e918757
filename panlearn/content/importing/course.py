"""A course made of imported notebooks: converted lessons, files, configuration, and an account of what changed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from panlearn.content.importing import nbgrader, otter, proposals
from panlearn.content.importing.account import account, course_yml, index_md, myst_yml
from panlearn.content.importing.cells import Cell, Converted, Note, headings, plain_title, shown, slug
from panlearn.content.importing.files import Plan, follow, imported_modules, named_files
from panlearn.content.importing.notebooks import Notebook, notebook_text, read_notebook
from panlearn.content.importing.sources import Found, Material, find
from panlearn.errors import BadInput

System = Literal["nbgrader", "otter", "notebooks"]
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLesson:
    """A notebook of theirs as a page of ours."""

    notebook: str
    page: str
    title: str
    group: str
    converted: Converted


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A course that was imported. `left`: files that were not; `moved`: files whose path is another one."""

    system: System
    title: str
    lessons: tuple[ImportedLesson, ...]
    left: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    licence: str = ""

    @property
    def notes(self) -> list[tuple[str, Note]]:
        """Every note with the notebook it is on."""
        return [(lesson.notebook, note) for lesson in self.lessons for note in lesson.converted.notes]


def import_course(
    system: System,
    source: Path,
    destination: Path,
    *,
    licence: str = "",
    authors: Sequence[str] = (),
    title: str = "",
) -> Imported:
    """Write the course that the material in `source` makes to the folder `destination`, all of it or nothing.

    Raises `BadInput` for what cannot be imported.
    """
    target = checked_destination(destination)
    licence = one_line(licence, "licence")
    given = [one_line(author, "author") for author in authors]
    found = find(source)
    reading = _Reading(system, found)
    for material in found.materials:
        reading.take(material)
    if not reading.lessons:
        raise BadInput(
            f"{shown(source.name)} holds no Python notebook: {found.left[-1] if found.left else 'nothing'}",
            todo="PaN Learn runs Python.",
        )
    imported = Imported(
        system=system,
        title=one_line(title, "title") or _title(found, reading.lessons),
        lessons=tuple(reading.lessons),
        left=tuple(found.left),
        files=tuple(sorted(reading.plan.copies)),
        moved=tuple(reading.moved()),
        authors=tuple(dict.fromkeys(given or reading.authors)),
        licence=licence,
    )
    _write(target, imported, reading.plan.copies)
    return imported


def checked_destination(path: Path) -> Path:
    """The folder as it will be, or `BadInput` where no course can be written there."""
    target = Path(os.path.normpath(path.expanduser().absolute()))
    if not _SLUG.fullmatch(target.name):
        like = slug(target.name) or "my-course"
        todo = f"Its name is the course's address: small letters, digits and hyphens, such as {like}."
        raise BadInput(f"The folder {shown(target.name)} cannot be a course.", todo=todo)
    if target.is_symlink():
        raise BadInput(f"{shown(str(path))} is a link; nothing is written through it.", todo="Name the folder itself.")
    if target.exists() and (not target.is_dir() or next(target.iterdir(), None)):
        what = "is not empty" if target.is_dir() else "is a file"
        raise BadInput(
            f"{shown(str(path))} {what}; a course is written to a new folder.", todo="Name another, or empty it."
        )
    return target


def one_line(text: str, what: str) -> str:
    """A text that fits a line of a configuration, or `BadInput`."""
    line = " ".join(text.split())
    if len(line) > _LONGEST or not line.isprintable():
        raise BadInput(f"This {what} cannot be used: {shown(line)[:_LONGEST]}.", todo="Give one short line of text.")
    return line


class _Reading:
    """Notebooks read and converted one after the other; ids and names of pages are theirs once."""

    def __init__(self, system: System, found: Found) -> None:
        self.lessons: list[ImportedLesson] = []
        self.plan = Plan()
        self.authors: list[str] = []
        self._system = system
        self._found = found
        self._ids: set[str] = set()
        self._pages = {"index", "import"}
        self._named: set[tuple[Path, str]] = set()

    def take(self, material: Material) -> None:
        """Convert the notebooks of one folder."""
        notebooks = [(path, self._read(path, material)) for path in material.notebooks]
        kept = [(path, notebook) for path, notebook in notebooks if notebook]
        cells = [cell for _, notebook in kept for cell in notebook.cells]
        files = named_files(material.folder, cells) if material.alone else material.files
        if kept:
            self.plan.add(material.folder, slug(material.title), files, cells)
        for path, notebook in kept:
            self._lesson(path, notebook, material)

    def _read(self, path: Path, material: Material) -> Notebook | None:
        name = f"{material.title}/{path.name}" if material.title else path.name
        notebook = read_notebook(path, name)
        if not notebook.is_python:
            self._found.left.append(
                f"{shown(name)}: its cells are {shown(notebook.language)}, and PaN Learn runs Python."
            )
            return None
        self.authors += notebook.authors
        return notebook

    def _lesson(self, path: Path, notebook: Notebook, material: Material) -> None:
        name = f"{material.title}/{path.name}" if material.title else path.name
        page = self._page(f"{material.title} {path.stem}" if len(self._found.materials) > 1 else path.stem)
        moved = self.plan.moved.get(material.folder, {})
        pairs = [follow(cell, moved) for cell in notebook.cells]
        self._named |= {(material.folder, old) for _, used in pairs for old in used}
        cells = [cell for cell, _ in pairs]
        if self._system == "nbgrader":
            converted = nbgrader.convert(cells, page, self._ids)
        elif self._system == "notebooks":
            converted = proposals.convert(cells, page, self._ids)
        else:
            converted = otter.convert(cells, notebook.metadata, material.tests, page, self._ids)
        title = _first_heading(converted.cells)
        made = list(converted.cells)
        if not title:
            title = _in_words(path.stem) or f"Lesson {len(self.lessons) + 1}"
            made.insert(0, Cell(kind="markdown", source=f"# {title}", number=0))
        notes = list(converted.notes)
        if helper := self._helper(material, made, notes):
            made.insert(1, helper)
        self.lessons.append(
            ImportedLesson(
                notebook=shown(name),
                page=page,
                title=title,
                group=_in_words(material.title),
                converted=replace(converted, cells=tuple(made), notes=tuple(notes)),
            )
        )

    def _page(self, name: str) -> str:
        base = slug(name) or f"lesson-{len(self.lessons) + 1}"
        page, number = base, 2
        while page in self._pages:
            page, number = f"{base}-{number}", number + 1
        self._pages.add(page)
        return page

    def _helper(self, material: Material, cells: Sequence[Cell], notes: list[Note]) -> Cell | None:
        """A cell that lets Python find the modules that lay beside the notebook."""
        modules = imported_modules(cells)
        here = {
            path.stem for path in self.plan.copies.values() if path.suffix == ".py" and path.parent == material.folder
        }
        places = self.plan.helpers(material.folder) if modules & here else []
        if not places:
            return None
        names = ", ".join(sorted(f"{name}.py" for name in modules & here))
        notes.insert(
            0, Note(cell=0, what=f"{names} is read from data/, and learners can read it too: a cell says where it is.")
        )
        rows = ["import sys", "", *(f'sys.path.insert(0, "{place}")' for place in places)]
        return Cell(kind="code", source="\n".join(rows), number=0, metadata={"tags": ["hide-input"]})

    def moved(self) -> list[str]:
        """The files that have another path, and whether a cell named the old one."""
        told = []
        for folder, moved in self.plan.moved.items():
            for old, new in sorted((old, new) for old, new in moved.items() if not old.endswith(".py")):
                how = "cells that name it follow" if (folder, old) in self._named else "no cell names it as one text"
                told.append(f"{shown(old)} is {shown(new)} now; {how}.")
        return told


def _first_heading(cells: Sequence[Cell]) -> str:
    """The title that a notebook opens with."""
    first = cells[0] if cells else None
    if first is None or first.kind != "markdown":
        return ""
    found = headings(first.source)
    leads = found and found[0][1] == 1 and not "\n".join(first.source.split("\n")[: found[0][0]]).strip()
    return plain_title(found[0][2]) if leads else ""


def _in_words(name: str) -> str:
    words = " ".join(re.sub(r"[_\W]+", " ", name).split())
    return words[:1].upper() + words[1:]


def _title(found: Found, lessons: Sequence[ImportedLesson]) -> str:
    if len(lessons) == 1:
        return lessons[0].title
    return _in_words(found.name) or "Imported course"


def _write(target: Path, imported: Imported, copies: Mapping[str, Path]) -> None:
    """Everything beside the target first, then in one step to its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.parent / f".{target.name}.import-{os.getpid()}"
    making.mkdir()
    try:
        for new, path in copies.items():
            place = making / new
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place, follow_symlinks=False)
        texts = {f"{lesson.page}.ipynb": notebook_text(lesson.converted.cells) for lesson in imported.lessons}
        texts |= {"course.yml": course_yml(imported), "myst.yml": myst_yml(imported)}
        texts |= {"index.md": index_md(imported), "IMPORT.md": account(imported)}
        for name, text in texts.items():
            (making / name).write_text(text, encoding="utf-8")
        making.rename(target)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
