"""A published course as values: what `release.json` says and what every layer above reads.

Nothing here is secret: checks are named, never shown; solutions, hidden checks, expected values and
hints live in the release's grading bundles (`panlearn.domain.exercise`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panlearn.domain.quiz.drawing import Variable
from panlearn.domain.quiz.model import QuizFace


class Level(StrEnum):
    """How much a learner should know beforehand."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote the course; `orcid` without its address, such as `0000-0002-1825-0097`."""

    name: str
    orcid: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the catalogue says of a course. `duration` is in minutes; `techniques` are PaNET ids."""

    slug: str
    title: str
    summary: str
    level: Level
    language: str
    duration: int
    environment: str
    licence: str
    authors: tuple[Author, ...] = ()
    techniques: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading of a page, for its table of contents; `id` is its anchor."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A live cell of a page: its id, the text a learner starts from, and the exercise it answers, if any."""

    id: str
    source: str
    exercise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. A page with cells is a lesson, and `number` counts lessons from 1.

    `fragment`, `notebook` are paths inside the release; `minutes` is reading and working time, 0 where unknown.
    `variant`: what is drawn per learner in sources of cells, in the fragment and in the notebook.
    """

    slug: str
    title: str
    summary: str = ""
    number: int | None = None
    minutes: int = 0
    sections: tuple[Section, ...] = ()
    exercises: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    fragment: str = ""
    notebook: str | None = None
    variant: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCheck:
    """What a learner may know of a check before trying: its name, unless it is hidden."""

    name: str
    hidden: bool
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a rubric: what a person looks for, and the points it gives."""

    text: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """The public face of an exercise. `names` are what the learner is asked to define; `hints` counts them.

    `by_hand`: how many of the points a person gives, by the `rubric`. `quiz`: what a page shows of an exercise whose
    answer is data; it has no cell.
    """

    id: str
    lesson: str
    title: str
    cell: str
    points: float
    names: tuple[str, ...]
    checks: tuple[PublicCheck, ...]
    hints: int = 0
    needs: tuple[str, ...] = ()
    attempts: str = "unlimited"
    reveal: str = "after-pass-or-5-tries"
    by_hand: float = 0.0
    rubric: tuple[Criterion, ...] = ()
    quiz: QuizFace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An immutable published course, addressed by the digest of its sources and of what built it.

    `files` is the digest of the course's `data/` folder under the public files directory, or None;
    `environment_digest` names the exact kernel environment that its outputs came from.
    """

    digest: str
    version: int
    published_at: datetime
    course: Course
    environment_digest: str
    files: str | None
    pages: tuple[Page, ...]
    exercises: dict[str, Exercise]

    def page(self, slug: str) -> Page | None:
        """The page with this slug, or None."""
        return next((page for page in self.pages if page.slug == slug), None)

    @property
    def lessons(self) -> tuple[Page, ...]:
        """The pages with live cells, in reading order."""
        return tuple(page for page in self.pages if page.number is not None)

    @property
    def max_points(self) -> float:
        """What a learner who passes everything has."""
        return sum(exercise.points for exercise in self.exercises.values())
