"""Otter's solution comments as our markers: `# SOLUTION`, `# BEGIN SOLUTION`, prompts, seeds, what is to be ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from panlearn.content.importing.blocks import BEGIN, END, STUB

_LINE = re.compile(r"^(?P<code>.*?\S)\s*#\s*(?P<what>SOLUTION NO PROMPT|SOLUTION|SEED)\s*$", re.IGNORECASE)
_ASSIGNS = re.compile(r"^(?P<left>\s*[\w\s,.\[\]'\"()]*?[^=!<>\s]\s*(?::\s*[^=]+)?=)(?!=)")
_BEGIN = re.compile(r"^(?P<indent>\s*)#\s*BEGIN SOLUTION(?P<bare> NO PROMPT)?\s*$", re.IGNORECASE)
_END = re.compile(r"^\s*#\s*END SOLUTION\s*$", re.IGNORECASE)
_PROMPT = re.compile(r"^(?P<indent>\s*)(\"\"\"|''')\s*#\s*BEGIN PROMPT\s*$", re.IGNORECASE)
_PROMPT_ENDS = re.compile(r"^\s*(\"\"\"|''')\s*;?\s*#\s*END PROMPT\s*$", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*IGNORE\s*$", re.IGNORECASE)
_IGNORES = re.compile(r"^\s*#\s*(?P<word>BEGIN|END) IGNORE\s*$", re.IGNORECASE)
_HEADER = re.compile(r"^\s*##\s*solution\s*##\s*$", re.IGNORECASE)


def without_ignored(source: str) -> str:
    """A cell without the lines that Otter takes out of every version."""
    kept: list[str] = []
    inside = False
    for row in source.split("\n"):
        if mark := _IGNORES.match(row):
            inside = mark["word"].upper() == "BEGIN"
        elif not inside and not _IGNORE.search(row):
            kept.append(row)
    return "\n".join(kept)


def has_solution(source: str) -> bool:
    """Whether a cell says which of its lines are the solution."""
    rows = source.split("\n")
    return any(_LINE.match(row) or _BEGIN.match(row) for row in rows)


@dataclass(slots=True)
class _Region:
    """Lines of a solution, and what the learner begins with in their place (None: `...`)."""

    indent: str
    solution: list[str] = field(default_factory=list)
    stub: list[str] | None = None

    @property
    def start(self) -> list[str]:
        return [f"{self.indent}..."] if self.stub is None else self.stub

    def rows(self) -> list[str]:
        stub = [] if self.stub is None else [f"{self.indent}{STUB}", *self.stub]
        return [f"{self.indent}{BEGIN}", *self.solution, *stub, f"{self.indent}{END}"]


def with_markers(source: str) -> str:
    """An answer cell with our markers. Solutions that follow each other become one."""
    made: list[str | _Region] = []
    for part in _parts([row for row in without_ignored(source).split("\n") if not _HEADER.match(row)]):
        last = made[-1] if made else None
        if isinstance(part, _Region) and isinstance(last, _Region):
            last.stub = [*last.start, *part.start]
            last.solution += part.solution
            last.indent = min(last.indent, part.indent, key=len)
        else:
            made.append(part)
    return "\n".join(row for part in made for row in ([part] if isinstance(part, str) else part.rows()))


def _parts(rows: list[str]) -> Iterator[str | _Region]:
    """Plain lines, and solutions with what stands in their place."""
    at = 0
    while at < len(rows):
        row, region, end = rows[at], None, at
        if begin := _BEGIN.match(row):
            end = _end(rows, at, _END)
            region = _Region(indent=begin["indent"], solution=rows[at + 1 : end], stub=[] if begin["bare"] else None)
        elif prompt := _PROMPT.match(row):
            end = _end(rows, at, _PROMPT_ENDS)
            region = _Region(indent=prompt["indent"], stub=rows[at + 1 : end])
        elif mark := _LINE.match(row):
            region = _line(mark)
        yield region or row
        at = end + 1


def _end(rows: list[str], begin: int, ends: re.Pattern[str]) -> int:
    """The line that ends a block; one past the last where none does."""
    return next((place for place in range(begin + 1, len(rows)) if ends.match(rows[place])), len(rows))


def _line(mark: re.Match[str]) -> _Region:
    code = mark["code"].rstrip()
    indent = code[: len(code) - len(code.lstrip())]
    stub: list[str] = []
    if mark["what"].upper() == "SOLUTION":
        assigns = _ASSIGNS.match(code)
        stub = [f"{assigns['left'].rstrip()} ..." if assigns else f"{indent}..."]
    return _Region(indent=indent, solution=[code], stub=stub)
