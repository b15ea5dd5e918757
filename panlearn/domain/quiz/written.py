"""Texts that a person reads: what can be handed in, and when a model answer may be read."""

from __future__ import annotations

import unicodedata

from panlearn.domain.quiz.model import WrittenKey
from panlearn.errors import BadInput

MAX_CHARACTERS = 10_000
"""Of one text; with every character as long as UTF-8 makes it, a submission still holds it."""


def words_in(text: str) -> int:
    """How many words there are: what stands between spaces."""
    return len(text.split())


def read_written(key: WrittenKey, raw: str) -> str:
    """The text as it is kept. Raises `BadInput` for one that is empty, or longer or shorter than is asked for."""
    text = _plain(raw)
    count = words_in(text)
    least, most = key.words or (0, count)
    if count == 0:
        raise BadInput("There is nothing written yet.", todo="Write your answer, then hand it in.")
    if len(text) > MAX_CHARACTERS:
        what = f"Your answer has {len(text):,} characters; at most {MAX_CHARACTERS:,} are kept."
        raise BadInput(what, todo="Shorten it, then hand it in.")
    if count < least:
        what = f"Your answer has {_counted(count)}; at least {least:,} are asked for."
        raise BadInput(what, todo="Write some more, then hand it in. This cost no try.")
    if count > most:
        what = f"Your answer has {_counted(count)}; at most {most:,} are asked for."
        raise BadInput(what, todo="Shorten it, then hand it in. This cost no try.")
    return text


def model_answer_open(reveal: str, *, graded: bool, passed: bool) -> bool:
    """Whether the explanation may be read: never before a person has graded the last answer, whatever the policy."""
    if reveal == "never":
        return False
    return passed or (graded and (reveal == "always" or reveal.startswith("after-pass-or-")))


def closed(reveal: str, explain: str, *, graded: bool, passed: bool) -> bool:
    """Whether nothing more can be handed in: it has all its points, or its model answer is there to be copied."""
    return passed or (bool(explain) and model_answer_open(reveal, graded=graded, passed=passed))


def _plain(raw: str) -> str:
    """The text with one kind of line break, and without signs that nobody can see or send on."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"}).strip()


def _counted(count: int) -> str:
    return "1 word" if count == 1 else f"{count:,} words"
