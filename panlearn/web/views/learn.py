"""Courses and lessons, and a reader's own page."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from panlearn.domain.access import Permission
from panlearn.domain.course import Page, Release
from panlearn.domain.progress import progress_of
from panlearn.domain.quiz.drawing import filled
from panlearn.domain.reading import course_url
from panlearn.models import Enrolment
from panlearn.services.catalogue import card
from panlearn.services.changes import release_changes
from panlearn.services.enrolments import Enrolments
from panlearn.services.lessons import Lessons, neighbours, resume, rows
from panlearn.services.library import Library, page_of
from panlearn.services.regrade_notes import regrade_notes
from panlearn.services.releases import Releases
from panlearn.services.standings import standings
from panlearn.services.variants import drawn_for
from panlearn.web.database import application, reading, writing
from panlearn.web.fragments import Fragments
from panlearn.web.headers import ASSET_POLICY, FOREVER
from panlearn.web.identity import author, guest_id, visitor
from panlearn.web.linked_data import course_data, lesson_data
from panlearn.web.permissions import needs
from panlearn.web.presenting import lesson_state
from panlearn.web.quiz_cards import Tried, with_quizzes
from panlearn.web.views.public import last_place

blueprint = Blueprint("learn", __name__)

SAME_VISIT = timedelta(minutes=10)
"""A reload within this time on the same page is not written down again."""


@blueprint.get("/courses/<course>")
@needs(Permission.READ)
def course_page(course: str) -> str:
    """What a course is, its lessons, and how far this reader is."""
    reader = visitor().learner
    copy = Library(reading(), application().store).copy(course, reader)
    release = copy.release
    found = standings(reading(), reader, course).get(course, {})
    history = Releases(reading()).history(course)
    return render_template(
        "course.html",
        nav="courses",
        release=release,
        course=release.course,
        lessons=rows(release, found),
        progress=progress_of(release.exercises.values(), found),
        resume=resume(release, copy.enrolment, found),
        other=copy.other,
        changes=release_changes(application().store, release, copy.other.release) if copy.other else (),
        history=history,
        version=next((one.version for one in history if one.digest == release.digest), release.version),
        jsonld=course_data(release, _root()),
    )


@blueprint.post("/courses/<course>/release")
@needs(Permission.WORK)
def move_up(course: str) -> Redirect:
    """Go on with the current release of a course. Answers and edits stay."""
    with writing() as session:
        current = Releases(session).current(course)
        if current is not None:
            Enrolments(session, application().clock).move_up(author(session), course, current.digest)
    flash("You are on the current release now. Your work came along.", "success")
    return redirect(course_url(course), code=303)


@blueprint.get("/courses/<course>/<page>")
@needs(Permission.READ)
def lesson(course: str, page: str) -> str:
    """A lesson, readable as it is; what is live in it hydrates from its state."""
    return lesson_page(course, page)


def lesson_page(course: str, page: str, tried: Tried | None = None) -> str:
    """The page of a lesson; with an answer to one of its quizzes that could not be taken, if there is one."""
    reader = visitor().learner
    copy = Library(reading(), application().store).copy(course, reader)
    release = copy.release
    shown = page_of(release, page)
    lessons = Lessons(reading(), application().store, application().paces)
    view = lessons.view(release, shown, reader, guest_id() if shown.variant else "")
    fragments: Fragments = current_app.extensions["panlearn.fragments"]()
    body = fragments.body(release, shown)
    if shown.variant:
        body = Markup(filled(body, view.drawn))  # noqa: S704 - sanitised at publish, and decimal numbers
    if any(one.exercise.quiz for one in view.exercises):
        body = with_quizzes(body, view, application().store, guest_id(), tried)
    previous, following = neighbours(release, shown)
    html = render_template(
        "lesson.html",
        nav="courses",
        release=release,
        course=release.course,
        page=shown,
        body=body,
        previous=previous,
        next=following,
        contents=rows(release, view.standings, shown.slug),
        progress=view.progress,
        position=_position(release, shown),
        state=lesson_state(view) if shown.cells or shown.exercises else None,
        jsonld=lesson_data(release, shown, _root()),
    )
    guest_id()
    if reader is not None and _is_new_visit(copy.enrolment, shown):
        with writing() as session:
            Enrolments(session, application().clock).visit(author(session), course, shown.slug)
    return html


@blueprint.get("/courses/<course>/releases/<digest>/assets/<name>")
@needs(Permission.READ)
def asset(course: str, digest: str, name: str) -> Response:
    """A picture of a release. It never changes, so browsers may keep it."""
    store = application().store
    release = Library(reading(), store).published(course, digest)
    response = send_file(store.asset_path(release, name), conditional=True)
    response.headers["Cache-Control"] = FOREVER
    response.headers["Content-Security-Policy"] = ASSET_POLICY
    return response


@blueprint.get("/courses/<course>/downloads/<page>.ipynb")
@needs(Permission.READ)
def download(course: str, page: str) -> Response:
    """A lesson as the notebook a student gets: without solutions, hidden checks and hints."""
    store, reader = application().store, visitor().learner
    release = Library(reading(), store).copy(course, reader).release
    shown = page_of(release, page)
    path = store.download_path(release, shown.slug)
    own: Path | BytesIO = path
    if shown.variant:
        drawn = drawn_for(reading(), reader, guest_id(), release, shown)
        own = BytesIO(filled(path.read_text(encoding="utf-8"), drawn).encode())
    return send_file(
        own, mimetype="application/x-ipynb+json", as_attachment=True, download_name=f"{course}-{page}.ipynb"
    )


@blueprint.get("/me")
@needs(Permission.READ)
def me() -> str:
    """The courses this reader began, and where to go on."""
    learner = visitor().learner
    library = Library(reading(), application().store)
    releases = library.courses()
    found = standings(reading(), learner)
    begun = {one.course_slug for one in Enrolments(reading()).every(learner)} if learner else set()
    own = [library.copy(release.course.slug, learner).release for release in releases if release.course.slug in begun]
    return render_template(
        "me.html",
        nav="me",
        courses=[card(release, found.get(release.course.slug, {})) for release in own],
        resume=last_place(own, found),
        regraded=regrade_notes(reading(), learner, own, application().clock),
    )


def _position(release: Release, page: Page) -> str:
    return f"lesson {page.number} of {len(release.lessons)}" if page.number is not None else ""


def _is_new_visit(enrolment: Enrolment | None, page: Page) -> bool:
    if enrolment is None or enrolment.last_page != page.slug:
        return True
    return application().clock() - enrolment.last_at > SAME_VISIT


def _root() -> str:
    return request.host_url.rstrip("/")
