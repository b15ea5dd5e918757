"""Cell options: the `#| key: value` lines that a code cell begins with."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from panlearn.content.findings import FileFindings

#: Options of an exercise, its checks and its wrong answers, which the published cell does not carry.
OURS = frozenset(
    {
        "exercise",
        "points",
        "check",
        "wrong",
        "says",
        "needs",
        "timeout",
        "memory",
        "reveal",
        "attempts",
        "mutates",
        "variant",
        "hidden",
        "by-hand",
        "rubric",
        "idea",
    }
)
#: Options whose value is text as it stands, colons and all.
TEXT = frozenset({"says", "idea", "alt", "fig-alt", "caption", "fig-cap", "tbl-cap"})
#: Options that MyST and Quarto authors write, and that a published cell may carry.
THEIRS = frozenset(
    {"label", "name", "tags", "class", "echo", "output", "eval", "include", "warning", "error", "fold", "id"}
)
KNOWN = OURS | TEXT | THEIRS
_LINE = re.compile(r"^#\|\s?(?P<body>.*)$")
_KEY = re.compile(r"^(?P<key>[A-Za-z][\w-]*)\s*:(?:\s+(?P<value>.*)|\s*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of one cell, the line of each, and how many lines they take."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def text(self, *keys: str) -> str:
        """The first of these options that is there, as text."""
        return next((str(self.values[key]).strip() for key in keys if self.values.get(key) is not None), "")


def read_options(source: str, line: int, findings: FileFindings) -> Options:
    """The options at the top of a cell whose first line is `line` of its file."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    last = ""
    rows = source.split("\n")
    count = 0
    for count, row in enumerate(rows):
        match = _LINE.match(row)
        if not match:
            break
        pair = _KEY.match(match["body"].rstrip())
        if pair:
            last = pair["key"]
            if last in values:
                findings.error("PL013", line + count, f"The option `{last}` is given twice.", "Keep one of them.")
            lines[last] = line + count
            try:
                values[last] = _value(last, (pair["value"] or "").strip())
            except yaml.YAMLError:
                what = f"`{pair[0].strip()}` cannot be read."
                findings.error("PL013", line + count, what, "Put the value in quotes.")
        elif last in TEXT and match["body"].startswith(" "):
            values[last] = f"{values[last]} {match['body'].strip()}"
        elif match["body"].strip():
            findings.error(
                "PL013",
                line + count,
                f"`{row.strip()}` is not an option.",
                "Options are written `#| key: value`.",
            )
    else:
        count = len(rows)
    _report_unknown(lines, findings)
    return Options(values=values, lines=lines, count=count)


def option_line(row: str) -> tuple[str, str] | None:
    """The key and the text of a single `#| key: value` line anywhere in a cell, or None."""
    match = _LINE.match(row.strip())
    pair = _KEY.match(match["body"].strip()) if match else None
    return (pair["key"], _unquote((pair["value"] or "").strip())) if pair else None


def _value(key: str, text: str) -> Any:
    return _unquote(text) if key in TEXT else yaml.safe_load(text)


def _unquote(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def _report_unknown(lines: dict[str, int], findings: FileFindings) -> None:
    for key, line in lines.items():
        if key not in KNOWN:
            near = difflib.get_close_matches(key, sorted(KNOWN), n=1)
            todo = (
                f"Did you mean `{near[0]}`?"
                if near
                else "Take it out, or see the course format for the options there are."
            )
            findings.error("PL012", line, f"Unknown option `{key}`.", todo)
