"""From a read course and the outputs of its cells to everything a release holds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from panlearn.content.book import BuiltBook, BuiltPage, Jail, build_book
from panlearn.content.course_source import CourseSource, Lesson
from panlearn.content.exercises import ExerciseSource
from panlearn.content.findings import Findings
from panlearn.content.kept_hints import Keeps, hints_key
from panlearn.content.leaks import Outputs
from panlearn.content.names import names_of, parse
from panlearn.content.published import PublishedCell, published_cells
from panlearn.content.quizzes import QuizSource
from panlearn.content.release_store import ReleaseContent
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.embeds import connect
from panlearn.content.rendering.nodes import ExerciseFace, text_of, walk
from panlearn.content.rendering.nodes import Page as PageState
from panlearn.content.rendering.outputs import OutputRenderer, latex_of
from panlearn.content.rendering.page import render_blocks, render_page
from panlearn.content.staging import (
    HINTS_PAGE,
    OUTPUTS_PAGE,
    Origin,
    StagedPage,
    stage_hints,
    stage_lesson,
    stage_outputs,
    staged_name,
    write_book,
)
from panlearn.content.student import student_notebook
from panlearn.domain.course import Cell, Exercise, Page, PublicCheck
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.model import QuizFace

WORDS_A_MINUTE = 180
MINUTES_AN_EXERCISE = 4.0
MINUTES_A_QUIZ = 1.0
MINUTES_A_CELL = 0.5
OWN_OUTPUT = '<p class="muted own">Your numbers are your own: run the cell to see what comes of them.</p>'


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltCourse:
    """What a release will say and hold."""

    pages: tuple[Page, ...]
    exercises: dict[str, Exercise]
    content: ReleaseContent


def build_course(
    source: CourseSource,
    outputs: Mapping[str, Mapping[str, Outputs]],
    *,
    jail: Jail,
    workspace: Path,
    findings: Findings,
    kept: Keeps | None = None,
) -> BuiltCourse | None:
    """Build and render. `outputs` by lesson and cell. None where there is an error; it is in `findings`.

    `kept`: what was built before and depends on nothing else is found there.
    """
    return _Builder(source, outputs, findings).build(jail, workspace, kept)


class _Builder:
    def __init__(self, source: CourseSource, outputs: Mapping[str, Mapping[str, Outputs]], findings: Findings) -> None:
        self._source = source
        self._outputs = outputs
        self._findings = findings
        self._assets = Assets()
        self._formulas = {
            (lesson.slug, cell.id, number): (latex, (lesson.page.file, cell.line))
            for lesson in source.lessons
            for cell in published_cells(lesson)
            for number, output in enumerate(outputs.get(lesson.slug, {}).get(cell.id, []))
            if (latex := latex_of(output)) is not None
        }

    def build(self, jail: Jail, workspace: Path, kept: Keeps | None) -> BuiltCourse | None:
        """Public and private book side by side, then the pages."""
        pages = [stage_lesson(lesson) for lesson in self._source.lessons]
        formulas: list[tuple[str, Origin]] = list(self._formulas.values())
        public = [*pages, *([stage_outputs(formulas)] if formulas else [])]
        hints, order = stage_hints(self._source)
        key = hints_key(kept, self._source, pages, hints) if kept and order else ""
        known = kept.get(key) if kept and key else None
        if known is not None:
            order = []
        write_book(workspace / "book", self._source, public)
        if order:
            write_book(workspace / "hints", self._source, [*pages, hints])
        found = [Findings(), Findings()]
        with ThreadPoolExecutor(2) as pool:
            book_run = pool.submit(build_book, workspace / "book", public, jail, found[0])
            hints_run = pool.submit(build_book, workspace / "hints", [*pages, hints], jail, found[1]) if order else None
            book, private = book_run.result(), hints_run.result() if hints_run else None
        for each in found:
            self._findings.extend(each.all)
        if book is None or (order and private is None):
            return None
        texts = self._render_hints(private, hints, order) if private else known or {}
        if kept and key and private and not found[1].all:
            kept.put(key, texts)
        return self._render(book, {page.name: page for page in public}, texts)

    def _render(self, book: BuiltBook, staged: Mapping[str, StagedPage], hints: Mapping[str, list[str]]) -> BuiltCourse:
        set_formulas = self._set_formulas(book)
        pages, fragments, notebooks = [], {}, {}
        titles: dict[str, str] = {}
        faces: dict[str, QuizFace] = {}
        number = 0
        states = connect({each.slug: self._state(each, book, staged, set_formulas) for each in self._source.lessons})
        for lesson in self._source.lessons:
            built, state = book.pages[staged_name(lesson.page.file)], states[lesson.slug]
            title = built.title or lesson.slug.replace("-", " ").capitalize()
            fragments[lesson.slug] = render_page(state, built.tree, title)
            titles |= _exercise_titles(state)
            faces |= state.faces
            number += lesson.is_lesson
            pages.append(_page(lesson, title, state, number if lesson.is_lesson else None))
            if lesson.has_cells:
                notebook = student_notebook(lesson, title, self._source.folder)
                notebooks[lesson.slug] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        bundles = {
            name: self._with_passages(replace(bundle, title=titles.get(name, bundle.title)), hints.get(name, []))
            for name, bundle in self._source.bundles.items()
        }
        exercises = {
            name: public_quiz(self._source.quizzes[name], bundle, faces)
            if bundle.quiz
            else _public(self._source.exercises[name], bundle)
            for name, bundle in bundles.items()
        }
        content = ReleaseContent(fragments=fragments, assets=self._assets.files, notebooks=notebooks, bundles=bundles)
        return BuiltCourse(pages=tuple(pages), exercises=exercises, content=content)

    def _with_passages(self, bundle: GradingBundle, texts: list[str]) -> GradingBundle:
        """The bundle with its hints, rendered; a quiz's last text is its explanation, if it has one."""
        quiz = self._source.quizzes.get(bundle.exercise)
        if quiz is None or bundle.quiz is None or quiz.explain is None or not texts:
            return replace(bundle, hints=tuple(texts))
        return replace(bundle, hints=tuple(texts[:-1]), quiz=replace(bundle.quiz, explain=texts[-1]))

    def _state(
        self,
        lesson: Lesson,
        book: BuiltBook,
        staged: Mapping[str, StagedPage],
        formulas: Mapping[tuple[str, str, int], str],
    ) -> PageState:
        built = book.pages[staged_name(lesson.page.file)]
        cells = published_cells(lesson)
        here = {(cell, n): html for (slug, cell, n), html in formulas.items() if slug == lesson.slug}
        renderer = OutputRenderer(file=lesson.page.file, assets=self._assets, findings=self._findings, formulas=here)
        outputs = self._outputs.get(lesson.slug, {})
        return PageState(
            staged=staged[built.name],
            addresses=self._addresses(book),
            public=book.public,
            assets=self._assets,
            findings=self._findings,
            references=built.references,
            cells=list(cells),
            outputs={cell.id: self._output(lesson, cell, renderer, outputs) for cell in cells if not cell.exercise},
            exercises={e.id: self._face(e) for e in lesson.exercises if e.id in self._source.bundles},
            quizzes={quiz.id: quiz for quiz in lesson.quizzes if quiz.id in self._source.bundles},
        )

    def _output(
        self, lesson: Lesson, cell: PublishedCell, renderer: OutputRenderer, outputs: Mapping[str, Outputs]
    ) -> str:
        """What the page shows below a cell; nothing where each learner's own numbers make another output."""
        if (lesson.slug, cell.index) in self._source.drawn:
            return OWN_OUTPUT if outputs.get(cell.id) else ""
        return renderer.render(cell, outputs.get(cell.id, []))

    def _face(self, exercise: ExerciseSource) -> ExerciseFace:
        bundle = self._source.bundles[exercise.id]
        return ExerciseFace(title=exercise.title, points=exercise.points, hints=len(exercise.hints), needs=bundle.needs)

    def _addresses(self, book: BuiltBook) -> dict[str, str]:
        """Jupyter Book's addresses to ours."""
        found = {}
        for lesson in self._source.lessons:
            if built := book.pages.get(staged_name(lesson.page.file)):
                found[built.slug.strip("/")] = lesson.slug
        return {**found, "index": "index"}

    def _blank_state(self, built: BuiltPage, book: BuiltBook, staged: StagedPage) -> PageState:
        return PageState(
            staged=staged,
            addresses=self._addresses(book),
            public=book.public,
            assets=self._assets,
            findings=self._findings,
            references=built.references,
        )

    def _set_formulas(self, book: BuiltBook) -> dict[tuple[str, str, int], str]:
        if not self._formulas:
            return {}
        built = book.pages[OUTPUTS_PAGE]
        nodes = [node for node in walk(built.tree) if node.get("type") == "math"]
        return {
            key: str(node.get("html", "")) for key, node in zip(self._formulas, nodes, strict=False) if node.get("html")
        }

    def _render_hints(self, book: BuiltBook, staged: StagedPage, order: list[tuple[str, int]]) -> dict[str, list[str]]:
        built = book.pages[HINTS_PAGE]
        blocks = render_blocks(self._blank_state(built, book, staged), built.tree)
        texts: dict[str, list[str]] = {}
        for (exercise, _), html in zip(order, blocks, strict=False):
            texts.setdefault(exercise, []).append(html)
        return texts


