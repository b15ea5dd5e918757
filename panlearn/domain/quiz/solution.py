"""The right answer to a quiz: as the fields that would pass, and as words for who may read it."""

from __future__ import annotations

from collections.abc import Mapping

from panlearn.domain.quiz.drawing import filled
from panlearn.domain.quiz.expressions import evaluate
from panlearn.domain.quiz.model import (
    Blank,
    ChoiceKey,
    ClozeKey,
    ImageKey,
    Key,
    MatchKey,
    NumberKey,
    OrderKey,
    Quiz,
    WrittenKey,
)
from panlearn.domain.quiz.numbers import shown

Drawn = Mapping[str, str]


def right_fields(key: Key, drawn: Drawn) -> dict[str, tuple[str, ...]]:
    """An answer that passes; of a text that a person grades there is none."""
    match key:
        case ChoiceKey(options=options):
            fields = {"choice": tuple(option.key for option in options if option.correct)}
        case NumberKey(unit=unit):
            fields = {"number": (f"{_value(key, drawn):.12e}",), "unit": (unit,)}
        case OrderKey(items=items):
            fields = {f"place-{item.key}": (str(n),) for n, item in enumerate(items, 1)}
        case MatchKey(pairs=pairs):
            fields = {f"match-{pair.left.key}": (pair.right,) for pair in pairs}
        case ClozeKey(blanks=blanks):
            fields = {name: value for blank in blanks for name, value in _blank_fields(blank, drawn).items()}
        case ImageKey(regions=regions):
            fields = {
                f"{axis}-{n}": (str(region.x if axis == "x" else region.y),)
                for n, region in enumerate(regions, 1)
                for axis in "xy"
            }
        case WrittenKey():
            fields = {}
        case _:
            fields = {"text": (key.accept[0],)}
    return fields


def _blank_fields(blank: Blank, drawn: Drawn) -> dict[str, tuple[str, ...]]:
    inner = right_fields(blank.key, drawn)
    value = next(iter(inner.values()))
    return {f"blank-{blank.name}": value, f"unit-{blank.name}": inner.get("unit", ())}


def right_words(quiz: Quiz, drawn: Drawn) -> list[str]:
    """The right answer, a line for each part, as plain text or the author's Markdown."""
    return [filled(line, drawn) for line in _lines(quiz.key, drawn)]


def _lines(key: Key, drawn: Drawn) -> list[str]:
    match key:
        case ChoiceKey(options=options):
            lines = [option.text for option in options if option.correct]
        case NumberKey(unit=unit):
            lines = [f"{shown(_value(key, drawn), key.figures or 4)} {unit}".strip()]
        case OrderKey(items=items):
            lines = [f"{n}. {item.text}" for n, item in enumerate(items, 1)]
        case MatchKey(pairs=pairs, rights=rights):
            names = {option.key: option.text for option in rights}
            lines = [f"{pair.left.text}: {names[pair.right]}" for pair in pairs]
        case ClozeKey(blanks=blanks):
            lines = [f"Gap {n}: {'; '.join(_lines(blank.key, drawn))}" for n, blank in enumerate(blanks, 1)]
        case ImageKey(regions=regions):
            lines = [f"{one.name or 'The place'}: {one.x:g} % across, {one.y:g} % down" for one in regions]
        case WrittenKey():
            lines = []
        case _:
            lines = [key.accept[0]]
    return lines


def _value(key: NumberKey, drawn: Drawn) -> float:
    return evaluate(key.answer, {name: float(text) for name, text in drawn.items()})
