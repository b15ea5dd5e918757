"""The grader: an exercise and an answer in, a report out. It runs nothing itself; see `checkpoints` and the sandbox."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.domain.report import CheckStatus, GradeReport, Verdict
from panlearn.errors import KernelLost, NotContained, PanlearnError
from panlearn.grading import verdicts
from panlearn.grading.checkpoints import MEMORY_MIB, Checkpoint, Checkpoints, Job, Key, SetupBroken
from panlearn.kernels.engine import Engine
from panlearn.kernels.environments import Environment
from panlearn.kernels.framing import Closed
from panlearn.settings import Settings

MOST_BYTES = 64 << 10
_GRACE = 3.0
_EXIT_SECONDS = 1.0
_TRIALS = 256
_NOT_ISOLATED = 78
_ATTEMPTS = 3
_FRESH_SECONDS = 5.0


class CheckerLost(Exception):
    """The checker's side ended without a verdict, on a checkpoint that lives on."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"the checker's side ended with status {status}")
        self.status = status


class Grader:
    """Grades answers. Safe to use from several threads; keeps at most `checkpoints` lessons warm."""

    def __init__(
        self, engine: Engine, environments: Callable[[str], Environment], settings: Settings, *, checkpoints: int = 8
    ) -> None:
        self._find = environments
        self._found: dict[str, tuple[float, Environment]] = {}
        self._settings = settings
        self._checkpoints = Checkpoints(engine, checkpoints, settings.grading_memory_mib)
        self._trials: OrderedDict[GradingBundle, frozenset[int]] = OrderedDict()
        self._lock = threading.Lock()

    def grade(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str] | None = None) -> GradeReport:
        """The report on an answer. `earlier`: the learner's answers to the exercises that this one builds on.

        Never raises for what an answer, a check or the platform does: the verdict says it.
        """
        if bundle.quiz is not None:
            return grade_quiz(bundle, answer)
        began = time.monotonic()
        found = _refused(bundle, answer) or self._graded(bundle, answer, earlier or {})
        return replace(found, seconds=found.seconds | {"total": round(time.monotonic() - began, 4)})

    def warm(self, bundle: GradingBundle) -> None:
        """Run the set-up that this exercise's gradings start from, so that the first one does not wait for it."""
        with self._checkpoints.use(self._key(bundle)) as checkpoint:
            checkpoint.prepare(_limits(bundle))

    def _graded(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str]) -> GradeReport:
        """What dies under a grading, or is killed from outside, costs another try and no verdict."""
        for _ in range(_ATTEMPTS):
            try:
                said, ended = self._run(bundle, answer, earlier)
                return self._report(bundle, said, ended)
            except SetupBroken as error:
                return verdicts.report(bundle, Verdict.AUTHOR_ERROR, verdicts.BROKEN, author_note=error.note)
            except NotContained as error:
                return verdicts.report(bundle, Verdict.PLATFORM_ERROR, verdicts.UNCONTAINED, author_note=str(error))
            except CheckerLost as error:
                note = f"the checks ended their process (status {error.status})"
                found = verdicts.report(bundle, Verdict.AUTHOR_ERROR, verdicts.BROKEN, author_note=note)
            except KernelLost as error:
                found = verdicts.report(bundle, Verdict.PLATFORM_ERROR, verdicts.PLATFORM, author_note=str(error))
            except PanlearnError as error:
                return verdicts.report(bundle, Verdict.PLATFORM_ERROR, verdicts.PLATFORM, author_note=str(error))
        return found

    def _key(self, bundle: GradingBundle) -> Key:
        return Key(environment=self._environment(bundle.environment), files=bundle.files, setup=bundle.setup)

    def _environment(self, name: str) -> Environment:
        """The environment as it was a moment ago: to look whether it was built anew takes reading its whole lock."""
        since, found = self._found.get(name, (-_FRESH_SECONDS, None))
        if found is None or time.monotonic() - since > _FRESH_SECONDS:
            found = self._find(name)
            self._found[name] = time.monotonic(), found
        return found

    def _report(self, bundle: GradingBundle, said: dict[str, Any], ended: tuple[Verdict, str] | None) -> GradeReport:
        broken = {int(item["check"]): str(item["note"]) for item in said["broken"] if item["certain"]}
        doubtful = {int(item["check"]): str(item["note"]) for item in said["broken"] if not item["certain"]}
        if doubtful:
            failing = self._failing_with_solution(bundle)
            broken |= {number: note for number, note in doubtful.items() if number in failing}
        found = verdicts.graded(bundle, said, broken, ended)
        return replace(found, seconds=_seconds(said))

    def _run(
        self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str]
    ) -> tuple[dict[str, Any], tuple[Verdict, str] | None]:
        """What the checker's side said, and why the learner's side stopped, if it did."""
        key = self._key(bundle)
        with self._checkpoints.use(key) as checkpoint:
            limits = _limits(bundle)
            job = checkpoint.start(limits)
            try:
                said = self._verdict(checkpoint, job, bundle, answer, earlier)
                return said, self._end_of_learner(checkpoint, job, bundle, said)
            except TimeoutError:
                return _unending(bundle), None
            finally:
                checkpoint.end(job)
                checkpoint.prepare(limits)

    def _verdict(
        self, checkpoint: Checkpoint, job: Job, bundle: GradingBundle, answer: str, earlier: Mapping[str, str]
    ) -> dict[str, Any]:
        deadline, checking = time.monotonic() + bundle.limits.seconds + _GRACE, False
        try:
            job.checker.send(_task(bundle, answer, earlier))
            job.learner.send({"cells": _cells(bundle, answer, earlier)})
            while True:
                message: dict[str, Any] = job.checker.receive(deadline)
                if "verdict" in message:
                    return message
                checking = True
        except TimeoutError:
            if checking:  # a check that cannot be interrupted
                raise
            self._checkpoints.forget(self._key(bundle))
            raise KernelLost("The lesson checkpoint is stuck: it let no check begin.") from None
        except Closed:
            ended = job.ends.wait("checker", _EXIT_SECONDS)
            if ended is None or checkpoint.lost:
                self._checkpoints.forget(self._key(bundle))
                raise KernelLost("The lesson checkpoint ended during a grading.") from None
            if ended[0] == _NOT_ISOLATED:
                raise KernelLost(f"The checks could not be isolated: {ended[1]}") from None
            raise CheckerLost(ended[0]) from None

    def _end_of_learner(
        self, checkpoint: Checkpoint, job: Job, bundle: GradingBundle, said: dict[str, Any]
    ) -> tuple[Verdict, str] | None:
        how = str(said["died"])
        if not how:
            return None
        end = job.ends.wait("learner", _EXIT_SECONDS) if how == "lost" else None
        status, reason = end or (None, "")
        if end is None and checkpoint.lost:
            raise KernelLost("The lesson checkpoint ended during a grading.")
        if status == _NOT_ISOLATED and not said["running"]:
            raise KernelLost(f"The answer could not be isolated: {reason}")
        if status == -signal.SIGKILL and reason not in verdicts.LIMITS:
            raise KernelLost("Something outside of it ended the learner's side of a grading.")
        seconds, memory = bundle.limits.seconds, _memory(bundle)
        return verdicts.how_it_ended(how, str(said["note"]), end, seconds, memory)

    def _failing_with_solution(self, bundle: GradingBundle) -> frozenset[int]:
        """The checks that stumble over the author's own solution: those are broken, whatever a learner answers."""
        if not bundle.solution or any(step.exercise for step in bundle.steps):
            return frozenset()  # a solution is never run beside an earlier answer of a learner's
        with self._lock:
            known = self._trials.get(bundle)
        if known is not None:
            return known
        said, _ = self._run(bundle, bundle.solution, {})
        failing = frozenset(int(item["check"]) for item in said["broken"])
        with self._lock:
            self._trials[bundle] = failing
            if len(self._trials) > _TRIALS:
                self._trials.popitem(last=False)
        return failing

    def close(self) -> None:
        """End every checkpoint."""
        self._checkpoints.close()


