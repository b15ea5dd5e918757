"""`panlearn doctor`: what works here."""

from __future__ import annotations

import json
from typing import Any

import click

_ROOM_GIB = 2


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
    groups = _groups()
    if as_json:
        engines = {each.engine: each.as_dict() for each in (found, other)}
        said = {"asked": settings.engine, "engines": engines, "environments": rows, "control_groups": groups}
        click.echo(json.dumps({**found.as_dict(), **said}))
    else:
        _print(found, other, rows, settings.engine)
        _print_groups(groups)
        _print_disk(settings)
    if not found.contained:
        raise SystemExit(1)


def _groups() -> dict[str, Any]:
    from panlearn.kernels.cgroups import describe

    held, why = describe()
    return {"held": sorted(held), "why": why}


def _print_groups(groups: dict[str, Any]) -> None:
    held, why = groups["held"], groups["why"]
    if "memory" in held:
        click.echo(f"[ok] control groups hold {', '.join(held)} of every kernel of the zygote")
        return
    because = f" ({why})" if why else ""
    click.echo(f"[watched] no control group for memory can be made{because}: a watchdog looks twice a second instead")
    click.echo("  to do: run panlearn as a service with Delegate=yes, or as root with /sys/fs/cgroup writable")


def _print_disk(settings: Any) -> None:
    """Say how much room there is where the instance lies, or will."""
    import shutil

    place = next(one for one in (settings.home_dir, *settings.home_dir.parents) if one.exists())
    free = shutil.disk_usage(place).free / (1 << 30)
    mark = "ok" if free >= _ROOM_GIB else "short"
    click.echo(f"[{mark}] {free:.1f} GiB free at {place}; an environment takes about one, its image as much again")


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
