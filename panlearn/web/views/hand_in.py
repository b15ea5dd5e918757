"""Handing in a notebook that was done elsewhere, and what came of it."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as Redirect

from panlearn.content.handed_in import MAX_BYTES
from panlearn.domain.access import Permission
from panlearn.errors import BadInput, NotFound
from panlearn.services.handing_in import Handing, HandingIn, matched_in
from panlearn.services.library import Library
from panlearn.services.submissions import Submissions
from panlearn.web.database import application, reading, writing
from panlearn.web.identity import author, visitor
from panlearn.web.limits import limit_new_guests, limit_writes
from panlearn.web.permissions import needs

blueprint = Blueprint("hand_in", __name__)
limit_writes(blueprint)
limit_new_guests(blueprint)

_ROOM = 64 * 1024
"""What a form takes beside its file."""


def init_app(app: Flask) -> None:
    """Let this page's requests, and no other's, be as long as a notebook with its pictures."""

    @app.before_request
    def allow() -> None:
        if request.endpoint == "hand_in.hand_in":
            request.max_content_length = MAX_BYTES + _ROOM


@blueprint.route("/courses/<course>/hand-in", methods=["GET", "POST"])
@needs(Permission.WORK)
def hand_in(course: str) -> str | tuple[str, int] | Redirect:
    """Choose a notebook; its answers are checked like any others."""
    release = Library(reading(), application().store).copy(course, visitor().learner).release
    if request.method == "GET":
        return render_template("hand_in.html", nav="courses", course=release.course, wrong=None)
    try:
        matched = matched_in(release, _chosen())
        with writing() as session:
            handing = HandingIn(session, application().clock).take(author(session), release, matched)
            token = _sealed(handing)
            sent = [one.public_id for one in handing.submissions.values()]
    except BadInput as error:
        wrong = str(error)
        return render_template("hand_in.html", nav="courses", course=release.course, wrong=wrong), 400
    for public_id in sent:
        application().queue.sent(public_id)
    return redirect(f"/courses/{course}/handed-in/{token}", code=303)


@blueprint.get("/courses/<course>/handed-in/<token>")
@needs(Permission.WORK)
def handed_in(course: str, token: str) -> str:
    """What a notebook held, each answer with its verdict, and what could not be matched."""
    reader = visitor().learner
    release = Library(reading(), application().store).copy(course, reader).release
    try:
        told: dict[str, Any] = _sealer().loads(token)
    except BadData:
        raise NotFound("There is no such report.", todo="Hand the notebook in once more.") from None
    service = Submissions(reading())
    answers = [
        (release.exercises[exercise], service.find(reader, public_id) if reader else None, known_by, cell)
        for exercise, (public_id, known_by, cell) in told["sent"].items()
        if exercise in release.exercises
    ]
    if not reader or (answers and all(one is None for _, one, _, _ in answers)):
        raise NotFound("There is no such report of yours.", todo="Sign in as who handed it in.")
    titles = {name: exercise.title for name, exercise in release.exercises.items()}
    waiting = any(one is not None and one.report is None for _, one, _, _ in answers)
    return render_template(
        "handed_in.html",
        nav="courses",
        course=release.course,
        answers=answers,
        told=told,
        titles=titles,
        waiting=waiting,
    )


def _chosen() -> bytes:
    """The file of the form, a byte more than the most where it is longer. Raises `BadInput` without one."""
    file = request.files.get("notebook")
    if file is None or not file.filename:
        raise BadInput("No file was chosen.", todo="Choose a notebook: a file that ends in .ipynb.")
    with closing(file):
        data: bytes = file.read(MAX_BYTES + 1)
        return data


def _sealed(handing: Handing) -> str:
    """The report's address. It holds no code: ids, and how each was found."""
    found = {one.exercise: one for one in handing.matched.found}
    sent = {
        name: (submission.public_id, found[name].known_by, found[name].cell)
        for name, submission in handing.submissions.items()
    }
    matched = handing.matched
    return str(
        _sealer().dumps(
            {
                "sent": sent,
                "refused": handing.refused,
                "untouched": matched.untouched,
                "missing": matched.missing,
                "unknown": [name[:80] for name in matched.unknown[:20]],
                "copies": dict(matched.copies),
            }
        )
    )


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="handed-in")
