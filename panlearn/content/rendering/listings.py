"""Source text: code blocks with their options, diagrams, text in other languages."""

from __future__ import annotations

from panlearn.content.rendering.attributes import classes
from panlearn.content.rendering.code import Listing, code_block, listing
from panlearn.content.rendering.html import escape, loses, sanitise, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, renders, safe_class

_MOST_LINES = 1_000_000


@renders("code")
def _code(page: Page, node: Node) -> str:
    """A block of code, with file name, line numbers and marked lines where they are asked for."""
    del page
    language = safe_class(node.get("lang") or "")
    source = str(node.get("value") or "")
    filename = str(node.get("filename") or "")
    head = tag("p", escape(filename), class_="filename") if filename else ""
    start = _number(node.get("startingLineNumber")) or 1
    marked = node.get("emphasizeLines")
    options = Listing(
        start=start if node.get("showLineNumbers") else None,
        marked=frozenset(line for line in map(_number, marked) if line) if isinstance(marked, list) else frozenset(),
    )
    block = listing(source, language, options) if options.start or options.marked else code_block(source, language)
    return tag("div", head + block, class_="listing", id=anchor(node))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST_LINES else None


def diagram(node: Node, *, folded: bool) -> str:
    """The source of a diagram, since drawing it needs a script that runs in the page; folded beside a picture of it."""
    source = tag("div", code_block(str(node.get("value") or ""), ""), class_="listing", id=anchor(node))
    if not folded:
        return source
    return tag("details", tag("summary", "The diagram in Mermaid") + source, class_="fold")


@renders("mermaid")
def _mermaid(page: Page, node: Node) -> str:
    del page
    title = tag("figcaption", "Diagram, written in Mermaid")
    return tag("figure", diagram(node, folded=False) + title, class_="fig mermaid")


@renders("myst")
def _demonstration(page: Page, node: Node) -> str:
    """MyST that shows itself: as source."""
    del page
    return tag("div", code_block(str(node.get("value") or ""), "markdown"), class_="listing", id=anchor(node))


@renders("html")
def _html(page: Page, node: Node) -> str:
    """HTML that Jupyter Book could not read as anything else: what is harmless of it."""
    return _harmless(page, node, str(node.get("value") or ""))


@renders("raw")
def _raw(page: Page, node: Node) -> str:
    """HTML as far as it is harmless, LaTeX as Jupyter Book read it; what is for other outputs only is left out."""
    if str(node.get("lang") or "").lower() in {"html", "html5"}:
        return tag("div", _harmless(page, node, str(node.get("value") or "")), class_="html-out")
    return children(page, node)


def _harmless(page: Page, node: Node, text: str) -> str:
    if lost := loses(text):
        shown = ", ".join(sorted(lost)[:4])
        todo = "Write it in MyST, or leave it out: scripts, styles, forms, frames and pictures in HTML are not kept."
        page.warn("PL036", node, f"HTML loses what pages do not take: {shown}.", todo)
    return sanitise(text)


@renders("anywidget")
def _widget(page: Page, node: Node) -> str:
    """A module of JavaScript, which would run with the reader's rights on this site."""
    todo = "Show a picture, or compute it in a code cell."
    return page.error("PL035", node, f"`{node.get('esm', 'anywidget')}` is a script, which pages never run.", todo)


@renders("div")
def _div(page: Page, node: Node) -> str:
    """A container of the author's own: its classes are left out, since they could dress it as a part of the site."""
    return tag("div", children(page, node), id=anchor(node), class_=classes())
