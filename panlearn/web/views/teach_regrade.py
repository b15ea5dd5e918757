"""Grading stored answers again: asked for, looked at while it runs, put into force with a reason."""

from __future__ import annotations

import structlog
from flask import redirect, render_template
from werkzeug.wrappers import Response as Redirect

from panlearn.domain.access import Permission
from panlearn.domain.course import Release
from panlearn.domain.normal_form import quiz_form
from panlearn.domain.regrading import Move, RunState
from panlearn.services.library import exercise_of
from panlearn.services.regrade_runs import RegradeRuns, is_open
from panlearn.web.database import application, reading, writing
from panlearn.web.identity import visitor
from panlearn.web.limits import limit_writes
from panlearn.web.permissions import needs
from panlearn.web.regrade_form import PutInForce
from panlearn.web.views.teach import blueprint, current_release

log = structlog.get_logger(__name__)

_MOVES = sorted(Move, key=lambda move: (move is Move.SAME, move is not Move.UP, move is not Move.DOWN))
"""In the order in which a page shows them: what would change first."""


@blueprint.get("/<course>/<exercise>/regrade")
@needs(Permission.TEACH)
def regrade(course: str, exercise: str) -> str:
    """The last dry run of an exercise, or how to ask for one."""
    release = current_release(course)
    return _shown(release, exercise, PutInForce(formdata=None))


@blueprint.post("/<course>/<exercise>/regrade")
@limit_writes
@needs(Permission.TEACH)
def ask(course: str, exercise: str) -> Redirect:
    """Ask for a dry run; a worker takes it up."""
    release = current_release(course)
    exercise_of(release, exercise)
    by = visitor().public_id or ""
    with writing() as session:
        RegradeRuns(session, application().clock).ask(release, exercise, by=by)
    log.info("regrade.asked", course=course, exercise=exercise, by=by)
    return _back(course, exercise)


@blueprint.post("/<course>/<exercise>/regrade/apply")
@limit_writes
@needs(Permission.TEACH)
def put_in_force(course: str, exercise: str) -> Redirect | tuple[str, int]:
    """Change the grades that a dry run moved."""
    release = current_release(course)
    exercise_of(release, exercise)
    form = PutInForce()
    if not form.validate_on_submit():
        return _shown(release, exercise, form), 422
    by = visitor().public_id or ""
    with writing() as session:
        changed = RegradeRuns(session, application().clock).put_in_force(
            form.run.data or "", release, exercise, lower=form.lower.data, reason=form.reason.data, by=by
        )
    log.info("regrade.applied", course=course, exercise=exercise, by=by, changed=changed, lower=form.lower.data)
    return _back(course, exercise)


def _shown(release: Release, exercise: str, form: PutInForce) -> str:
    shown = exercise_of(release, exercise)
    runs = RegradeRuns(reading(), application().clock)
    run = runs.latest(release.course.slug, exercise)
    if run is not None and not form.is_submitted():
        form.run.data = run.public_id
    return render_template(
        "teach_regrade.html",
        nav="teach",
        course=release.course,
        exercise=shown,
        run=run,
        under_way=run is not None and is_open(run),
        done=run is not None and run.state is RunState.DONE,
        newer=run is not None and run.release_digest != release.digest,
        answers=runs.answers(release.course.slug, exercise),
        moves=[move.value for move in _MOVES],
        form=form,
        plain=quiz_form if shown.quiz is not None else str,
    )


def _back(course: str, exercise: str) -> Redirect:
    return redirect(f"/teach/{course}/{exercise}/regrade", code=303)
