"""For trainers: which exercises need attention, and why. Figures and answers, never a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from panlearn.domain.access import Permission
from panlearn.domain.course import Exercise, Page, Release
from panlearn.domain.statistics import Figures, attention
from panlearn.errors import BadInput
from panlearn.services.hand_grading import HandGrading
from panlearn.services.library import Library, exercise_of
from panlearn.services.statistics import CourseFigures, Statistics
from panlearn.web.database import application, reading
from panlearn.web.permissions import needs

blueprint = Blueprint("teach", __name__, url_prefix="/teach")

MOST_SHOWN = 10
"""Of messages and of wrong answers, so many are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exercise in the table of a course."""

    exercise: Exercise
    page: Page | None
    figures: Figures
    place: int


_ORDERS: dict[str, Callable[[Row], Any]] = {
    "attention": lambda row: attention(row.figures),
    "course": lambda row: row.place,
    "tried": lambda row: -row.figures.tried,
    "passed": lambda row: (row.figures.pass_rate is None, row.figures.pass_rate),
    "tries": lambda row: -(row.figures.median_tries or 0.0),
    "time": lambda row: -(row.figures.seconds or 0.0),
    "gave-up": lambda row: -(row.figures.drop_out or 0.0),
}
"""By what a table can be sorted: what may need a trainer comes first."""


@blueprint.get("")
@needs(Permission.TEACH)
def courses() -> str:
    """Every course with the exercise that needs a trainer most."""
    releases = Library(reading(), application().store).courses()
    found = Statistics(reading(), application().clock).courses()
    shown = [(release, *_at_a_glance(release, found.get(release.course.slug))) for release in releases]
    return render_template("teach.html", nav="teach", courses=shown)


@blueprint.get("/<course>")
@needs(Permission.TEACH)
def course_table(course: str) -> str:
    """The exercises of a course in figures, the one that needs attention most on top."""
    release = current_release(course)
    order = request.args.get("sort", "attention")
    if order not in _ORDERS:
        raise BadInput("The table cannot be sorted like that.", todo=f"Sort it by one of {', '.join(_ORDERS)}.")
    found = Statistics(reading(), application().clock).course(course)
    rows = sorted(_rows(release, found), key=_ORDERS[order])
    return render_template(
        "teach_course.html",
        nav="teach",
        course=release.course,
        rows=rows,
        order=order,
        learners=found.learners,
        by_hand=any(one.by_hand for one in release.exercises.values()),
        waiting=sum(HandGrading(reading()).counts(release).values()),
    )


@blueprint.get("/<course>/<exercise>")
@needs(Permission.TEACH)
def exercise_page(course: str, exercise: str) -> str:
    """Where one exercise's answers fail, what is answered wrong most, and which checks flicker."""
    release = current_release(course)
    shown = exercise_of(release, exercise)
    found = Statistics(reading(), application().clock).exercise(
        course, exercise, shown.names, quiz=shown.quiz is not None
    )
    return render_template(
        "teach_exercise.html",
        nav="teach",
        course=release.course,
        page=release.page(shown.lesson),
        exercise=shown,
        found=found,
        figures=found.figures,
        most=MOST_SHOWN,
    )


def current_release(course: str) -> Release:
    """The release that new readers get, or `NotFound`."""
    return Library(reading(), application().store).copy(course, None).release


def _rows(release: Release, found: CourseFigures) -> list[Row]:
    return [
        Row(
            exercise=exercise,
            page=release.page(exercise.lesson),
            figures=found.exercises.get(name, Figures()),
            place=place,
        )
        for place, (name, exercise) in enumerate(_in_reading_order(release).items())
    ]


def _in_reading_order(release: Release) -> dict[str, Exercise]:
    names = [name for page in release.pages for name in page.exercises]
    return {name: release.exercises[name] for name in names}


def _at_a_glance(release: Release, found: CourseFigures | None) -> tuple[int, Row | None]:
    """How many people tried anything in a course, and the exercise that most gave up."""
    if found is None:
        return 0, None
    tried = [row for row in _rows(release, found) if row.figures.gave_up]
    return found.learners, min(tried, key=_ORDERS["attention"], default=None)
