"""`panlearn course releases` and `rollback`: which releases of a course there are, and which one is current."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from panlearn.bootstrap import Application
    from panlearn.domain.course import Release


def show(app: Application, slug: str, *, as_json: bool) -> None:
    """Print the releases of a course, the newest first, with what each changed. Raises `NotFound`."""
    found = _history(app, slug)
    if as_json:
        click.echo(json.dumps({"course": slug, "releases": found}, indent=1))
        return
    for one in found:
        learners = f"{one['learners']} learner{'' if one['learners'] == 1 else 's'} on it"
        current = ", current" if one["current"] else ""
        click.echo(f"{one['version']}  {one['published_at'][:16].replace('T', ' ')}  {learners}{current}")
        for line in [*one["notes"].splitlines(), *one["changes"]]:
            click.echo(f"   {line}")


def go_back(app: Application, slug: str, version: int | None) -> None:
    """Make an earlier release current and say so."""
    from panlearn.services.releases import Releases

    with app.writing() as session:
        chosen = Releases(session, app.clock).roll_back(slug, version)
        app.store.load(slug, chosen.digest)  # one whose folder is gone must not become current
        number = chosen.version
    click.echo(f"{slug} is at version {number}. Learners who work in another one stay there until they move.")


def _history(app: Application, slug: str) -> list[dict[str, Any]]:
    from panlearn.errors import NotFound
    from panlearn.services.changes import release_changes
    from panlearn.services.enrolments import Enrolments
    from panlearn.services.releases import Releases

    with app.reading() as session:
        rows = Releases(session).history(slug)
        learners = Enrolments(session).by_release(slug)
    if not rows:
        raise NotFound(f"No course {slug!r} is published.", todo="`panlearn course list` shows the courses.")
    releases = [_release(app, slug, row.digest) for row in rows]
    found = []
    for row, after, before in zip(rows, releases, [*releases[1:], None], strict=True):
        found.append(
            {
                "version": row.version,
                "digest": row.digest,
                "published_at": row.published_at.isoformat(),
                "current": row.active,
                "learners": learners.get(row.digest, 0),
                "notes": row.notes,
                "changes": list(release_changes(app.store, before, after)) if before and after else [],
            }
        )
    return found


def _release(app: Application, slug: str, digest: str) -> Release | None:
    """The release, or None where its folder is gone."""
    from panlearn.errors import PanlearnError

    try:
        return app.store.load(slug, digest)
    except PanlearnError:
        return None
