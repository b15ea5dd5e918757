"""From a quiz and a stored answer to a report, in this process: an answer is data, and nothing of it is run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.answers import Stored, order_of, points, quantity, stored_in
from panlearn.domain.quiz.drawing import draw, filled
from panlearn.domain.quiz.expressions import ExpressionError, evaluate
from panlearn.domain.quiz.model import (
    ChoiceKey,
    ClozeKey,
    ImageKey,
    Key,
    MatchKey,
    NumberKey,
    OrderKey,
    Region,
    TextKey,
    WrittenKey,
)
from panlearn.domain.quiz.numbers import half_unit
from panlearn.domain.quiz.words import bare, matches
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict
from panlearn.errors import BadInput

NOT_THIS = "This is not it. Look at the question again, or at the text above it."
READ_BY_A_PERSON = "Your answer is handed in: a person reads it and gives the points."
BROKEN = "This quiz is broken, not your answer. Your answer is kept."
_SLACK = 1 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that was asked. `share`: how much of the points it carries, relative to the other parts."""

    name: str
    passed: bool
    share: float = 1.0
    message: str = ""
    got: str = ""


def grade_quiz(bundle: GradingBundle, source: str) -> GradeReport:
    """The report on an answer. Never raises for what an answer holds."""
    began = time.monotonic()
    quiz = bundle.quiz
    if quiz is None:
        return _report(bundle, Verdict.AUTHOR_ERROR, BROKEN, note="the exercise is not a quiz")
    try:
        answer = stored_in(source)
        if isinstance(quiz.key, WrittenKey):
            return _handed_in(bundle, answer)
        drawn = draw(quiz.variant, answer.seed)
        parts = parts_of(quiz.key, answer, drawn)
    except BadInput as error:
        return _report(bundle, Verdict.ERROR, f"{error}")
    except ExpressionError as error:
        return _report(bundle, Verdict.AUTHOR_ERROR, BROKEN, note=str(error))
    report = _of_parts(bundle, parts, drawn)
    return replace(report, seconds={"total": round(time.monotonic() - began, 4)})


def _handed_in(bundle: GradingBundle, answer: Stored) -> GradeReport:
    if not answer.one("text"):
        raise BadInput("This answer holds no text.", todo="Write your answer, then hand it in.")
    return _report(bundle, Verdict.HANDED_IN, READ_BY_A_PERSON)


def parts_of(key: Key, answer: Stored, drawn: Mapping[str, str]) -> list[Part]:
    """What was asked, each with how it went. Raises `BadInput` where the form of the answer is wrong."""
    values = {name: float(text) for name, text in drawn.items()}
    match key:
        case ChoiceKey():
            chosen = answer.fields.get("choice", ())
            parts = _choices(key, set(chosen)) if key.many else [_choice(key, (chosen or ("",))[0])]
        case NumberKey():
            parts = [_number(key, answer.one("number"), answer.one("unit"), values)]
        case TextKey():
            parts = [_text(key, answer.one("text"))]
        case OrderKey():
            parts = [_order(key, answer)]
        case MatchKey():
            parts = _match(key, answer)
        case ClozeKey():
            parts = _cloze(key, answer, values)
        case ImageKey():
            parts = _image(key, answer)
        case WrittenKey():
            parts = []
    return parts


def _choice(key: ChoiceKey, chosen: str, name: str = "") -> Part:
    option = next((one for one in key.options if one.key == chosen), None)
    if option is None:
        raise BadInput("This quiz no longer has that answer.", todo="Answer it again.")
    says = option.says or ("" if option.correct else NOT_THIS)
    return Part(name=name or option.text, passed=option.correct, message=says, got=option.text if name else "")


def _choices(key: ChoiceKey, chosen: set[str]) -> list[Part]:
    """A line for each option that was chosen, none for the others, and one for the whole, which carries the points."""
    picked = [option for option in key.options if option.key in chosen]
    lines = [
        Part(name=one.text, passed=one.correct, share=0.0, message=one.says or ("" if one.correct else NOT_THIS))
        for one in picked
    ]
    if len(picked) < len(chosen):
        raise BadInput("This quiz no longer has one of these answers.", todo="Answer it again.")
    missing = any(option.correct for option in key.options if option.key not in chosen)
    complete = not missing and all(option.correct for option in picked)
    says = (
        "Something that belongs to it is not chosen yet."
        if missing
        else ""
        if complete
        else "Some do not belong to it."
    )
    return [*lines, Part(name="All that are right are chosen, and no other", passed=complete, message=says)]


def _number(key: NumberKey, text: str, unit: str, values: Mapping[str, float], name: str = "The value") -> Part:
    given = quantity(key, text, unit)
    got = " ".join(part for part in (text.strip(), unit.strip() or (key.unit if key.unit_shown else "")) if part)
    expected = evaluate(key.answer, values)
    if abs(given.value - expected) <= tolerance(key, expected) * _SLACK:
        return Part(name=name, passed=True, got=got)
    says = next((wrong.says for wrong in key.wrong if _near(key, given.value, evaluate(wrong.answer, values))), "")
    return Part(name=name, passed=False, message=says or _number_words(key, given.value, expected), got=got)


def _near(key: NumberKey, value: float, target: float) -> bool:
    return abs(value - target) <= tolerance(key, target) * _SLACK


