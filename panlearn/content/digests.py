"""Digests: of a course's sources, of its data folder, of what renders it. Equal digests mean an equal release."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

DATA_FOLDER = "data"
_IGNORED = {"_build", "__pycache__", "node_modules", "exports"}


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no part of a course: hidden, or made by a build."""
    return name.startswith(".") or name in _IGNORED


def course_files(folder: Path) -> Iterator[Path]:
    """The regular files of a course, sorted; hidden ones, build output and links are not part of it."""
    for path in sorted(folder.iterdir()):
        if is_ignored(path.name) or path.is_symlink():
            continue
        if path.is_dir():
            yield from course_files(path)
        elif path.is_file():
            yield path


def folder_digest(folder: Path) -> str:
    """A digest of the names and contents of the files in a folder."""
    total = hashlib.sha256()
    for path in course_files(folder):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def data_digest(folder: Path) -> str | None:
    """The digest of the course's `data/` folder, None where it has no files."""
    data = folder / DATA_FOLDER
    if not data.is_dir() or data.is_symlink() or next(course_files(data), None) is None:
        return None
    return folder_digest(data)[:24]


@lru_cache(maxsize=1)
def renderer_version() -> str:
    """Changes whenever a release of the same sources could look different: our code, and Jupyter Book's version."""
    here = Path(__file__).resolve().parent
    total = hashlib.sha256(importlib.metadata.version("jupyter-book").encode())
    for path in sorted(here.rglob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()


def release_digest(folder: Path, environment_digest: str) -> str:
    """What a release of this course, as it is now, is addressed by."""
    parts = [folder.name, folder_digest(folder), environment_digest, renderer_version()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
