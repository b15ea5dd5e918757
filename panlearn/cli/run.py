"""`panlearn run`: a notebook, executed in a sandbox."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nbformat import NotebookNode


_NOTEBOOKS = (".ipynb", ".md", ".py")


@click.command("run")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--environment", default="core", show_default=True, help="Kernel environment to run it in.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Where the executed notebook goes.")
@click.option("--timeout", default=60, show_default=True, type=click.IntRange(1), help="Seconds one cell may take.")
@click.option("--allow-errors", is_flag=True, help="Go on after a cell that raised; the exit status is 1 all the same.")
@click.option("--json", "as_json", is_flag=True, help="Print how it went as JSON.")
def command(notebook: Path, environment: str, output: Path, timeout: int, *, allow_errors: bool, as_json: bool) -> None:
    """Execute NOTEBOOK in a sandbox without network, and write it with its outputs.

    It is .ipynb, MyST Markdown, or Python with cells.

    Exit status: 0 when every cell ran, 1 when one raised (its error is in the output), 2 for a file or environment
    that cannot be used, 3 where the platform failed.
    """
    node = _read(notebook)
    if not output.parent.is_dir():
        raise _unusable(f"The folder {output.parent} does not exist.", "Make it, or name another output.")
    begun = time.perf_counter()
    failure = _execute(node, environment, timeout, allow_errors)
    _write(node, output)
    report = {
        "notebook": str(notebook),
        "output": str(output),
        "cells": sum(cell.cell_type == "code" for cell in node.cells),
        "seconds": round(time.perf_counter() - begun, 3),
        "error": failure,
    }
    click.echo(json.dumps(report) if as_json else _sentence(report))
    if failure:
        raise SystemExit(1)


def _read(path: Path) -> NotebookNode:
    import jupytext

    if not path.is_file():
        raise _unusable(f"There is no notebook {path}.", "Name a file.")
    if path.suffix not in _NOTEBOOKS:
        raise _unusable(f"{path} is not a notebook.", f"Name a file that ends in {', '.join(_NOTEBOOKS)}.")
    try:
        node: NotebookNode = jupytext.read(path)
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        raise _unusable(f"{path} could not be read as a notebook: {said}", "It should be .ipynb or MyST.") from error
    return node


def _unusable(message: str, todo: str) -> Exception:
    from panlearn.errors import BadInput

    return BadInput(message, todo=todo)


def _execute(node: NotebookNode, name: str, timeout: int, allow_errors: bool) -> dict[str, Any] | None:
    """Run it; what the first failed cell said, or None."""
    from panlearn.kernels.engine import engine_for
    from panlearn.kernels.environments import find
    from panlearn.kernels.notebooks import CellFailed, execute
    from panlearn.settings import Settings

    settings = Settings()
    environment = find(settings, name)
    engine = engine_for(settings)
    try:
        execute(node, environment=environment, engine=engine, seconds_per_cell=timeout, allow_errors=allow_errors)
    except CellFailed as error:
        return {"cell": error.index, "name": error.ename, "message": error.evalue}
    finally:
        engine.close()
    return _first_error(node)


def _first_error(node: NotebookNode) -> dict[str, Any] | None:
    for index, cell in enumerate(node.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return {"cell": index, "name": output.ename, "message": output.evalue}
    return None


def _write(node: NotebookNode, output: Path) -> None:
    import nbformat

    temporary = output.with_name(f".{output.name}.new")
    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]
    temporary.write_text(f"{text}\n", encoding="utf-8")
    temporary.replace(output)


def _sentence(report: dict[str, Any]) -> str:
    if error := report["error"]:
        return f"Cell {error['cell'] + 1} failed with {error['name']}: {error['message']} ({report['output']})"
    return f"{report['cells']} cells ran in {report['seconds']} s: {report['output']}"
