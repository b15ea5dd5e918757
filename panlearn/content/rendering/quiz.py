"""Quizzes of a page: their texts, rendered, become a face; the page keeps a mark where each of them stands."""

from __future__ import annotations

import re
import unicodedata

from panlearn.content.quizzes import QuizSource
from panlearn.content.rendering.html import escape
from panlearn.content.rendering.nodes import Node, Page, children, render
from panlearn.domain.quiz.marks import BLANK_BEGIN, BLANK_END, quiz_mark
from panlearn.domain.quiz.model import (
    Blank,
    ChoiceKey,
    ClozeKey,
    FaceBlank,
    FaceOption,
    ImageKey,
    NumberKey,
    QuizFace,
    WrittenKey,
)

_LETTERS = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "theta",
    "mu",
    "nu",
    "pi",
    "rho",
    "sigma",
    "phi",
    "psi",
    "omega",
)
_GREEK = {name: unicodedata.lookup(f"GREEK SMALL LETTER {name.upper()}") for name in _LETTERS}
_GREEK |= {"lambda": "λ", "Delta": "Δ", "times": "×"}


def render_quiz(page: Page, node: Node, quiz: QuizSource) -> str:
    """Render the texts of a quiz into `page.faces`; gives its mark."""
    items = node.get("children", [])
    title = "".join(children(page, item) for item in items if item.get("type") == "admonitionTitle")
    divs = [item for item in items if item.get("type") == "div"]
    if len(divs) != len(quiz.parts):
        page.error(
            "PL080", node, f"The quiz `{quiz.id}` was not read as it is written.", "Write its texts more simply."
        )
        return ""
    html: dict[tuple[str, str], str] = {}
    for part, div in zip(quiz.parts, divs, strict=True):
        html[part.role, part.key] = _text(page, div) if part.role == "text" else _line(page, div, quiz, part.text)
    page.faces[quiz.id] = _face(quiz, title or escape(quiz.title), html)
    _check_gaps(page, node, quiz)
    return quiz_mark(quiz.id)


def _text(page: Page, div: Node) -> str:
    return "".join(render(page, child) for child in div.get("children", []))


def _line(page: Page, div: Node, quiz: QuizSource, text: str) -> str:
    """An option: what stands in one paragraph, since it becomes a label."""
    items = [child for child in div.get("children", []) if child.get("type") not in {"comment", "mystComment"}]
    if len(items) == 1 and items[0].get("type") == "paragraph":
        return children(page, items[0])
    if len(items) == 1 and items[0].get("type") in {"image", "container"}:
        return render(page, items[0])
    shown = " ".join(text.split())[:60]
    todo = "Write it as one paragraph, without lists, tables or blocks; begin it with a letter."
    return page.error("PL080", div, f"`{shown}` in the quiz `{quiz.id}` is more than one paragraph.", todo)


def _face(quiz: QuizSource, title: str, html: dict[tuple[str, str], str]) -> QuizFace:
    def options(role: str) -> tuple[FaceOption, ...]:
        return tuple(
            FaceOption(key=key, html=text, text=plain[name, key]) for (name, key), text in html.items() if name == role
        )

    plain = {(part.role, part.key): plain_text(part.text) for part in quiz.parts}
    key = quiz.quiz.key
    number = key if isinstance(key, NumberKey) else None
    return QuizFace(
        kind=quiz.quiz.kind,
        title=title,
        html=html.get(("text", "text"), ""),
        options=options("option"),
        targets=options("target"),
        blanks=tuple(_blank(blank, options(f"option-{blank.name}-")) for blank in key.blanks)
        if isinstance(key, ClozeKey)
        else (),
        fixed=quiz.fixed,
        unit=number.unit if number and number.unit_shown else "",
        unit_asked=bool(number and number.unit and not number.unit_shown),
        figures=number.figures if number else None,
        image=html.get(("image", "image"), ""),
        asked=len(key.regions) if isinstance(key, ImageKey) else 1,
        words=key.words if isinstance(key, WrittenKey) else None,
        variant=quiz.quiz.variant,
    )


def plain_text(markdown: str) -> str:
    """A short Markdown text without its signs, for lists of the browser's own."""
    text = re.sub(r"\\([A-Za-z]+)", lambda match: _GREEK.get(match[1], match[1]), markdown)
    return " ".join(re.sub(r"[$`*{}]", "", text).split())


def _blank(blank: Blank, options: tuple[FaceOption, ...]) -> FaceBlank:
    key = blank.key
    if isinstance(key, ChoiceKey):
        return FaceBlank(name=blank.name, options=options)
    if not isinstance(key, NumberKey):
        return FaceBlank(name=blank.name)
    shown = key.unit if key.unit_shown else ""
    return FaceBlank(name=blank.name, number=True, unit=shown, unit_asked=bool(key.unit and not key.unit_shown))


def _check_gaps(page: Page, node: Node, quiz: QuizSource) -> None:
    """A gap inside of a formula or of a link's address cannot become a field."""
    face = page.faces[quiz.id]
    plain = re.sub(r"<[^>]*>|<math.*?</math>", "", face.html, flags=re.DOTALL)
    for blank in face.blanks:
        if (
            plain.count(f"{BLANK_BEGIN}{blank.name}{BLANK_END}") != 1
            or face.html.count(f"{BLANK_BEGIN}{blank.name}") != 1
        ):
            what = f"The gap [[{blank.name}]] stands where no field can be."
            page.error("PL080", node, what, "Put it outside of formulas, links and pictures.")
