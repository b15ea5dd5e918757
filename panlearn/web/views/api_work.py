"""The API's part about work in a lesson: edited cells, hints, solutions."""

from __future__ import annotations

from flask import Response, jsonify

from panlearn.domain.access import Permission
from panlearn.domain.course import Page, Release
from panlearn.domain.progress import UNTRIED
from panlearn.domain.quiz.drawing import draw, filled
from panlearn.domain.quiz.model import QuizKind
from panlearn.domain.quiz.solution import right_words
from panlearn.domain.submission import tries_left
from panlearn.errors import NotAllowed, NotFound
from panlearn.models import Learner
from panlearn.services.enrolments import Enrolments
from panlearn.services.hints import Hints
from panlearn.services.lessons import may_read_solution
from panlearn.services.library import exercise_of, page_of
from panlearn.services.quizzes import seed_for
from panlearn.services.standings import standings
from panlearn.services.submissions import Submissions
from panlearn.services.work import Work
from panlearn.web.bodies import SourceBody, read_source
from panlearn.web.database import application, reading, writing
from panlearn.web.fragments import localise
from panlearn.web.identity import author, guest_id, visitor
from panlearn.web.openapi import operation
from panlearn.web.permissions import needs
from panlearn.web.presenting import iso
from panlearn.web.schemas import HintOut, SavedOut, SolutionOut
from panlearn.web.views.api import blueprint, release_of

GRADED_FIRST = "An explanation, where there is one, opens once a person has graded your answer."


@blueprint.put("/courses/<course>/lessons/<page>/cells/<cell>")
@operation("Keep my text of a cell", SavedOut, body=SourceBody, problems=(400, 403, 404, 413, 415, 429))
@needs(Permission.WORK)
def save(course: str, page: str, cell: str) -> Response:
    """Keep what was typed; committed when this answers."""
    source = read_source()
    clock = application().clock
    with writing() as session:
        learner = author(session)
        release = release_of(session, course, learner)
        exercise = _cell(release, page_of(release, page), cell)
        saved_at = Work(session, clock).save(learner, course, page, cell, source)
        Enrolments(session, clock).work(learner, course, digest=release.digest, page=page, section=exercise or "")
    return jsonify(saved_at=iso(saved_at))


@blueprint.delete("/courses/<course>/lessons/<page>/cells/<cell>")
@operation("Put a cell back to the lesson's own text", None, status=204, problems=(403, 404, 429))
@needs(Permission.WORK)
def reset_cell(course: str, page: str, cell: str) -> tuple[str, int]:
    """Forget my text of one cell."""
    release = release_of(reading(), course, visitor().learner)
    _cell(release, page_of(release, page), cell)
    _reset(visitor().learner, course, page, cell)
    return "", 204


@blueprint.delete("/courses/<course>/lessons/<page>/cells")
@operation("Put all cells of a lesson back to its own text", None, status=204, problems=(403, 404, 429))
@needs(Permission.WORK)
def reset_lesson(course: str, page: str) -> tuple[str, int]:
    """Forget my texts in a lesson. Answers that were sent stay."""
    page_of(release_of(reading(), course, visitor().learner), page)
    _reset(visitor().learner, course, page, None)
    return "", 204


@blueprint.post("/courses/<course>/exercises/<exercise>/hints")
@operation("The next hint", HintOut, problems=(403, 404, 415, 429))
@needs(Permission.WORK)
def hint(course: str, exercise: str) -> Response:
    """One more hint, remembered as seen; after the last one it is the last again."""
    clock = application().clock
    with writing() as session:
        learner = author(session)
        release = release_of(session, course, learner)
        asked = exercise_of(release, exercise)
        if asked.quiz is not None and asked.quiz.kind is not QuizKind.WRITTEN:
            raise NotAllowed("The hints of a quiz come with its tries.", todo="Check an answer: a hint comes with it.")
        hints = application().store.bundle(release, exercise).hints
        number = Hints(session, clock).next(learner, course, exercise, len(hints))
        Enrolments(session, clock).work(learner, course, digest=release.digest, page=asked.lesson, section=exercise)
    return jsonify(number=number, of=len(hints), html=localise(hints[number - 1], release))


@blueprint.get("/courses/<course>/exercises/<exercise>/solution")
@operation("The reference solution, once it is open", SolutionOut, problems=(403, 404))
@needs(Permission.WORK)
def solution(course: str, exercise: str) -> Response:
    """The author's answer, for who has passed or tried often enough."""
    reader = visitor().learner
    release = release_of(reading(), course, reader)
    asked = exercise_of(release, exercise)
    standing = standings(reading(), reader, course).get(course, {}).get(exercise, UNTRIED)
    last = Submissions(reading()).latest(reader, course, [exercise]).get(exercise) if reader and asked.quiz else None
    if not may_read_solution(asked, standing, last):
        written = asked.quiz is not None and asked.quiz.kind is QuizKind.WRITTEN
        todo = GRADED_FIRST if written else opens(asked.reveal, standing.honest)
        raise NotAllowed("The solution is not open yet.", todo=todo)
    bundle = application().store.bundle(release, exercise)
    if asked.quiz is not None and bundle.quiz is not None:
        drawn = draw(bundle.quiz.variant, seed_for(guest_id(), release, asked, last))
        explained = localise(filled(bundle.quiz.explain, drawn), release)
        return jsonify(source="\n".join(right_words(bundle.quiz, drawn)), html=explained)
    return jsonify(source=bundle.solution)


def opens(policy: str, tries: int) -> str:
    """When a closed solution opens, in words."""
    if policy == "never":
        return "In this course solutions are not shown. Ask for a hint, or read the first failed check again."
    left = tries_left(policy, tries)
    if left is not None:
        more = "try" if left == 1 else "different tries"
        return f"It opens when you pass, or after {left} more {more} that ran."
    return "It opens when you pass."


def _cell(release: Release, page: Page, cell: str) -> str | None:
    found = next((one for one in page.cells if one.id == cell), None)
    if found is None:
        raise NotFound(
            f"The lesson {page.title} of {release.course.title} has no cell {cell}.",
            todo="Reload the lesson: the course may have been published anew.",
        )
    return found.exercise


def _reset(learner: Learner | None, course: str, page: str, cell: str | None) -> None:
    if learner is None:
        return
    with writing() as session:
        Work(session, application().clock).reset(author(session), course, page, cell)
