"""The real grader for tests, and golden folders as bundles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from panlearn.domain.exercise import Check, GradingBundle, Limits, Step
from panlearn.grading import Grader
from panlearn.kernels import environments
from panlearn.kernels.engine import engine_for
from panlearn.settings import Settings

GOLDEN = Path(__file__).parent / "golden"
_PART = re.compile(r"^# %% (visible|hidden)(?: (\d+(?:\.\d+)?))?: (.*)$", re.MULTILINE)


@contextmanager
def real_grader(home: Path, **values: Any) -> Iterator[Grader]:
    """A grader with its own engine; the kernel environments are the checkout's. `values` are further settings."""
    settings = Settings(home=home, environments=Settings().environments_dir, **values)
    engine = engine_for(settings)
    grader = Grader(engine, lambda name: environments.find(settings, name), settings)
    try:
        yield grader
    finally:
        grader.close()
        engine.close()


def make_bundle(checks: str, *, setup: str = "", **options: Any) -> GradingBundle:
    """A bundle of a checks file: parts begin with `# %% visible 2: name` or `# %% hidden: idea`."""
    parts = _PART.split(checks)
    found = tuple(
        Check(
            name=name if kind == "visible" else name or "A hidden check",
            idea=name if kind == "hidden" else "",
            hidden=kind == "hidden",
            shows=options.get("shows", "idea"),
            points=float(points or 1),
            source=source.strip("\n"),
            file="lesson.md",
            line=10,
        )
        for kind, points, name, source in zip(*[iter(parts[1:])] * 4, strict=True)
    )
    return GradingBundle(
        exercise=options.get("exercise", "golden"),
        title="Golden",
        lesson="lesson",
        points=sum(check.points for check in found) + options.get("by_hand", 0.0),
        environment="core",
        files=None,
        setup=(setup,) if setup else (),
        steps=tuple(Step(**step) for step in options.get("steps", ())),
        names=tuple(options.get("names", ("f",))),
        starter="",
        solution=options.get("solution", ""),
        checks=found,
        limits=Limits(seconds=options.get("seconds", 10.0), memory_mib=options.get("memory", 512)),
        mutates=options.get("mutates", False),
        by_hand=options.get("by_hand", 0.0),
    )


def golden(folder: Path) -> tuple[GradingBundle, str, dict[str, str], dict[str, Any]]:
    """The bundle, the answer, earlier answers and what is expected of a golden folder."""
    expected = json.loads((folder / "expected.json").read_text())
    options = json.loads(_read(folder / "exercise.json") or "{}")
    bundle = make_bundle((folder / "checks.py").read_text(), setup=_read(folder / "setup.py"), **options)
    answer = options["answer"] if "answer" in options else (folder / "answer.py").read_bytes().decode()
    return bundle, answer, options.get("earlier", {}), expected


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
