"""The keys of quizzes out of their YAML, one function for each kind, and the public parts that pages may show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from panlearn.content.quiz_body import NO_ANSWER, TOLERANCE, TWICE, UNIT, Body
from panlearn.domain.quiz.drawing import marked
from panlearn.domain.quiz.model import (
    Blank,
    ChoiceKey,
    ClozeKey,
    ImageKey,
    Key,
    MatchKey,
    NumberKey,
    Option,
    OrderKey,
    Pair,
    Region,
    TextKey,
    WrongNumber,
    WrongText,
)
from panlearn.domain.quiz.units import UnitError, unit_of
from panlearn.domain.quiz.words import bare

MAX_OPTIONS = 40
MAX_TYPOS = 2
MAX_FIGURES = 10


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


def read_key(kind: str, body: Body, reader: Reader) -> Key:
    """The key of a quiz of this kind. Raises `AuthorError`."""
    return _READERS[kind](body, reader)


def _options(body: Body, reader: Reader, prefix: str = "") -> tuple[Option, ...]:
    options = []
    for item in body.items("options", text="text"):
        item.only({"text", "correct", "says"}, "An option")
        text = item.text("text")
        options.append(
            Option(
                key=reader.key(prefix + text),
                text=reader.says(text),
                correct=item.flag("correct"),
                says=reader.says(item.text("says", "")),
            )
        )
        reader.show(f"option{prefix}", options[-1].key, text, item.line("text"))
    _refuse_count(body, "options", len(options))
    _refuse_twice(body, "options", [option.text for option in options])
    return tuple(options)


def _refuse_count(body: Body, key: str, count: int, least: int = 2) -> None:
    if not least <= count <= MAX_OPTIONS:
        what = f"`{key}` has {count}; from {least} to {MAX_OPTIONS} can be shown."
        raise body.error(what, f"Write them below `{key}:`, each after a dash.", key, code=NO_ANSWER)


def _refuse_twice(body: Body, key: str, texts: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for number, text in enumerate(texts):
        plain = " ".join(text.split()).casefold()
        if plain in seen:
            what = f"`{text}` stands twice below `{key}`."
            raise body.error(what, "Take one out, or make them differ.", key, number, code=TWICE)
        seen[plain] = number


def _choice(body: Body, reader: Reader, *, many: bool, prefix: str = "") -> ChoiceKey:
    options = _options(body, reader, prefix)
    right = sum(option.correct for option in options)
    if right == 0:
        todo = "Write `correct: true` below the option that is right."
        raise body.error("No option is correct.", todo, "options", code=NO_ANSWER)
    if right > 1 and not many:
        todo = "Write `kind: choices` if several are right."
        raise body.error(f"{right} options are correct, and one can be chosen.", todo, "options", code=NO_ANSWER)
    return ChoiceKey(options=options, many=many)


def _number(body: Body, reader: Reader) -> NumberKey:
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


def _text(body: Body, reader: Reader) -> TextKey:
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


def _order(body: Body, reader: Reader) -> OrderKey:
    items = []
    for item in body.items("items", text="text"):
        item.only({"text", "says"}, "An item")
        text = item.text("text")
        items.append(Option(key=reader.key(text), text=reader.says(text), says=reader.says(item.text("says", ""))))
        reader.show("option", items[-1].key, text, item.line("text"))
    _refuse_count(body, "items", len(items))
    _refuse_twice(body, "items", [item.text for item in items])
    return OrderKey(items=tuple(items))


def _match(body: Body, reader: Reader) -> MatchKey:
    pairs, rights = [], {}
    for item in body.items("pairs"):
        item.only({"left", "right", "says"}, "A pair")
        left, right = item.text("left"), item.text("right")
        shown = Option(key=reader.key(left), text=reader.says(left), says=reader.says(item.text("says", "")))
        target = Option(key=reader.key(f">{right}"), text=reader.says(right))
        pairs.append(Pair(left=shown, right=target.key))
        rights[target.key] = target
        reader.show("option", shown.key, left, item.line("left"))
        reader.show("target", target.key, right, item.line("right"))
    for number, text in enumerate(body.texts("others")):
        other = Option(key=reader.key(f">{text}"), text=reader.says(text))
        if other.key in rights:
            raise body.error(f"`{text}` is a partner already.", "Take it out.", "others", number, code=TWICE)
        rights[other.key] = other
        reader.show("target", other.key, text, body.line("others", number))
    _refuse_count(body, "pairs", len(pairs))
    _refuse_twice(body, "pairs", [pair.left.text for pair in pairs])
    _refuse_count(body, "pairs", len(rights))
    return MatchKey(pairs=tuple(pairs), rights=tuple(rights.values()))


def _cloze(body: Body, reader: Reader) -> ClozeKey:
    data = body.data.get("blanks")
    if not isinstance(data, Mapping) or not data:
        todo = "Write `blanks:` and below it, for each [[name]] of the text, `name: answer`."
        raise body.error("The gaps have no answers.", todo, "blanks", code=NO_ANSWER)
    text = body.text("text")
    names = sorted((str(name) for name in data), key=lambda name: text.find(f"[[{name}]]"))
    for name in names:
        if text.count(f"[[{name}]]") != 1:
            what = f"The gap [[{name}]] stands {text.count(f'[[{name}]]')} times in the text; once is expected."
            raise body.error(what, f"Write [[{name}]] where the gap is.", "blanks", name)
    for name in _gaps(text):
        if name not in names:
            what = f"The gap [[{name}]] has no answer."
            raise body.error(what, f"Write `{name}: ...` below `blanks:`.", "text", code=NO_ANSWER)
    return ClozeKey(blanks=tuple(Blank(name=name, key=_blank(body, name, data, reader)) for name in names))


def _gaps(text: str) -> list[str]:
    return [rest.split("]]", 1)[0] for rest in text.split("[[")[1:] if "]]" in rest]


def _blank(body: Body, name: str, data: Mapping[str, Any], reader: Reader) -> ChoiceKey | NumberKey | TextKey:
    if not name.replace("-", "").replace("_", "").isalnum():
        raise body.error(f"`{name}` cannot be the name of a gap.", "Use letters and digits.", "blanks", name)
    value = data[name]
    if not isinstance(value, Mapping):
        accept = body.part("blanks").texts(name)
        if not accept:
            what = f"The gap [[{name}]] has no answer."
            raise body.error(what, "Write the word that belongs into it.", "blanks", name, code=NO_ANSWER)
        return TextKey(accept=tuple(accept))
    part = body.part("blanks", name)
    if "options" in value:
        part.only({"options"}, "A gap with options")
        return _choice(part, reader, many=False, prefix=f"-{name}-")
    if {"unit", "tolerance", "figures"} & set(value):
        part.only(NUMBER_KEYS, "A number")
        return _number(part, reader)
    part.only(TEXT_KEYS, "A gap")
    return _text(part, reader)


def _image(body: Body, reader: Reader) -> ImageKey:
    path = body.text("image")
    if not str(body.data.get("alt") or "").strip():
        todo = "Write `alt:` and what is to be seen, without telling the answer."
        raise body.error("The image has no text for those who cannot see it.", todo, "image", code="PL038")
    alt = " ".join(body.text("alt").replace("[", "(").replace("]", ")").split())
    reader.show("image", "image", f"![{alt}]({path})", body.line("image"))
    regions = tuple(_region(item, reader) for item in body.items("regions"))
    if not 1 <= len(regions) <= MAX_OPTIONS:
        todo = "Write `regions:` and below it `- at: [42, 60]` and `within: 5`, in per cent."
        raise body.error("No place on the image is right.", todo, "regions", code=NO_ANSWER)
    return ImageKey(regions=regions, wrong=tuple(_region(item, reader) for item in body.items("wrong")))


def _region(item: Body, reader: Reader) -> Region:
    item.only({"at", "within", "name", "says"}, "A place on the image")
    x, y = item.numbers("at", 2)
    within = item.data.get("within")
    rx, ry = item.numbers("within", 2) if isinstance(within, list) else [item.number("within") or 0.0] * 2
    if not (0 <= x <= 100 and 0 <= y <= 100 and rx > 0 and ry > 0):  # noqa: PLR2004 - per cent
        what = "This is not a place on the image."
        raise item.error(what, "Write `at: [across, down]` and `within: 5`, all in per cent of the image.", "at")
    return Region(name=item.text("name", ""), x=x, y=y, rx=rx, ry=ry, says=reader.says(item.text("says", "")))


NUMBER_KEYS = frozenset({"answer", "unit", "show-unit", "tolerance", "figures", "wrong"})
TEXT_KEYS = frozenset({"answer", "case", "typos", "wrong"})
KEYS: dict[str, frozenset[str]] = {
    "choice": frozenset({"options", "shuffle"}),
    "choices": frozenset({"options", "shuffle"}),
    "number": NUMBER_KEYS,
    "text": TEXT_KEYS,
    "order": frozenset({"items"}),
    "match": frozenset({"pairs", "others"}),
    "cloze": frozenset({"blanks"}),
    "image": frozenset({"image", "alt", "regions", "wrong"}),
}
_READERS: dict[str, Callable[[Body, Reader], Key]] = {
    "choice": lambda body, reader: _choice(body, reader, many=False),
    "choices": lambda body, reader: _choice(body, reader, many=True),
    "number": _number,
    "text": _text,
    "order": _order,
    "match": _match,
    "cloze": _cloze,
    "image": _image,
}
