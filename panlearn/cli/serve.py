"""`panlearn serve`: the whole site in one process, on one port."""

from __future__ import annotations

import click


@click.command("serve")
@click.option("--host", help="Address to listen on; PANLEARN_HOST, by default 127.0.0.1: this machine only.")
@click.option("--port", type=int, help="Port to listen on, 0 for a free one; PANLEARN_PORT, by default 8000.")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Answers graded at the same time; PANLEARN_GRADING_WORKERS."
)
@click.option("--json", "as_json", is_flag=True, help='Say where the site is as {"address": ...}, one line.')
def command(host: str | None, port: int | None, workers: int | None, *, as_json: bool) -> None:
    """Serve everything: pages, live kernels and grading, until Ctrl-C."""
    from panlearn.cli._serving import serve
    from panlearn.cli._site import Parts

    serve(Parts(), as_json=as_json, host=host, port=port, grading_workers=workers)
