"""Notebooks made of a few cells, as nbgrader and Otter write them, and courses of theirs in `tests/material`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from panlearn.content.importing import nbgrader, otter
from panlearn.content.importing.cells import Cell, Converted

MATERIAL = Path(__file__).parent / "material"
NBGRADER, OTTER = MATERIAL / "nbgrader", MATERIAL / "otter"


def marks(schema: int = 3, **keys: Any) -> dict[str, Any]:
    """The metadata of a cell: what is not named is false, and missing before schema 1."""
    whole = {"grade": False, "solution": False, "locked": False} if schema else {}
    return {"nbgrader": {**whole, **({"schema_version": schema} if schema else {}), "grade_id": "a", **keys}}


def text(source: str, **metadata: Any) -> Cell:
    return Cell(kind="markdown", source=source, number=0, metadata=metadata)


def code(source: str, output: str = "", **metadata: Any) -> Cell:
    shown = ({"output_type": "execute_result", "data": {"text/plain": output}},) if output else ()
    return Cell(kind="code", source=source, number=0, metadata=metadata, outputs=shown, ran=bool(output))


def raw(source: str) -> Cell:
    return Cell(kind="raw", source=source, number=0)


def numbered(cells: tuple[Cell, ...]) -> list[Cell]:
    return [
        Cell(
            kind=cell.kind,
            source=cell.source,
            number=number,
            metadata=cell.metadata,
            outputs=cell.outputs,
            ran=cell.ran,
        )
        for number, cell in enumerate(cells, 1)
    ]


def from_nbgrader(*cells: Cell) -> Converted:
    return nbgrader.convert(numbered(cells), "page", set())


def from_otter(*cells: Cell, metadata: dict[str, Any] | None = None, **files: str) -> Converted:
    return otter.convert(numbered(cells), metadata or {}, files, "page", set())


def sources(converted: Converted) -> list[str]:
    return [cell.source for cell in converted.cells]


def notes(converted: Converted) -> str:
    return "\n".join(map(str, converted.notes))


def notebook(*cells: Cell, nbformat: int = 4, **metadata: Any) -> str:
    """A notebook as JSON."""
    written = [
        {
            "cell_type": cell.kind,
            "metadata": cell.metadata,
            "source": cell.source,
            **({"outputs": list(cell.outputs), "execution_count": None} if cell.kind == "code" else {}),
        }
        for cell in cells
    ]
    return json.dumps({"cells": written, "metadata": metadata, "nbformat": nbformat, "nbformat_minor": 4})
