"""`panlearn course preview`: a site of its own for one course, on this machine only."""

from __future__ import annotations

import json
from pathlib import Path

import click


def serve_preview(path: Path, port: int, *, as_json: bool) -> None:
    """Serve until Ctrl-C. The preview has a home of its own below the site's: what it ran is kept for the next time."""
    from panlearn.cli._serving import serve_with
    from panlearn.cli._site import Parts
    from panlearn.content.course_source import course_folder
    from panlearn.settings import Settings

    folder = course_folder(path)
    site = Settings()
    settings = site.model_copy(
        update={
            "home": site.home_dir / "previews" / folder.name,
            "environments": site.environments_dir,
            "database_url": "",
            "host": "127.0.0.1",
            "port": port,
            "https": False,
            "proxies": 0,
        }
    )

    def say(address: str) -> None:
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            click.echo(f"The preview of {folder.name} is at {address.rstrip('/')}/preview (end it with Ctrl-C)")

    serve_with(settings, Parts(), say=say, course=folder)
