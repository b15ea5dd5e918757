"""Lessons as the author wrote them: cells with the file and the line that each came from.

MyST text is read by jupytext, `.ipynb` by nbformat. Every line number is one that an editor shows.
"""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from panlearn.content.findings import Findings
from panlearn.content.importing.nbgrader_cells import is_nbgrader
from panlearn.content.options import Options, read_options
from panlearn.content.yamlfile import YamlFile, decode
from panlearn.errors import AuthorError

#: A lesson is text; a larger file carries data or outputs that belong elsewhere.
MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCell:
    """One cell. `line` is where its text starts; `span` are the lines (from 0, end excluded) it takes in MyST text."""

    kind: Literal["markdown", "code", "raw"]
    source: str
    line: int
    span: tuple[int, int] = (0, 0)
    options: Options = field(default_factory=Options)
    metadata: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The cell without its option lines."""
        return "\n".join(self.source.split("\n")[self.options.count :])

    @property
    def body_line(self) -> int:
        """The line that `body` starts at."""
        return self.line + self.options.count

    @property
    def tags(self) -> frozenset[str]:
        """Jupyter tags, from the cell's metadata and its options."""
        found = [*_strings(self.metadata.get("tags")), *_strings(self.options.values.get("tags"))]
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One file of the table of contents. `text` is the file itself; `front` its front matter."""

    file: str
    cells: tuple[SourceCell, ...]
    front: dict[str, Any]
    text: str

    @property
    def is_notebook(self) -> bool:
        """Whether the author wrote it as `.ipynb`."""
        return self.file.endswith(".ipynb")


def read_page(folder: Path, name: str, findings: Findings) -> SourcePage | None:
    """The page `name`, or None with a finding that says why it cannot be read."""
    try:
        text = _text_of(folder / name, name)
        _check_front(name, text)
        return _read_notebook(name, text, findings) if name.endswith(".ipynb") else _read_text(name, text, findings)
    except AuthorError as error:
        findings.take(error, name, 0)
    return None


def _text_of(path: Path, name: str) -> str:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise AuthorError(
            f"The page has {size // 2**20} MiB; at most {MAX_BYTES // 2**20} are read.",
            todo="Clear its outputs, and keep data in data/.",
            code="PL010",
        )
    return decode(path.read_bytes(), name, code="PL010").replace("\r\n", "\n")


def _check_front(name: str, text: str) -> None:
    """Front matter that is not YAML, told at its own line. A notebook's is read with its cells."""
    match = re.match(r"---\n(.*?)\n---\s*(\n|$)", text, re.DOTALL) if not name.endswith(".ipynb") else None
    try:
        if match:
            YamlFile(match[1], name, first_line=2)
    except AuthorError as error:
        error.code = "PL010"
        raise


