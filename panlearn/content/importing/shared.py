"""What test cells leave to later ones."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from panlearn.content.importing.cells import bound_by, safe_names
from panlearn.content.importing.checks import FURTHER, hidden, is_check, parsed, without_hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A statement of a test cell that checks nothing itself."""

    text: str
    secret: bool
    bound: frozenset[str]
    used: frozenset[str]


class Shared:
    """What test cells leave to later ones: they run in one kernel there, and each by itself here."""

    def __init__(self, lesson: Collection[str]) -> None:
        self._lesson = frozenset(lesson)
        self._lines: list[_Line] = []

    def complete(self, source: str) -> tuple[str, int]:
        """A test cell with the lines of earlier ones that it takes names from, and how many; it leaves its own."""
        wanted = set(safe_names(source).used) - self._lesson
        kept: list[_Line] = []
        for line in reversed(self._lines):
            if wanted & line.bound:
                wanted -= line.bound - line.used
                wanted |= line.used - self._lesson
                kept.insert(0, line)
        self._lines += _lines_of(source, self._lesson)
        before = [hidden(line.text, FURTHER) if line.secret else line.text for line in kept]
        return "\n".join([*before, source]), sum(part.count("\n") + 1 for part in before)


def _lines_of(source: str, lesson: Collection[str]) -> Iterable[_Line]:
    tree = parsed(source)
    shown = set(without_hidden(source)[0].split("\n"))
    for statement in tree.body if tree else []:
        text = ast.get_source_segment(source, statement)
        if text is None or is_check(statement):
            continue
        names = safe_names(text)
        if bound := bound_by(names) - frozenset(lesson):
            secret = any(row not in shown for row in text.split("\n"))
            yield _Line(text=text, secret=secret, bound=bound, used=names.used)
