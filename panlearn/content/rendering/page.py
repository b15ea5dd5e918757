"""One page: its tree in, its fragment and its sections out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from panlearn.content.rendering import (
    admonitions,
    blocks,
    cells,
    embeds,
    figures,
    inline,
    layout,
    listings,
    media,
    references,
    science,
    tables,
)
from panlearn.content.rendering.nodes import Node, Page, children, render, text_of, walk, whole
from panlearn.domain.course import Section

#: Importing them fills the registry.
_REGISTERED = (
    admonitions,
    blocks,
    cells,
    embeds,
    figures,
    inline,
    layout,
    listings,
    media,
    references,
    science,
    tables,
)


def render_page(page: Page, tree: Mapping[str, Any], title: str) -> str:
    """The article's body: without its title, with notes and references at its end."""
    try:
        return _render(page, tree, title)
    except RecursionError:
        what = "Blocks stand in each other too deeply to be shown."
        return page.error("PL034", {}, what, "Put fewer blocks into each other.")


def _render(page: Page, tree: Mapping[str, Any], title: str) -> str:
    nodes = walk(tree)
    page.tasks = {str(n.get("html_id") or n.get("identifier")): n for n in nodes if n.get("type") == "exercise"}
    page.footnotes = references.called_notes(tree)
    top = _without_title(tree, title)
    first = _first_heading(tree, title)
    depths = [whole(n.get("depth"), 2) for n in nodes if n.get("type") == "heading" and n is not first]
    page.shift = 2 - min(depths) if depths else 0
    body = "".join(render(page, node) for node in top)
    if page.cells:
        missing = page.cells[0]
        page.findings.error(
            "PL014",
            page.staged.origin(1)[0],
            missing.line,
            "This code cell is not in the built page.",
            "Move it to the top level.",
        )
    for name, quiz in page.quizzes.items():
        if name not in page.faces and not page.findings.errors:
            todo = "Move it to the top level of the page."
            page.findings.error("PL080", quiz.file, quiz.line, f"The quiz `{name}` is not in the built page.", todo)
    notes, works = references.footnotes(page), references.references(page)
    if works:
        name = "works-cited" if any(section.id == "references" for section in page.sections) else "references"
        page.sections.append(Section(id=name, title="References"))
    return body + notes + works


def render_blocks(page: Page, tree: Mapping[str, Any]) -> list[str]:
    """Each block of a page by itself, for hints and for formulas of outputs."""
    page.footnotes = references.called_notes(tree)
    return [children(page, node) for node in tree.get("children", []) if node.get("children")]


def _first_heading(tree: Mapping[str, Any], title: str) -> Node | None:
    """The heading that repeats the page's title, where the page begins with one."""
    for node in walk(tree)[1:]:
        if node.get("type") in {"block", "root", "comment"}:
            continue
        same = node.get("type") == "heading" and _bare(text_of(node)) == _bare(title)
        return node if same else None
    return None


def _without_title(tree: Mapping[str, Any], title: str) -> list[Node]:
    first = _first_heading(tree, title)
    return [
        {**node, "children": [child for child in node.get("children", []) if child is not first]}
        if node.get("type") == "block"
        else node
        for node in tree.get("children", [])
        if node is not first
    ]


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
