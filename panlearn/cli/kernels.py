"""`panlearn kernels`: one part of the site, in a process of its own."""

from __future__ import annotations

import click


@click.command("kernels")
@click.option("--host", help="Address to listen on; PANLEARN_HOST, by default 127.0.0.1: this machine only.")
@click.option("--port", type=int, help="Port to listen on, 0 for a free one; PANLEARN_PORT, by default 8000.")
def command(host: str | None, port: int | None) -> None:
    """Serve live kernels only, below /kernels/.

    The proxy in front sends /kernels/ here, websockets too, and everything else to `panlearn web`. Both need the same
    PANLEARN_HOME (or PANLEARN_SECRET and PANLEARN_DATABASE_URL), since the pages' cookie says whose a kernel is.
    """
    from panlearn.cli._serving import serve
    from panlearn.cli._site import Parts

    serve(Parts(pages=False, grading=False), host=host, port=port)
