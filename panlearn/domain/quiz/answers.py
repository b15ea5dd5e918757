"""Answers to quizzes: the fields of a form. Read, refused where their form is wrong (which costs no try), stored.

An answer is a mapping of field names to texts, whatever sent it:

    choice, choices     choice=KEY                    order    place-KEY=1…n, one for each item
    number              number=TEXT, unit=TEXT        match    match-KEY=KEY, one for each left side
    text                text=TEXT                     cloze    blank-NAME=TEXT, unit-NAME=TEXT
    image               x-1, y-1, x-2, …: per cent from the left and from the top
    written             text=TEXT, with its line breaks

It is stored as JSON with the seed that its learner's variant was drawn from, so that grading it again says the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from panlearn.domain.quiz.model import (
    Blank,
    ChoiceKey,
    ClozeKey,
    ImageKey,
    MatchKey,
    NumberKey,
    OrderKey,
    Quiz,
    WrittenKey,
)
from panlearn.domain.quiz.numbers import NumberError, Typed, read_number
from panlearn.domain.quiz.units import NONE, Unit, UnitError, unit_of
from panlearn.domain.quiz.written import read_written
from panlearn.errors import BadInput

Fields = Mapping[str, Sequence[str]]
MAX_FIELDS = 200
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was kept: what the learner sent, and the seed of the learner's variant."""

    seed: str
    fields: dict[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """A field's only value, empty where there is none."""
        return (self.fields.get(name) or ("",))[0]

    def as_source(self) -> str:
        """The text that a submission keeps."""
        answer = {name: list(values) for name, values in sorted(self.fields.items())}
        return json.dumps({"seed": self.seed, "answer": answer}, ensure_ascii=False, sort_keys=True)


def fields_of(source: str) -> dict[str, tuple[str, ...]]:
    """The fields in a JSON text that a page or a program sent. Raises `BadInput`."""
    try:
        found = json.loads(source)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or len(found) > MAX_FIELDS:
        raise BadInput("This is not an answer to a quiz.", todo='Send an object of fields, such as {"text": "…"}.')
    return {str(name): _texts(str(name), value) for name, value in found.items()}


def stored_in(source: str) -> Stored:
    """An answer out of the text that a submission kept. Raises `BadInput` for what is none."""
    try:
        found = json.loads(source)
        return Stored(str(found["seed"]), {str(name): _texts(name, value) for name, value in found["answer"].items()})
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise BadInput("This is not an answer to a quiz.", todo="Answer it on its page.") from None


def written_text(source: str) -> str | None:
    """The text in what a submission kept, to be read by a person; None where it holds none."""
    try:
        return stored_in(source).one("text") or None
    except BadInput:
        return None


def _texts(name: str, value: object) -> tuple[str, ...]:
    """A field's values; numbers become text, so that programs may send them as they are."""
    values: list[object] = value if isinstance(value, list) else [value]
    plain = [_plain(one) for one in values]
    texts = [one for one in plain if one is not None]
    if len(values) > MAX_FIELDS or len(texts) < len(values):
        raise BadInput(f"The field {name[:60]} is not text.", todo='Send texts, such as {"text": "…"}.')
    return tuple(texts)


def _plain(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_answer(quiz: Quiz, fields: Fields, seed: str) -> Stored:
    """The fields that belong to this quiz. Raises `BadInput`, in words, for an answer whose form is wrong."""
    key = quiz.key
    if isinstance(key, WrittenKey):
        return Stored(seed, {"text": (read_written(key, next(iter(fields.get("text", ())), "")),)})
    kept = {name: tuple(one.strip() for one in fields.get(name, ())) for name in _names(quiz)}
    _refuse_long(kept)
    answer = Stored(seed, {name: values for name, values in kept.items() if any(values)})
    if isinstance(key, ChoiceKey):
        _check_choice(key, answer.fields.get("choice", ()))
    elif isinstance(key, NumberKey):
        quantity(key, answer.one("number"), answer.one("unit"))
    elif isinstance(key, OrderKey):
        _check_order(key, answer)
    elif isinstance(key, MatchKey):
        _check_match(key, answer)
    elif isinstance(key, ClozeKey):
        for number, blank in enumerate(key.blanks, 1):
            _check_blank(blank, number, answer)
    elif isinstance(key, ImageKey):
        points(key, answer)
    elif not answer.one("text"):
        raise BadInput("There is nothing written yet.", todo="Write your answer, then check it.")
    return answer


def _refuse_long(fields: Fields) -> None:
    for name, values in fields.items():
        if any(len(one) > MAX_TEXT for one in values):
            raise BadInput(f"The field {name[:60]} is too long.", todo=f"Write at most {MAX_TEXT} characters.")


def _names(quiz: Quiz) -> list[str]:
    match quiz.key:
        case ChoiceKey():
            names = ["choice"]
        case NumberKey():
            names = ["number", "unit"]
        case OrderKey(items=items):
            names = [f"place-{item.key}" for item in items]
        case MatchKey(pairs=pairs):
            names = [f"match-{pair.left.key}" for pair in pairs]
        case ClozeKey(blanks=blanks):
            names = [f"{field}-{blank.name}" for blank in blanks for field in ("blank", "unit")]
        case ImageKey(regions=regions):
            names = [f"{axis}-{number}" for number in range(1, len(regions) + 1) for axis in "xy"]
        case _:
            names = ["text"]
    return names


def _check_choice(key: ChoiceKey, chosen: Sequence[str]) -> None:
    if not chosen:
        what = "Nothing is chosen yet."
        raise BadInput(what, todo="Choose at least one answer." if key.many else "Choose an answer.")
    if len(chosen) > 1 and not key.many:
        raise BadInput("More than one answer is chosen.", todo="Choose one.")
    if not set(chosen) <= {option.key for option in key.options}:
        raise BadInput(
            "This quiz has no such answer.", todo="Reload the page: the course may have been published anew."
        )


def order_of(key: OrderKey, answer: Stored) -> list[str] | None:
    """The items' keys as the learner ordered them; None where the places are no order."""
    places = [(answer.one(f"place-{item.key}"), item.key) for item in key.items]
    if sorted(place for place, _ in places) != sorted(str(n) for n in range(1, len(places) + 1)):
        return None
    return [item for _, item in sorted(places, key=lambda pair: int(pair[0]))]


def _check_order(key: OrderKey, answer: Stored) -> None:
    if order_of(key, answer) is None:
        raise BadInput(
            "Two items have the same place.", todo=f"Give each a place of its own, from 1 to {len(key.items)}."
        )


def _check_match(key: MatchKey, answer: Stored) -> None:
    rights = {option.key for option in key.rights}
    given = [answer.one(f"match-{pair.left.key}") for pair in key.pairs]
    if not all(given):
        left = sum(not one for one in given)
        what = "One has no partner yet." if left == 1 else f"{left} have no partner yet."
        raise BadInput(what, todo="Choose one for each.")
    if not set(given) <= rights:
        raise BadInput(
            "This quiz has no such answer.", todo="Reload the page: the course may have been published anew."
        )


def _check_blank(blank: Blank, number: int, answer: Stored) -> None:
    text = answer.one(f"blank-{blank.name}")
    if not text:
        raise BadInput(f"Gap {number} is empty.", todo="Fill in every gap, then check.")
    if isinstance(blank.key, NumberKey):
        quantity(blank.key, text, answer.one(f"unit-{blank.name}"), where=f"Gap {number}: ")
    elif isinstance(blank.key, ChoiceKey):
        _check_choice(blank.key, [text])


def quantity(key: NumberKey, text: str, unit: str, *, where: str = "") -> Typed:
    """A number in the key's unit. Raises `BadInput` for no number, a unit that does not fit, too few figures."""
    try:
        typed = read_number(text)
    except NumberError as error:
        raise BadInput(f"{where}{error}", todo=error.todo) from None
    written = unit.strip() or typed.rest
    factor = 1.0 if key.unit_shown and not written else _factor(key, written, where)
    if key.figures and typed.figures < key.figures:
        wanted = f"Give {key.figures} significant figures, such as {_example(key.figures)}."
        raise BadInput(f"{where}{text.strip()} has fewer figures than are asked for.", todo=wanted)
    return Typed(typed.value * factor, typed.figures, written)


def _factor(key: NumberKey, written: str, where: str) -> float:
    wanted = unit_of(key.unit)
    try:
        given = unit_of(written)
    except UnitError as error:
        raise BadInput(f"{where}{error}", todo="Write it as Å, nm, keV, degree, 1/nm or g/cm^3 are written.") from None
    if given.dimension == wanted.dimension:
        return given.factor / wanted.factor
    if not written:
        raise BadInput(f"{where}This number has no unit.", todo="Write the unit beside it. It costs no try.")
    raise BadInput(f"{where}{_misfit(given, wanted, written)}", todo="Write a unit that fits. It costs no try.")


def _misfit(given: Unit, wanted: Unit, written: str) -> str:
    if wanted.dimension == NONE:
        return f"{written} is a unit; the answer is a plain number."
    if wanted.quantity == given.quantity:
        return f"{written} does not fit what is asked for."
    return f"{written} is a unit of {given.quantity}; the answer is {wanted.quantity}."


def _example(figures: int) -> str:
    return "12" if figures == 2 else f"1.{'2345678901234'[: figures - 1]}" if figures > 1 else "4"  # noqa: PLR2004


def points(key: ImageKey, answer: Stored) -> list[tuple[float, float]]:
    """The points that were marked. Raises `BadInput` where one is missing or off the image."""
    found = []
    for number in range(1, len(key.regions) + 1):
        texts = [answer.one(f"{axis}-{number}") for axis in "xy"]
        if not all(texts):
            which = f"Point {number}" if len(key.regions) > 1 else "The point"
            raise BadInput(f"{which} is not marked yet.", todo="Click on the image, or write both numbers.")
        try:
            x, y = (read_number(text).value for text in texts)
        except NumberError as error:
            raise BadInput(str(error), todo="Write per cent of the width and of the height, such as 42.5.") from None
        if not (0 <= x <= 100 and 0 <= y <= 100):  # noqa: PLR2004 - per cent
            raise BadInput(f"Point {number} is not on the image.", todo="Both numbers lie between 0 and 100.")
        found.append((x, y))
    return found
