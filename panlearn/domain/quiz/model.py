"""A quiz as the grader knows it: its key, never shown before it may be, and its public face, which pages show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from panlearn.domain.quiz.drawing import Variable


class QuizKind(StrEnum):
    """How a quiz is answered."""

    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    TEXT = "text"
    ORDER = "order"
    MATCH = "match"
    CLOZE = "cloze"
    IMAGE = "image"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to choose. `key` stands for it in answers; `text` is the author's Markdown, `says` is for who chose it.

    Here and below, texts hold drawn numbers as `panlearn.domain.quiz.drawing.marked` leaves them.
    """

    key: str
    text: str
    correct: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceKey:
    """One option out of several, or (`many`) all that are correct."""

    type: Literal["choice"] = "choice"
    options: tuple[Option, ...]
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber:
    """A wrong value that learners arrive at, and what to say of it. `answer` is an expression like the right one."""

    answer: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberKey:
    """A value in `unit` (empty: a plain number), right within exactly one of the three tolerances.

    `answer` is arithmetic (`panlearn.domain.quiz.expressions`). `relative` is a fraction, `absolute` in `unit`.
    `unit_shown`: the unit stands beside the field instead of being asked for.
    """

    type: Literal["number"] = "number"
    answer: str
    unit: str = ""
    unit_shown: bool = False
    relative: float | None = None
    absolute: float | None = None
    figures: int | None = None
    wrong: tuple[WrongNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongText:
    """Wrong words that learners write, and what to say of them."""

    answer: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextKey:
    """A few words. `case`: capital letters matter; `typos`: so many letters may differ."""

    type: Literal["text"] = "text"
    accept: tuple[str, ...]
    case: bool = False
    typos: int = 0
    wrong: tuple[WrongText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderKey:
    """Items in the right order."""

    type: Literal["order"] = "order"
    items: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What stands on the left, and the key of what belongs to it."""

    left: Option
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchKey:
    """Pairs to be found; `rights` may hold more than are needed."""

    type: Literal["match"] = "match"
    pairs: tuple[Pair, ...]
    rights: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A gap in a text."""

    name: str
    key: ChoiceKey | NumberKey | TextKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ClozeKey:
    """A text with gaps, in the order they stand in it."""

    type: Literal["cloze"] = "cloze"
    blanks: tuple[Blank, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An ellipse on an image; centre and half-axes in per cent of its width and of its height."""

    name: str
    x: float
    y: float
    rx: float
    ry: float
    says: str = ""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return ((x - self.x) / self.rx) ** 2 + ((y - self.y) / self.ry) ** 2 <= 1 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageKey:
    """Regions of an image that are to be pointed at, one point for each; `wrong` ones have something to say."""

    type: Literal["image"] = "image"
    regions: tuple[Region, ...]
    wrong: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenKey:
    """A text that a person reads and grades. `words`: it has at least and at most so many; None: as many as it has."""

    type: Literal["written"] = "written"
    words: tuple[int, int] | None = None


Key = ChoiceKey | NumberKey | TextKey | OrderKey | MatchKey | ClozeKey | ImageKey | WrittenKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """The private side of a quiz. `explain` is HTML, shown once the key is open."""

    kind: QuizKind
    key: Key
    variant: tuple[Variable, ...] = ()
    explain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceOption:
    """An option as everybody may see it, in HTML and, for lists that hold no HTML, as plain text."""

    key: str
    html: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceBlank:
    """A gap as everybody may see it: options to choose from, or a field; `unit` stands after it."""

    name: str
    options: tuple[FaceOption, ...] = ()
    number: bool = False
    unit: str = ""
    unit_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizFace:
    """What a page shows of a quiz before any answer. Options stand in an order that tells nothing unless `fixed`.

    `title`: the question; `html`: its text, or the text with gaps; `options`: choices, items to order, left sides to
    match with `targets`; `image`: the picture's element; `asked`: how many points to mark on it; `words`: a written
    answer has at least and at most so many.
    """

    kind: QuizKind
    title: str = ""
    html: str = ""
    options: tuple[FaceOption, ...] = ()
    targets: tuple[FaceOption, ...] = ()
    blanks: tuple[FaceBlank, ...] = ()
    fixed: bool = False
    unit: str = ""
    unit_asked: bool = False
    figures: int | None = None
    image: str = ""
    asked: int = 1
    words: tuple[int, int] | None = None
    variant: tuple[Variable, ...] = ()
