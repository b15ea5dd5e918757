"""What graders of whole notebooks take: nbclient, a plain ipykernel, the same cells, answers and checks."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from panlearn.domain.exercise import GradingBundle
from panlearn.kernels.environments import Environment
from panlearn.settings import Settings, resource


def up_to(bundle: GradingBundle) -> list[str]:
    """The cells of a notebook that grades one exercise: its lesson up to there, the answer, the checks."""
    return [*bundle.setup, bundle.solution, _helpers(), *(check.source for check in bundle.checks)]


def whole(bundles: Sequence[GradingBundle]) -> list[str]:
    """The cells of a notebook that grades a lesson: all of its cells, answers and checks, in the order of reading."""
    cells = [_helpers()]
    for bundle in bundles:
        lesson = [*bundle.setup, *(step.source for step in bundle.steps if step.source)]
        cells += [source for source in lesson if source not in cells]
        cells += [bundle.solution, *(check.source for check in bundle.checks)]
    return cells


def milliseconds(settings: Settings, sources: Sequence[str], files: str | None, environment: Environment) -> float:
    """Milliseconds that nbclient takes for these cells, the kernel's start included."""
    blank: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**blank, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    written = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    notebook = nbformat.reads(written, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="panlearn-bench-") as folder:
        if files:
            shutil.copytree(settings.files_dir / files, Path(folder) / "data")
        manager = AsyncKernelManager(
            kernel_name="plain", kernel_spec_manager=_Plain(environment), transport="ipc", ip=f"{folder}/k"
        )
        client = NotebookClient(notebook, km=manager, timeout=120, resources={"metadata": {"path": folder}})
        begun = perf_counter()
        try:
            client.execute(env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
            return 1000 * (perf_counter() - begun)
        finally:
            _end(manager)


def _helpers() -> str:
    return f"import sys; sys.path.append({str(resource('sandbox') / 'author')!r}); from panlearn_checks import *"


class _Plain(KernelSpecManager):
    """Knows the plain ipykernel of one environment."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._argv = [str(environment.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=self._argv, display_name=kernel_name, language="python")


def _end(manager: Any) -> None:
    """End the kernel; nbclient leaves one that it did not make itself."""
    asyncio.run(manager.shutdown_kernel(now=True))