def _exercise_titles(state: PageState) -> dict[str, str]:
    """The titles of a page's exercises, as text."""
    titles = {}
    for name, node in state.tasks.items():
        title = next((child for child in node.get("children", []) if child.get("type") == "admonitionTitle"), None)
        if (name in state.exercises or name in state.quizzes) and title is not None:
            titles[name] = " ".join(text_of(title).split())
    return titles


def _page(lesson: Lesson, title: str, state: PageState, number: int | None) -> Page:
    cells = published_cells(lesson)
    return Page(
        slug=lesson.slug,
        title=title,
        summary=str(lesson.page.front.get("description") or lesson.page.front.get("subtitle") or ""),
        number=number,
        minutes=_minutes(lesson, cells),
        sections=tuple(state.sections),
        exercises=tuple(task.id for task in lesson.tasks),
        cells=tuple(Cell(id=cell.id, source=cell.source, exercise=cell.exercise) for cell in cells),
        fragment=f"pages/{lesson.slug}.html",
        notebook=f"{lesson.slug}.ipynb" if lesson.has_cells else None,
        variant=lesson.variant,
    )


def _minutes(lesson: Lesson, cells: tuple[PublishedCell, ...]) -> int:
    """Reading and working time, from words, cells and exercises."""
    words = sum(len(re.findall(r"\w+", cell.source)) for cell in lesson.page.cells if cell.kind == "markdown")
    worked = MINUTES_AN_EXERCISE * len(lesson.exercises) + MINUTES_A_CELL * (len(cells) - len(lesson.exercises))
    return math.ceil(words / WORDS_A_MINUTE + worked + MINUTES_A_QUIZ * len(lesson.quizzes))


