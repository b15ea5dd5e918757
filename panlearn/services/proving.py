"""Prove an exercise with the real grader: the solution passes, the starter fails, wrong answers fail as they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from panlearn.content.exercises import ExerciseSource
from panlearn.content.findings import Finding, Findings
from panlearn.content.mutants import Mutant, mutants
from panlearn.domain.exercise import GradingBundle, WrongAnswer
from panlearn.domain.quiz.drawing import draw
from panlearn.domain.report import CheckStatus, Fault, GradeReport, Verdict

_ALL_IT_CAN = {Verdict.PASSED, Verdict.HANDED_IN}
"""Every check passes."""
_DRAWS = 3
_SLIP_SECONDS = 3.0
"""A slip may make a loop endless."""


class GradesAnswers(Protocol):
    """What grades (`panlearn.grading.Grader`)."""

    def grade(self, bundle: GradingBundle, answer: str, earlier: Mapping[str, str] = ...) -> GradeReport:
        """The report on an answer."""


def prove(
    bundle: GradingBundle,
    solutions: Mapping[str, str],
    exercise: ExerciseSource,
    grader: GradesAnswers,
    *,
    slips: int = 0,
) -> list[Finding]:
    """What is wrong with an exercise's checks, by grading what its author says of them.

    So many `slips` in the solution are tried as well: those that pass are shown.
    """
    findings = Findings()
    earlier = {name: solutions[name] for name in bundle.needs if name in solutions}
    whole, bundle = bundle, bundle.drawn({})
    proof = _Proof(bundle, exercise, findings)
    if proof.solution(grader.grade(bundle, bundle.solution, earlier)):
        proof.again(grader.grade(bundle, bundle.solution, earlier))
        for drawn in _other_draws(whole):
            report = grader.grade(whole.drawn(drawn), bundle.solution, earlier)
            if not proof.solution(report, ", ".join(f"{name} = {value}" for name, value in drawn.items())):
                break
        proof.starter(grader.grade(bundle, bundle.starter, earlier))
        for wrong in bundle.wrong:
            proof.wrong(wrong, grader.grade(bundle, wrong.source, earlier))
        quick = replace(bundle, limits=replace(bundle.limits, seconds=min(bundle.limits.seconds, _SLIP_SECONDS)))
        for mutant in mutants(bundle.solution, slips if bundle.checks else 0):
            proof.slip(mutant, grader.grade(quick, mutant.source, earlier))
    if not bundle.wrong and bundle.checks:
        todo = f"Add a cell with `#| wrong: {bundle.exercise}`: a mistake that learners make, and `#| says:`."
        findings.warn(
            "PL029", exercise.file, exercise.line, f"The exercise `{bundle.exercise}` has no wrong answer.", todo
        )
    return findings.all


def as_solution_does(bundle: GradingBundle, solutions: Mapping[str, str], grader: GradesAnswers) -> GradingBundle:
    """The bundle; answers may change what checks pass to them if the solution does so and passes only then."""
    if bundle.mutates or not bundle.checks:
        return bundle
    drawn = bundle.drawn({})
    earlier = {name: solutions[name] for name in bundle.needs if name in solutions}
    if grader.grade(drawn, bundle.solution, earlier).verdict is not Verdict.FAILED:
        return bundle
    passes = grader.grade(replace(drawn, mutates=True), bundle.solution, earlier).verdict in _ALL_IT_CAN
    return replace(bundle, mutates=True) if passes else bundle


def _other_draws(bundle: GradingBundle) -> Iterator[dict[str, str]]:
    """Draws besides the example's: the lowest and the highest numbers, and some in between."""
    if not bundle.variant:
        return
    yield {one.name: one.value(0) for one in bundle.variant}
    yield {one.name: one.value(one.count - 1) for one in bundle.variant}
    for number in range(_DRAWS):
        yield draw(bundle.variant, str(number))


