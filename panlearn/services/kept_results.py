"""Results of running lessons and proving exercises, by all that they depend on, so that nothing is done twice."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from panlearn.settings import resource

MOST_BYTES = 512 << 20
_LARGEST = 32 << 20


class KeptResults:
    """JSON values in a private folder, by key. One that cannot be read is not there; the oldest go first."""

    def __init__(self, folder: Path | None, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes

    @staticmethod
    def key(*parts: Any) -> str:
        """A key for these parts: `key_of`."""
        return key_of(*parts)

    def get(self, key: str) -> Any:
        """The value, or None."""
        if self._folder is None:
            return None
        file = self._folder / key
        try:
            value = json.loads(file.read_bytes())
            os.utime(file)
        except (OSError, ValueError):
            return None
        return value

    def put(self, key: str, value: Any) -> None:
        """Keep a value, if there is room. A disk that is full or read-only costs time later, nothing else."""
        if self._folder is None:
            return
        data = json.dumps(value).encode()
        if len(data) > _LARGEST:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(temporary).rename(self._folder / key)
            finally:
                Path(temporary).unlink(missing_ok=True)
            self._make_room()

    def _make_room(self) -> None:
        assert self._folder is not None  # noqa: S101 - asked by `put` alone
        files = sorted(
            ((found.st_mtime, found.st_size, path) for path in self._folder.iterdir() if (found := _stat(path))),
            reverse=True,
        )
        total = 0
        for _, size, path in files:
            total += size
            if total > self._most:
                path.unlink(missing_ok=True)


def key_of(*parts: Any) -> str:
    """A key for these parts, which are JSON values, and for the code that works on them."""
    text = json.dumps([code_version(), *parts], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


@lru_cache(maxsize=1)
def code_version() -> str:
    """Changes with any line of our own code: what it gave before may be something else now."""
    total = hashlib.sha256()
    for folder in (Path(__file__).resolve().parents[1], resource("sandbox")):
        for path in sorted(folder.rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
