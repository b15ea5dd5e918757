"""`panlearn regrade`: grade every stored answer to an exercise again, look at who moves, then put it into force."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from panlearn.bootstrap import Application
    from panlearn.domain.regrading import Regrade, Regraded

_WORDS = {"up": "go up", "down": "go down", "breaks": "break the check", "same": "stay"}
_EXAMPLE_LINES = 12


@click.command("regrade")
@click.argument("exercise")
@click.option("--course", metavar="SLUG", help="The course, where several have an exercise of this name.")
@click.option("--apply", "apply_", is_flag=True, help="Put into force what goes up; without it, nothing is written.")
@click.option("--lower", is_flag=True, help="With --apply: also what goes down.")
@click.option("--reason", default="", help="With --apply: why, in words for learners.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(exercise: str, course: str | None, *, apply_: bool, lower: bool, reason: str, as_json: bool) -> None:
    """Grade all stored answers to EXERCISE again with the course's current release.

    Without --apply it is a dry run: who would go up, down, or break the check, with examples. --apply lowers nobody
    unless --lower is given, keeps a record of every change with its reason, and tells the learners concerned.
    """
    from panlearn.bootstrap import Application
    from panlearn.errors import BadInput
    from panlearn.settings import Settings

    if (lower or reason) and not apply_:
        raise BadInput("--lower and --reason belong to --apply.", todo="Look at the dry run first, then add --apply.")
    if apply_ and not reason.strip():
        raise BadInput("--apply needs a --reason.", todo='Learners read it: --reason "The tolerance was too narrow."')
    app = Application(Settings())
    try:
        regrade = _graded(app, exercise, course, quiet=as_json)
        changed = _put_in_force(app, regrade, lower=lower, reason=reason) if apply_ else None
    finally:
        app.close()
    if as_json:
        click.echo(json.dumps(_plain(regrade, changed), indent=1))
    else:
        _print(regrade, changed, lower=lower)


def _graded(app: Application, exercise: str, course: str | None, *, quiet: bool) -> Regrade:
    from panlearn.services.regrading import course_of, graded_again, stored

    with app.reading() as session:
        release = course_of(session, app.store, exercise, course)
        answers = stored(session, release.course.slug, exercise)
    bundle = app.store.bundle(release, exercise)
    show = not quiet and sys.stderr.isatty()

    def done(count: int) -> None:
        if show:
            click.echo(f"\r{count} different answers of {len(answers)} graded", nl=False, err=True)

    found = graded_again(answers, release, bundle, app.grader.grade, workers=app.settings.grading_workers, done=done)
    if show and answers:
        click.echo(err=True)
    return found


def _put_in_force(app: Application, regrade: Regrade, *, lower: bool, reason: str) -> int:
    from panlearn.grading.reports import to_json
    from panlearn.services.regrading import Regrading

    with app.writing() as session:
        return Regrading(session, app.clock).put_in_force(regrade, to_json, lower=lower, reason=reason, by="operator")


def _plain(regrade: Regrade, changed: int | None) -> dict[str, Any]:
    from panlearn.domain.regrading import Move

    return {
        "course": regrade.course,
        "exercise": regrade.exercise,
        "release": regrade.release,
        "answers": len(regrade.answers),
        "counts": regrade.counts,
        "learners": {move.value: regrade.learners(move) for move in Move},
        "changed": changed,
        "moves": [_move(one) for one in regrade.answers if one.move is not Move.SAME],
    }


def _move(one: Regraded) -> dict[str, Any]:
    return {
        "learner": one.learner,
        "move": one.move.value,
        "before": {"verdict": one.verdict.value, "points": one.points},
        "after": {"verdict": one.report.verdict.value, "points": one.report.points},
        "message": one.report.message,
        "note": one.report.author_note,
        "source": one.source,
    }


def _print(regrade: Regrade, changed: int | None, *, lower: bool) -> None:
    from panlearn.domain.regrading import Move

    click.echo(f"{regrade.course}/{regrade.exercise}, release {regrade.release[:12]}: {len(regrade.answers)} answers")
    for move in (Move.UP, Move.DOWN, Move.BREAKS, Move.SAME):
        count = regrade.counts[move.value]
        click.echo(f"  {count:6} {_WORDS[move.value]:16} {regrade.learners(move):6} learners")
    for move in (Move.UP, Move.DOWN, Move.BREAKS):
        for one in regrade.examples(move):
            _print_example(one)
    if changed is not None:
        click.echo(f"{changed} grades were changed; who is concerned reads why beside the exercise.")
    elif any(regrade.in_force(lower=True)):
        click.echo('This was a dry run. Put it into force with --apply --reason "…" (and --lower for what goes down).')
    if changed is not None and not lower and regrade.counts["down"]:
        click.echo(f"{regrade.counts['down']} that would go down keep their grade.")


def _print_example(one: Regraded) -> None:
    click.echo(
        f"\n{_WORDS[one.move.value]}: {one.verdict} {one.points:g} -> {one.report.verdict} {one.report.points:g} points"
    )
    said = one.report.author_note or one.report.message
    if said:
        click.echo(f"  {said.splitlines()[0][:200]}")
    lines = one.source.strip().splitlines()
    for line in lines[:_EXAMPLE_LINES]:
        click.echo(f"  | {line}")
    if len(lines) > _EXAMPLE_LINES:
        click.echo(f"  | ({len(lines) - _EXAMPLE_LINES} lines more)")
