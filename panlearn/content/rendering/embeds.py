"""What stands in a page a second time: labelled content of this or another page, outputs of labelled cells, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from panlearn.content.rendering.html import tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, renders

#: A picture with its caption, which an embedding figure replaces by its own.
_CAPTIONED = re.compile(r'<figure class="fig">(<img [^>]*>)<figcaption>.*?</figcaption></figure>', re.DOTALL)


def connect(states: Mapping[str, Page]) -> Mapping[str, Page]:
    """Tell every page of a course what cells with a label show, and how its exercises are called."""
    pages = list(states.values())
    labelled = {
        normal(cell.label): page.outputs.get(cell.id, "") for page in pages for cell in page.cells if cell.label
    }
    titles = {name: face.title for page in pages for name, face in page.exercises.items()}
    titles |= {name: quiz.title for page in pages for name, quiz in page.quizzes.items()}
    for page in pages:
        page.labelled, page.titles = labelled, titles
    return states


def normal(label: str) -> str:
    """A label as Jupyter Book compares it."""
    return " ".join(label.lower().split())


def embedding(page: Page, node: Node, content: Callable[[], str]) -> str:
    """Render with `page.embedded` saying which label's content this is."""
    source = node.get("source")
    before = page.embedded
    page.embedded = str(source.get("label") or "") if isinstance(source, dict) else ""
    try:
        return content()
    finally:
        page.embedded = before


@renders("embed")
def _embed(page: Page, node: Node) -> str:
    """Labelled content once more. Its own anchor stays where it was."""
    source = node.get("source")
    if not node.get("children"):
        label = source.get("label", "") if isinstance(source, dict) else ""
        todo = "Check the label: it is that of a figure, a table, a block or a cell of the course."
        return page.error("PL032", node, f"There is nothing labelled `{label}` to embed.", todo)
    content = embedding(page, node, lambda: children(page, node))
    return tag("div", content, class_="embedded", id=anchor(node))


@renders("output", "outputs")
def _output(page: Page, node: Node) -> str:
    """Outputs are rendered from the notebook that was run: at their cells, and where those are embedded."""
    del node
    shown = page.labelled.get(normal(page.embedded), "") if page.embedded else ""
    bare = _CAPTIONED.sub(r"\1", shown)
    return tag("div", bare, class_="out") if bare else ""


@renders("include")
def _include(page: Page, node: Node) -> str:
    """A file of the course, put in here: what is wrong with it is said of the place that includes it."""
    before, page.within = page.within, page.line(node)
    try:
        return children(page, node)
    finally:
        page.within = before
