"""Files beside notebooks: where they go in a course, and the paths in cells that follow them.

Lessons run beside the course's `data/`, so what code reads goes there; pictures that pages show stay beside the pages.
"""

from __future__ import annotations

import ast
import filecmp
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from panlearn.content.digests import DATA_FOLDER
from panlearn.content.importing.cells import Cell
from panlearn.content.importing.checks import parsed
from panlearn.content.importing.sources import MOST_BYTES_A_FILE, is_named_well

_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
_LONGEST_PATH = 500


@dataclass(slots=True)
class Plan:
    """Where the files go: `copies` by their new path; `moved` by folder, from the old path to the new one."""

    copies: dict[str, Path] = field(default_factory=dict)
    moved: dict[Path, dict[str, str]] = field(default_factory=dict)
    _folders: set[str] = field(default_factory=set)

    def add(self, folder: Path, title: str, files: Iterable[Path], cells: Sequence[Cell]) -> None:
        """Plan the files of one folder, whose notebooks have these cells."""
        named = {text for cell in cells if cell.kind == "code" for text in _strings(cell.source)}
        moved = self.moved.setdefault(folder, {})
        for path in files:
            old = path.relative_to(folder).as_posix()
            picture = path.suffix.lower() in _PICTURES and old not in named and f"./{old}" not in named
            stays = (picture and ".ipynb/" not in old) or old.startswith(f"{DATA_FOLDER}/")
            wanted = old if stays else f"{DATA_FOLDER}/{old}"
            new = self._free(wanted, title, path)
            self.copies[new] = path
            self._folders |= {parent.as_posix() for parent in PurePosixPath(new).parents}
            if new != old:
                moved[old] = new

    def _free(self, wanted: str, title: str, path: Path) -> str:
        """The wanted path, or one like it where another file has it already."""
        number, new = 0, wanted
        inside = wanted.startswith(f"{DATA_FOLDER}/")
        while self._clashes(new, path):
            number += 1
            folder = (title or "more") + ("" if number == 1 else f"-{number}")
            new = f"{DATA_FOLDER}/{folder}/{wanted[len(DATA_FOLDER) + 1 :]}" if inside else f"{folder}/{wanted}"
        return new

    def _clashes(self, new: str, path: Path) -> bool:
        """Whether another file, or a folder, has this path already, or a file has that of its folder."""
        if new in self.copies:
            return not filecmp.cmp(self.copies[new], path, shallow=False)
        folders = {parent.as_posix() for parent in PurePosixPath(new).parents}
        return bool(folders & set(self.copies)) or new in self._folders

    def helpers(self, folder: Path) -> list[str]:
        """The folders of a course that hold Python files of this one's."""
        found = [new for new, path in self.copies.items() if path.suffix == ".py" and path.parent == folder]
        return sorted({new.rpartition("/")[0] for new in found})


def follow(cell: Cell, moved: Mapping[str, str]) -> tuple[Cell, set[str]]:
    """A cell whose paths follow the files that moved, and which of them it names."""
    if not moved:
        return cell, set()
    if cell.kind == "code":
        source, used = _in_code(cell.source, moved)
    else:
        source, used = _in_text(cell.source, moved)
    return (replace(cell, source=source), used) if source != cell.source else (cell, used)


def _strings(source: str) -> Iterable[str]:
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _in_code(source: str, moved: Mapping[str, str]) -> tuple[str, set[str]]:
    """Whole string literals only; what is put together from parts is the author's to change."""
    texts = {text for text in _strings(source) if text.removeprefix("./") in moved}
    if not texts:
        return source, set()
    words = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    used: set[str] = set()

    def put(match: re.Match[str]) -> str:
        old = match["path"].removeprefix("./")
        used.add(old)
        return f"{match['quote']}{moved[old]}{match['quote']}"

    return re.sub(rf"(?P<quote>['\"])(?P<path>{words})(?P=quote)", put, source), used


def named_files(folder: Path, cells: Sequence[Cell]) -> list[Path]:
    """The files that cells name, for a notebook imported by itself: what else lies beside it is nobody's business."""
    texts: set[str] = set()
    for cell in cells:
        if cell.kind == "code":
            texts |= set(_strings(cell.source)) | set(_imported(cell.source))
        else:
            texts |= {match[1] for match in re.finditer(r"\]\(<?([^)>\s]+)", cell.source)}
            texts |= {match[1] for match in re.finditer(r"\bsrc\s*=\s*[\"']([^\"']+)[\"']", cell.source)}
    return sorted({found for text in texts if (found := _beside(folder, text))})


def imported_modules(cells: Sequence[Cell]) -> set[str]:
    """The names of the modules that code cells import."""
    return {name.removesuffix(".py") for cell in cells if cell.kind == "code" for name in _imported(cell.source)}


def _imported(source: str) -> Iterable[str]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (f"{alias.name}.py" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield f"{node.module}.py"


def _beside(folder: Path, text: str) -> Path | None:
    place = PurePosixPath(text.removeprefix("./"))
    if not text or len(text) > _LONGEST_PATH or place.is_absolute() or ".." in place.parts or "\0" in text:
        return None
    path = folder
    for part in place.parts:
        if part.startswith(".") or path.is_symlink():
            return None
        path = path / part
    kept = path.suffix != ".ipynb" and not path.is_symlink() and path.is_file() and is_named_well(path)
    return path if kept and path.stat().st_size <= MOST_BYTES_A_FILE else None


def _in_text(source: str, moved: Mapping[str, str]) -> tuple[str, set[str]]:
    """Targets of pictures and links, in Markdown and in HTML."""
    used: set[str] = set()

    def put(match: re.Match[str]) -> str:
        old = match["path"].removeprefix("./")
        if old not in moved:
            return match[0]
        used.add(old)
        return f"{match['before']}{moved[old]}{match['after']}"

    source = re.sub(r"(?P<before>\]\(<?)(?P<path>[^)>\s]+)(?P<after>>?[)\s])", put, source)
    return re.sub(r"(?P<before>\bsrc\s*=\s*[\"'])(?P<path>[^\"']+)(?P<after>[\"'])", put, source), used
