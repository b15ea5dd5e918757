"""The staging book: what Jupyter Book reads. Student pages only, a myst.yml of ours, a site theme that does nothing.

Every staged line remembers the author's line, so that whatever Jupyter Book says is said of the author's file.
Solutions, checks, wrong answers, keys of quizzes and hints are never written here; hints go into a
book of their own (`stage_hints`).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from panlearn.content.course_source import CourseSource, Lesson
from panlearn.content.exercises import ExerciseSource
from panlearn.content.published import PublishedCell, published_cells
from panlearn.content.quiz_staging import staged_rows
from panlearn.content.quizzes import QuizSource, quiz_rows
from panlearn.content.reading import SourceCell, SourcePage
from panlearn.content.staged_files import copy_files

#: Front matter that changes how a page reads. The rest (downloads, exports, site options) is left out.
FRONT = ("title", "short_title", "subtitle", "description", "math", "abbreviations", "numbering")
HINTS_PAGE = "panlearn-hints.md"
OUTPUTS_PAGE = "panlearn-outputs.md"
NOTEBOOK_SUFFIX = ".nb.md"
_THEME = {
    "server.js": "",
    "template.yml": yaml.safe_dump(
        {
            "myst": "v1",
            "kind": "site",
            "title": "panlearn",
            "description": "Nothing is served from here",
            "version": "1.0.0",
            "license": "BSD-3-Clause",
            "build": {"install": "true", "start": "node server.js"},
            "files": ["server.js"],
        }
    ),
}

Origin = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPage:
    """A page of the staging book and, for each of its lines, the author's file and line."""

    name: str
    rows: tuple[str, ...]
    origins: tuple[Origin, ...]

    def origin(self, line: int) -> Origin:
        """The author's file and line behind a line of this page."""
        index = min(max(line - 1, 0), len(self.origins) - 1)
        return self.origins[index] if self.origins else (self.name, 0)


def staged_name(file: str) -> str:
    """The name a page has in the staging book: notebooks become text, whose lines can be told."""
    return file.removesuffix(".ipynb") + NOTEBOOK_SUFFIX if file.endswith(".ipynb") else file


