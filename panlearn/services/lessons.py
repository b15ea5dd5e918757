"""A lesson as one reader has it: its cells with their edits, its exercises with how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from panlearn.domain.course import Exercise, Page, Release
from panlearn.domain.progress import UNTRIED, Progress, Standing, progress_of
from panlearn.domain.quiz.model import QuizKind
from panlearn.domain.quiz.written import model_answer_open
from panlearn.domain.reading import LessonRow, PageLink, Resume, page_url
from panlearn.domain.submission import solution_open, tries_left
from panlearn.models import Enrolment, GradeChange, HandGrade, Learner, SavedCell, Submission
from panlearn.services.hand_grading import HandGrading
from panlearn.services.hints import Hints
from panlearn.services.library import Store
from panlearn.services.paces import Paces
from panlearn.services.regrading import Regrading
from panlearn.services.standings import Standings, standings
from panlearn.services.submissions import Submissions
from panlearn.services.variants import drawn_for
from panlearn.services.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An earlier exercise that another builds on."""

    id: str
    title: str
    url: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseView:
    """One exercise of the lesson; `hints` are the ones shown so far, as HTML.

    `solution_in`: after so many more tries the solution opens without a pass; None where it does not. `regraded`: the
    last time that its grade was changed afterwards. `by_hand`: the grade that a person gave the last answer.
    `hint_after`: so many seconds after the first answer three of four who passed had passed; a hint is offered then.
    """

    exercise: Exercise
    standing: Standing
    hints: tuple[str, ...]
    needs: tuple[Need, ...]
    solution_open: bool
    solution_in: int | None
    last: Submission | None
    regraded: GradeChange | None
    by_hand: HandGrade | None = None
    hint_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """What is known of the last answer to an exercise; `graded` by hand, by the answer's number."""

    submission: Submission | None
    regraded: GradeChange | None
    graded: Mapping[int, HandGrade]
    pace: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonView:
    """All that changes from reader to reader in one lesson. `drawn`: the reader's own numbers, by name."""

    release: Release
    page: Page
    drawn: dict[str, str]
    edits: dict[str, SavedCell]
    exercises: tuple[ExerciseView, ...]
    standings: Standings
    progress: Progress


class Lessons:
    """Reads a lesson for one reader, in the same few queries whatever its length."""

    def __init__(self, session: Session, store: Store, paces: Paces | None = None) -> None:
        self._session = session
        self._store = store
        self._paces = paces

    def view(self, release: Release, page: Page, reader: Learner | None, reader_id: str = "") -> LessonView:
        """The lesson for this reader; None has left nothing here yet, and is known by `reader_id` alone."""
        slug = release.course.slug
        found = standings(self._session, reader, slug).get(slug, {})
        shown: dict[str, int] = {}
        last: dict[str, Submission] = {}
        changes: dict[tuple[str, str], GradeChange] = {}
        graded: dict[int, HandGrade] = {}
        paces = self._paces.of(self._session, slug) if self._paces and reader and page.exercises else {}
        if reader and page.exercises:
            shown = Hints(self._session).shown(reader, slug, list(page.exercises))
            last = Submissions(self._session).latest(reader, slug, page.exercises)
            changes = Regrading(self._session).latest(reader, slug)
            graded = HandGrading(self._session).in_force(list(last.values()))
        return LessonView(
            release=release,
            page=page,
            drawn=drawn_for(self._session, reader, reader.public_id if reader else reader_id, release, page),
            edits=Work(self._session).cells(reader, slug, page.slug) if reader and page.cells else {},
            exercises=tuple(
                self._exercise(
                    release,
                    name,
                    found,
                    shown.get(name, 0),
                    _Last(
                        submission=last.get(name),
                        regraded=changes.get((slug, name)),
                        graded=graded,
                        pace=paces.get(name),
                    ),
                )
                for name in page.exercises
            ),
            standings=found,
            progress=progress_of([release.exercises[name] for name in page.exercises], found),
        )

    def _exercise(self, release: Release, name: str, found: Standings, shown: int, last: _Last) -> ExerciseView:
        exercise = release.exercises[name]
        standing = found.get(name, UNTRIED)
        written = exercise.quiz is not None and exercise.quiz.kind is QuizKind.WRITTEN
        if exercise.quiz is not None and not written:
            shown = min(standing.honest, exercise.hints)  # a hint comes with each try
        return ExerciseView(
            exercise=exercise,
            standing=standing,
            hints=self._store.bundle(release, name).hints[:shown] if shown else (),
            needs=tuple(need_of(release, need, found) for need in exercise.needs if need in release.exercises),
            solution_open=may_read_solution(exercise, standing, last.submission),
            solution_in=None if written else tries_left(exercise.reveal, standing.honest),
            last=last.submission,
            regraded=last.regraded,
            by_hand=last.graded.get(last.submission.id) if last.submission else None,
            hint_after=last.pace,
        )


def may_read_solution(exercise: Exercise, standing: Standing, last: Submission | None) -> bool:
    """Whether a learner may read the solution; of a text that a person grades: its explanation, once it is graded."""
    if exercise.quiz is not None and exercise.quiz.kind is QuizKind.WRITTEN:
        graded = last is not None and last.by_hand
        return model_answer_open(exercise.reveal, graded=graded, passed=standing.passed)
    return solution_open(exercise.reveal, passed=standing.passed, tries=standing.honest)


def need_of(release: Release, exercise_id: str, found: Standings) -> Need:
    """An earlier exercise, and whether it is passed."""
    exercise = release.exercises[exercise_id]
    return Need(
        id=exercise.id,
        title=exercise.title,
        url=page_url(release.course.slug, exercise.lesson, exercise.id),
        passed=found.get(exercise.id, UNTRIED).passed,
    )


def rows(release: Release, found: Standings, current: str = "") -> list[LessonRow]:
    """The lessons of a course with this reader's progress, in reading order."""
    return [
        LessonRow(
            page=page,
            progress=progress_of([release.exercises[name] for name in page.exercises], found),
            url=page_url(release.course.slug, page.slug),
            current=page.slug == current,
        )
        for page in release.lessons
    ]


def neighbours(release: Release, page: Page) -> tuple[PageLink | None, PageLink | None]:
    """The pages before and after this one."""
    pages = release.pages
    at = pages.index(page)
    return (
        _link(release, pages[at - 1]) if at > 0 else None,
        _link(release, pages[at + 1]) if at + 1 < len(pages) else None,
    )


def _link(release: Release, page: Page) -> PageLink:
    return PageLink(title=page.title, url=page_url(release.course.slug, page.slug), number=page.number)


def resume(release: Release, enrolment: Enrolment | None, found: Standings) -> Resume | None:
    """Where this reader stopped in this course; None if never there. A page now gone leads to the first lesson."""
    if enrolment is None:
        return None
    page = release.page(enrolment.last_page) or next(iter(release.lessons), None)
    if page is None:
        return None
    section = enrolment.last_section if enrolment.last_section in page.exercises else ""
    at: datetime = enrolment.last_at
    return Resume(
        course=release.course.slug,
        course_title=release.course.title,
        page=page.slug,
        page_title=page.title,
        section=section,
        url=page_url(release.course.slug, page.slug, section),
        at=at,
        progress=progress_of(release.exercises.values(), found),
    )
