"""What there is to import: notebooks in order, and the files beside them. Links are not followed, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from panlearn.content.importing.cells import shown
from panlearn.errors import BadInput

MOST_NOTEBOOKS = 500
MOST_FILES = 2_000
MOST_BYTES_A_FILE = 50 * 1024 * 1024
MOST_BYTES = 200 * 1024 * 1024
_LEFT_OUT = {"__pycache__", "node_modules", "_build", "autograded", "submitted", "feedback", "release", "dist"}
_NO_DATA = {".ipynb", ".pyc", ".db", ".zip", ".log", ".otter"}
_CONFIGURATION = {"nbgrader_config.py", "gradebook.db", "header.ipynb", "otter_config.json", "environment.yml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Notebooks of one folder, the files beside them that lessons may use, and the tests that Otter put in files.

    `alone`: one notebook was asked for, not its folder.
    """

    folder: Path
    title: str = ""
    notebooks: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    tests: dict[str, str] = field(default_factory=dict)
    alone: bool = False


@dataclass(slots=True)
class Found:
    """Everything that is imported, and what of SRC is not."""

    name: str
    materials: list[Material] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def find(source: Path) -> Found:
    """The notebooks under SRC: one notebook, a folder of them, or a course of folders (nbgrader's `source/`)."""
    _refuse(source)
    if source.is_file():
        found = Found(name=source.stem)
        found.materials.append(_material(source.parent, found, only=source))
        return found
    found = Found(name=source.resolve().name)
    root = source / "source" if (source / "source").is_dir() and not (source / "source").is_symlink() else source
    if root != source:
        _leave_beside(source, found)
    for folder, title in _folders(root, found):
        material = _material(folder, found, title=title)
        if material.notebooks:
            found.materials.append(material)
        elif not any(one.folder == root for one in found.materials):
            _leave(found, f"{shown(title)}/: it holds no notebook.")
    count = sum(len(material.notebooks) for material in found.materials)
    if not count:
        todo = "Name a notebook, a folder with notebooks, or a course folder that holds them in source/."
        raise BadInput(f"There are no notebooks in {shown(str(source))}.", todo=todo)
    if count > MOST_NOTEBOOKS:
        todo = f"At most {MOST_NOTEBOOKS} are imported at once."
        raise BadInput(f"{shown(source.name)} has {count} notebooks.", todo=todo)
    return found


def _leave_beside(source: Path, found: Found) -> None:
    """What stands beside `source/` is the system's own: say so."""
    for path in _sorted(source):
        if path.name != "source" and not path.name.startswith("."):
            _leave(found, f"{shown(path.name)}{'/' if path.is_dir() else ''}: {_why(path.name)}")


def _why(name: str) -> str:
    """Why a file or a folder is not imported."""
    if name == "nbgrader_config.py":
        return "its settings are not read, and it is not run."
    if name in _CONFIGURATION or name in _LEFT_OUT:
        return "nbgrader and Otter make or need it, and a course has no use for it."
    if name.endswith(".ipynb"):
        return "notebooks are taken from a folder itself, not from those below it."
    return "it is neither a notebook nor beside one."


def _folders(root: Path, found: Found) -> Iterator[tuple[Path, str]]:
    """The folder itself, and those in it that may hold notebooks, with what they are called."""
    if _notebooks(root, found):
        yield root, ""
    for path in _sorted(root):
        if path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            if path.name in _LEFT_OUT:
                _leave(found, f"{path.name}/: {_why(path.name)}")
            else:
                yield path, path.name


def _refuse(source: Path) -> None:
    """Raise `BadInput` for what cannot hold notebooks."""
    if source.is_symlink():
        todo = "Name the folder or the notebook itself."
        raise BadInput(
            f"{shown(source.name)} is a link to {shown(str(source.readlink()))}; links are not followed.", todo=todo
        )
    if not source.exists():
        raise BadInput(f"There is no {shown(str(source))}.", todo="Name a notebook, or a folder that holds notebooks.")
    if source.is_file() and source.suffix != ".ipynb":
        raise BadInput(f"{shown(source.name)} is no notebook.", todo="Name a file that ends in .ipynb, or a folder.")


