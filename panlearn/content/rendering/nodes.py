"""The renderer's core: a registry of node types, the state of one page, and what happens to a type nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.quizzes import QuizSource
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.html import allowed_address, escape
from panlearn.content.staging import StagedPage
from panlearn.domain.course import Section
from panlearn.domain.quiz.model import QuizFace
from panlearn.errors import AuthorError

Node = Mapping[str, Any]


@dataclass(slots=True)
class Page:
    """Everything the rendering of one page needs and leaves.

    `addresses`: Jupyter Book's slugs to ours. `cells`: the page's public cells still to come, in order; `outputs`: what
    they show; `tasks`: the exercise nodes by id; `exercises`: what an exercise's section shows besides its task;
    `quizzes`: those of the page, whose `faces` its rendering leaves. `labelled`: what cells with a label show, and
    `titles`: those of exercises, both of the whole course. `within`: the line of an included file's place;
    `embedded`: the label of what stands here a second time.
    """

    staged: StagedPage
    addresses: Mapping[str, str]
    public: Path
    assets: Assets
    findings: Findings
    references: Mapping[str, Any] = field(default_factory=dict)
    cells: list[PublishedCell] = field(default_factory=list)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exercises: Mapping[str, ExerciseFace] = field(default_factory=dict)
    tasks: dict[str, Node] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    footnotes: dict[str, Node] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)
    quizzes: Mapping[str, QuizSource] = field(default_factory=dict)
    faces: dict[str, QuizFace] = field(default_factory=dict)
    labelled: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False
    tab_sets: int = 0
    within: int = 0
    embedded: str = ""
    shift: int = 0
    last_line: int = 1

    def error(self, code: str, node: Node, message: str, todo: str) -> str:
        """Note an error at a node; its rendering is empty."""
        file, line = self.staged.origin(self.line(node))
        self.findings.error(code, file, line, message, todo)
        return ""

    def warn(self, code: str, node: Node, message: str, todo: str) -> None:
        """Note a warning at a node."""
        file, line = self.staged.origin(self.line(node))
        self.findings.warn(code, file, line, message, todo)

    def line(self, node: Node) -> int:
        """The staged line of a node. Where it has none: the next line that names what it names."""
        if self.within:
            return self.within
        if line := node.get("position", {}).get("start", {}).get("line"):
            return int(line)
        for key in ("src", "urlSource", "url", "label", "identifier", "name"):
            if text := str(node.get(key) or ""):
                for number, row in enumerate(self.staged.rows[self.last_line - 1 :], self.last_line):
                    if text in row:
                        return number
        return self.last_line


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFace:
    """What the page says of an exercise around its task."""

    title: str
    points: float
    hints: int
    needs: tuple[str, ...]


Renderer = Callable[[Page, Node], str]
_REGISTRY: dict[str, Renderer] = {}


def renders(*types: str) -> Callable[[Renderer], Renderer]:
    """Register a function as the renderer of these node types."""

    def register(function: Renderer) -> Renderer:
        for name in types:
            _REGISTRY[name] = function
        return function

    return register


def known_types() -> frozenset[str]:
    """Every node type that can be rendered."""
    return frozenset(_REGISTRY)


def render(page: Page, node: Node) -> str:
    """A node as HTML. An unknown type is an error of the course, with file and line."""
    kind = str(node.get("type", ""))
    line = node.get("position", {}).get("start", {}).get("line")
    if line and not page.within:
        page.last_line = int(line)
    renderer = _REGISTRY.get(kind)
    if renderer is None:
        name = node.get("name") or kind
        return page.error("PL035", node, f"`{name}` ({kind}) cannot be shown yet.", "Write it another way.")
    return renderer(page, node)


def children(page: Page, node: Node) -> str:
    """The children of a node as HTML."""
    return "".join(render(page, child) for child in items_of(node))


def items_of(node: Node) -> list[Node]:
    """The children of a node."""
    found: list[Node] = node.get("children") or []
    return found


def text_of(node: Node) -> str:
    """The plain text of a node."""
    if "value" in node and node.get("type") != "comment":
        return str(node["value"])
    return "".join(text_of(child) for child in items_of(node))


def whole(value: object, default: int) -> int:
    """A whole number of a node, or the default for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def walk(node: Node) -> list[Node]:
    """The node and everything under it."""
    return [node, *(found for child in items_of(node) for found in walk(child))]


def anchor(node: Node) -> str | None:
    """The id that references to a node use."""
    name = node.get("html_id") or node.get("identifier")
    return str(name) if name else None


def target_address(page: Page, node: Node) -> str | None:
    """Where a link or a reference leads: in this page, to another page, to an asset, outside. None: nowhere allowed."""
    url = str(node.get("url") or "")
    if node.get("type") == "crossReference":
        page_slug = page.addresses.get(url.split("#", maxsplit=1)[0].strip("/") or "index") if url else None
        fragment = f"#{anchor(node)}" if anchor(node) else ""
        return f"{{course}}/{page_slug}{fragment}" if page_slug else fragment or None
    if node.get("internal"):
        path, _, fragment = url.partition("#")
        where = page.addresses.get(path.strip("/") or "index")
        return None if where is None else f"{{course}}/{where}" + (f"#{fragment}" if fragment else "")
    if node.get("static") or _public_file(page, url):
        return asset(page, node, url)
    if url.startswith("#") or (allowed_address(url) and ":" in url.split("/", maxsplit=1)[0]):
        return url
    return None


def _public_file(page: Page, url: str) -> Path | None:
    """A file of the built book that a page refers to: a plain name in its public folder, never a link out of it."""
    name = url.lstrip("/")
    path = page.public / name
    if not name or "/" in name or name.startswith(".") or path.is_symlink() or not path.is_file():
        return None
    return path if path.suffix not in {".md", ".ipynb", ".json"} else None


def asset(page: Page, node: Node, url: str) -> str | None:
    """The address of a file of the built book, kept as an asset; None with a finding where it is not there."""
    path = _public_file(page, url)
    if path is None:
        shown = node.get("urlSource") or url
        page.error("PL033", node, f"The file `{shown}` is not in the course.", "Put it into the course's folder.")
        return None
    try:
        return page.assets.add_path(path)
    except AuthorError as error:
        page.error(error.code, node, error.message, error.todo)
        return None


def safe_class(text: object) -> str:
    """Letters, digits and hyphens: what may become a part of a class name."""
    return escape("".join(c for c in str(text).lower() if c.isalnum() or c == "-"))
