"""The API: answers, edits, hints, solutions, tokens. JSON in and out; problems are RFC 9457 documents."""

from __future__ import annotations

import time
from contextlib import ExitStack
from threading import Event
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.orm import Session

from panlearn.domain.access import Permission
from panlearn.domain.course import Release
from panlearn.domain.quiz.answers import fields_of
from panlearn.domain.submission import SubmissionState
from panlearn.errors import NotFound
from panlearn.models import Learner, Submission
from panlearn.services.lessons import Lessons
from panlearn.services.library import Copy, Library, exercise_of, page_of
from panlearn.services.line import Line
from panlearn.services.quizzes import Quizzes
from panlearn.services.submissions import Submissions
from panlearn.web import tokens
from panlearn.web.bodies import SourceBody, check_origin, read_key, read_source
from panlearn.web.database import application, reading, writing
from panlearn.web.identity import author, guest_id, visitor
from panlearn.web.limits import limit_new_guests, limit_writes
from panlearn.web.openapi import PREFIX, document, operation
from panlearn.web.permissions import needs
from panlearn.web.presenting import iso, lesson_state, submission_json
from panlearn.web.schemas import LessonStateOut, SubmissionList, SubmissionOut, TokenOut

log = structlog.get_logger(__name__)

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
blueprint.before_request(check_origin)
limit_writes(blueprint)
limit_new_guests(blueprint)

LOOK_SECONDS = 0.25
"""While a verdict is awaited, how often the table is looked at: the worker may be another process."""
_ACCEPTS = (400, 403, 404, 413, 415, 429)


@blueprint.post("/courses/<course>/exercises/<exercise>/submissions")
@operation(
    "Send an answer",
    SubmissionOut,
    status=201,
    body=SourceBody,
    problems=_ACCEPTS,
    headers={"Idempotency-Key": "a new text per answer; one that is sent again with its key is kept once"},
)
@needs(Permission.WORK)
def submit(course: str, exercise: str) -> tuple[Response, int, dict[str, str]]:
    """Accept an answer, wake a worker, and wait a moment for the verdict. Accepted is committed."""
    source = read_source()
    root = application()
    with ExitStack() as waiting:
        with writing() as session:
            learner = author(session)
            release = Library(session, root.store).copy(course, learner).release
            asked = exercise_of(release, exercise)
            if asked.quiz is not None:
                quizzes = Quizzes(session, root.store, root.clock)
                submission = quizzes.answer(learner, release, asked, fields_of(source), key=read_key())
            else:
                submission = Submissions(session, root.clock).accept(learner, release, asked, source, key=read_key())
            verdict = waiting.enter_context(root.queue.waiting_for(submission.public_id))
        log.info("submission.accepted", submission=submission.public_id, course=course, exercise=exercise)
        if asked.quiz is None:
            root.queue.sent(submission.public_id)
            _await(verdict, submission.public_id)
    body = _submission(submission.public_id, learner)
    return jsonify(body), 201, {"Location": f"{PREFIX}/submissions/{submission.public_id}"}


@blueprint.get("/submissions/<submission>")
@operation("One of my answers", SubmissionOut)
@needs(Permission.WORK)
def submission(submission: str) -> Response:
    """A submission; only its owner finds it."""
    return jsonify(_submission(submission, visitor().learner))


@blueprint.get("/courses/<course>/exercises/<exercise>/submissions")
@operation("My answers to an exercise, the newest first", SubmissionList)
@needs(Permission.WORK)
def attempts(course: str, exercise: str) -> Response:
    """What this reader sent for one exercise."""
    reader = visitor().learner
    exercise_of(_copy(reading(), course, reader).release, exercise)
    found = Submissions(reading()).attempts(reader, course, exercise) if reader else []
    return jsonify(submissions=[submission_json(one, source=True) for one in found])


@blueprint.get("/courses/<course>/lessons/<page>/state")
@operation("A lesson as it stands for me", LessonStateOut)
@needs(Permission.WORK)
def state(course: str, page: str) -> Response:
    """The same that the lesson page carries."""
    reader = visitor().learner
    release = _copy(reading(), course, reader).release
    lessons = Lessons(reading(), application().store, application().paces)
    view = lessons.view(release, page_of(release, page), reader, guest_id())
    return jsonify(lesson_state(view))


@blueprint.post("/kernels/token")
@operation("A token for kernel clients that are not the page", TokenOut, status=201, problems=(403, 415, 429))
@needs(Permission.COMPUTE)
def token() -> tuple[Response, int]:
    """Ten minutes at the kernel gateway as this reader."""
    root = application()
    made, expires = tokens.issue(root.settings.secret_key, guest_id(), root.clock())
    return jsonify(token=made, expires_at=iso(expires)), 201


@blueprint.get("/openapi.json")
@operation("This document", None, problems=())
@needs(Permission.READ)
def openapi() -> Response:
    """What the API offers."""
    response = jsonify(document(current_app))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _await(verdict: Event, public_id: str) -> None:
    deadline = time.monotonic() + current_app.config["VERDICT_SECONDS"]
    while (left := deadline - time.monotonic()) > 0:
        if verdict.wait(min(left, LOOK_SECONDS)):
            return
        with application().reading() as session:
            if Submissions(session).state(public_id) is SubmissionState.GRADED:
                return


def _submission(public_id: str, learner: Learner | None) -> dict[str, Any]:
    found: Submission | None = Submissions(reading()).find(learner, public_id) if learner else None
    if found is None:
        raise NotFound("There is no such submission of yours.", todo="Check your answer again to send a new one.")
    return submission_json(found, Line(reading(), application().clock).place(found))


def _copy(session: Session, course: str, reader: Learner | None) -> Copy:
    return Library(session, application().store).copy(course, reader)


def release_of(session: Session, course: str, reader: Learner | None) -> Release:
    """The release that this reader has of a course."""
    return _copy(session, course, reader).release
