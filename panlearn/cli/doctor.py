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
    from panlearn.kernels.containment import examine

    found = examine()
    rows = _environments()
    if as_json:
        click.echo(json.dumps({**found.as_dict(), "environments": rows}))
    else:
        _print(found, rows)
    if not found.contained:
        raise SystemExit(1)


def _environments() -> list[dict[str, Any]]:
    from panlearn.kernels.environments import is_built, known, place
    from panlearn.settings import Settings

    settings = Settings()
    return [{"name": name, "built": is_built(place(settings, name))} for name in known()]


def _print(found: Any, rows: list[dict[str, Any]]) -> None:
    mark = "ok" if found.contained else "NOT SAFE"
    click.echo(f"[{mark}] engine {found.engine}, mode {found.mode}: {found.why}")
    for line in found.missing:
        click.echo(f"  missing: {line}")
    for line in found.todo:
        click.echo(f"  to do: {line}")
    if not found.contained:
        click.echo("  Until then no learner code is run; lessons stay readable.")
    for row in rows:
        todo = "" if row["built"] else f": run `panlearn env build {row['name']}`"
        click.echo(f"[{'ok' if row['built'] else 'missing'}] environment {row['name']}{todo}")
