"""`myst.yml`: what is used of it. Plugins, `extends` and site options are the author's own machine's business."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from panlearn.content.config import BOOK_FILE, BookConfig
from panlearn.content.findings import Findings
from panlearn.content.yamlfile import Location, YamlFile
from panlearn.domain.course import Author
from panlearn.errors import AuthorError

#: Parts of `project:` that change how text is read; they go into the generated myst.yml as they are.
TEXT_OPTIONS = ("abbreviations", "math", "numbering", "bibliography")
PAGE_SUFFIXES = (".md", ".ipynb")
_PAGES = "Pages are .md or .ipynb files in the course's folder, named relative to it."


def read_book_config(folder: Path, findings: Findings) -> BookConfig | None:
    """`myst.yml`, or None with findings that say what cannot be used, and where."""
    try:
        file = YamlFile.read(folder / BOOK_FILE, BOOK_FILE)
    except AuthorError as error:
        findings.error(error.code, error.file, error.line or 0, error.message, error.todo)
        return None
    project = file.data.get("project") if isinstance(file.data, dict) else None
    if not isinstance(project, dict):
        findings.error("PL003", BOOK_FILE, 1, "myst.yml has no `project:`.", "Add `project:` with `title:` and `toc:`.")
        return None
    _warn_unused(file, findings)
    title = project.get("title")
    if not isinstance(title, str) or not title.strip():
        findings.error("PL003", BOOK_FILE, file.line(("project", "title")), "The course has no title.", "Add `title:`.")
        title = ""
    toc = _Toc(folder, file, findings)
    tree = toc.read(project.get("toc"))
    if not toc.pages:
        findings.error("PL006", BOOK_FILE, file.line(("project", "toc")), "The course has no page.", "Add index.md.")
        return None
    return BookConfig(
        title=title.strip(),
        authors=_authors(project.get("authors"), file, findings),
        licence=_licence(project, file, findings),
        pages=tuple(toc.pages),
        toc=tuple(tree),
        project=_text_options(project, folder, file, findings),
    )


def _warn_unused(file: YamlFile, findings: Findings) -> None:
    for location in (("extends",), ("project", "plugins"), ("project", "requirements"), ("project", "jupyter")):
        value: Any = file.data
        for key in location:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            findings.warn(
                "PL005",
                BOOK_FILE,
                file.line(location),
                f"`{'.'.join(location)}` is not used when the course is published.",
                "What it adds will be reported as unknown where the pages use it.",
            )


def _authors(value: Any, file: YamlFile, findings: Findings) -> tuple[Author, ...]:
    found = []
    for index, given in enumerate(value if isinstance(value, list) else []):
        entry = {"name": given} if isinstance(given, str) else given
        if not isinstance(entry, dict) or not entry.get("name"):
            where = file.line(("project", "authors", index))
            findings.error("PL003", BOOK_FILE, where, "An author has no name.", "Write `- name: ...`.")
            continue
        place = entry.get("affiliation") or entry.get("affiliations") or ""
        names = [
            p.get("name", "") if isinstance(p, dict) else str(p)
            for p in (place if isinstance(place, list) else [place])
        ]
        orcid = str(entry.get("orcid") or "").rstrip("/").rsplit("/", 1)[-1]
        found.append(Author(name=str(entry["name"]), orcid=orcid, affiliation=", ".join(filter(None, names))))
    if not found:
        findings.warn(
            "PL003", BOOK_FILE, file.line(("project", "authors")), "The course names no author.", "Add `authors:`."
        )
    return tuple(found)


def _licence(project: dict[str, Any], file: YamlFile, findings: Findings) -> str:
    value = project.get("license") or project.get("licence")
    if isinstance(value, dict):
        value = value.get("content") or value.get("code")
    if not value:
        findings.warn(
            "PL003",
            BOOK_FILE,
            file.line(("project",)),
            "The course has no licence.",
            "Add `license: CC-BY-4.0`, or another.",
        )
    return str(value or "")


def _text_options(project: dict[str, Any], folder: Path, file: YamlFile, findings: Findings) -> dict[str, Any]:
    options = {key: project[key] for key in TEXT_OPTIONS if project.get(key)}
    books = options.get("bibliography", [])
    for index, name in enumerate(books if isinstance(books, list) else [books]):
        if not inside(folder, str(name)):
            findings.error(
                "PL033",
                BOOK_FILE,
                file.line(("project", "bibliography", index)),
                f"The bibliography `{name}` is not in the course's folder.",
                "Bibliographies are local .bib files.",
            )
    return options


def inside(folder: Path, name: str) -> Path | None:
    """The regular file `name` of the course, or None: absolute paths, `..` and links that lead out are not followed."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        return None
    target = (folder / path).resolve()
    return target if target.is_relative_to(folder.resolve()) and target.is_file() else None


class _Toc:
    """Walks `toc:`, keeps its tree, and lists the pages in reading order."""

    def __init__(self, folder: Path, file: YamlFile, findings: Findings) -> None:
        self.pages: list[str] = []
        self._folder, self._file, self._findings = folder, file, findings

    def read(self, value: Any) -> list[Any]:
        """The tree as it goes into the generated myst.yml; without one, every page of the folder."""
        if value is None:
            found = sorted(
                p.name for p in self._folder.iterdir() if p.suffix in PAGE_SUFFIXES and p.name[0] not in "._"
            )
            value = [{"file": name} for name in sorted(found, key=lambda name: (not name.startswith("index."), name))]
        return self._entries(value, ("project", "toc"))

    def _entries(self, value: Any, location: Location) -> list[Any]:
        if not isinstance(value, list):
            self._error(location, "`toc:` must be a list of `- file: ...` entries.")
            return []
        return [kept for i, entry in enumerate(value) if (kept := self._entry(entry, (*location, i)))]

    def _entry(self, entry: Any, location: Location) -> dict[str, Any] | None:
        if not isinstance(entry, dict) or not ({"file", "title"} & set(entry)):
            self._error(location, "A `toc:` entry needs `file:`, or `title:` with `children:`.")
            return None
        kept: dict[str, Any] = {}
        if "title" in entry:
            kept["title"] = str(entry["title"])
        if "file" in entry:
            if (name := self._page(str(entry["file"]), (*location, "file"))) is None:
                return None
            kept["file"] = name
        if "children" in entry:
            kept["children"] = self._entries(entry["children"], (*location, "children"))
        return kept

    def _page(self, name: str, location: Location) -> str | None:
        for candidate in (name, f"{name}.md", f"{name}.ipynb"):
            if candidate.endswith(PAGE_SUFFIXES) and inside(self._folder, candidate):
                if candidate in self.pages:
                    self._error(location, f"`{candidate}` is listed twice.", "Take one of them out.")
                    return None
                self.pages.append(candidate)
                return candidate
        self._error(location, f"There is no page `{name}` in the course.")
        return None

    def _error(self, location: Location, message: str, todo: str = _PAGES) -> None:
        self._findings.error("PL006", BOOK_FILE, self._file.line(location), message, todo)
