"""`panlearn web`: one part of the site, in a process of its own."""

from __future__ import annotations

import click


@click.command("web")
@click.option("--host", help="Address to listen on; PANLEARN_HOST, by default 127.0.0.1: this machine only.")
@click.option("--port", type=int, help="Port to listen on, 0 for a free one; PANLEARN_PORT, by default 8000.")
def command(host: str | None, port: int | None) -> None:
    """Serve the pages and the API only.

    Kernels and grading then run elsewhere: start `panlearn kernels` and `panlearn worker` with the same PANLEARN_HOME,
    and let the proxy in front send /kernels/ to the first and everything else here, so that all share one address.
    """
    from panlearn.cli._serving import serve
    from panlearn.cli._site import Parts

    serve(Parts(kernels=False, grading=False), host=host, port=port)
