"""Boxes: admonitions, proofs and their kin, exercises without an answer cell, solutions, dropdowns, asides."""

from __future__ import annotations

import re

from panlearn.content.rendering.attributes import classes, words
from panlearn.content.rendering.html import escape, tag
from panlearn.content.rendering.nodes import Node, Page, anchor, children, items_of, render, renders
from panlearn.content.rendering.quiz import render_quiz

#: Kinds of admonitions, and what a reader who hears them is told where the title does not say it.
_ADMONITIONS = {
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "important": "Important",
    "note": "Note",
    "seealso": "See also",
    "tip": "Tip",
    "warning": "Warning",
}
#: Class names that other parts of a page use for something else.
_LOOKS = {"error": "is-error", "hint": "is-hint"}
_PROOFS = frozenset(
    {
        "algorithm",
        "assumption",
        "axiom",
        "conjecture",
        "corollary",
        "criterion",
        "definition",
        "example",
        "lemma",
        "observation",
        "proof",
        "property",
        "proposition",
        "remark",
        "theorem",
    }
)
_ASIDES = frozenset({"sidebar", "topic"})


def titled(page: Page, node: Node) -> tuple[str, str]:
    """The title of a box and the rest of it, as HTML."""
    items = items_of(node)
    title = "".join(children(page, item) for item in items if item.get("type") == "admonitionTitle")
    return title, "".join(render(page, item) for item in items if item.get("type") != "admonitionTitle")


def unlinked(title: str) -> tuple[str, str]:
    """The title of something that opens, without its links, since it is a button itself; and the links in a line."""
    links = re.findall(r"<a [^>]*>.*?</a>", title, re.DOTALL)
    return re.sub(r"</?a\b[^>]*>", "", title), tag("p", ", ".join(links), class_="see") if links else ""


def _box(node: Node, kind: str, title: str, rest: str) -> str:
    """A box, which opens and closes where the author asked for a dropdown."""
    given = words(node)
    look = classes("admonition", kind, "simple" if "simple" in given else None)
    if "dropdown" in given:
        summary, links = unlinked(title)
        head = tag("summary", summary, class_="title")
        return tag("details", head + links + rest, class_=look, id=anchor(node), open=bool(node.get("open")))
    heading = tag("p", title, class_="title") if title else ""
    return tag("aside", heading + rest, class_=look, id=anchor(node))


@renders("admonition")
def _admonition(page: Page, node: Node) -> str:
    """Its kind is that of its directive, or the first kind among its classes; a title of its own is told the kind."""
    stated = [str(node.get("kind") or ""), *words(node)]
    kind = next((name for name in stated if name in _ADMONITIONS), "note")
    known = any(name in _ADMONITIONS for name in stated)
    title, rest = titled(page, node)
    word = _ADMONITIONS[kind]
    if not title and "dropdown" in words(node):
        title = word
    elif title and known and title.lower() != word.lower():
        title = tag("span", f"{word}: ", class_="vh") + title
    look = classes(_LOOKS.get(kind, kind), "no-icon" if node.get("icon") is False else None)
    return _box(node, look or kind, title, rest)


@renders("proof")
def _proof(page: Page, node: Node) -> str:
    """A theorem and its kin: kind, number, title. A proof has a number only where it can be referred to by it."""
    stated = str(node.get("kind") or "proof")
    kind = stated if stated in _PROOFS else "proof"
    title, rest = titled(page, node)
    numbered = node.get("enumerator") and (kind != "proof" or anchor(node))
    head = kind.capitalize() + (f" {escape(node['enumerator'])}" if numbered else "")
    look = kind if kind == "proof" else f"proof {kind}"
    return _box(node, look, head + (f" ({title})" if title else ""), rest)


@renders("exercise")
def _exercise(page: Page, node: Node) -> str:
    """An exercise with an answer cell is shown at that cell; a quiz leaves a mark; any other is text."""
    if quiz := page.quizzes.get(str(anchor(node))):
        return render_quiz(page, node, quiz)
    if str(node.get("identifier")) in page.exercises or str(node.get("html_id")) in page.exercises:
        return ""
    if node.get("hidden"):
        return _only_anchor(node)
    title, rest = titled(page, node)
    head = "Exercise" + (f" {escape(node['enumerator'])}" if node.get("enumerator") else "")
    return _box(node, "exercise", head + (f" ({title})" if title else ""), rest)


@renders("solution")
def _solution(page: Page, node: Node) -> str:
    """A solution that stands in the author's text; its title leads to its exercise."""
    if node.get("hidden"):
        return _only_anchor(node)
    title, rest = titled(page, node)
    return _box(node, "solution", title or "Solution", rest)


def _only_anchor(node: Node) -> str:
    """What `:hidden:` leaves: a place that references lead to."""
    return tag("span", id=anchor(node)) if anchor(node) else ""


@renders("admonitionTitle", "cardTitle")
def _only_title(page: Page, node: Node) -> str:
    return tag("p", children(page, node), class_="title")


@renders("details")
def _details(page: Page, node: Node) -> str:
    content = children(page, node)
    if not any(item.get("type") == "summary" for item in items_of(node)):
        content = tag("summary", "Details") + content
    return tag("details", content, class_="dropdown", open=bool(node.get("open")), id=anchor(node))


@renders("summary")
def _summary(page: Page, node: Node) -> str:
    title, links = unlinked(children(page, node))
    return tag("summary", title) + links


@renders("aside", "margin")
def _aside(page: Page, node: Node) -> str:
    kind = str(node.get("kind") or "")
    look = classes("margin-note", kind if kind in _ASIDES else None)
    return tag("aside", children(page, node), class_=look, id=anchor(node))
