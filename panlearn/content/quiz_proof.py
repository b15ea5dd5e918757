"""A quiz proved with the rules it is graded by: its answer passes for every draw, what it calls wrong does not."""

from __future__ import annotations

from collections.abc import Mapping

from panlearn.content.quiz_body import PROOF, VARIANT, Body
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.answers import Stored
from panlearn.domain.quiz.drawing import every_draw
from panlearn.domain.quiz.expressions import ExpressionError, evaluate
from panlearn.domain.quiz.grading import parts_of, tolerance
from panlearn.domain.quiz.model import ClozeKey, ImageKey, Key, NumberKey, WrittenKey
from panlearn.domain.quiz.solution import right_fields
from panlearn.errors import BadInput


def prove_quiz(bundle: GradingBundle, body: Body) -> None:
    """Raise `AuthorError` at the line of what does not hold."""
    quiz = bundle.quiz
    assert quiz is not None  # noqa: S101 - only quizzes come here
    if isinstance(quiz.key, WrittenKey):
        return
    for drawn in every_draw(quiz.variant):
        values = {name: float(text) for name, text in drawn.items()}
        for key, part in _numbers(quiz.key, body):
            _prove_number(key, part, values, drawn)
        _prove_right(quiz.key, body, drawn)
    if isinstance(quiz.key, ImageKey):
        _prove_apart(quiz.key, body)


def _numbers(key: Key, body: Body) -> list[tuple[NumberKey, Body]]:
    if isinstance(key, NumberKey):
        return [(key, body)]
    if isinstance(key, ClozeKey):
        return [
            (blank.key, body.part("blanks", blank.name)) for blank in key.blanks if isinstance(blank.key, NumberKey)
        ]
    return []


def _prove_number(key: NumberKey, body: Body, values: Mapping[str, float], drawn: Mapping[str, str]) -> None:
    right = _computed(key.answer, body, ("answer",), values, drawn)
    allowed = tolerance(key, right)
    if allowed == 0:
        todo = "Give the tolerance in its unit: `tolerance: 0.01`."
        raise body.error(f"The answer is 0{_for(drawn)}, of which no part is a tolerance.", todo, "answer", code=PROOF)
    for number, wrong in enumerate(key.wrong):
        value = _computed(wrong.answer, body, ("wrong", number, "answer"), values, drawn)
        if abs(value - right) <= allowed:
            what = f"This wrong answer is right within the tolerance{_for(drawn)}."
            raise body.error(what, "Make the tolerance smaller, or take it out.", "wrong", number, code=PROOF)


def _computed(
    text: str, body: Body, at: tuple[str | int, ...], values: Mapping[str, float], drawn: Mapping[str, str]
) -> float:
    try:
        return evaluate(text, values)
    except ExpressionError as error:
        todo = "Use numbers, variables of `variant`, + - * / ** and the functions of the course format."
        raise body.error(f"{error}{_for(drawn, ' This is ')}", todo, *at, code=VARIANT) from None


def _for(drawn: Mapping[str, str], before: str = " ") -> str:
    shown = ", ".join(f"{name} = {value}" for name, value in drawn.items())
    return f"{before}for {shown}" if shown else ""


def _prove_right(key: Key, body: Body, drawn: Mapping[str, str]) -> None:
    """Its own answer passes."""
    answer = Stored("", {name: tuple(values) for name, values in right_fields(key, drawn).items()})
    try:
        passed = all(part.passed for part in parts_of(key, answer, drawn))
    except (BadInput, ExpressionError) as error:
        raise body.error(f"Its own answer cannot be graded: {error}", "Mend the answer.", code=PROOF) from None
    if not passed:
        raise body.error(f"Its own answer does not pass{_for(drawn)}.", "Mend the answer.", code=PROOF)


def _prove_apart(key: ImageKey, body: Body) -> None:
    """A wrong place whose centre is right would say that a right answer is wrong."""
    for number, wrong in enumerate(key.wrong):
        if any(region.holds(wrong.x, wrong.y) for region in key.regions):
            raise body.error(
                "This wrong place is a right one.", "Move it, or take it out.", "wrong", number, code=PROOF
            )
