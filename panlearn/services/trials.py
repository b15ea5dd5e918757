"""Try a course before it is published: run its lessons, prove its exercises. What was tried before is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from panlearn.content.costs import CellCost, note_costs
from panlearn.content.findings import Finding, Findings, Severity
from panlearn.domain.exercise import GradingBundle
from panlearn.kernels.engine import Engine
from panlearn.kernels.environments import Environment
from panlearn.services.kept_results import KeptResults, key_of
from panlearn.services.proving import GradesAnswers, as_solution_does, prove
from panlearn.settings import Settings

if TYPE_CHECKING:
    from panlearn.content.course_source import CourseSource, Lesson
    from panlearn.content.leaks import Outputs
    from panlearn.content.published import PublishedCell

SECONDS_A_CELL = 60
_AT_ONCE = 2
"""Lessons that run at the same time: most wait for their kernel's start and end a good while."""
_BUNDLE = TypeAdapter(GradingBundle)


class Trials:
    """Runs and proves one course. `costs`: what its cells took, as far as they ran."""

    def __init__(
        self,
        source: CourseSource,
        environment: Environment,
        settings: Settings,
        kept: KeptResults,
        findings: Findings,
    ) -> None:
        self._source = source
        self._environment = environment
        self._settings = settings
        self._kept = kept
        self._findings = findings
        self.costs: list[CellCost] = []

    def run_lessons(self, engine: Engine, progress: Callable[[str], None]) -> dict[str, dict[str, Outputs]]:
        """Run every lesson with its solutions, in sandboxes; what may be shown of the outputs, by lesson and cell."""
        broken = {finding.file for finding in self._findings.errors}
        lessons = [one for one in self._source.lessons if one.has_cells and one.page.file not in broken]
        found: dict[str, dict[str, Outputs]] = {}
        done = 0
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for lesson, outputs in zip(lessons, pool.map(lambda one: self._run(one, engine), lessons), strict=True):
                done += 1
                progress(f"Ran lesson {done} of {len(lessons)}: {lesson.page.file}")
                found[lesson.slug] = outputs
        self.costs.sort(key=lambda one: (one.file, one.line))
        return found

    def _run(self, lesson: Lesson, engine: Engine) -> dict[str, Outputs]:
        from panlearn.content.leaks import public_outputs  # noqa: PLC0415 - slow to import
        from panlearn.content.student import run_notebook  # noqa: PLC0415

        notebook, cells = run_notebook(lesson)
        memory = self._settings.kernel_memory_mib
        key = key_of("run", self._environment.digest, [cell.run for cell in cells], self._source.files, memory)
        known = self._kept.get(key)
        if known is None:
            known = self._executed(lesson, notebook, cells, engine)
            if known is None:
                return {}
            self._kept.put(key, known)
        for cell, outputs in zip(notebook.cells, known["outputs"], strict=True):
            cell["outputs"] = outputs
        costs = [
            CellCost(file=lesson.page.file, line=cells[index].line, seconds=seconds, memory_mib=mib)
            for index, seconds, mib in known["costs"]
        ]
        self.costs += costs
        note_costs(costs, memory, self._findings)
        return public_outputs(lesson, cells, notebook, self._findings)

    def _executed(
        self, lesson: Lesson, notebook: Any, cells: tuple[PublishedCell, ...], engine: Engine
    ) -> dict[str, Any] | None:
        """What the cells gave and cost; None, with a finding, where one failed."""
        from panlearn.content.failed_cells import why_failed  # noqa: PLC0415 - slow to import
        from panlearn.kernels.notebooks import CellFailed, CellRun, execute  # noqa: PLC0415

        ran: list[CellRun] = []
        try:
            execute(
                notebook,
                environment=self._environment,
                engine=engine,
                files=self._source.files,
                seconds_per_cell=SECONDS_A_CELL,
                on_cell=ran.append,
            )
        except CellFailed as failure:
            what, todo = why_failed(
                failure.ename, failure.evalue, seconds=SECONDS_A_CELL, memory_mib=self._settings.kernel_memory_mib
            )
            self._findings.error("PL040", lesson.page.file, cells[failure.index].line, what, todo)
            return None
        costs = [[one.index, round(one.seconds, 3), round(one.memory_bytes / 2**20, 1)] for one in ran]
        return {"outputs": [cell.get("outputs", []) for cell in notebook.cells], "costs": costs}

    def prove_exercises(self, grader: GradesAnswers, slips: int) -> dict[str, GradingBundle]:
        """Prove every exercise of a sound lesson; the bundles as they turned out."""
        source = self._source
        broken = {finding.file for finding in self._findings.errors}
        solutions = {name: bundle.solution for name, bundle in source.bundles.items()}
        sound = [
            bundle
            for name, bundle in source.bundles.items()
            if not bundle.quiz and source.exercises[name].file not in broken
        ]
        made: dict[str, GradingBundle] = {}
        with ThreadPoolExecutor(max(1, self._settings.grading_workers)) as pool:
            for bundle, found in pool.map(lambda one: self._proved(one, solutions, grader, slips), sound):
                made[bundle.exercise] = bundle
                self._findings.extend(found)
        return made

    def _proved(
        self, bundle: GradingBundle, solutions: Mapping[str, str], grader: GradesAnswers, slips: int
    ) -> tuple[GradingBundle, list[Finding]]:
        exercise = self._source.exercises[bundle.exercise]
        earlier = {name: solutions[name] for name in bundle.needs if name in solutions}
        private = _BUNDLE.dump_python(bundle, mode="json")
        key = key_of("proof", self._environment.digest, private, earlier, exercise.file, exercise.line, slips)
        known = self._kept.get(key)
        if known is None:
            as_it_does = as_solution_does(bundle, solutions, grader)
            found = prove(as_it_does, solutions, exercise, grader, slips=slips)
            if not any(finding.code == "PL054" for finding in found):  # the platform's fault: another time it may pass
                self._kept.put(key, {"mutates": as_it_does.mutates, "findings": [asdict(one) for one in found]})
            return as_it_does, found
        found = [Finding(**one | {"severity": Severity(one["severity"])}) for one in known["findings"]]
        return replace(bundle, mutates=bool(known["mutates"])), found
