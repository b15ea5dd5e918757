"""Pages for everybody: landing page, catalogue, what the site says of itself, the built front end."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound as NoSuchFile

from panlearn.domain.access import Permission
from panlearn.domain.course import Release
from panlearn.domain.reading import FirstExercise, Resume, page_url
from panlearn.errors import NotFound
from panlearn.services.catalogue import Catalogue, card, counts
from panlearn.services.enrolments import Enrolments
from panlearn.services.lessons import resume
from panlearn.services.library import Library
from panlearn.services.standings import Standings, standings
from panlearn.web.assets import STATIC, Built
from panlearn.web.database import application, reading
from panlearn.web.fragments import Fragments
from panlearn.web.headers import FOREVER
from panlearn.web.identity import visitor
from panlearn.web.linked_data import sitemap
from panlearn.web.permissions import needs

blueprint = Blueprint("public", __name__)

MAX_VALUES = 50


@blueprint.get("/")
@needs(Permission.READ)
def landing() -> str:
    """What this is, the first exercise to try, and where a known reader left."""
    releases = Library(reading(), application().store).courses()
    found = standings(reading(), visitor().learner)
    return render_template(
        "landing.html",
        courses=[card(release, found.get(release.course.slug, {})) for release in releases],
        first=_first_exercise(releases),
        resume=last_place(releases, found),
        counts=counts(releases),
    )


@blueprint.get("/courses")
@needs(Permission.READ)
def catalogue() -> str:
    """Every course, narrowed by words and facets in the query."""
    query = {name: request.args.getlist(name)[:MAX_VALUES] for name in ("q", "technique", "level", "duration")}
    releases = Library(reading(), application().store).courses()
    found = standings(reading(), visitor().learner)
    shelf = Catalogue([card(release, found.get(release.course.slug, {})) for release in releases], query)
    words = " ".join(query["q"])[:200]
    return render_template(
        "catalogue.html", nav="courses", cards=shelf.found, facets=shelf.facets, query=query | {"q": words}
    )


@blueprint.get("/about/accessibility")
@needs(Permission.READ)
def accessibility() -> str:
    """How accessible the site is."""
    return render_template("about_accessibility.html")


@blueprint.get("/about/privacy")
@needs(Permission.READ)
def privacy() -> str:
    """What the site keeps about people."""
    return render_template("about_privacy.html")


@blueprint.get("/static/<path:path>")
@needs(Permission.READ)
def static(path: str) -> Response:
    """The built front end."""
    built: Built = current_app.extensions["panlearn.built"]
    try:
        response = send_from_directory(STATIC, path)
    except NoSuchFile as error:
        raise NotFound("There is no such file.", todo="Reload the page: the site was renewed.") from error
    response.headers["Cache-Control"] = FOREVER if built.is_hashed(path) else "public, max-age=300"
    return response


@blueprint.get("/sitemap.xml")
@needs(Permission.READ)
def site_map() -> Response:
    """Every public page, for search engines and catalogues."""
    releases = Library(reading(), application().store).courses()
    return Response(sitemap(releases, request.host_url.rstrip("/")), content_type="application/xml; charset=utf-8")


@blueprint.get("/robots.txt")
@needs(Permission.READ)
def robots() -> Response:
    """What crawlers may read, and where the sitemap is."""
    lines = ["User-agent: *", "Disallow: /api/", "Disallow: /kernels/", "Disallow: /me", "Disallow: /teach"]
    lines.append(f"Sitemap: {request.host_url}sitemap.xml")
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def last_place(releases: list[Release], found: dict[str, Standings]) -> Resume | None:
    """Where the reader was last, in any course."""
    learner = visitor().learner
    if learner is None:
        return None
    by_slug = {release.course.slug: release for release in releases}
    for enrolment in Enrolments(reading()).every(learner):
        release = by_slug.get(enrolment.course_slug)
        place = resume(release, enrolment, found.get(enrolment.course_slug, {})) if release else None
        if place is not None:
            return place
    return None


def _first_exercise(releases: list[Release]) -> FirstExercise | None:
    fragments: Fragments = current_app.extensions["panlearn.fragments"]()
    for release in releases:
        for page in release.lessons:
            for name in page.exercises:
                exercise = release.exercises[name]
                if exercise.quiz is not None:
                    continue
                cells = {cell.id: cell.source for cell in page.cells}
                return FirstExercise(
                    course=release.course.slug,
                    page=page.slug,
                    exercise=name,
                    cell=exercise.cell,
                    title=exercise.title,
                    task_html=fragments.task(release, page, exercise),
                    picture=fragments.picture(release, page, exercise),
                    starter=cells.get(exercise.cell, ""),
                    points=exercise.points,
                    url=page_url(release.course.slug, page.slug, name),
                )
    return None
