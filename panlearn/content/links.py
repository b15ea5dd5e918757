"""Links in a course's folder: never followed, and said so, since what they lead to would be missing in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from panlearn.content.digests import is_ignored
from panlearn.content.findings import Findings


def report_links(folder: Path, findings: Findings) -> None:
    """An error for each link that leads out of the course, a warning for each that stays inside."""
    for path in _links(folder):
        name, target = path.relative_to(folder).as_posix(), path.readlink()
        todo = "Put the file itself in its place."
        if path.resolve().is_relative_to(folder):
            findings.warn("PL007", name, 0, f"This is a link to `{target}`, which is not followed.", todo)
        else:
            findings.error("PL007", name, 0, f"This link leads out of the course, to `{target}`.", todo)


def _links(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if is_ignored(path.name):
            continue
        if path.is_symlink():
            yield path
        elif path.is_dir():
            yield from _links(path)
