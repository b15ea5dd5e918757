"""The public part of a quiz as Jupyter Book reads it: an exercise block with its texts in order, never its key."""

from __future__ import annotations

import re

from panlearn.content.quizzes import QuizSource
from panlearn.domain.quiz.marks import BLANK_BEGIN, BLANK_END


def staged_rows(quiz: QuizSource) -> list[tuple[str, int]]:
    """Lines for the public book, each with the author's line behind it."""
    texts = [_with_gaps(part.text) for part in quiz.parts]
    outer = "`" * max(4, 1 + _longest("`", [quiz.title, *texts]))
    inner = ":" * max(3, 1 + _longest(":", texts))
    rows = [(f"{outer}{{exercise}} {quiz.title}", quiz.line), (f":label: {quiz.id}", quiz.line)]
    for part, text in zip(quiz.parts, texts, strict=True):
        rows.append((f"{inner}{{div}}", part.line))
        rows += [(row, part.line + offset) for offset, row in enumerate(text.split("\n"))]
        rows.append((inner, part.line))
    return [*rows, (outer, quiz.line)]


def plain_rows(quiz: QuizSource) -> list[str]:
    """Lines for a notebook to take away: the question as plain Markdown, and where it is answered."""
    rows = [f"### Question: {quiz.title}", ""]
    for part in quiz.parts:
        text = re.sub("[\ue000-\ue003]", "", _with_gaps(part.text, "……"))
        rows += [*text.split("\n"), ""] if part.role in {"text", "image"} else [f"- {' '.join(text.split())}"]
    return [*rows, "", "*Answer it on the course's page.*"]


def _with_gaps(text: str, shown: str = "") -> str:
    return re.sub(r"\[\[([\w-]+)\]\]", shown or f"{BLANK_BEGIN}\\1{BLANK_END}", text)


def _longest(sign: str, texts: list[str]) -> int:
    return max((len(run) for text in texts for run in re.findall(re.escape(sign) + "+", text)), default=0)
