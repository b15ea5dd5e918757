"""What the pages show: cards, rows, facet values and places to go on from. Addresses are paths on this site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panlearn.domain.course import Course, Page
from panlearn.domain.progress import Progress
from panlearn.domain.techniques import Technique


def course_url(course: str) -> str:
    """The path of a course's page."""
    return f"/courses/{course}"


def page_url(course: str, page: str, anchor: str = "") -> str:
    """The path of a lesson or page, at an anchor if one is given."""
    return f"/courses/{course}/{page}" + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """One page in a table of contents, with the reader's progress in it."""

    page: Page
    progress: Progress
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """The page before or after."""

    title: str
    url: str
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCard:
    """A course in the catalogue."""

    course: Course
    techniques: tuple[Technique, ...]
    url: str
    lessons: int
    exercises: int
    points: float
    version: int
    published_at: datetime
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstExercise:
    """The exercise on the landing page: real, from the first course. `picture` is the plot above it, as HTML."""

    course: str
    page: str
    exercise: str
    cell: str
    title: str
    task_html: str
    picture: str
    starter: str
    points: float
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where a reader stopped: the last lesson visited, saved in or answered in."""

    course: str
    course_title: str
    page: str
    page_title: str
    section: str
    url: str
    at: datetime
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is, counted."""

    courses: int
    lessons: int
    exercises: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a facet; `count`: the courses it would show beside what else is chosen."""

    value: str
    name: str
    count: int
    selected: bool
