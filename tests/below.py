"""What runs below the tests' own process: sandboxes, and not the database server that other tests share."""

from __future__ import annotations

from contextlib import suppress

import psutil


def sandboxes(*, direct: bool = False) -> list[psutil.Process]:
    """Every process below this one that belongs to an engine; `direct`: only those it started itself."""
    return [one for one in psutil.Process().children(recursive=not direct) if not _is_database(one)]


def _is_database(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.name().startswith("postgres")
    return False
