"""For trainers: answers that a person reads, the list of those that wait, and the form that grades one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from panlearn.domain.access import Permission
from panlearn.domain.course import Exercise, Release
from panlearn.domain.quiz.answers import stored_in, written_text
from panlearn.domain.quiz.drawing import draw, filled
from panlearn.errors import BadInput, NotFound
from panlearn.models import Submission
from panlearn.services.hand_grading import Given, HandGrading
from panlearn.web.database import application, reading, writing
from panlearn.web.fragments import localise
from panlearn.web.identity import visitor
from panlearn.web.permissions import needs
from panlearn.web.views.teach import current_release

blueprint = Blueprint("hand_grading", __name__, url_prefix="/teach")


@blueprint.get("/<course>/to-grade")
@needs(Permission.TEACH)
def to_grade(course: str) -> str:
    """What waits for a person, the oldest first."""
    release = current_release(course)
    waiting = HandGrading(reading(), application().clock).waiting(release)
    texts = {one.public_id: _text(release.exercises[one.exercise_id], one) or one.source for one in waiting}
    return render_template(
        "to_grade.html", nav="teach", course=release.course, waiting=waiting, exercises=release.exercises, texts=texts
    )


@blueprint.route("/<course>/answers/<submission>", methods=["GET", "POST"])
@needs(Permission.TEACH)
def answer(course: str, submission: str) -> str | tuple[str, int] | Redirect:
    """One answer with its checks, the form, and the grades it had."""
    release = current_release(course)
    found = HandGrading(reading(), application().clock).find(course, submission)
    exercise = release.exercises.get(found.exercise_id)
    if exercise is None or not exercise.by_hand:
        raise NotFound("No person grades this exercise.", todo="The list shows what waits.")
    if request.method == "POST":
        try:
            with writing() as session:
                grading = HandGrading(session, application().clock)
                grading.give(grading.find(course, submission), exercise, _given(exercise), visitor().learner)
                following = grading.waiting(release, limit=1)
        except BadInput as error:
            return _shown(course, submission, exercise, wrong=str(error)), 400
        flash("The grade is in force. Its learner sees it with your comment.", "success")
        to = f"answers/{following[0].public_id}" if following else "to-grade"
        return redirect(f"/teach/{course}/{to}", code=303)
    return _shown(course, submission, exercise)


def _shown(course: str, submission: str, exercise: Exercise, wrong: str = "") -> str:
    release = current_release(course)
    grading = HandGrading(reading(), application().clock)
    found = grading.find(course, submission)
    history = grading.history(found)
    return render_template(
        "hand_grade.html",
        nav="teach",
        course=release.course,
        exercise=exercise,
        answer=found,
        text=_text(exercise, found),
        question=_question(release, exercise, found),
        report=found.report or {},
        history=history,
        newer=grading.newer(found),
        last=history[0] if history else None,
        left=len(grading.waiting(release)),
        wrong=wrong,
        form=request.form,
    )


def _text(exercise: Exercise, answer: Submission) -> str | None:
    """What a learner wrote in answer to a quiz; None for code."""
    return written_text(answer.source) if exercise.quiz is not None else None


def _question(release: Release, exercise: Exercise, answer: Submission) -> Markup:
    """The question as this learner read it; nothing for code."""
    if exercise.quiz is None or _text(exercise, answer) is None:
        return Markup()
    drawn = draw(exercise.quiz.variant, stored_in(answer.source).seed)
    return Markup(filled(localise(exercise.quiz.html, release), drawn))  # noqa: S704 (rendered at publish)


def _given(exercise: Exercise) -> Given:
    """The form's points and comment. Raises `BadInput` for what is no number."""
    comment = request.form.get("comment", "")
    if not exercise.rubric:
        return Given(points=_number("points", "the points"), comment=comment)
    rubric = {one.text: _number(f"criterion-{at}", f"“{one.text}”") for at, one in enumerate(exercise.rubric)}
    return Given(points=0.0, comment=comment, rubric=rubric)


def _number(field: str, what: str) -> float:
    text = request.form.get(field, "").strip().replace(",", ".")
    try:
        value = float(text or "nan")
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        raise BadInput(f"{what[0].upper()}{what[1:]} got no number.", todo="Write a number such as 1.5.")
    return value
