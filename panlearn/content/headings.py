"""The headings of a page: who listens to it goes from one to the next, so that no level may be missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from panlearn.content.findings import FileFindings
from panlearn.content.reading import SourcePage

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+\S")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})")


def check_headings(page: SourcePage, findings: FileFindings) -> None:
    """Note headings that skip a level, and more than one of the first."""
    last, titled = 0, False
    for level, line in _headings(page):
        if level == 1 and titled:
            todo = "Use ## for sections: the page has its title already."
            findings.warn("PL043", line, "This is a second title of the page.", todo)
        elif last and level > last + 1:
            message = f"This heading skips from level {last} to level {level}."
            findings.warn("PL043", line, message, f"Write {'#' * (last + 1)} instead of {'#' * level}.")
        titled = titled or level == 1
        last = level


def _headings(page: SourcePage) -> Iterator[tuple[int, int]]:
    """Level and line of each heading outside of blocks."""
    for cell in page.cells:
        if cell.kind != "markdown":
            continue
        fence = ""
        for number, row in enumerate(cell.source.split("\n")):
            if match := _FENCE.match(row):
                if not fence:
                    fence = match[1]
                elif match[1][0] == fence[0] and len(match[1]) >= len(fence) and not row.strip(fence[0] + " "):
                    fence = ""
            elif not fence and (match := _HEADING.match(row)):
                yield len(match[1]), cell.line + number