def _sorted(folder: Path) -> list[Path]:
    """By name, numbers by their value: ps2 before ps10."""

    def parts(path: Path) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", path.name)]

    return sorted(folder.iterdir(), key=parts)


def is_named_well(path: Path) -> bool:
    """Whether a file's name is text; other bytes are no name that a course can have."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _notebooks(folder: Path, found: Found) -> list[Path]:
    kept = []
    for path in _sorted(folder):
        if path.suffix != ".ipynb" or path.name.startswith(".") or path.name in _CONFIGURATION:
            continue
        if path.is_symlink():
            _leave(found, f"{shown(path.name)}: it is a link, which is not followed.")
        elif path.is_file():
            kept.append(path)
    return kept


def _leave(found: Found, text: str) -> None:
    if text not in found.left:
        found.left.append(text)


def _material(folder: Path, found: Found, *, only: Path | None = None, title: str = "") -> Material:
    notebooks = [only] if only else _notebooks(folder, found)
    whole = bool(title) or not any(_holds_notebooks(path) for path in folder.iterdir())
    return Material(
        folder=folder,
        title=title,
        notebooks=tuple(notebooks),
        files=tuple(_files(folder, found, whole=whole)) if notebooks and not only else (),
        alone=only is not None,
        tests=_tests(folder, found) if notebooks else {},
    )


def _holds_notebooks(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and next(path.glob("*.ipynb"), None) is not None


def _files(folder: Path, found: Found, *, whole: bool) -> Iterator[Path]:
    """The files that lessons may read, as many as there may be."""
    count = total = 0
    for path in _walk(folder, found, whole=whole):
        name, size = path.relative_to(folder).as_posix(), path.stat().st_size
        if size > MOST_BYTES_A_FILE:
            _leave(
                found, f"{shown(name)}: it has {size >> 20} MB; files of up to {MOST_BYTES_A_FILE >> 20} MB are copied."
            )
        elif count >= MOST_FILES or total + size > MOST_BYTES:
            _leave(
                found,
                f"{shown(name)}: with it there would be too many files, or more than {MOST_BYTES >> 20} MB of them.",
            )
        else:
            count, total = count + 1, total + size
            yield path


def _walk(folder: Path, found: Found, *, whole: bool, top: bool = True) -> Iterator[Path]:
    """The regular files under a folder; what is no file of a course is said. Notebooks at the `top` are lessons."""
    for path in _sorted(folder):
        if path.name.startswith(".") or path.name == "__pycache__" or (path.suffix == ".ipynb" and top):
            continue
        if why := _no_file(path):
            _leave(found, f"{shown(path.name)}{'/' if path.is_dir() and not path.is_symlink() else ''}: {why}")
        elif path.is_file():
            yield path
        elif whole or not _holds_notebooks(path):
            yield from _walk(path, found, whole=whole, top=False)


def _no_file(path: Path) -> str:
    """Why this is no file or folder of a course; nothing where it is one."""
    if path.is_symlink():
        return "it is a link, which is not followed."
    if not is_named_well(path):
        return "its name is not UTF-8 text."
    if path.is_dir():
        if path.name == "tests" and any(path.glob("*.py")):
            return "it holds tests, which are read for questions of Otter and are no files of a course."
        return _why(path.name) if path.name in _LEFT_OUT else ""
    if path.name in _CONFIGURATION or path.suffix in _NO_DATA:
        return _why(path.name)
    return "" if path.is_file() else "it is no regular file."


def _tests(folder: Path, found: Found) -> dict[str, str]:
    """The texts of `tests/*.py`, by name."""
    tests: dict[str, str] = {}
    place = folder / "tests"
    if place.is_symlink() or not place.is_dir():
        return tests
    for path in sorted(place.glob("*.py")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 2**20 or path.name == "__init__.py":
            _leave(found, f"tests/{shown(path.name)}: it is a link, or larger than a test file.")
            continue
        try:
            tests[path.stem] = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            _leave(found, f"tests/{shown(path.name)}: it is not UTF-8 text.")
    return tests
