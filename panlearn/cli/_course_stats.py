"""`panlearn course stats`: how the exercises of a course fare, the one that needs attention most on top."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from panlearn.bootstrap import Application
    from panlearn.domain.statistics import Figures


def show(app: Application, slug: str, *, as_json: bool) -> None:
    """Print the figures of a course's current release. Raises `NotFound`."""
    from panlearn.domain.statistics import Figures, attention
    from panlearn.services.library import Library
    from panlearn.services.statistics import Statistics

    app.check_schema()
    with app.reading() as session:
        release = Library(session, app.store).copy(slug, None).release
        found = Statistics(session, app.clock).course(slug)
    figures = {name: found.exercises.get(name, Figures()) for name in release.exercises}
    names = sorted(figures, key=lambda name: attention(figures[name]))
    if as_json:
        rows = [_plain(name, release.exercises[name].title, figures[name]) for name in names]
        click.echo(json.dumps({"course": slug, "learners": found.learners, "exercises": rows}, indent=1))
        return
    click.echo(f"{release.course.title}: {found.learners} learners tried an exercise")
    click.echo(f"{'exercise':32} {'tried':>6} {'passed':>7} {'tries':>6} {'time':>8} {'gave up':>8}")
    for name in names:
        click.echo(_line(name, figures[name]))


def _plain(name: str, title: str, figures: Figures) -> dict[str, Any]:
    return {
        "exercise": name,
        "title": title,
        "tried": figures.tried,
        "passed": figures.passed,
        "gave_up": figures.gave_up,
        "pass_rate": figures.pass_rate,
        "drop_out": figures.drop_out,
        "median_tries": figures.median_tries,
        "median_seconds": figures.seconds,
    }


def _line(name: str, figures: Figures) -> str:
    if figures.pass_rate is None:
        return f"{name:32} {0:6}"
    tries = f"{figures.median_tries:g}" if figures.median_tries is not None else "-"
    time = f"{figures.seconds:.0f} s" if figures.seconds is not None else "-"
    return f"{name:32} {figures.tried:6} {figures.pass_rate:7.0%} {tries:>6} {time:>8} {figures.gave_up:8}"
