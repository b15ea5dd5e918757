"""How a check says that it failed."""

from __future__ import annotations

from typing import Any


class Failure(AssertionError):
    """A failed check: a sentence, and the three values of the feedback row as short texts.

    `got` is what came, `accepted` what would have passed, `off` how far away that is, `hint` one thing to try.
    `curve` is what the picture shows, as `panlearn_checks.curve.curve` makes it.
    """

    def __init__(
        self,
        message: str,
        *,
        got: str = "",
        accepted: str = "",
        off: str = "",
        hint: str = "",
        curve: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.accepted = accepted
        self.off = off
        self.hint = hint
        self.curve = curve

    def say(self, message: str) -> Failure:
        """The same failure with another sentence."""
        self.message = message
        self.args = (message,)
        return self


def sentence(text: str) -> str:
    """A text that begins with a capital letter and ends with a full stop."""
    text = text.strip()
    end = "" if text.endswith((".", "?")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}" if text and text[0] != "`" else f"{text}{end}"


def told(failure: Failure, message: str) -> Failure:
    """A failure with the author's own sentence first, then what came."""
    said = sentence(failure.message)
    return failure.say(f"{message.strip()} {said}" if message else said)