def stage_lesson(lesson: Lesson) -> StagedPage:
    """A lesson as its learners may read it, line by line."""
    cells = {cell.index: cell for cell in published_cells(lesson)}
    hints = [(hint.cell, row) for exercise in lesson.exercises for hint in exercise.hint_blocks for row in hint.rows]
    page = lesson.page
    private = _Private(
        rows=frozenset(hints) | quiz_rows(page),
        instead={(quiz.cell, quiz.rows.start): staged_rows(quiz) for quiz in lesson.quizzes},
    )
    staged = _from_notebook(page, cells, private) if page.is_notebook else _from_text(page, cells, private)
    rows, origins = tuple(row for row, _ in staged), tuple(origin for _, origin in staged)
    return StagedPage(name=staged_name(page.file), rows=rows, origins=origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Private:
    """Lines (by cell and row) that are not public, and what is put in where some of them begin."""

    rows: frozenset[tuple[int, int]]
    instead: Mapping[tuple[int, int], list[tuple[str, int]]]


def _from_text(page: SourcePage, cells: Mapping[int, PublishedCell], private: _Private) -> list[tuple[str, Origin]]:
    """MyST text: what is taken out leaves blank lines."""
    rows = page.text.split("\n")
    _blank_front(rows, page.front)
    for index, cell in enumerate(page.cells):
        start, end = cell.span
        if cell.kind == "markdown":
            for offset in range(end - start):
                hidden = (index, offset) in private.rows
                rows[start + offset] = "" if hidden else _notebook_links(rows[start + offset])
        else:
            block = _code_block(cells[index]) if index in cells else []
            rows[start:end] = block + [""] * (end - start - len(block))
    put_in = {page.cells[cell].span[0] + row: lines for (cell, row), lines in private.instead.items()}
    staged: list[tuple[str, Origin]] = []
    for number, row in enumerate(rows):
        staged += [(line, (page.file, origin)) for line, origin in put_in.get(number, [])]
        staged.append((row, (page.file, number + 1)))
    return staged


def _blank_front(rows: list[str], front: Mapping[str, Any]) -> None:
    """Replace front matter by what is used of it, on as many lines as it had."""
    if not rows or rows[0].strip() != "---":
        return
    end = next((i for i, row in enumerate(rows[1:], 1) if row.strip() in {"---", "..."}), 0)
    if end:
        kept = _front_rows(front)
        rows[: end + 1] = (["---", *kept, "---"] + [""] * (end + 1))[: max(end + 1, len(kept) + 2)]


def _front_rows(front: Mapping[str, Any]) -> list[str]:
    kept = {key: front[key] for key in FRONT if key in front}
    if not kept:
        return []
    return [
        yaml.safe_dump({key: _plain(value)}, default_flow_style=True, width=10**6, allow_unicode=True).strip()[1:-1]
        for key, value in kept.items()
    ]


def _plain(value: Any) -> Any:
    """Notebook nodes as plain dicts, which YAML can write."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _code_block(cell: PublishedCell) -> list[str]:
    body = cell.source.split("\n")
    longest = max((len(run) for row in body for run in re.findall(r"`+", row)), default=0)
    fence = "`" * max(3, longest + 1)
    label = [f"#| label: {cell.label}"] if cell.label else []
    if cell.label and cell.caption:
        label.append(f"#| caption: {json.dumps(cell.caption, ensure_ascii=False)}")
    return [f"{fence}{{code-cell}} python", *label, *body, fence]


def _from_notebook(page: SourcePage, cells: Mapping[int, PublishedCell], private: _Private) -> list[tuple[str, Origin]]:
    """A notebook becomes text: its Markdown as it stands, its public code cells as blocks."""
    staged: list[tuple[str, Origin]] = []
    front = _front_rows(page.front)
    if front:
        staged += [(row, (page.file, 1)) for row in ("---", *front, "---")]
    for index, cell in enumerate(page.cells):
        if cell.kind == "markdown":
            for number, row in _markdown_rows(cell, index, private.rows, strip_front=index == 0 and bool(page.front)):
                staged += [(line, (page.file, origin)) for line, origin in private.instead.get((index, number), [])]
                staged.append((row, (page.file, cell.line + number)))
            staged += [("", (page.file, cell.line)), ("+++", (page.file, cell.line)), ("", (page.file, cell.line))]
        elif index in cells:
            block = _code_block(cells[index])
            staged += [(row, (page.file, cell.line + max(0, number - 1))) for number, row in enumerate(block)]
            staged.append(("", (page.file, cell.line)))
    return staged


def _markdown_rows(
    cell: SourceCell, index: int, hidden: Collection[tuple[int, int]], *, strip_front: bool
) -> list[tuple[int, str]]:
    rows = cell.source.split("\n")
    skip = 0
    if strip_front and rows and rows[0].strip() == "---":
        skip = next((i + 1 for i, row in enumerate(rows[1:], 1) if row.strip() == "---"), 0)
    shown = (_notebook_links(_attachment(row, index)) for row in rows)
    return [(i, "" if (index, i) in hidden else row) for i, row in enumerate(shown) if i >= skip]


def _attachment(row: str, index: int) -> str:
    return re.sub(r"\(attachment:([^)\s]+)\)", lambda match: f"({attachment_path(index, match[1])})", row)


def attachment_path(index: int, name: str) -> str:
    """Where an image attached to a notebook's cell lies in the staging book."""
    return f"panlearn-attachments/{index}-{re.sub(r'[^A-Za-z0-9._-]', '_', name)}"


def _notebook_links(row: str) -> str:
    """Links to notebooks lead to the text that stands in for them."""
    return re.sub(r"\]\((?!\w+:)([^)\s#]+)\.ipynb(?=[)#])", rf"](\1{NOTEBOOK_SUFFIX}", row)


def stage_hints(source: CourseSource) -> tuple[StagedPage, list[tuple[str, int]]]:
    """The page of all hints, for the private book, and which exercise and place each of its blocks is."""
    rows: list[str] = ["---", "title: Hints", "---"]
    origins: list[Origin] = [(HINTS_PAGE, 0)] * 3
    order: list[tuple[str, int]] = []
    tasks: list[ExerciseSource | QuizSource] = [*source.exercises.values(), *source.quizzes.values()]
    for exercise in tasks:
        explain = [exercise.explain] if isinstance(exercise, QuizSource) and exercise.explain else []
        for number, hint in enumerate([*exercise.hints, *explain]):
            order.append((exercise.id, number))
            for offset, row in enumerate(["+++", "", *hint.text.split("\n"), ""]):
                rows.append(_notebook_links(row))
                origins.append((exercise.file, hint.line + max(0, offset - 1)))
    return StagedPage(name=HINTS_PAGE, rows=tuple(rows), origins=tuple(origins)), order


def stage_outputs(formulas: Sequence[tuple[str, Origin]]) -> StagedPage:
    """A page of the LaTeX that cells printed, so that Jupyter Book sets it like any other formula."""
    rows: list[str] = ["---", "title: Outputs", "---"]
    origins: list[Origin] = [(OUTPUTS_PAGE, 0)] * 3
    for text, origin in formulas:
        block = ["+++", "", "```{math}", ":enumerated: false", *re.sub(r"`{3,}", "", text).split("\n"), "```", ""]
        rows += [row if row.strip() or number < 2 else "%" for number, row in enumerate(block[:-1])] + [""]  # noqa: PLR2004
        origins += [origin] * len(block)
    return StagedPage(name=OUTPUTS_PAGE, rows=tuple(rows), origins=tuple(origins))


def write_book(folder: Path, source: CourseSource, pages: Sequence[StagedPage]) -> None:
    """Write the staging book into an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_files(source.folder, folder, {lesson.page.file for lesson in source.lessons})
    _write_attachments(folder, source)
    for page in pages:
        target = folder / page.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(page.rows) + "\n", encoding="utf-8")
    (folder / "theme").mkdir(exist_ok=True)
    for name, text in _THEME.items():
        (folder / "theme" / name).write_text(text, encoding="utf-8")
    extra = [page.name for page in pages if page.name in {HINTS_PAGE, OUTPUTS_PAGE}]
    (folder / "myst.yml").write_text(_book_file(source, extra), encoding="utf-8")


def _book_file(source: CourseSource, extra: Sequence[str]) -> str:
    toc = [*_toc(source.book.toc), *({"file": name} for name in extra)]
    project = {"title": source.book.title, **source.book.project, "toc": toc}
    site = {"template": "./theme"}
    return yaml.safe_dump({"version": 1, "project": project, "site": site}, sort_keys=False, allow_unicode=True)


def _toc(entries: Sequence[Any]) -> list[Any]:
    """The author's tree, with staged names; headings over chapters become plain titles."""
    staged = []
    for entry in entries:
        kept = {key: entry[key] for key in ("title",) if key in entry and "file" not in entry}
        if "file" in entry:
            kept["file"] = staged_name(entry["file"])
        if "children" in entry:
            kept["children"] = _toc(entry["children"])
        staged.append(kept)
    return staged


def _write_attachments(folder: Path, source: CourseSource) -> None:
    for lesson in source.lessons:
        base = (folder / lesson.page.file).parent
        for index, cell in enumerate(lesson.page.cells):
            for name, bundle in cell.attachments.items():
                data = next(iter(bundle.values()), "") if isinstance(bundle, Mapping) else ""
                target = base / attachment_path(index, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(base64.b64decode("".join(data), validate=False))
