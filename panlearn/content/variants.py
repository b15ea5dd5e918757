"""`variant:` of a code cell: numbers that are drawn per learner, as the cell's first line."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from panlearn.content.findings import FileFindings
from panlearn.content.reading import SourceCell, SourcePage
from panlearn.domain.quiz.drawing import Variable, marker

MOST_VALUES = 1_000_000
RANGE = "Write `variant: {energy: [8, 12, 0.5]}`: lowest, highest, step."
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_TASKS = ("exercise", "check", "wrong")


class BadVariant(ValueError):
    """What is wrong with a variant, and what to do; `name` is the variable's, if it is one's fault."""

    def __init__(self, message: str, todo: str, name: str = "") -> None:
        super().__init__(message)
        self.message, self.todo, self.name = message, todo, name


def read_variant(data: object, reserved: Collection[str] = (), most: int = MOST_VALUES) -> tuple[Variable, ...]:
    """The variables of `{name: [lowest, highest, step]}`. Raises `BadVariant`."""
    if not isinstance(data, Mapping) or not data:
        raise BadVariant("`variant` names no variable.", RANGE)
    return tuple(_variable(str(name), bounds, reserved, most) for name, bounds in data.items())


def _variable(name: str, bounds: object, reserved: Collection[str], most: int) -> Variable:
    if not _NAME.match(name) or name in reserved or keyword.iskeyword(name):
        why = ": it is a constant." if name in reserved else "."
        raise BadVariant(f"`{name}` cannot be the name of a variable{why}", "Use another word in small letters.", name)
    try:
        if not isinstance(bounds, list) or any(isinstance(one, bool) for one in bounds):
            raise ValueError  # noqa: TRY301 - the same words for all that is no three numbers
        low, high, step = (Decimal(str(one)) for one in bounds)
        sound = step > 0 and low <= high and (high - low) / step < most
    except (InvalidOperation, ValueError, TypeError):
        sound = False
    if not sound:
        raise BadVariant(f"`{name}` has no range that numbers can be drawn from.", RANGE, name)
    return Variable(name=name, low=f"{low:f}", high=f"{high:f}", step=f"{step:f}")


def take_variants(page: SourcePage, findings: FileFindings) -> dict[int, tuple[Variable, ...]]:
    """The variables of each cell of a page that has some, by the cell's place."""
    found: dict[int, tuple[Variable, ...]] = {}
    taken: dict[str, int] = {}
    for index, cell in enumerate(page.cells):
        if "variant" not in cell.options.values:
            continue
        line = cell.options.lines["variant"]
        if any(key in cell.options.values for key in _TASKS):
            todo = "Put it into a plain code cell before the exercise."
            findings.error("PL013", line, "`variant` does not go with an answer or a check.", todo)
            continue
        try:
            variables = read_variant(cell.options.values["variant"])
        except BadVariant as error:
            findings.error("PL013", line, error.message, error.todo)
            continue
        for one in variables:
            if one.name in taken:
                message = f"`{one.name}` is drawn already, on line {taken[one.name]}."
                findings.error("PL013", line, message, "Draw it once in a lesson, or give it another name.")
            taken[one.name] = line
        found[index] = variables
    return found


def with_draw(cell: SourceCell, variables: tuple[Variable, ...]) -> str:
    """The text of a cell, with a first line that gives its variables what will be drawn."""
    body = cell.body.strip("\n")
    if not variables:
        return body
    names = ", ".join(one.name for one in variables)
    first = f"{names} = {', '.join(marker(one.name) for one in variables)}  # drawn for you"
    return f"{first}\n{body}" if body else first
