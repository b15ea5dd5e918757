"""Notebooks read as JSON, whatever wrote them, and ours written."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from panlearn.content.importing.cells import Cell, shown
from panlearn.errors import BadInput

#: A larger notebook carries outputs or data; clearing them takes one click.
MAX_BYTES = 64 * 1024 * 1024
_MOST_CELLS = 5_000
_PYTHON = {"python", "python3", "ipython"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook of format 4: its cells and its metadata."""

    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]

    @property
    def language(self) -> str:
        """The language of its cells, in small letters; Python where it does not say."""
        for key, inner in (("language_info", "name"), ("kernelspec", "language")):
            part = self.metadata.get(key)
            if isinstance(part, Mapping) and isinstance(part.get(inner), str) and part[inner]:
                return str(part[inner]).lower()
        return "python"

    @property
    def is_python(self) -> bool:
        """Whether its cells can be run here."""
        return self.language in _PYTHON

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote it, as far as its metadata say."""
        given = self.metadata.get("authors")
        names = (
            [one.get("name") if isinstance(one, Mapping) else one for one in given] if isinstance(given, list) else []
        )
        return tuple(" ".join(name.split()) for name in names if isinstance(name, str) and name.strip())


def read_notebook(path: Path, name: str) -> Notebook:
    """The notebook at `path`, or `BadInput` with its name."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadInput(
                f"{shown(name)} has {size >> 20} MB; notebooks of up to {MAX_BYTES >> 20} MB are read.",
                todo="Clear its outputs in Jupyter, save it, and import again.",
            )
        return parse_notebook(path.read_bytes(), name)
    except OSError as error:
        raise BadInput(f"{shown(name)} cannot be read: {error.strerror}.", todo="Check the file.") from None


def parse_notebook(data: bytes, name: str) -> Notebook:
    """The notebook in `data`; formats before 4 are brought to it, as Jupyter does."""
    import nbformat  # noqa: PLC0415 - slow to import

    _refuse_other_json(data, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids: they are added
            found = nbformat.reads(data.decode("utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(found)
    except Exception as error:  # noqa: BLE001 - nbformat raises many kinds, all of them mean the same
        why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        todo = "Open it in Jupyter, save it again, and import again."
        raise BadInput(f"{shown(name)} is no notebook that can be read: {why}.", todo=todo) from None
    if len(found.cells) > _MOST_CELLS:
        raise BadInput(
            f"{shown(name)} has {len(found.cells):,} cells.", todo=f"At most {_MOST_CELLS:,} are read: split it."
        )
    return Notebook(cells=tuple(cells_of(found.cells)), metadata=_plain(found.metadata))


def cells_of(found: Iterable[Any]) -> Iterable[Cell]:
    """The cells of nbformat as ours."""
    for number, cell in enumerate(found, 1):
        yield Cell(
            kind=cell.cell_type,
            source=_clean(str(cell.source)),
            number=number,
            metadata=_plain(cell.metadata),
            attachments=_plain(cell.get("attachments") or {}),
            outputs=tuple(cell.get("outputs") or ()),
            ran=cell.get("execution_count") is not None,
        )


def _clean(text: str) -> str:
    """One kind of line end, and nothing that UTF-8 cannot write."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()


def _refuse_other_json(data: bytes, name: str) -> None:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput(f"{shown(name)} is not JSON, so it is no notebook.", todo="Save it again in Jupyter.") from None
    if not isinstance(found, dict) or not isinstance(found.get("nbformat"), int):
        raise BadInput(f"{shown(name)} is JSON, but no notebook.", todo="Name notebooks that Jupyter wrote.")
    if found["nbformat"] < 3:  # noqa: PLR2004 - the last one that Jupyter still reads
        todo = "Bring it to the present format with `jupyter nbconvert --to notebook`, then import again."
        raise BadInput(f"{shown(name)} has the notebook format {found['nbformat']}; 3 and 4 are read.", todo=todo)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def notebook_text(cells: Iterable[Cell]) -> str:
    """Cells as a notebook of format 4.5, without outputs, the same every time."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [_as_json(cell, number) for number, cell in enumerate(cells, 1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _as_json(cell: Cell, number: int) -> dict[str, Any]:
    given = cell.metadata.get("tags")
    tags = [tag for tag in given if isinstance(tag, str) and tag and "," not in tag] if isinstance(given, list) else []
    kept = {"tags": list(dict.fromkeys(tags))} if tags else {}
    made: dict[str, Any] = {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": kept}
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    elif cell.attachments:
        made["attachments"] = dict(cell.attachments)
    return {**made, "source": cell.source.splitlines(keepends=True)}
