"""`panlearn doctor`: what works here."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Say what works on this machine and what is unsafe.

    Exit status: 0 where learner code can be contained, 1 where it cannot, so that none would be run.
    """
    from panlearn.kernels.choice import both
    from panlearn.settings import Settings

    settings = Settings()
    found, other = both(settings)
    rows = _environments(settings, with_images=found.engine == "docker" or other.contained)
    if as_json:
        engines = {each.engine: each.as_dict() for each in (found, other)}
        click.echo(json.dumps({**found.as_dict(), "asked": settings.engine, "engines": engines, "environments": rows}))
    else:
        _print(found, other, rows, settings.engine)
    if not found.contained:
        raise SystemExit(1)


def _environments(settings: Any, *, with_images: bool) -> list[dict[str, Any]]:
    from panlearn.kernels.definitions import names
    from panlearn.kernels.environments import is_built, place

    rows: list[dict[str, Any]] = [{"name": name, "built": is_built(place(settings, name))} for name in names(settings)]
    if with_images:
        from panlearn.kernels.docker_checks import images

        there = images(settings)
        for row in rows:
            if row["name"] in there:
                row["image"] = there[row["name"]]
    return rows


def _print(found: Any, other: Any, rows: list[dict[str, Any]], asked: str) -> None:
    mark = "ok" if found.contained else "NOT SAFE"
    click.echo(f"[{mark}] engine {found.engine}, mode {found.mode}: {found.why} {_why(found, other, asked)}")
    _needs(found)
    if not found.contained:
        click.echo("  Until then no learner code is run; lessons stay readable.")
    able = "could run kernels too" if other.contained else "cannot run kernels here"
    click.echo(f"[other] engine {other.engine}, which {able}: {other.why}")
    _needs(other)
    for row in rows:
        todo = "" if row["built"] else f": run `panlearn env build {row['name']}`"
        click.echo(f"[{'ok' if row['built'] else 'missing'}] environment {row['name']}{todo}")
        if "image" in row:
            todo = "" if row["image"] else f": for Docker run `panlearn env build {row['name']} --engine docker`"
            mark = "ok" if row["image"] else "missing" if found.engine == "docker" else "no"
            click.echo(f"[{mark}] image of environment {row['name']}{todo}")


def _why(found: Any, other: Any, asked: str) -> str:
    if asked != "auto":
        return f"PANLEARN_ENGINE says {asked}."
    if found.engine == "zygote" and found.contained:
        return "It is preferred where it can contain."
    return "The zygote cannot contain here." if found.contained else f"Nor can {other.engine}."


def _needs(found: Any) -> None:
    for line in found.missing:
        click.echo(f"  missing: {line}")
    for line in found.todo:
        click.echo(f"  to do: {line}")
