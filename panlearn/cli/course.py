"""`panlearn course`: check, publish and list courses."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from panlearn.bootstrap import Application
    from panlearn.content.findings import Finding
    from panlearn.domain.course import Release

FAILED = 1
_SLIPS, _MOST_SLIPS = 8, 40
"""Wrong variants of a solution that are tried when a course is published, and when it is asked for."""


@click.group("course")
def command() -> None:
    """Check, publish and list courses."""


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--mutants", is_flag=True, help="Try solutions with one slip in them: checks should notice each.")
@click.option("--fresh", is_flag=True, help="Run and grade again what did not change since the last time.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print the findings as SARIF 2.1.0, for code hosting.")
def check(path: Path, *, mutants: bool, fresh: bool, as_json: bool, as_sarif: bool) -> None:
    """Read, build, run and grade the course in PATH without publishing it.

    Every finding has a code, a file and a line. The exit status is 1 if one of them is an error.
    """
    with _application() as app:
        quiet = as_json or as_sarif
        publisher = _publisher(app, _say(quiet=quiet), slips=_MOST_SLIPS if mutants else 0, fresh=fresh)
        findings = publisher.check(path)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_sarif:
        from panlearn.content.sarif import sarif

        click.echo(json.dumps(sarif(findings), indent=1))
    elif as_json:
        found = {"course": path.resolve().name, "errors": errors, "findings": _plain(findings)}
        click.echo(json.dumps(found | {"cells": [asdict(one) for one in publisher.costs]}, indent=1))
    else:
        from panlearn.content.costs import dearest

        _print(findings, errors)
        if publisher.costs:
            click.echo(dearest(publisher.costs))
    if errors:
        raise SystemExit(FAILED)


@command.command("new")
@click.argument("slug", type=click.Path(path_type=Path))
@click.option("--from", "source", type=click.Path(path_type=Path), help="A notebook, or a folder of notebooks.")
@click.option("--title", default="", help="The course's title; by default made of SLUG, or of the notebooks.")
@click.option("--licence", default="", help="Its licence; a new text is CC-BY-4.0 by default, others' have none.")
@click.option("--author", "authors", multiple=True, help="Who wrote it; may be given again. By default you.")
def new(slug: Path, source: Path | None, title: str, licence: str, authors: tuple[str, ...]) -> None:
    """Make a course in the folder SLUG, which is its address too: small letters, digits and hyphens.

    With --from, notebooks become its lessons; exercises are proposed where cells assert something of functions, where
    tags (exercise, check) say so, and where `### BEGIN SOLUTION` stands. What was proposed is in SLUG/IMPORT.md.
    """
    from panlearn.cli._course_new import make

    make(slug, source, title=title, licence=licence, authors=authors)


@command.command("preview")
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 for a free one.")
@click.option("--json", "as_json", is_flag=True, help='Say where the preview is as {"address": ...}, one line.')
def preview(path: Path, port: int, *, as_json: bool) -> None:
    """Serve the course in PATH as learners will see it, on this machine only, and build it again when you save a file.

    Cells run and exercises are graded as on the site. Only what changed is run again.
    """
    from panlearn.cli._course_preview import serve_preview

    serve_preview(path, port, as_json=as_json)


@command.command("publish")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--bundled", is_flag=True, help="Publish the courses that come with panlearn.")
@click.option("-m", "--notes", default="", help="What has changed, in your words: learners read it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was published as JSON.")
def publish(paths: tuple[Path, ...], *, bundled: bool, notes: str, as_json: bool) -> None:
    """Publish the courses in PATHS. A course that did not change is left as it is.

    A course with an error is not published: its last release stays, and the exit status is 1.
    """
    chosen = [*paths, *(_bundled() if bundled else [])]
    if not chosen:
        raise click.UsageError("Name the folders of the courses to publish, or say --bundled.")
    with _application() as app:
        app.check_schema()
        results = [_publish_one(app, path, notes, as_json=as_json) for path in chosen]
    if as_json:
        click.echo(json.dumps({"courses": results}, indent=1))
    if any(result["errors"] for result in results):
        raise SystemExit(FAILED)


@command.command("releases")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def releases(slug: str, *, as_json: bool) -> None:
    """List the releases of the course SLUG: when, how many learners work in each, what changed."""
    from panlearn.cli._course_releases import show

    with _application() as app:
        app.check_schema()
        show(app, slug, as_json=as_json)


@command.command("rollback")
@click.argument("slug")
@click.argument("version", type=int, required=False)
def rollback(slug: str, version: int | None) -> None:
    """Make an earlier release of the course SLUG current: VERSION, else the one before.

    Nothing is built or lost: learners stay where they work, and are offered the current release.
    """
    from panlearn.cli._course_releases import go_back

    with _application() as app:
        app.check_schema()
        go_back(app, slug, version)


@command.command("stats")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(slug: str, *, as_json: bool) -> None:
    """Say how the exercises of the course SLUG fare: who tried, passed, gave up; tries and time to the pass."""
    from panlearn.cli._course_stats import show

    with _application() as app:
        show(app, slug, as_json=as_json)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the courses as JSON.")
def list_courses(*, as_json: bool) -> None:
    """List the published courses."""
    from panlearn.services.releases import Releases

    with _application() as app:
        app.check_schema()
        with app.reading() as session:
            rows = [(row.version, app.store.load(row.course_slug, row.digest)) for row in Releases(session).list()]
    if as_json:
        click.echo(json.dumps({"courses": [_summary(release, version) for version, release in rows]}, indent=1))
        return
    for version, release in rows:
        counts = _counts(release)
        click.echo(f"{release.course.slug}  version {version}, {counts}  {release.course.title}")
    if not rows:
        click.echo(
            "No course is published yet. `panlearn course publish --bundled` publishes those that come with panlearn."
        )


def _application() -> _Open:
    return _Open()


class _Open:
    """The application of this command, closed at its end."""

    def __enter__(self) -> Application:
        from panlearn.bootstrap import Application
        from panlearn.settings import Settings

        self._app = Application(Settings())
        return self._app

    def __exit__(self, *_: object) -> None:
        self._app.close()


def _publisher(app: Application, progress: Callable[[str], None], *, slips: int, fresh: bool = False) -> Any:
    from panlearn.content.release_store import ReleaseStore
    from panlearn.services.publishing import Publisher

    return Publisher(
        None,
        app.settings,
        app.engine,
        app.grader,
        ReleaseStore(app.settings),
        progress=progress,
        slips=slips,
        fresh=fresh,
    )


def _publish_one(app: Application, path: Path, notes: str, *, as_json: bool) -> dict[str, Any]:
    """Publish one course. The database is written to at the very end only: nobody waits for a build."""
    from panlearn.content.course_source import course_folder
    from panlearn.content.findings import CourseRefused
    from panlearn.services.publishing import digest_of
    from panlearn.services.releases import Releases

    folder = course_folder(path)
    with app.reading() as session:
        current = Releases(session).current(folder.name)
        found = (current.digest, current.version) if current else None
    if found and found[0] == digest_of(folder, app.settings):
        release = app.store.load(folder.name, found[0])
        return _report(release, found[1], unchanged=True, as_json=as_json)
    try:
        publisher = _publisher(app, _say(quiet=as_json, prefix=f"{folder.name}: "), slips=_SLIPS)
        release = publisher.prepare(folder)
    except CourseRefused as refused:
        errors = sum(finding.severity == "error" for finding in refused.findings)
        if not as_json:
            _print(refused.findings, errors)
            click.echo(f"{folder.name} was not published. What was published before stays.", err=True)
        return {"course": folder.name, "errors": errors, "findings": _plain(refused.findings)}
    with app.writing() as session:
        version = Releases(session, app.clock).activate(folder.name, release.digest, notes)
    if not as_json and publisher.warnings:
        _print(publisher.warnings, 0)
    return _report(release, version, unchanged=False, as_json=as_json) | {"findings": _plain(publisher.warnings)}


def _report(release: Release, version: int, *, unchanged: bool, as_json: bool) -> dict[str, Any]:
    if not as_json:
        done = "is unchanged" if unchanged else "is published"
        click.echo(f"{release.course.slug} {done}: version {version}, {_counts(release)}.")
    return {**_summary(release, version), "unchanged": unchanged, "errors": 0, "findings": []}


def _summary(release: Release, version: int) -> dict[str, Any]:
    return {
        "course": release.course.slug,
        "title": release.course.title,
        "version": version,
        "digest": release.digest,
        "published_at": release.published_at.isoformat(),
        "environment": release.course.environment,
        "lessons": len(release.lessons),
        "exercises": len(release.exercises),
        "points": release.max_points,
    }


def _bundled() -> list[Path]:
    from panlearn.content.config import COURSE_FILE
    from panlearn.settings import resource

    return sorted(path.parent for path in resource("courses").glob(f"*/{COURSE_FILE}"))


def _say(*, quiet: bool, prefix: str = "") -> Callable[[str], None]:
    return lambda text: None if quiet else click.echo(f"{prefix}{text}", err=True)


def _plain(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [finding.as_json() for finding in findings]


def _print(findings: Sequence[Finding], errors: int) -> None:
    for finding in findings:
        click.echo(str(finding))
    warnings = len(findings) - errors
    click.echo(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}.")


def _counts(release: Release) -> str:
    return f"{_count(len(release.lessons), 'lesson')}, {_count(len(release.exercises), 'exercise')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
