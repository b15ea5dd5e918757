"""Releases on disk: written whole or not at all, never changed, read with a cache.

    releases/<course>/<digest>/release.json pages/<slug>.html assets/<name> downloads/<slug>.ipynb
                               grading/<exercise>.json

`grading/` is private (mode 0700); nothing of it is ever served.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from panlearn.domain.course import Release
from panlearn.domain.exercise import GradingBundle
from panlearn.errors import NotFound, PlatformError
from panlearn.settings import Settings

Value = TypeVar("Value")
_RELEASE = TypeAdapter(Release)
_BUNDLE = TypeAdapter(GradingBundle)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContent:
    """Everything a release holds besides its description."""

    fragments: Mapping[str, str] = field(default_factory=dict)
    assets: Mapping[str, bytes] = field(default_factory=dict)
    notebooks: Mapping[str, str] = field(default_factory=dict)
    bundles: Mapping[str, GradingBundle] = field(default_factory=dict)


class ReleaseStore:
    """Reads and writes releases. Safe for threads and for several processes: a release appears by one rename."""

    def __init__(self, settings: Settings) -> None:
        self._root = settings.releases_dir
        self._files = settings.files_dir
        self._lock = threading.Lock()
        self._releases: dict[tuple[str, str], Release] = {}
        self._fragments: dict[tuple[str, str, str], str] = {}
        self._bundles: dict[tuple[str, str, str], GradingBundle] = {}

    def has(self, course: str, digest: str) -> bool:
        """Whether this release was published on this instance."""
        return (
            bool(_NAME.match(course) and _NAME.match(digest))
            and (self._root / course / digest / "release.json").is_file()
        )

    def load(self, course: str, digest: str) -> Release:
        """The release's description. Raises NotFound."""
        key = (_name(course), _name(digest))
        if (found := self._releases.get(key)) is None:
            raw = _read(self._root / course / digest / "release.json", f"There is no release {digest} of {course}.")
            found = _parse(_RELEASE, raw, f"The release {digest} of {course} cannot be read.")
            with self._lock:
                self._releases[key] = found
        return found

    def fragment(self, release: Release, page: str) -> str:
        """The HTML of the page with this slug, with `{assets}` and `{course}` still in it. Raises NotFound."""
        key = (release.course.slug, release.digest, page)
        if (found := self._fragments.get(key)) is None:
            raw = _read(self._folder(release) / "pages" / f"{_name(page)}.html", f"There is no page {page}.")
            found = raw.decode("utf-8")
            with self._lock:
                self._fragments[key] = found
        return found

    def asset_path(self, release: Release, name: str) -> Path:
        """An asset's path. Raises NotFound; the name cannot lead out of the release."""
        return _existing(self._folder(release) / "assets" / _name(name), f"There is no file {name}.")

    def download_path(self, release: Release, name: str) -> Path:
        """The student notebook of a page, by the page's slug or the file's name."""
        file = name if name.endswith(".ipynb") else f"{name}.ipynb"
        return _existing(self._folder(release) / "downloads" / _name(file), f"There is no notebook {name}.")

    def bundle(self, release: Release, exercise_id: str) -> GradingBundle:
        """What an exercise is graded with. Raises NotFound."""
        key = (release.course.slug, release.digest, exercise_id)
        if (found := self._bundles.get(key)) is None:
            path = self._folder(release) / "grading" / f"{_name(exercise_id)}.json"
            raw = _read(path, f"There is no exercise {exercise_id}.")
            found = _parse(_BUNDLE, raw, f"The exercise {exercise_id} cannot be read.")
            with self._lock:
                self._bundles[key] = found
        return found

    def next_version(self, course: str) -> int:
        """One more than the newest release of a course."""
        folder = self._root / _name(course)
        digests = [path.name for path in folder.iterdir() if path.name[0] != "."] if folder.is_dir() else []
        return 1 + max((self.load(course, digest).version for digest in digests if self.has(course, digest)), default=0)

    def write(self, release: Release, content: ReleaseContent) -> None:
        """Write a release: into a temporary folder, then into its place by one rename. One that is there stays."""
        folder = self._root / _name(release.course.slug)
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(PermissionError):
            self._root.chmod(0o700)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        try:
            _write_all(temporary, release, content)
            temporary.chmod(0o755)
            try:
                temporary.rename(folder / _name(release.digest))
            except OSError:
                if not self.has(release.course.slug, release.digest):
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def keep_files(self, digest: str, source: Path) -> bool:
        """Copy a course's data folder to where sandboxes see it, readable for them. Whether it was not there yet."""
        target = self._files / _name(digest)
        if target.is_dir():
            return False
        self._files.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=self._files))
        try:
            copy = temporary / "data"
            shutil.copytree(source, copy, symlinks=True, ignore=_no_links)
            for path in (copy, *copy.rglob("*")):
                path.chmod(0o755 if path.is_dir() else 0o644)
            with suppress(OSError):  # another publish was first: the same files
                copy.rename(target)
                return True
            return False
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def drop_files(self, digest: str) -> None:
        """Take back what `keep_files` made for a course that was not published after all."""
        shutil.rmtree(self._files / _name(digest), ignore_errors=True)

    def _folder(self, release: Release) -> Path:
        return self._root / _name(release.course.slug) / _name(release.digest)


def _write_all(folder: Path, release: Release, content: ReleaseContent) -> None:
    for name in ("pages", "assets", "downloads", "grading"):
        (folder / name).mkdir()
    (folder / "grading").chmod(0o700)
    for slug, text in content.fragments.items():
        (folder / "pages" / f"{_name(slug)}.html").write_text(text, encoding="utf-8")
    for name, data in content.assets.items():
        (folder / "assets" / _name(name)).write_bytes(data)
    for slug, text in content.notebooks.items():
        (folder / "downloads" / f"{_name(slug)}.ipynb").write_text(text, encoding="utf-8")
    for exercise, bundle in content.bundles.items():
        path = folder / "grading" / f"{_name(exercise)}.json"
        path.write_bytes(_BUNDLE.dump_json(bundle))
        path.chmod(0o600)
    description = folder / "release.json"
    description.write_bytes(_RELEASE.dump_json(release, indent=1))
    with description.open("rb") as file:
        os.fsync(file.fileno())


def _no_links(folder: str, names: list[str]) -> list[str]:
    return [
        name for name in names if name.startswith(".") or name == "__pycache__" or (Path(folder) / name).is_symlink()
    ]


def _name(name: str) -> str:
    if not _NAME.match(name):
        raise NotFound(f"{name[:80]!r} is not the name of anything here.")
    return name


def _existing(path: Path, message: str) -> Path:
    if not path.is_file() or path.is_symlink():
        raise NotFound(message)
    return path


def _read(path: Path, message: str) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(message) from None


def _parse(adapter: TypeAdapter[Value], raw: bytes, message: str) -> Value:
    try:
        return adapter.validate_json(raw)
    except ValidationError:
        raise PlatformError(message, todo="Publish the course again.") from None
