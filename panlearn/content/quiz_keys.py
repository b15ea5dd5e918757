"""The keys of quizzes out of their YAML, one function for each kind, and the public parts that pages may show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from panlearn.content.quiz_body import NO_ANSWER, TWICE, Body
from panlearn.content.quiz_fields import NUMBER_KEYS, TEXT_KEYS, Reader, read_number, read_text
from panlearn.content.quiz_written import WRITTEN_KEYS, read_written
from panlearn.domain.quiz.drawing import without_formulas
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
)

MAX_OPTIONS = 40


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
        if f"[[{name}]]" not in without_formulas(text):
            what = f"The gap [[{name}]] stands in a formula, where no field can be."
            raise body.error(what, "Write it outside of the dollar signs.", "blanks", name)
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
        return read_number(part, reader)
    part.only(TEXT_KEYS, "A gap")
    return read_text(part, reader)


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


KEYS: dict[str, frozenset[str]] = {
    "choice": frozenset({"options", "shuffle"}),
    "choices": frozenset({"options", "shuffle"}),
    "number": NUMBER_KEYS,
    "text": TEXT_KEYS,
    "order": frozenset({"items"}),
    "match": frozenset({"pairs", "others"}),
    "cloze": frozenset({"blanks"}),
    "image": frozenset({"image", "alt", "regions", "wrong"}),
    "written": WRITTEN_KEYS,
}
_READERS: dict[str, Callable[[Body, Reader], Key]] = {
    "choice": lambda body, reader: _choice(body, reader, many=False),
    "choices": lambda body, reader: _choice(body, reader, many=True),
    "number": read_number,
    "text": read_text,
    "order": _order,
    "match": _match,
    "cloze": _cloze,
    "image": _image,
    "written": read_written,
}
