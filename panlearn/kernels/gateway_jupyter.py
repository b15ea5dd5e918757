"""Jupyter Server, imported without a second of work that nobody asked for.

`jupyter_events` imports `jsonschema`, which builds a grammar for internationalised addresses (0.85 s of a core) if
`rfc3987_syntax` happens to be there. To jsonschema it is optional, and nothing here checks such formats.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

_SLOW = "rfc3987_syntax"


@contextlib.contextmanager
def quick_imports() -> Iterator[None]:
    """Within, `jsonschema` finds its optional address grammar missing."""
    hidden = _SLOW not in sys.modules
    if hidden:
        sys.modules[_SLOW] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules[_SLOW]
