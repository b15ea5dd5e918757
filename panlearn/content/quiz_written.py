"""A `{quiz}` whose answer a person reads: how many words it may have, and what its points are given for."""

from __future__ import annotations

from panlearn.content.exercise_options import criteria_in
from panlearn.content.quiz_body import BY_HAND, Body
from panlearn.content.quiz_fields import Reader
from panlearn.domain.course import Criterion
from panlearn.domain.quiz.model import WrittenKey

WRITTEN_KEYS = frozenset({"words", "rubric"})
MAX_WORDS = 1_500
"""More would not fit into what can be sent."""
_FOR_MACHINES = ("answer", "wrong", "tolerance", "figures", "unit")


def refuse_what_machines_grade(body: Body) -> None:
    """A text that a person reads has no key."""
    for name in _FOR_MACHINES:
        if name in body.data:
            what = f"A person reads a written answer, so `{name}` means nothing here."
            todo = "Put a model answer below `explain:`, or write `kind: text` for a few words that the site checks."
            raise body.error(what, todo, name, code=BY_HAND)


def read_written(body: Body, _reader: Reader) -> WrittenKey:
    """The bounds of its words, where there are any."""
    if "words" not in body.data:
        return WrittenKey()
    todo = f"Write `words: [50, 200]`: at least and at most so many, up to {MAX_WORDS:,}."
    value = body.data["words"]
    if not isinstance(value, list) or not all(type(one) is int for one in value) or len(value) != len(("min", "max")):
        raise body.error("`words` is not two whole numbers.", todo, "words")
    least, most = value
    if not 0 <= least <= most or not 0 < most <= MAX_WORDS:
        raise body.error(f"`words: [{least}, {most}]` cannot be used.", todo, "words")
    return WrittenKey(words=(least, most))


def given_by_a_person(body: Body, stated: float | None) -> tuple[float, tuple[Criterion, ...]]:
    """Its points, and what for: those of the rubric, or those that are `stated` for the whole."""
    example = "`rubric: {names the planes: 2, gives the unit: 1}`"
    if "rubric" not in body.data:
        if stated is None:
            what = "Nothing says how many points a person gives."
            raise body.error(what, f"Write `:points: 3` below its first line, or {example}.", "kind", code=BY_HAND)
        return stated, ()
    rubric = criteria_in(body.data["rubric"])
    if not rubric:
        todo = f"Write {example}: words, and points above 0."
        raise body.error("`rubric` cannot be used.", todo, "rubric", code=BY_HAND)
    total = sum(one.points for one in rubric)
    if stated is not None and abs(total - stated) > 1e-9:  # noqa: PLR2004 - rounding of decimals
        what = f"The rubric has {total:g} points, `:points:` says {stated:g}."
        raise body.error(what, "Make them equal, or leave `:points:` out.", "rubric", code=BY_HAND)
    return total, rubric
