"""Say, before the tests begin, which component of this machine they need and do not find."""

from __future__ import annotations

import shutil
import sys

NEEDED = {
    "chromium": "the browser tests (Debian, Ubuntu: apt install chromium)",
    "setpriv": "the tests without root (Debian, Ubuntu: apt install util-linux)",
}


def main() -> int:
    """Print what is missing; 1 if anything is."""
    missing = {name: use for name, use in NEEDED.items() if shutil.which(name) is None}
    for name, use in missing.items():
        print(f"Not found: {name}, needed by {use}.", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
