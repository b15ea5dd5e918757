from __future__ import annotations

import pytest

from course_files import EXERCISE, line_of, write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict
from panlearn.services.proving import as_solution_does, prove


class FakeGrader:
    """Gives each kind of answer the verdict it was told."""

    def __init__(self, *, message="Twice two is four", note="", **verdicts):
        self.verdicts, self.message, self.note, self.earlier = verdicts, message, note, []

    def grade(self, bundle, answer, earlier=None):
        self.earlier.append(dict(earlier or {}))
        kind = {bundle.solution: "solution", bundle.starter: "starter"}.get(answer, "wrong")
        verdict = self.verdicts.get(kind, Verdict.PASSED if kind == "solution" else Verdict.FAILED)
        passed = verdict is Verdict.PASSED
        faults = {Verdict.PLATFORM_ERROR: Fault.PLATFORM, Verdict.AUTHOR_ERROR: Fault.AUTHOR}
        return GradeReport(
            exercise=bundle.exercise,
            verdict=verdict,
            fault=None if passed else faults.get(verdict, Fault.LEARNER),
            points=1.0 if passed else 0.0,
            max_points=1.0,
            checks=tuple(self.result(check, passed) for check in bundle.checks),
            message="" if passed else self.message,
            author_note=self.note,
        )

    def result(self, check, passed):
        status = CheckStatus.PASSED if passed else CheckStatus.FAILED
        message = "" if passed else self.message
        return CheckResult(name=check.name, status=status, hidden=False, points=0, max_points=1, message=message)


@pytest.fixture
def proved(tmp_path):
    def run(grader, lesson=EXERCISE, slips=0):
        course = write_course(tmp_path, lesson)
        source = read_course(course, Findings())
        solutions = {name: bundle.solution for name, bundle in source.bundles.items()}
        found = prove(source.bundles["double"], solutions, source.exercises["double"], grader, slips=slips)
        return [(f.code, f.line) for f in found], found, course / "lesson.md"

    return run


def test_an_exercise_that_does_as_its_author_says_has_no_findings(proved):
    assert proved(FakeGrader())[0] == []


@pytest.mark.parametrize(
    ("verdicts", "code", "at"),
    [
        ({"solution": Verdict.FAILED}, "PL050", "assert double"),
        ({"solution": Verdict.AUTHOR_ERROR}, "PL050", "assert double"),
        ({"wrong": Verdict.PASSED}, "PL051", "#| wrong"),
        ({"wrong": Verdict.FAILED, "message": "Something else"}, "PL052", "#| wrong"),
        ({"starter": Verdict.PASSED}, "PL053", "#| exercise"),
        ({"solution": Verdict.PLATFORM_ERROR}, "PL054", "#| exercise"),
        ({"starter": Verdict.PLATFORM_ERROR}, "PL054", "#| exercise"),
        ({"wrong": Verdict.PLATFORM_ERROR}, "PL054", "#| exercise"),
    ],
)
def test_each_failure_is_told_at_the_cell_that_must_change(proved, verdicts, code, at):
    found, findings, file = proved(FakeGrader(**verdicts))
    assert found == [(code, line_of(file, at))]
    assert findings[0].todo


def test_words_are_compared_without_case_and_line_breaks(proved):
    assert proved(FakeGrader(message="well: TWICE\n  two"))[0] == []


def test_an_exercise_without_wrong_answers_is_warned(proved):
    lesson = EXERCISE.split("```{code-cell} python\n#| wrong", maxsplit=1)[0]
    found, [finding], _ = proved(FakeGrader(), lesson)
    assert (found[0][0], finding.severity) == ("PL029", "warning")


def test_slips_that_no_check_notices_are_shown_at_the_check(proved):
    _, found, lesson = proved(FakeGrader(wrong=Verdict.PASSED), slips=3)
    slips = [finding for finding in found if finding.code == "PL055"]
    assert slips
    assert all(finding.severity == "warning" and finding.line == line_of(lesson, "assert double") for finding in slips)
    assert "notices if `2 * x` becomes `2 / x` in `return 2 * x`" in slips[0].message


def test_slips_that_a_check_notices_are_not_shown(proved):
    assert proved(FakeGrader(), slips=3)[0] == []


class ChangingGrader(FakeGrader):
    """Its solutions pass only where answers may change what they are given."""

    def grade(self, bundle, answer, earlier=None):
        self.verdicts["solution"] = Verdict.PASSED if bundle.mutates else Verdict.FAILED
        return super().grade(bundle, answer, earlier)


def test_answers_may_change_their_arguments_where_the_solution_does(tmp_path):
    source = read_course(write_course(tmp_path, EXERCISE), Findings())
    bundle = source.bundles["double"]
    assert as_solution_does(bundle, {}, ChangingGrader()).mutates
    assert not as_solution_does(bundle, {}, FakeGrader()).mutates
    assert not as_solution_does(bundle, {}, FakeGrader(solution=Verdict.FAILED)).mutates


class FlickeringGrader(FakeGrader):
    """Its solutions pass the first time only."""

    def grade(self, bundle, answer, earlier=None):
        report = super().grade(bundle, answer, earlier)
        self.verdicts["solution"] = Verdict.FAILED
        return report


def test_a_check_that_passes_by_chance_is_an_error_at_the_check(proved):
    found, [finding], file = proved(FlickeringGrader())
    assert found == [("PL056", line_of(file, "assert double"))]
    assert (finding.severity, "passed once and failed once" in finding.message) == ("error", True)