def _refused(bundle: GradingBundle, answer: str) -> GradeReport | None:
    """The report on an answer that is not worth running."""
    if not answer.strip():
        return verdicts.report(bundle, Verdict.ERROR, "Your answer is empty: write something in the cell first.")
    size = len(answer.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        message = f"Your answer has {size >> 10} KiB; at most {MOST_BYTES >> 10} are graded. Keep data out of it."
        return verdicts.report(bundle, Verdict.ERROR, message)
    return None


def _memory(bundle: GradingBundle) -> int:
    return min(bundle.limits.memory_mib, MEMORY_MIB)


def _limits(bundle: GradingBundle) -> dict[str, int]:
    return {
        "memory_mib": _memory(bundle),
        "processes": 64,
        "open_files": 256,
        "file_mib": 64,
        "home_mib": 64,
        "home_files": 5_000,
        "cpu_seconds": math.ceil(bundle.limits.seconds) + 2,
    }


def _cells(bundle: GradingBundle, answer: str, earlier: Mapping[str, str]) -> list[dict[str, str]]:
    """What the learner's side runs: public cells, earlier answers, this answer."""
    cells = []
    for step in bundle.steps:
        if step.source:
            cells.append({"kind": "lesson", "source": step.source})
        elif step.exercise in earlier:
            cells.append({"kind": "earlier", "exercise": step.exercise, "source": earlier[step.exercise]})
    return [*cells, {"kind": "answer", "source": answer}]


def _task(bundle: GradingBundle, answer: str, earlier: Mapping[str, str]) -> dict[str, Any]:
    """What the checker's side is told, and nobody else."""
    return {
        "checks": [
            {
                "name": check.name,
                "source": check.source,
                "hidden": check.hidden,
                "points": check.points,
                "public_name": check.public_name,
                "shows": check.shows,
                "line": check.line,
            }
            for check in bundle.checks
        ],
        "cells": [step.source for step in bundle.steps if step.both],
        "names": list(bundle.names),
        "answer": answer,
        "seconds": bundle.limits.seconds,
        "memory_mib": _memory(bundle),
        "mutates": bundle.mutates,
        "missing": [step.exercise for step in bundle.steps if step.exercise and step.exercise not in earlier],
    }


def _unending(bundle: GradingBundle) -> dict[str, Any]:
    """What to make of a checker's side that never came to a verdict: a check that cannot be interrupted."""
    note = f"did not end within {bundle.limits.seconds:g} seconds"
    results: list[dict[str, str]] = [{"status": CheckStatus.SKIPPED} for _ in bundle.checks]
    results[0] = {
        "status": CheckStatus.FAILED,
        "message": f"With what your answer gave, the checks did not end within {bundle.limits.seconds:g} seconds.",
    }
    broken = [{"check": 0, "note": note, "certain": False}]
    return {
        "verdict": "failed",
        "message": results[0]["message"],
        "died": "late",
        "note": "",
        "running": True,
        "checks": results,
        "broken": broken,
        "seconds": {},
    }


def _seconds(said: dict[str, Any]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in said.get("seconds", {}).items()}
