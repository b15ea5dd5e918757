"""Answers in words as `{quiz}` blocks of the kind `written`, which a person reads."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from panlearn.content.importing.cells import Cell, directive, figure, headings, in_points, plain_title, without_rule

_POINTS = re.compile(r"\d{1,3}(\.\d{1,3})?")
_ELSEWHERE = re.compile(r"!\[|<img|\[\[|^\s*(`{3,}|~{3,}|:{3,}|---)|^\([\w-]+\)=", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """An answer in words. `model`: the author's own; `prompt`: what the learner begins with; `name`: what it is called.

    `secret`: the model answer holds more than learners may read.
    """

    label: str
    model: str
    points: float
    prompt: str = ""
    name: str = ""
    secret: bool = False


def written(words: Words, cell: Cell | None, number: int) -> list[Cell]:
    """The cells of a question that is answered in words. `cell` holds its text, which goes into the block if it can.

    Pictures, code, blocks and headings of their own stay before it.
    """
    cell = replace(cell, source=without_rule(cell.source)) if cell else None
    found = headings(cell.source) if cell else []
    title = plain_title(found[-1][2]) if found else ""
    title = title or (plain_title(words.name) or words.label).replace("-", " ").capitalize()
    text = cell.source if cell else ""
    before: list[Cell] = []
    leads = found and not "\n".join(text.split("\n")[: found[0][0]]).strip()
    if leads and len(found) == 1 and found[0][1] > 1:
        text = "\n".join(text.split("\n")[found[0][0] + 1 :])
    elif found:
        before, text = [replace(cell)] if cell else [], ""
    if cell and not before and (_ELSEWHERE.search(text) or cell.attachments):
        before, text = [cell], ""
    block = Cell(kind="markdown", source=_block(words, title, text), number=number)
    return [*before, block]


def _block(words: Words, title: str, text: str) -> str:
    points = figure(words.points)
    told = _POINTS.fullmatch(points)
    options = [("points", points)] if told else []
    options += [("reveal", "never")] if words.secret else []
    rows = ["kind: written"]
    rows += _value("text", "\n\n".join(part for part in (text.strip(), words.prompt.strip()) if part))
    rows += [] if told else ["rubric:", f"  answers the question: {points}"]
    rows += _value("explain", words.model.strip())
    return directive("quiz", title, [("label", words.label), *options], "\n".join(rows))


def _value(key: str, text: str) -> Sequence[str]:
    """A text as YAML: a block of lines, or one quoted line where it holds what a block cannot."""
    if not text:
        return []
    if text[0] in " \t" or not all(sign.isprintable() or sign == "\n" for sign in text):
        return [f"{key}: {json.dumps(text)}"]
    return [f"{key}: |", *(f"  {row}".rstrip() for row in text.split("\n"))]


def said(words: Words) -> str:
    """What an author is told of it."""
    return f"The answer in words `{words.label}` is graded by a person: {in_points(words.points)}."
