"""The built front end: names with a hash of their content, kept by browsers for a year."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

STATIC = Path(__file__).resolve().parent / "static"
BUILD = "build"


class Built:
    """Plain names to built ones, from the build's manifest; read again when a new build replaced it."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._manifest = folder / BUILD / "manifest.json"
        self._read: tuple[int, dict[str, str]] | None = None

    def url(self, name: str) -> str:
        """The address of a built file. A name that is not in the manifest keeps its own."""
        return f"/static/{BUILD}/{self._names().get(name, name)}"

    def is_hashed(self, path: str) -> bool:
        """Whether a path below `static/` names a file of the build, whose content never changes."""
        folder, _, name = path.rpartition("/")
        return folder == BUILD and name != self._manifest.name

    def _names(self) -> dict[str, str]:
        try:
            changed = self._manifest.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if self._read is None or self._read[0] != changed:
            self._read = changed, json.loads(self._manifest.read_text())
        return self._read[1]


def init_app(app: Flask) -> None:
    """Give templates `static_url`."""
    built = Built()
    app.extensions["panlearn.built"] = built
    app.jinja_env.globals["static_url"] = built.url
