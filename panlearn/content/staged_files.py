"""Which files of a course its pages may show, link to or include. Anything else stays where it is."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

from panlearn.content.digests import course_files
from panlearn.content.rendering.assets import MAX_BYTES

#: Pictures, films, sounds, data and documents.
ASSET_SUFFIXES = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".svg",
        ".webp",
        ".mp4",
        ".webm",
        ".ogv",
        ".mp3",
        ".ogg",
        ".wav",
        ".m4a",
        ".flac",
        ".bib",
        ".csv",
        ".tsv",
        ".txt",
        ".pdf",
        ".dat",
        ".h5",
        ".nxs",
        ".cif",
        ".xy",
    }
)
#: Text that pages may put in by `include` and `literalinclude`, unless it holds answers.
TEXT_SUFFIXES = frozenset(
    {
        ".md",
        ".py",
        ".jl",
        ".m",
        ".r",
        ".c",
        ".h",
        ".cpp",
        ".f90",
        ".rs",
        ".sh",
        ".tex",
        ".json",
        ".toml",
        ".ini",
        ".xml",
    }
)
_ANSWERS = re.compile(
    r"###\s*(BEGIN|STUB)\b|#\|\s*(exercise|check|wrong|idea|says)\s*:|\{(quiz|hint|exercise|exercise-start)\}|"
    r"\bnbgrader\b|\botter\b",
    re.IGNORECASE,
)
_LONGEST_TEXT = 2 * 1024 * 1024


def copy_files(course: Path, book: Path, pages: Collection[str]) -> None:
    """Copy what pages may use into the staging book; the pages themselves are written there by others."""
    for path in course_files(course):
        name = path.relative_to(course).as_posix()
        if name not in pages and may_be_used(path):
            target = book / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def may_be_used(path: Path) -> bool:
    """Whether a page may use this file. Text that holds exercises, checks or keys of quizzes is never put in."""
    suffix = path.suffix.lower()
    size = path.stat().st_size
    if suffix in ASSET_SUFFIXES:
        return size <= MAX_BYTES
    if suffix not in TEXT_SUFFIXES or size > _LONGEST_TEXT:
        return False
    return not _ANSWERS.search(path.read_text(encoding="utf-8", errors="replace"))
