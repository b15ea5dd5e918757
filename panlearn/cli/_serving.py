"""What `serve`, `web`, `kernels` and `worker` have in common: settings, log, socket, site."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from panlearn.settings import Settings


def _say(address: str) -> None:
    click.echo(f"PaN Learn is at {address}")


def _say_json(address: str) -> None:
    click.echo(json.dumps({"address": address}))


def serve(parts: Any, *, listens: bool = True, as_json: bool = False, **given: Any) -> None:
    """Run `parts` with the settings of the environment and what was `given` on the command line."""
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    serve_with(settings, parts, listens=listens, say=_say_json if as_json else _say)


def serve_with(
    settings: Settings,
    parts: Any,
    *,
    listens: bool = True,
    say: Callable[[str], None] = _say,
    course: Path | None = None,
) -> None:
    """Run `parts` with these settings; `course`: as the preview of this one."""
    from panlearn import telemetry
    from panlearn.kernels.gateway_jupyter import quick_imports

    telemetry.configure(settings.log_format)
    from panlearn.cli._listen import listen

    sockets = listen(settings.host, settings.port) if listens else []
    with quick_imports():  # before anything else imports jsonschema
        from panlearn.cli._site import run_site

        if parts.kernels:
            import panlearn.kernels.gateway  # noqa: F401
    run_site(settings, sockets, parts, say=say, course=course)
