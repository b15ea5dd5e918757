"""`panlearn bench`: what this machine can carry."""

from __future__ import annotations

import json
from typing import Any

import click


@click.group("bench")
def command() -> None:
    """Measure what this machine can carry: medians over many samples, after a warm-up."""


_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@command.command("kernels")
@click.option(
    "--alive", default=200, show_default=True, type=click.IntRange(1), help="Kernels for memory and idle cost."
)
@click.option("--learners", default=50, show_default=True, type=click.IntRange(1), help="Who press Run in one moment.")
@click.option("--starts", default=30, show_default=True, type=click.IntRange(1), help="Starts to measure.")
@_as_json
def kernels(*, alive: int, learners: int, starts: int, as_json: bool) -> None:
    """Live kernels: start, first result, round trip, memory, idle cost, a class at once.

    Both engines where Docker has the image, beside a cold ipykernel with the same imports.
    """
    from panlearn.bench import kernels as bench
    from panlearn.settings import Settings

    _print(bench.run(Settings(), alive=alive, learners=learners, starts=starts), as_json=as_json)


@command.command("grade")
@_as_json
def grade(*, as_json: bool) -> None:
    """A check of a small exercise, from POST to verdict, beside nbclient on the same lesson."""
    from panlearn.bench import grade as bench
    from panlearn.settings import Settings

    _print(bench.run(Settings()), as_json=as_json)


@command.command("pages")
@_as_json
def pages(*, as_json: bool) -> None:
    """A lesson page: server time, requests per second."""
    from panlearn.bench import pages as bench
    from panlearn.settings import Settings

    _print(bench.run(Settings()), as_json=as_json)


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, value in _rows(result):
        click.echo(f"{name:28} {value}")


def _rows(result: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows = []
    for name, value in result.items():
        if isinstance(value, dict) and "p50" in value:
            text = f"median {value['p50']}, 95th percentile {value['p95']}, least {value['min']}, of {value['n']}"
            rows.append((prefix + name, text))
        elif isinstance(value, dict):
            rows += _rows(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, str(value)))
    return rows
