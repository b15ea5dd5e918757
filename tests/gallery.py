"""The course `tests/courses/gallery` and what Jupyter Book makes of it: each of its pages is a golden case.

`python tests/gallery.py` builds the course anew and writes `node.json` (the page as Jupyter Book emits it) and
`expected.html` of every page into `tests/unit/content/golden`. Read the difference before you commit it.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import tempfile
from pathlib import Path

from panlearn.content.book import BuiltBook, build_book
from panlearn.content.course_source import CourseSource, read_course
from panlearn.content.findings import Findings
from panlearn.content.published import published_cells
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.embeds import connect
from panlearn.content.rendering.nodes import ExerciseFace, Page
from panlearn.content.rendering.page import render_page
from panlearn.content.staging import stage_lesson, write_book

GALLERY = Path(__file__).parent / "courses" / "gallery"
GOLDEN = Path(__file__).parent / "unit" / "content" / "golden"
SOURCE: CourseSource = read_course(GALLERY, Findings())
CASES = [lesson.slug for lesson in SOURCE.lessons]
#: What changes from build to build, or is long and another program's.
_VOLATILE = {"key", "position", "dataUrl", "dependencies"}
_RANDOM = re.compile(r"\b(index|exercise)-[A-Za-z0-9]{10}\b")
_HASHED = re.compile(r"^/([\w.-]+)-[0-9a-f]{32}(\.\w+)$")


def build(jail, folder: Path) -> BuiltBook:
    """Build the course with Jupyter Book."""
    pages = [stage_lesson(lesson) for lesson in SOURCE.lessons]
    findings = Findings()
    write_book(folder / "book", SOURCE, pages)
    book = build_book(folder / "book", pages, jail, findings)
    assert not findings.errors, [str(finding) for finding in findings.errors]
    return book


def normal(data):
    """A page's tree and references, as they are in every build."""
    text = json.dumps(_plain(data), ensure_ascii=False)
    names: dict[str, str] = {}

    def again(match):
        return names.setdefault(match[0].lower(), f"{match[1]}-{len(names) + 1}")

    return json.loads(_RANDOM.sub(again, text))


def _plain(value):
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _plain(item) for key, item in value.items() if key not in _VOLATILE}
    kind = value.get("type")
    if kind in {"math", "inlineMath"} and value.get("html"):
        kept["html"] = f'<span class="katex">{html.escape(value["value"])}</span>'
    if kind == "outputs":
        kept["id"] = "outputs"
    if isinstance(value.get("url"), str):
        kept["url"] = _HASHED.sub(r"/\1\2", value["url"])
    return kept


def case(built) -> dict:
    """What of a built page a golden case holds."""
    return normal({"title": built.title, "mdast": built.tree, "references": built.references})


def states() -> dict[str, Page]:
    """The pages as the builder prepares them, with a line in place of what each cell shows."""
    made = {}
    for lesson in SOURCE.lessons:
        cells = published_cells(lesson)
        made[lesson.slug] = Page(
            staged=stage_lesson(lesson),
            addresses={slug: slug for slug in CASES},
            public=GALLERY,
            assets=Assets(),
            findings=Findings(),
            cells=list(cells),
            outputs={cell.id: '<img class="plot-img">' if cell.label else "" for cell in cells},
            exercises={
                task.id: ExerciseFace(title=task.title, points=task.points, hints=0, needs=())
                for task in lesson.exercises
                if any(cell.exercise == task.id for cell in cells)
            },
        )
    return connect(made)


def rendered(slug: str, data: dict) -> tuple[str, Page]:
    """A golden case as HTML: one element a line, so that a difference can be read."""
    page = states()[slug]
    page.references = data["references"]
    body = render_page(page, data["mdast"], data["title"])
    blocks = r"(?=<(?:p|div|h\d|ul|ol|li|dl|dt|dd|table|tr|figure|figcaption|aside|details|section|pre|blockquote)\b)"
    return re.sub(rf"(?<!^){blocks}", "\n", body) + "\n", page


class _Here:
    """Runs Jupyter Book without a jail: our own course, on a developer's machine."""

    def run_jailed(self, argv, *, writable, environ, **_):
        return subprocess.run(argv, cwd=writable, env=dict(environ), capture_output=True, check=False)


def write() -> None:
    """Write every golden case anew."""
    with tempfile.TemporaryDirectory() as folder:
        book = build(_Here(), Path(folder))
        for lesson in SOURCE.lessons:
            target = GOLDEN / lesson.slug
            target.mkdir(parents=True, exist_ok=True)
            data = case(book.pages[lesson.page.file])
            (target / "node.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            text, page = rendered(lesson.slug, data)
            (target / "expected.html").write_text(text, encoding="utf-8")
            for finding in page.findings.all:
                print(lesson.slug, finding)


if __name__ == "__main__":
    write()
