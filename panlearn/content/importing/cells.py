"""What a conversion works on: cells with their place in the author's notebook, and notes on what changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from panlearn.content.names import Names, names_of, parse
from panlearn.errors import AuthorError

Kind = Literal["markdown", "code", "raw"]
_LONGEST_ID = 64
_LONGEST_TITLE = 120
_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<text>.*?)\s*#*\s*$")
_RULE = re.compile(r"^\s{0,3}(-\s*){3,}$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `number` is its place in the author's notebook, from 1; `shift` counts the lines put before theirs."""

    kind: Kind
    source: str
    number: int
    shift: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, Any] = field(default_factory=dict)
    outputs: Sequence[Any] = ()
    ran: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that is not as it was: where (`cell` 0: the whole notebook), what, and what the author should do."""

    cell: int
    what: str
    todo: str = ""

    def __str__(self) -> str:
        place = f"cell {self.cell}: " if self.cell else ""
        return f"{place}{self.what} {self.todo}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A notebook in our form. `asked` are the points of its exercises as the author gave them, `points` those now."""

    cells: tuple[Cell, ...]
    notes: tuple[Note, ...]
    exercises: int = 0
    asked: float = 0.0
    points: float = 0.0


def slug(text: str) -> str:
    """Small letters, digits and hyphens; accents are dropped, and what has no Latin letter gives nothing."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].strip("-")


def unique(bases: Iterable[str], page: str, taken: set[str]) -> str:
    """The first of `bases` that is not taken yet, else one with the page before it; it is taken from now on."""
    wanted = [base for base in bases if base]
    start = wanted[0] if wanted else "exercise"
    for name in [*wanted, *([f"{page}-{start}"[:_LONGEST_ID].strip("-")] if wanted else [])]:
        if name not in taken:
            taken.add(name)
            return name
    number = 1
    while (name := f"{start[: _LONGEST_ID - 6]}-{number}") in taken:
        number += 1
    taken.add(name)
    return name


def shown(name: str) -> str:
    """A file's name as it can be printed: control and direction marks are written out."""
    return "".join(
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else f"\\u{ord(c):04x}" for c in name
    )


def safe_names(source: str) -> Names:
    """The names of a cell; none where it is not Python."""
    try:
        return names_of(parse(source, "", 1))
    except (AuthorError, RecursionError, ValueError):
        return Names()


def bound_by(names: Names) -> frozenset[str]:
    """Every name that a cell gives a value."""
    return names.bound | names.imported | names.passing


def in_points(points: float) -> str:
    """Points in words: 1 point, 2.5 points."""
    return f"{figure(points)} point{'' if figure(points) == '1' else 's'}"


def figure(points: float) -> str:
    """Points as they are written: 2, 0.5, 0.333333."""
    return f"{round(points, 6):.10g}"


def headings(text: str) -> list[tuple[int, int, str]]:
    """The headings of a Markdown text outside of code: row, level, words."""
    found, fence = [], ""
    for row, line in enumerate(text.split("\n")):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (match := _HEADING.match(line)):
            found.append((row, len(match["marks"]), match["text"]))
    return found


def without_rule(text: str) -> str:
    """A text without the line that is drawn before it; front matter between two lines stays."""
    rows = text.lstrip("\n").split("\n")
    if _RULE.match(rows[0]) and not any(_RULE.match(row) for row in rows[1:]):
        return "\n".join(rows[1:]).lstrip("\n")
    return text


def plain_title(text: str) -> str:
    """A heading as the title of an exercise: one line, without what would end the block's first line."""
    text = re.sub(r"[*_]{2,}|[`\x00-\x1f\x7f\x85\u2028\u2029]", "", text)
    return " ".join(text.split())[:_LONGEST_TITLE].strip()


def directive(name: str, title: str, options: Iterable[tuple[str, str]], body: str) -> str:
    """A block around a text, whatever fences that has."""
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    rows = [f"{fence}{{{name}}} {title}".rstrip(), *(f":{key}: {value}" for key, value in options), ""]
    return "\n".join([*rows, body.strip("\n"), fence])


def exercise_block(label: str, title: str, body: str) -> str:
    """An `{exercise}` block around a Markdown text."""
    return directive("exercise", title, [("label", label)], body.strip())


def code(options: Mapping[str, str], body: str, number: int) -> Cell:
    """A code cell with our option lines before the author's text."""
    rows = [f"#| {key}: {value}" for key, value in options.items()]
    return Cell(kind="code", source="\n".join([*rows, body]), number=number, shift=len(rows))
