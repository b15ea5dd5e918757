"""What differs from learner to learner: drawn numbers and the order of options, both out of one seed.

Hashes instead of a random generator: the same seed gives the same draw in every version of Python, so that an answer
stored years ago is graded as it was.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

Item = TypeVar("Item")

BEGIN, END = "\ue000", "\ue001"
"""What stands around the name of a variable in a published text, instead of the author's braces."""
_FORMULA = re.compile(r"(\$\$.*?\$\$|\$[^$\n]*\$)", re.DOTALL)
_MARK = re.compile(f"{BEGIN}([a-z][a-z0-9_]*){END}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A number drawn per learner: `low`, `low + step`, … up to `high`, as decimal text."""

    name: str
    low: str
    high: str
    step: str

    @property
    def count(self) -> int:
        """How many values there are."""
        return int((Decimal(self.high) - Decimal(self.low)) / Decimal(self.step)) + 1

    def value(self, index: int) -> str:
        """One of the values, with as many decimals as its bounds and step have."""
        low, step = Decimal(self.low), Decimal(self.step)
        decimals = max(0, *(-int(number.as_tuple().exponent) for number in (low, step)))
        return f"{low + index * step:.{decimals}f}"

    def has(self, value: str) -> bool:
        """Whether this is one of the values."""
        try:
            index = int((Decimal(value) - Decimal(self.low)) / Decimal(self.step))
        except (InvalidOperation, ValueError, OverflowError):
            return False
        return 0 <= index < self.count and self.value(index) == value


def seed_of(*parts: str) -> str:
    """A seed for these parts, such as learner, exercise and release."""
    return _hash("\0".join(parts))[:16]


def marker(name: str) -> str:
    """What stands in a published text for a variable's value."""
    return f"{BEGIN}{name}{END}"


def draw(variables: Sequence[Variable], seed: str) -> dict[str, str]:
    """A value for each variable."""
    return {one.name: one.value(int(_hash(f"{seed}:{one.name}"), 16) % one.count) for one in variables}


def example(variables: Sequence[Variable]) -> dict[str, str]:
    """The draw that authors and readers without work of their own see."""
    return draw(variables, "example")


def every_draw(variables: Sequence[Variable], most: int = 2000) -> Iterator[dict[str, str]]:
    """All draws there are; where there are more than `most`, the corners and draws spread evenly over the rest."""
    total = 1
    for one in variables:
        total *= one.count
    if total <= most:
        for indices in itertools.product(*(range(one.count) for one in variables)):
            yield _at(variables, indices)
        return
    for corner in itertools.islice(itertools.product(*((0, one.count - 1) for one in variables)), most):
        yield _at(variables, corner)
    for number in range(most):
        yield draw(variables, str(number))


def _at(variables: Sequence[Variable], indices: Sequence[int]) -> dict[str, str]:
    return {one.name: one.value(index) for one, index in zip(variables, indices, strict=True)}


def shuffled(items: Sequence[Item], name: Callable[[Item], str], seed: str) -> list[Item]:
    """The items in an order of this seed's own; `name` tells them apart."""
    return sorted(items, key=lambda item: _hash(f"{seed}:{name(item)}"))


def marked(text: str, names: Sequence[str]) -> str:
    """An author's text with its `{name}`s turned into what `filled` looks for. Formulas are left as they are."""
    if not names:
        return text
    pattern = re.compile(r"\{(" + "|".join(map(re.escape, names)) + r")\}")
    parts = _FORMULA.split(text)
    return "".join(part if at % 2 else pattern.sub(f"{BEGIN}\\1{END}", part) for at, part in enumerate(parts))


def without_formulas(text: str) -> str:
    """A text with its formulas taken out."""
    return _FORMULA.sub("", text)


def filled(text: str, drawn: Mapping[str, str]) -> str:
    """A text with its drawn numbers put in."""
    return _MARK.sub(lambda match: drawn.get(match[1], "…"), text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