class _Proof:
    def __init__(self, bundle: GradingBundle, exercise: ExerciseSource, findings: Findings) -> None:
        self._bundle, self._exercise, self._findings = bundle, exercise, findings

    def solution(self, report: GradeReport, drawn: str = "") -> bool:
        """Whether the solution passes (with these `drawn` numbers); otherwise nothing else can be proved."""
        if report.verdict in _ALL_IT_CAN:
            return True
        if report.fault is Fault.PLATFORM:
            self._platform(report)
            return False
        file, line = next(_failing_lines(self._bundle, report), (self._exercise.file, self._exercise.line))
        with_ = f" with {drawn}" if drawn else ""
        message = (
            f"The solution of `{self._bundle.exercise}` does not pass{with_} ({report.verdict.value}): {_said(report)}"
        )
        self._findings.error("PL050", file, line, message[:600], "Mend the solution, or the check on this line.")
        return False

    def again(self, report: GradeReport) -> None:
        """What passed once must pass again: the sides draw other random numbers each time."""
        if report.verdict in _ALL_IT_CAN or report.fault is Fault.PLATFORM:
            return
        file, line = next(_failing_lines(self._bundle, report), (self._exercise.file, self._exercise.line))
        message = f"The solution of `{self._bundle.exercise}` passed once and failed once: {_said(report)}"
        todo = "Seed the random numbers, or accept a wider range."
        self._findings.error("PL056", file, line, message[:600], todo)

    def starter(self, report: GradeReport) -> None:
        """The starter must not pass."""
        if report.verdict in _ALL_IT_CAN and self._bundle.checks:
            message = f"The starter of `{self._bundle.exercise}` passes without being changed."
            todo = "Add a check that fails for it, or take more out of the answer cell."
            self._findings.error("PL053", self._exercise.file, self._exercise.line, message, todo)
        elif report.fault is Fault.PLATFORM:
            self._platform(report)

    def wrong(self, wrong: WrongAnswer, report: GradeReport) -> None:
        """A wrong answer must fail, and with its message."""
        if report.fault is Fault.PLATFORM:
            self._platform(report)
        elif report.verdict in _ALL_IT_CAN:
            todo = "Add a check that fails for it."
            message = f"This wrong answer to `{self._bundle.exercise}` passes."
            self._findings.error("PL051", wrong.file, wrong.line, message, todo)
        elif wrong.says and _bare(wrong.says) not in _bare(_everything(report)):
            message = f"This wrong answer fails, but no message says “{wrong.says}”. It says: {_said(report)}"
            todo = "Put those words into the message of the check that fails, or change `#| says:`."
            self._findings.error("PL052", wrong.file, wrong.line, message[:600], todo)

    def slip(self, mutant: Mutant, report: GradeReport) -> None:
        """A solution with a slip in it should not pass."""
        if report.verdict not in _ALL_IT_CAN:
            return
        check = next((one for one in self._bundle.checks if not one.hidden), self._bundle.checks[0])
        message = (
            f"No check of `{self._bundle.exercise}` notices if `{mutant.before}` becomes `{mutant.after}` "
            f"in `{mutant.row}`."
        )
        todo = "Check a value for which that makes a difference; where it makes none, leave it."
        self._findings.warn("PL055", check.file, check.line, message, todo)

    def _platform(self, report: GradeReport) -> None:
        message = f"The exercise `{self._bundle.exercise}` could not be graded: {report.author_note or report.message}"
        self._findings.error("PL054", self._exercise.file, self._exercise.line, message[:600], "Run `panlearn doctor`.")


def _failing_lines(bundle: GradingBundle, report: GradeReport) -> Iterator[tuple[str, int]]:
    """File and line of each check that did not pass."""
    for check, result in zip(bundle.checks, report.checks, strict=False):
        if result.status not in {CheckStatus.PASSED, CheckStatus.SKIPPED}:
            yield check.file, check.line


def _said(report: GradeReport) -> str:
    """What went wrong, for the author."""
    parts = [
        f"{check.name}: {check.message}"
        for check in report.checks
        if check.status in {CheckStatus.FAILED, CheckStatus.ERROR}
    ]
    found = [report.author_note, *(parts or [report.message])]
    return " ".join(" ".join(part.split()) for part in found if part) or "no message."


def _everything(report: GradeReport) -> str:
    """All that a learner can read of a report."""
    parts = [report.message, report.output, report.traceback]
    for check in report.checks:
        if check.status is not CheckStatus.PASSED:
            parts += [check.name, check.message, check.got, check.accepted, check.off, check.hint]
    return " ".join(parts)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()