def tolerance(key: NumberKey, expected: float) -> float:
    """How far off an answer may be, in the key's unit."""
    if key.figures is not None:
        return half_unit(expected, key.figures)
    return key.absolute if key.absolute is not None else (key.relative or 0.0) * abs(expected)


def _number_words(key: NumberKey, value: float, expected: float) -> str:
    """The digits may be right and the power of ten wrong: the usual slip with prefixes."""
    for power in range(-12, 13):
        if power and abs(value * 10.0**power - expected) <= tolerance(key, expected) * _SLACK:
            return "The digits are right, the power of ten is not. Look at the unit and its prefix."
    return "This is not the value. Check what you put in, its units, and the last step."


def _text(key: TextKey, given: str, name: str = "Your answer") -> Part:
    if any(matches(given, wanted, case=key.case, typos=key.typos) for wanted in key.accept):
        return Part(name=name, passed=True, got=given)
    if key.case and any(bare(given) == bare(wanted) for wanted in key.accept):
        return Part(name=name, passed=False, message="Capital and small letters matter here.", got=given)
    says = next((wrong.says for wrong in key.wrong if matches(given, wrong.answer, case=key.case)), NOT_THIS)
    return Part(name=name, passed=False, message=says, got=given)


def _order(key: OrderKey, answer: Stored) -> Part:
    given = order_of(key, answer)
    if given is None:
        raise BadInput("Two items have the same place.", todo="Give each a place of its own.")
    right = [item.key for item in key.items]
    if given == right:
        return Part(name="The order", passed=True)
    placed = sum(a == b for a, b in zip(given, right, strict=True))
    says = {0: "None is in its place yet.", 1: "One is in its place."}.get(placed, f"{placed} are in their places.")
    item = next(item for item, at in zip(key.items, given, strict=True) if item.key != at)
    return Part(name="The order", passed=False, message=f"{says} {item.says}".strip())


def _match(key: MatchKey, answer: Stored) -> list[Part]:
    rights = {option.key: option for option in key.rights}
    parts = []
    for pair in key.pairs:
        given = rights.get(answer.one(f"match-{pair.left.key}"))
        if given is None:
            raise BadInput("One of these has no partner.", todo="Choose one for each.")
        passed = given.key == pair.right
        says = "" if passed else pair.left.says or "These two do not belong together."
        parts.append(Part(name=pair.left.text, passed=passed, message=says, got=given.text))
    return parts


def _cloze(key: ClozeKey, answer: Stored, values: Mapping[str, float]) -> list[Part]:
    parts = []
    for number, blank in enumerate(key.blanks, 1):
        text, name = answer.one(f"blank-{blank.name}"), f"Gap {number}"
        if isinstance(blank.key, ChoiceKey):
            parts.append(_choice(blank.key, text, name))
        elif isinstance(blank.key, NumberKey):
            parts.append(_number(blank.key, text, answer.one(f"unit-{blank.name}"), values, name))
        else:
            parts.append(_text(blank.key, text, name))
    return parts


def _image(key: ImageKey, answer: Stored) -> list[Part]:
    """Each region counts once, whichever point finds it."""
    left = list(key.regions)
    parts = []
    marked = points(key, answer)
    for number, (x, y) in enumerate(marked, 1):
        found = next((region for region in left if region.holds(x, y)), None)
        if found is not None:
            left.remove(found)
        name = f"Point {number}" if len(marked) > 1 else "Your point"
        says = (found.says if found else "") or ("" if found else _off(key.wrong, x, y))
        parts.append(Part(name=name, passed=found is not None, message=says, got=f"{x:g} %, {y:g} %"))
    return parts


def _off(wrong: tuple[Region, ...], x: float, y: float) -> str:
    return next((one.says for one in wrong if one.holds(x, y)), "What is asked for is not there.")


def _of_parts(bundle: GradingBundle, parts: list[Part], drawn: Mapping[str, str]) -> GradeReport:
    total = sum(part.share for part in parts)
    checks = tuple(
        CheckResult(
            name=filled(part.name, drawn) or "Your answer",
            status=CheckStatus.PASSED if part.passed else CheckStatus.FAILED,
            hidden=False,
            points=bundle.points * part.share / total if part.passed else 0.0,
            max_points=bundle.points * part.share / total,
            message=filled(part.message, drawn),
            got=filled(part.got, drawn),
        )
        for part in parts
    )
    passed = all(part.passed for part in parts)
    points_ = bundle.points if passed else round(sum(check.points for check in checks), 6)
    first = next((check.message for check in checks if check.status is CheckStatus.FAILED and check.message), NOT_THIS)
    verdict = Verdict.PASSED if passed else Verdict.FAILED
    return _report(bundle, verdict, "" if passed else first, checks=checks, points_=points_)


def _report(
    bundle: GradingBundle,
    verdict: Verdict,
    message: str,
    *,
    checks: tuple[CheckResult, ...] = (),
    points_: float = 0.0,
    note: str = "",
) -> GradeReport:
    fault = {Verdict.PASSED: None, Verdict.HANDED_IN: None, Verdict.AUTHOR_ERROR: Fault.AUTHOR}.get(
        verdict, Fault.LEARNER
    )
    return GradeReport(
        exercise=bundle.exercise,
        verdict=verdict,
        fault=fault,
        points=points_,
        max_points=bundle.points,
        checks=checks,
        message=message,
        seconds={"total": 0.0},
        author_note=note,
    )
