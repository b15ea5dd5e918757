"""Keys of what is written into a field: numbers with units, and short texts; and what every kind's reading gathers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from panlearn.content.quiz_body import NO_ANSWER, TOLERANCE, TWICE, UNIT, Body
from panlearn.domain.quiz.drawing import marked
from panlearn.domain.quiz.model import NumberKey, TextKey, WrongNumber, WrongText
from panlearn.domain.quiz.units import UnitError, unit_of
from panlearn.domain.quiz.words import bare

MAX_TYPOS = 2
MAX_FIGURES = 10
NUMBER_KEYS = frozenset({"answer", "unit", "show-unit", "tolerance", "figures", "wrong"})
TEXT_KEYS = frozenset({"answer", "case", "typos", "wrong"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPart:
    """A text that a page shows. `role`: text, option, target, image; `key` says which; `line` is where it stands."""

    role: str
    key: str
    text: str
    line: int


@dataclass(slots=True)
class Reader:
    """What the reading of one quiz needs and gathers: its id, the names of its variables, its public parts."""

    id: str
    names: Sequence[str]
    parts: list[PublicPart] = field(default_factory=list)

    def says(self, text: str) -> str:
        """A text with its variables marked."""
        return marked(text, self.names)

    def key(self, text: str) -> str:
        """What stands for a text in answers: it tells nothing, and stays while the text stays."""
        return hashlib.sha256(f"{self.id}:{text}".encode()).hexdigest()[:8]

    def show(self, role: str, key: str, text: str, line: int) -> None:
        """Note a public part, once."""
        if not any((part.role, part.key) == (role, key) for part in self.parts):
            self.parts.append(PublicPart(role=role, key=key, text=self.says(text), line=line))


def read_number(body: Body, reader: Reader) -> NumberKey:
    """A number with its unit and its tolerance."""
    if body.data.get("answer") is None:
        raise body.error("The answer is missing.", "Write `answer:` and a value or a formula.", code=NO_ANSWER)
    answer = body.text("answer")
    unit = body.text("unit", "")
    try:
        unit_of(unit)
    except UnitError as error:
        todo = "Write it as angstrom, nm, keV, degree, 1/nm or g/cm^3 are written."
        raise body.error(str(error), todo, "unit", code=UNIT) from None
    relative, absolute = _tolerance(body)
    figures = _figures(body)
    if (relative, absolute, figures).count(None) != 2:  # noqa: PLR2004 - one of three
        what = "says neither how far off an answer may be nor how many figures it needs"
        both = "has a tolerance and figures; one of them is enough"
        message = f"The number {what if relative is absolute is figures is None else both}."
        todo = "Write `tolerance: 1%`, `tolerance: 0.01` or `figures: 3`."
        raise body.error(message, todo, "answer", code=TOLERANCE)
    wrong = []
    for item in body.items("wrong"):
        item.only({"answer", "says"}, "A wrong number")
        wrong.append(WrongNumber(answer=item.text("answer"), says=reader.says(item.text("says"))))
    return NumberKey(
        answer=answer,
        unit=unit,
        unit_shown=body.flag("show-unit"),
        relative=relative,
        absolute=absolute,
        figures=figures,
        wrong=tuple(wrong),
    )


def _tolerance(body: Body) -> tuple[float | None, float | None]:
    text = body.text("tolerance", "")
    if not text:
        return None, None
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        todo = "Write `tolerance: 1%` of the value, or `tolerance: 0.01` in its unit."
        raise body.error(f"`tolerance: {text}` cannot be used.", todo, "tolerance", code=TOLERANCE)
    return (value / 100, None) if text.endswith("%") else (None, value)


def _figures(body: Body) -> int | None:
    value = body.number("figures")
    if value is not None and not (value.is_integer() and 1 <= value <= MAX_FIGURES):
        what = f"`figures: {value:g}` cannot be used."
        raise body.error(what, f"Write a whole number from 1 to {MAX_FIGURES}.", "figures", code=TOLERANCE)
    return None if value is None else int(value)


def read_text(body: Body, reader: Reader) -> TextKey:
    """A few words."""
    accept = body.texts("answer")
    if not accept:
        raise body.error("The answer is missing.", "Write `answer:` and the words that are right.", code=NO_ANSWER)
    typos = body.number("typos", 0.0) or 0.0
    if typos not in range(MAX_TYPOS + 1):
        raise body.error(f"`typos: {typos:g}` cannot be used.", f"Write 0 to {MAX_TYPOS}.", "typos")
    case = body.flag("case")
    wrong = []
    for number, item in enumerate(body.items("wrong")):
        item.only({"answer", "says"}, "A wrong answer")
        wrong.append(WrongText(answer=item.text("answer"), says=reader.says(item.text("says"))))
        if any(bare(wrong[-1].answer, case=case) == bare(one, case=case) for one in accept):
            raise body.error("This wrong answer is right as well.", "Take it out.", "wrong", number, code=TWICE)
    return TextKey(accept=tuple(accept), case=case, typos=int(typos), wrong=tuple(wrong))
