"""Comparing short texts as a kind reader would: spaces, hyphens, a full stop and letters' case do not matter."""

from __future__ import annotations

import re
import unicodedata

_GAPS = re.compile("[\\s\\-_\u2010-\u2015\u2212]+")
_AROUND = " .,;:!?\"'`\u201c\u201d\u2018\u2019"
MIN_FOR_TYPOS = 5
"""In a shorter word one letter makes another word."""


def bare(text: str, *, case: bool = False) -> str:
    """A text as it is compared."""
    plain = unicodedata.normalize("NFKC", text)
    plain = _GAPS.sub(" ", plain).strip(_AROUND)
    return plain if case else plain.casefold()


def matches(given: str, wanted: str, *, case: bool = False, typos: int = 0) -> bool:
    """Whether a text is the wanted one, with so many letters amiss at most."""
    a, b = bare(given, case=case), bare(wanted, case=case)
    if a == b:
        return True
    return typos > 0 and len(b) >= MIN_FOR_TYPOS and distance(a, b, typos) <= typos


def distance(a: str, b: str, most: int) -> int:
    """Letters to insert, drop or replace; `most` + 1 stands for more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return min(row[-1], most + 1)
