"""`panlearn grade`: one answer, graded with the real grader, from a course's folder."""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from panlearn.content.course_source import CourseSource
    from panlearn.domain.exercise import Check, GradingBundle
    from panlearn.domain.report import CheckResult, GradeReport

UNUSABLE = 2
PLATFORM = 3
MAX_ANSWER = 64 * 1024


@click.command("grade")
@click.argument("course_dir", type=click.Path(path_type=Path))
@click.argument("exercise")
@click.argument("answer_file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--earlier",
    multiple=True,
    metavar="EXERCISE=FILE",
    help="The learner's answer to an exercise that this one builds on; without it, the course's own solution.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(course_dir: Path, exercise: str, answer_file: Path, earlier: tuple[str, ...], *, as_json: bool) -> None:
    """Grade the answer in ANSWER_FILE (`-`: standard input) to EXERCISE of the course in COURSE_DIR.

    The course need not be published. Exit status: 0 when the answer was graded, whatever the verdict; 2 for a course,
    an exercise or a file that cannot be used; 3 where the platform failed.
    """
    from panlearn.errors import PanlearnError, PlatformError

    try:
        report = _grade(course_dir, exercise, answer_file, earlier)
    except PlatformError as error:
        click.echo(str(error), err=True)
        raise SystemExit(PLATFORM) from None
    except PanlearnError as error:
        click.echo(str(error), err=True)
        raise SystemExit(UNUSABLE) from None
    _print(report, as_json=as_json)
    if report.verdict == "platform-error":
        raise SystemExit(PLATFORM)


def _grade(course_dir: Path, exercise: str, answer_file: Path, earlier: tuple[str, ...]) -> GradeReport:
    from panlearn.bootstrap import Application
    from panlearn.content.release_store import ReleaseStore
    from panlearn.settings import Settings

    settings = Settings()
    source, bundle = _exercise(course_dir, exercise)
    answers = {name: source.bundles[name].solution for name in bundle.needs} | _earlier(earlier, source)
    refused = _refused(answer_file, bundle)
    if isinstance(refused, str):
        app = Application(settings)
        if bundle.files:
            ReleaseStore(settings).keep_files(bundle.files, source.folder / "data")
        try:
            return app.grader.grade(bundle, refused, answers)
        finally:
            app.close()
    return refused


def _exercise(course_dir: Path, exercise: str) -> tuple[CourseSource, GradingBundle]:
    """The course and the exercise. An error elsewhere in the course does not stand in the way of this exercise."""
    from panlearn.content.course_source import read_course
    from panlearn.content.findings import CourseRefused, Findings
    from panlearn.errors import BadInput

    findings = Findings()
    source = read_course(course_dir, findings)
    if source is None:
        raise CourseRefused(course_dir.resolve().name, findings.all)
    bundle = source.bundles.get(exercise)
    if bundle is None:
        broken = [finding for finding in findings.errors if f"`{exercise}`" in finding.message]
        if broken:
            raise CourseRefused(source.slug, broken)
        near = difflib.get_close_matches(exercise, source.bundles, n=1)
        known = ", ".join(source.bundles) or "none"
        todo = f"Did you mean {near[0]}?" if near else f"Its exercises: {known}."
        raise BadInput(f"The course {source.slug} has no exercise {exercise!r}.", todo=todo)
    errors = [f for f in findings.errors if f.file == (source.exercises | source.quizzes)[exercise].file]
    if errors:
        raise CourseRefused(source.slug, errors)
    return source, bundle.drawn({})


def _earlier(pairs: tuple[str, ...], source: CourseSource) -> dict[str, str]:
    from panlearn.errors import BadInput

    answers = {}
    for pair in pairs:
        name, _, file = pair.partition("=")
        if name not in source.bundles or not file:
            raise BadInput(
                f"--earlier {pair!r} cannot be used.", todo="Write EXERCISE=FILE with an exercise of this course."
            )
        answers[name] = _read(Path(file)).decode("utf-8", "replace")
    return answers


def _read(path: Path) -> bytes:
    from panlearn.errors import BadInput

    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"The answer {path} cannot be read: {error.strerror}.", todo="Name a file with the answer."
        ) from None


def _refused(path: Path, bundle: GradingBundle) -> GradeReport | str:
    """The answer as text, or the verdict on a file that is no answer: too large, or not text."""
    from panlearn.domain.report import Fault, GradeReport, Verdict

    raw = _read(path)
    try:
        text = raw.decode("utf-8-sig")  # some editors begin a file with a mark that Python skips as well
    except UnicodeDecodeError:
        text = None
    if text is not None and len(raw) <= MAX_ANSWER:
        return text
    size = f"Your answer has {len(raw)} bytes; at most {MAX_ANSWER} are graded. Keep data out of it."
    message = size if len(raw) > MAX_ANSWER else "Your answer is not UTF-8 text. Save the file as UTF-8."
    return GradeReport(
        exercise=bundle.exercise,
        verdict=Verdict.ERROR,
        fault=Fault.LEARNER,
        points=0.0,
        max_points=bundle.points,
        checks=tuple(_skipped(check) for check in bundle.checks),
        message=message,
        seconds={"total": 0.0},
    )


def _skipped(check: Check) -> CheckResult:
    from panlearn.domain.report import CheckResult, CheckStatus

    return CheckResult(
        name=check.name, status=CheckStatus.SKIPPED, hidden=check.hidden, points=0.0, max_points=check.points
    )


def _print(report: GradeReport, *, as_json: bool) -> None:
    from panlearn.grading.reports import to_json

    plain: dict[str, Any] = to_json(report)
    if as_json:
        click.echo(json.dumps(plain, indent=1))
        return
    click.echo(f"{report.exercise}: {report.verdict}, {report.points:g} of {report.max_points:g} points")
    marks = {"passed": "✓", "failed": "✗", "error": "!", "skipped": "·"}
    for check in report.checks:
        click.echo(f"  {marks[check.status]} {check.name}")
        if check.message and check.status != "passed":
            click.echo(f"      {check.message}")
    if report.message and all(check.message != report.message for check in report.checks):
        click.echo(report.message)
    if report.traceback:
        click.echo(report.traceback)
    if report.author_note:
        click.echo(f"For the author: {report.author_note}", err=True)
