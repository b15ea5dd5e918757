"""Quizzes without the API: a plain form for pages without a script, and one quiz as a fragment for pages with one."""

from __future__ import annotations

import structlog
from flask import redirect, request
from werkzeug.wrappers import Response as Redirect

from panlearn.domain.access import Permission
from panlearn.domain.course import Exercise, Release
from panlearn.domain.quiz.model import QuizKind
from panlearn.domain.reading import page_url
from panlearn.errors import BadInput, NotAllowed, NotFound
from panlearn.services.hints import Hints
from panlearn.services.lessons import Lessons
from panlearn.services.library import Library, exercise_of, page_of
from panlearn.services.quizzes import Quizzes
from panlearn.web.database import application, reading, writing
from panlearn.web.identity import author, guest_id, look_again, visitor
from panlearn.web.limits import limit_new_guests, limit_writes
from panlearn.web.permissions import needs
from panlearn.web.quiz_cards import Tried, card_html
from panlearn.web.views.learn import blueprint, lesson_page

log = structlog.get_logger(__name__)

MAX_FIELDS = 200


@blueprint.get("/courses/<course>/quizzes/<exercise>")
@needs(Permission.WORK)
def quiz(course: str, exercise: str) -> str:
    """One quiz as it stands for this reader."""
    reader = visitor().learner
    release = Library(reading(), application().store).copy(course, reader).release
    asked = _quiz_of(release, exercise)
    view = Lessons(reading(), application().store).view(release, page_of(release, asked.lesson), reader)
    number, one = next((n, one) for n, one in enumerate(view.exercises, 1) if one.exercise.id == exercise)
    return card_html(release, one, number, application().store, guest_id())


@blueprint.post("/courses/<course>/quizzes/<exercise>")
@limit_new_guests
@limit_writes
@needs(Permission.WORK)
def answer_quiz(course: str, exercise: str) -> Redirect | tuple[str, int]:
    """Take an answer from a form, then show the lesson where the quiz stands."""
    fields = _fields()
    root = application()
    with writing() as session:
        learner = author(session)
        release = Library(session, root.store).copy(course, learner).release
        asked = _quiz_of(release, exercise)
    try:
        with writing() as session:
            submission = Quizzes(session, root.store, root.clock).answer(author(session), release, asked, fields)
            log.info("submission.accepted", submission=submission.public_id, course=course, exercise=exercise)
    except (BadInput, NotAllowed) as error:
        return lesson_page(course, asked.lesson, Tried(exercise=exercise, fields=fields, error=error)), 422
    return redirect(page_url(course, asked.lesson, exercise), code=303)


@blueprint.post("/courses/<course>/quizzes/<exercise>/hint")
@limit_new_guests
@limit_writes
@needs(Permission.WORK)
def quiz_hint(course: str, exercise: str) -> str:
    """One more hint for a text that a person grades; what is being written stays in its field."""
    root = application()
    with writing() as session:
        learner = author(session)
        release = Library(session, root.store).copy(course, learner).release
        asked = _quiz_of(release, exercise)
        if asked.quiz is None or asked.quiz.kind is not QuizKind.WRITTEN:
            raise NotAllowed("The hints of a quiz come with its tries.", todo="Check an answer: a hint comes with it.")
        Hints(session, root.clock).next(learner, course, exercise, asked.hints)
    look_again()
    return lesson_page(course, asked.lesson, Tried(exercise=exercise, fields=_fields()))


def _fields() -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in list(request.form.lists())[:MAX_FIELDS] if name != "csrf_token"}


def _quiz_of(release: Release, exercise: str) -> Exercise:
    found = exercise_of(release, exercise)
    if found.quiz is None:
        raise NotFound(f"{found.title} is not a quiz.", todo="Answer it on its page.")
    return found