def _public(exercise: ExerciseSource, bundle: GradingBundle) -> Exercise:
    """What everyone may know of an exercise: visible checks by name, and the names that its starter or those show."""
    shown = names_of(parse(exercise.answer.starter, exercise.file, exercise.line)).bound
    for check in bundle.checks:
        if not check.hidden:
            shown |= names_of(parse(check.source, check.file, check.line)).used
    return Exercise(
        id=exercise.id,
        lesson=bundle.lesson,
        title=bundle.title,
        cell=f"x-{exercise.id}",
        points=bundle.points,
        names=tuple(name for name in bundle.names if name in shown),
        checks=tuple(
            PublicCheck(name=_check_name(check.name, check.hidden), hidden=check.hidden, points=check.points)
            for check in bundle.checks
        ),
        hints=len(bundle.hints),
        needs=bundle.needs,
        attempts=exercise.attempts,
        reveal=exercise.reveal,
        by_hand=exercise.by_hand,
        rubric=exercise.rubric,
    )


def public_quiz(source: QuizSource, bundle: GradingBundle, faces: Mapping[str, QuizFace]) -> Exercise:
    """What everyone may know of a quiz; without a face the page has an error."""
    return Exercise(
        id=source.id,
        lesson=bundle.lesson,
        title=bundle.title,
        cell="",
        points=source.points,
        names=(),
        checks=(),
        hints=len(bundle.hints),
        attempts=source.attempts,
        reveal=source.reveal,
        by_hand=source.by_hand,
        rubric=source.rubric,
        quiz=faces.get(source.id) or QuizFace(kind=source.quiz.kind),
    )


def _check_name(name: str, hidden: bool) -> str:
    return "A hidden check" if hidden else name
