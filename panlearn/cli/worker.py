"""`panlearn worker`: grading, in a process of its own."""

from __future__ import annotations

import click


@click.command("worker")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Answers graded at the same time; PANLEARN_GRADING_WORKERS."
)
def command(workers: int | None) -> None:
    """Grade answers until Ctrl-C. Takes what waits in the database, whoever put it there."""
    from panlearn.cli._serving import serve
    from panlearn.cli._site import Parts

    serve(Parts(pages=False, kernels=False), listens=False, grading_workers=workers)
