"""The grader by itself, in this process: from the answer in the grader to the verdict, and many of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from panlearn.bench.grade_targets import Target
from panlearn.bench.statistics import summary
from panlearn.domain.report import Verdict
from panlearn.errors import PlatformError
from panlearn.grading import Grader
from panlearn.kernels import environments
from panlearn.kernels.engine import engine_for
from panlearn.services.regrading import StoredAnswer, graded_again
from panlearn.settings import Settings

WARM_UP = 5
ANSWERS = 60
REGRADED = 1000
RATE_SECONDS = 5.0
APART_SECONDS = 0.1
"""Between two answers whose time is taken: as from one learner, not as from a queue."""


@contextmanager
def grader_of(settings: Settings) -> Iterator[Grader]:
    """A grader of its own."""
    engine = engine_for(settings)
    grader = Grader(engine, partial(environments.find, settings), settings)
    try:
        yield grader
    finally:
        grader.close()
        engine.close()


def times(grader: Grader, target: Target, answers: int = ANSWERS) -> dict[str, Any]:
    """Milliseconds from the answer to the verdict, each answer by itself."""
    for _ in range(WARM_UP):
        _milliseconds(grader, target)
    found = []
    for _ in range(answers):
        time.sleep(APART_SECONDS)
        found.append(_milliseconds(grader, target))
    return summary(found)


def rates(grader: Grader, target: Target, at_once: Sequence[int]) -> dict[str, float]:
    """Gradings per second, so many at the same time and without a pause."""
    return {str(many): _rate(grader, target, many) for many in at_once}


def regrade_seconds(grader: Grader, target: Target, workers: int, answers: int = REGRADED) -> float:
    """Seconds that so many stored answers take to grade again, no two of them alike."""
    stored = [
        StoredAnswer(
            row=number,
            learner=str(number),
            source=f"# {number}\n{target.bundle.solution}",
            earlier=target.earlier,
            verdict=Verdict.PASSED,
            points=target.bundle.points,
        )
        for number in range(answers)
    ]
    begun = time.perf_counter()
    found = graded_again(stored, target.release, target.bundle, grader.grade, workers=workers)
    took = time.perf_counter() - begun
    moved = sum(one.report.verdict is not Verdict.PASSED for one in found.answers)
    if moved:
        raise PlatformError(f"{moved} of {answers} right answers were not passed when graded again.")
    return round(took, 1)


def _rate(grader: Grader, target: Target, at_once: int) -> float:
    end = time.perf_counter() + RATE_SECONDS

    def grade_on(_number: int) -> int:
        count = 0
        while time.perf_counter() < end:
            _milliseconds(grader, target)
            count += 1
        return count

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        total = sum(pool.map(grade_on, range(at_once)))
    return round(total / (time.perf_counter() - begun), 1)


def _milliseconds(grader: Grader, target: Target) -> float:
    begun = time.perf_counter()
    report = grader.grade(target.bundle, target.bundle.solution, target.earlier)
    took = 1000 * (time.perf_counter() - begun)
    if report.verdict is not Verdict.PASSED:
        raise PlatformError(f"A right answer to {target.name} was not passed: {report.verdict}: {report.message}")
    return took
