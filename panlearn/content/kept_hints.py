"""When the hints of a course need not be built again: they take a book of their own, half the time of a build."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Protocol

from panlearn.content.course_source import CourseSource
from panlearn.content.digests import course_files, renderer_version
from panlearn.content.staging import StagedPage

_SHOWS = re.compile(r"!\[|\{(?:image|figure|download|include|literalinclude|embed)\b|\]\((?!https?:|#)")
"""Files that hints show: what a release holds of those is found while they are built."""
_SKELETON = re.compile(r"^\s*(?:`{3}|~{3}|:|#|\(|\+\+\+|---)|\$\$|[{@\[]")
"""Lines of a page that other pages may refer to, or that count: blocks, labels, headings, equations, citations."""


class Keeps(Protocol):
    """Keeps JSON values by what they depend on (`panlearn.services.kept_results`)."""

    def key(self, *parts: Any) -> str:
        """A key for these parts."""

    def get(self, key: str) -> Any:
        """The value, or None."""

    def put(self, key: str, value: Any) -> None:
        """Keep a value."""


def hints_key(kept: Keeps, source: CourseSource, pages: Sequence[StagedPage], hints: StagedPage) -> str:
    """What the hints' HTML depends on: their text, and what they could refer to. Empty where that cannot be told."""
    if any(_SHOWS.search(row) for row in hints.rows):
        return ""
    skeletons = [[page.name, *(row for row in page.rows if _SKELETON.search(row))] for page in pages]
    books = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in course_files(source.folder) if path.suffix == ".bib"
    ]
    return kept.key("hints", renderer_version(), hints.rows, skeletons, source.book.project, books)
