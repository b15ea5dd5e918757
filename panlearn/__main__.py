"""`python -m panlearn` is `panlearn`."""

from __future__ import annotations

from panlearn.cli import main

if __name__ == "__main__":
    main()
