"""How a check says that it failed."""

from __future__ import annotations


class Failure(AssertionError):
    """A failed check: a sentence, and the three values of the feedback row as short texts.

    `got` is what came, `accepted` what would have passed, `off` how far away that is, `hint` one thing to try.
    """

    def __init__(self, message: str, *, got: str = "", accepted: str = "", off: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.accepted = accepted
        self.off = off
        self.hint = hint
