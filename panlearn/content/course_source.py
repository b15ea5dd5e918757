"""A course folder read as a whole: configuration, pages, exercises, grading bundles, and everything wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from panlearn.content.book_config import read_book_config
from panlearn.content.bundles import Common, make_bundles
from panlearn.content.config import COURSE_FILE, BookConfig, CourseConfig, read_course_config
from panlearn.content.digests import data_digest
from panlearn.content.exercises import ExerciseSource, take_exercises
from panlearn.content.findings import Findings
from panlearn.content.headings import check_headings
from panlearn.content.links import report_links
from panlearn.content.names import parse
from panlearn.content.quizzes import QuizSource, take_quizzes
from panlearn.content.reading import SourcePage, read_page
from panlearn.content.variants import take_variants
from panlearn.domain.course import Course
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.drawing import Variable
from panlearn.errors import AuthorError, BadInput

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A page with its slug, its exercises and its quizzes. `variants`: what its cells draw, by their place."""

    slug: str
    page: SourcePage
    exercises: tuple[ExerciseSource, ...]
    quizzes: tuple[QuizSource, ...] = ()
    variants: Mapping[int, tuple[Variable, ...]] = field(default_factory=dict)

    @property
    def variant(self) -> tuple[Variable, ...]:
        """All that is drawn in it."""
        return tuple(one for variables in self.variants.values() for one in variables)

    @property
    def has_cells(self) -> bool:
        """Whether there is code to run."""
        return any(cell.kind == "code" for cell in self.page.cells)

    @property
    def is_lesson(self) -> bool:
        """Whether there is something to do."""
        return self.has_cells or bool(self.quizzes)

    @property
    def tasks(self) -> tuple[ExerciseSource | QuizSource, ...]:
        """Exercises and quizzes as they follow each other on the page."""
        return tuple(sorted([*self.exercises, *self.quizzes], key=_place))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSource:
    """A readable course: what is built, run and graded from here on.

    `drawn`: the cells, as lesson and place, whose outputs differ from learner to learner.
    """

    folder: Path
    slug: str
    config: CourseConfig
    book: BookConfig
    lessons: tuple[Lesson, ...]
    bundles: dict[str, GradingBundle]
    exercises: dict[str, ExerciseSource]
    quizzes: dict[str, QuizSource]
    files: str | None
    environment_line: int = 1
    drawn: frozenset[tuple[str, int]] = frozenset()

    def course(self) -> Course:
        """What the catalogue says of it."""
        config, book = self.config, self.book
        return Course(
            slug=self.slug,
            title=book.title,
            summary=config.summary,
            level=config.level,
            language=config.language,
            duration=config.duration,
            environment=config.environment,
            licence=book.licence,
            authors=book.authors,
            techniques=config.techniques,
            prerequisites=config.prerequisites,
            outcomes=config.outcomes,
            tools=config.tools,
        )


def _place(task: ExerciseSource | QuizSource) -> tuple[int, int]:
    return task.cell, task.rows.start if isinstance(task, QuizSource) else 0


def course_folder(path: Path) -> Path:
    """The folder of a course, or BadInput that says what was expected."""
    folder = path.expanduser().resolve()
    if not folder.is_dir():
        what = f"{path} is a file, not a folder." if folder.exists() else f"There is no folder {path}."
        raise BadInput(what, todo="Name a course's folder: the one with course.yml and myst.yml.")
    if not (folder / COURSE_FILE).is_file():
        raise BadInput(
            f"{path} has no {COURSE_FILE}, so it is not a course.", todo="Name the folder that holds course.yml."
        )
    if not _SLUG.match(folder.name):
        todo = "Rename it with small letters, digits and hyphens: the name is the course's address."
        raise BadInput(f"The folder name {folder.name!r} cannot be a course's address.", todo=todo)
    return folder


def read_course(path: Path, findings: Findings) -> CourseSource | None:
    """The course in a folder. None where its configuration cannot be used; every problem is in `findings`."""
    folder = course_folder(path)
    report_links(folder, findings)
    config = read_course_config(folder, findings)
    book = read_book_config(folder, findings)
    if config is None or book is None:
        return None
    pages = [page for name in book.pages if (page := read_page(folder, name, findings))]
    lessons = tuple(_lessons(pages, config, findings))
    files = data_digest(folder)
    drawn: set[tuple[str, int]] = set()
    bundles, exercises, quizzes = _bundles(lessons, config, files, drawn, findings)
    return CourseSource(
        folder=folder,
        slug=folder.name,
        config=config,
        book=book,
        lessons=lessons,
        bundles=bundles,
        exercises=exercises,
        quizzes=quizzes,
        files=files,
        environment_line=_environment_line(folder),
        drawn=frozenset(drawn),
    )


def _environment_line(folder: Path) -> int:
    rows = (folder / COURSE_FILE).read_text(encoding="utf-8").split("\n")
    return next((number for number, row in enumerate(rows, 1) if row.startswith("environment:")), 1)


def _lessons(pages: list[SourcePage], config: CourseConfig, findings: Findings) -> list[Lesson]:
    taken: set[str] = set()
    lessons = []
    for number, page in enumerate(pages):
        slug = "index" if number == 0 else _slug(page.file, taken)
        taken.add(slug)
        _check_syntax(page, findings)
        check_headings(page, findings.of(page.file))
        lessons.append(
            Lesson(
                slug=slug,
                page=page,
                exercises=take_exercises(page, config.exercises, findings.of(page.file)),
                quizzes=take_quizzes(page, config.exercises, findings.of(page.file)),
                variants=take_variants(page, findings.of(page.file)),
            )
        )
    return lessons


def _slug(file: str, taken: set[str]) -> str:
    """The address of a page: its file name without a leading number."""
    stem = Path(file).stem.lower()
    stem = re.sub(r"^[\d_.-]+(?=[a-z])", "", stem)
    base = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "page"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _check_syntax(page: SourcePage, findings: Findings) -> None:
    for cell in page.cells:
        if cell.kind == "code":
            try:
                parse(cell.body, page.file, cell.body_line)
            except AuthorError as error:
                findings.take(error, page.file, cell.line)


def _bundles(
    lessons: tuple[Lesson, ...],
    config: CourseConfig,
    files: str | None,
    drawn: set[tuple[str, int]],
    findings: Findings,
) -> tuple[dict[str, GradingBundle], dict[str, ExerciseSource], dict[str, QuizSource]]:
    known: dict[str, ExerciseSource] = {}
    quizzes: dict[str, QuizSource] = {}
    bundles: dict[str, GradingBundle] = {}
    for lesson in lessons:
        for task in lesson.tasks:
            if other := known.get(task.id) or quizzes.get(task.id):
                message = f"The exercise `{task.id}` is already in {other.file}, line {other.line}."
                findings.error("PL020", task.file, task.line, message, "Give one of them another id.")
            elif isinstance(task, QuizSource):
                quizzes[task.id] = task
            else:
                known[task.id] = task
        common = Common(
            lesson=lesson.slug, environment=config.environment, files=files, known=known, variants=lesson.variants
        )
        made, differing = make_bundles(lesson.page, lesson.exercises, common, findings)
        drawn |= {(lesson.slug, index) for index in differing}
        made |= {quiz.id: quiz.bundle(lesson.slug, config.environment) for quiz in lesson.quizzes}
        owners = known | quizzes
        bundles |= {task.id: made[task.id] for task in lesson.tasks if owners[task.id] is task and task.id in made}
    return bundles, known, quizzes