def _read_text(name: str, text: str, findings: Findings) -> SourcePage:
    from jupytext.myst import MystMetadataParsingError, myst_to_notebook  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about languages of cells: only Python runs here
            notebook = myst_to_notebook(text, add_source_map=True)
    except (MystMetadataParsingError, ValueError, TypeError, AttributeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise AuthorError(
            f"The page cannot be read: {_first_line(error)}.",
            todo="Check the front matter and the options of its cells.",
            file=name,
            line=int(line[1]) if line else 1,
            code="PL010",
        ) from None
    rows = text.split("\n")
    cells = [
        _text_cell(cell, start, rows, name, findings)
        for cell, start in zip(notebook.cells, notebook.metadata.pop("source_map"), strict=True)
    ]
    front = {key: value for key, value in dict(notebook.metadata).items() if key != "jupyter"}
    _report_misplaced(name, rows, cells, findings)
    return SourcePage(file=name, cells=tuple(cells), front=front, text=text)


def _text_cell(cell: Any, start: int, rows: list[str], name: str, findings: Findings) -> SourceCell:
    """A cell of MyST text: jupytext gives where its block starts; the fence around it is found from there."""
    if cell.cell_type == "markdown":
        while start < len(rows) and not rows[start].strip():
            start += 1
        end = start + cell.source.count("\n") + 1
        return SourceCell(
            kind="markdown", source=cell.source, line=start + 1, span=(start, end), metadata=dict(cell.metadata)
        )
    fence = start - 1
    mark = re.match(r"\s*(`{3,}|~{3,})", rows[fence])
    close = re.compile(r"^\s*" + re.escape(mark[1]) + rf"{mark[1][0]}*\s*$") if mark else re.compile(r"^\s*```\s*$")
    end = next((i for i in range(start, len(rows)) if close.match(rows[i])), len(rows) - 1)
    body = cell.source.split("\n")
    first = end - len(body)  # jupytext takes off directive options and one blank line: count from the end
    while first > start and rows[first : first + len(body)] != body:
        first -= 1
    options = read_options(cell.source, first + 1, findings.of(name)) if cell.cell_type == "code" else Options()
    return SourceCell(
        kind=cell.cell_type,
        source=cell.source,
        line=first + 1,
        span=(fence, end + 1),
        options=options,
        metadata=dict(cell.metadata),
    )


def _report_misplaced(name: str, rows: list[str], cells: list[SourceCell], findings: Findings) -> None:
    """Code cells inside other directives, or fenced with colons, are not cells for Jupyter: say so."""
    known = {cell.span[0] for cell in cells if cell.kind == "code"}
    inside = [range(*cell.span) for cell in cells if cell.kind != "markdown"]
    for index, row in enumerate(rows):
        if index in known or any(index in span for span in inside):
            continue
        if re.match(r"\s*(`{3,}|~{3,}|:{3,})\{(code-cell|code-cell-.*)\}", row):
            findings.error(
                "PL014",
                name,
                index + 1,
                "This code cell is inside another block, or fenced with colons, so it would not run.",
                "Move it to the top level of the page and fence it with ```.",
            )


def _read_notebook(name: str, text: str, findings: Findings) -> SourcePage:
    import nbformat  # noqa: PLC0415 - slow to import

    _refuse_other_json(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids: they are added
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(notebook)
    except Exception as error:  # noqa: BLE001 - nbformat raises many kinds, all of them mean the same to an author
        raise AuthorError(
            f"The notebook cannot be read: {_first_line(error)}.", todo="Save it again in Jupyter.", code="PL010"
        ) from None
    finder = _LineFinder(text)
    if any(is_nbgrader(cell.metadata) for cell in notebook.cells):
        cells = _nbgrader_cells(notebook, finder, name, findings)
    else:
        cells = [_notebook_cell(cell, finder, name, findings) for cell in notebook.cells]
    return SourcePage(file=name, cells=tuple(cells), front=_notebook_front(notebook, cells), text=text)


def _refuse_other_json(text: str) -> None:
    """Raise `AuthorError` for what is no JSON object, before anything looks for cells in it."""
    line, todo = 1, "Save it again in Jupyter."
    try:
        what = "" if isinstance(json.loads(text), dict) else "The file is JSON, but no notebook."
    except json.JSONDecodeError as error:
        what, line = f"The notebook is not JSON: {error.msg}.", error.lineno
    except RecursionError:
        what = "The notebook is nested too deep to be read."
    if what:
        raise AuthorError(what, todo=todo, line=line, code="PL010")


def _notebook_cell(cell: Any, finder: _LineFinder, name: str, findings: Findings) -> SourceCell:
    line = finder.find(cell.source)
    options = read_options(cell.source, line, findings.of(name)) if cell.cell_type == "code" else Options()
    return SourceCell(
        kind=cell.cell_type,
        source=cell.source,
        line=line,
        options=options,
        metadata=dict(cell.metadata),
        attachments=dict(cell.get("attachments", {})),
    )


def _nbgrader_cells(notebook: Any, finder: _LineFinder, name: str, findings: Findings) -> list[SourceCell]:
    """The cells of an nbgrader notebook in our form, each with the line of the author's cell that it comes from."""
    from panlearn.content.importing.cells import slug  # noqa: PLC0415 - few notebooks need it
    from panlearn.content.importing.nbgrader import convert  # noqa: PLC0415
    from panlearn.content.importing.notebooks import cells_of  # noqa: PLC0415

    lines = [1, *(finder.find(cell.source) for cell in notebook.cells)]
    converted = convert(tuple(cells_of(notebook.cells)), slug(Path(name).stem), set())
    for note in converted.notes:
        findings.warn("PL015", name, lines[note.cell], note.what, note.todo)
    found = []
    for cell in converted.cells:
        line = max(1, lines[cell.number] - cell.shift)
        options = read_options(cell.source, line, findings.of(name)) if cell.kind == "code" else Options()
        found.append(
            SourceCell(
                kind=cell.kind,
                source=cell.source,
                line=line,
                options=options,
                metadata=dict(cell.metadata),
                attachments=dict(cell.attachments),
            )
        )
    return found


class _LineFinder:
    """Finds where the text of a cell stands in the JSON of its notebook, cell by cell, from the top."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def find(self, source: str) -> int:
        """The line of the cell's first line of text; the last line found where it cannot be told."""
        first = source.split("\n", 1)[0]
        for quoted in (json.dumps(first, ensure_ascii=False)[1:-1], json.dumps(first)[1:-1]):
            found = self._text.find(f'"{quoted}', self._at)
            if found >= 0:
                self._at = found + 1
                break
        return self._text.count("\n", 0, max(self._at - 1, 0)) + 1


def _notebook_front(notebook: Any, cells: list[SourceCell]) -> dict[str, Any]:
    """Front matter of a notebook: MyST reads it from a first Markdown cell between `---` lines."""
    del notebook
    import yaml  # noqa: PLC0415

    if not cells or cells[0].kind != "markdown":
        return {}
    match = re.match(r"---\n(.*?)\n---\s*(\n|$)", cells[0].source, re.DOTALL)
    try:
        front = yaml.safe_load(match[1]) if match else {}
    except yaml.YAMLError:
        return {}
    return front if isinstance(front, dict) else {}


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")


def _strings(value: Any) -> list[str]:
    return (
        [str(item) for item in value] if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
    )
