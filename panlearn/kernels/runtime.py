"""A private folder for the sockets of one running process, and the removal of what dead ones left."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from panlearn.errors import PlatformError

LONGEST_SOCKET_PATH = 107
_PREFIX = "s-"
"""Other parts of the site keep folders in the same place, by other names."""
_LONGEST_NAME = len("/k00000000-5")


class RuntimeFolder:
    """A folder of this process below `parent`, mode 0700. It is locked as long as the process lives."""

    def __init__(self, parent: Path) -> None:
        self.path, self._lock = _locked_folder(parent)
        if len(str(self.path)) + _LONGEST_NAME > LONGEST_SOCKET_PATH:
            self.path.rmdir()
            os.close(self._lock)
            raise PlatformError(
                f"The folder for sockets, {parent}, has too long a path: a unix socket's may have "
                f"{LONGEST_SOCKET_PATH} characters.",
                todo="Set TMPDIR to a shorter folder.",
            )

    def new_name(self) -> str:
        """A path below the folder that nothing has yet."""
        return str(self.path / f"k{secrets.token_hex(4)}")

    def close(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)
        with suppress(OSError):
            self.path.parent.rmdir()  # unless others use it too


def _locked_folder(parent: Path) -> tuple[Path, int]:
    """A new folder and its lock. Another process that begins may take it for a stale one before it is locked."""
    while True:
        path = _new_folder(parent)
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def _new_folder(parent: Path) -> Path:
    for _ in range(10):  # another process may remove the parent between the two steps
        _own_folder(parent)
        _remove_stale(parent)
        path = parent / f"{_PREFIX}{secrets.token_hex(4)}"
        with suppress(FileNotFoundError):
            path.mkdir(mode=0o700)
            return path
    raise PlatformError(f"No folder could be made in {parent}.", todo="Look at what removes it.")


def _own_folder(path: Path) -> None:
    """Make the folder, or refuse one that somebody else could look into: it stands in a place that all can write."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700, parents=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PlatformError(
            f"{path} should be a folder of this user and is not.", todo="Remove it, or set TMPDIR to a private folder."
        )
    if stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004  readable by nobody else
        path.chmod(0o700)


def _remove_stale(parent: Path) -> None:
    """Remove folders whose process is gone: nobody holds their lock."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(fd)
