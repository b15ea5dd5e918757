"""What is wrong with a course: one `Finding` per place, with a code that stays the same from version to version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from panlearn.errors import AuthorError


class Severity(StrEnum):
    """An error stops a publish; a warning is for the author to weigh."""

    ERROR = "error"
    WARNING = "warning"


#: Every code that a check of a course can print, and what it stands for. Codes are never reused.
CODES: dict[str, str] = {
    "PL001": "a file that a course needs is missing or cannot be read",
    "PL002": "course.yml has an unknown option or a value that cannot be used",
    "PL003": "myst.yml has a value that cannot be used",
    "PL004": "there is no such kernel environment",
    "PL005": "a part of myst.yml is not used when the course is published",
    "PL006": "the table of contents names a page that is not there",
    "PL007": "a link stands in the course's folder, which is not followed",
    "PL010": "a lesson cannot be read",
    "PL011": "a code cell is not valid Python",
    "PL012": "a cell has an unknown option",
    "PL013": "a cell option has a value that cannot be used",
    "PL014": "a code cell stands where it cannot be run",
    "PL015": "a part of an nbgrader notebook is not as it was",
    "PL020": "two exercises have the same id",
    "PL021": "an exercise has no check",
    "PL022": "a cell or an option names an exercise that is not there",
    "PL023": "an exercise has no text of its own",
    "PL024": "a BEGIN has no END, or an END no BEGIN",
    "PL025": "an exercise has no solution",
    "PL026": "the points of an exercise do not add up",
    "PL027": "a check cell checks nothing",
    "PL028": "a hidden check does not say which idea it tests",
    "PL029": "an exercise has no wrong answer to test its checks with",
    "PL030": "an unknown directive",
    "PL031": "an unknown role",
    "PL032": "a reference or a link leads nowhere",
    "PL033": "an image or a file is missing",
    "PL034": "Jupyter Book could not build the page",
    "PL035": "a construct that cannot be shown yet",
    "PL036": "Jupyter Book warns",
    "PL037": "a plot has no text for those who cannot see it",
    "PL038": "an image has no text for those who cannot see it",
    "PL039": "a link has an address that is not allowed",
    "PL040": "a cell raised when the lesson was run",
    "PL041": "an output shows a part of a solution or of a check",
    "PL042": "a cell takes long or much memory",
    "PL043": "the headings of a page skip a level",
    "PL050": "a solution does not pass its own checks",
    "PL051": "a wrong answer passes",
    "PL052": "a wrong answer fails without the message it should bring",
    "PL053": "the starter passes without being changed",
    "PL054": "an exercise could not be graded",
    "PL055": "no check notices a slip in the solution",
    "PL056": "a check says yes or no by chance",
    "PL060": "a check reaches for what does not cross to the checks",
    "PL061": "a check changes what the answer defines",
    "PL062": "a check asks for what differs between the answer's process and the checks'",
    "PL063": "a check passes for NaN",
    "PL064": "a check uses nothing of the answer",
    "PL065": "a check draws random numbers without a seed",
    "PL080": "a quiz cannot be read",
    "PL081": "a quiz has no right answer",
    "PL082": "a quiz has the same answer twice",
    "PL083": "a quiz asks for a unit that is not known",
    "PL084": "a number in a quiz has no tolerance, or two",
    "PL085": "a quiz's variant cannot be computed",
    "PL086": "a quiz does not grade its own answers as it says",
    "PL087": "a text that a person grades has no points, a rubric that cannot be used, or an answer for machines",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend: `file` is relative to the course, `line` counts from 1 (0: the file as a whole)."""

    code: str
    severity: Severity
    file: str
    line: int
    message: str
    todo: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.code} {self.severity.value}: {self.message} {self.todo}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values, for `--json`."""
        return {**asdict(self), "severity": self.severity.value}


class Findings:
    """Collects findings; the same finding twice is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int, str], Finding] = {}

    def error(self, code: str, file: str, line: int, message: str, todo: str = "") -> None:
        """Note something that stops a publish."""
        self._add(Finding(code=code, severity=Severity.ERROR, file=file, line=line, message=message, todo=todo))

    def warn(self, code: str, file: str, line: int, message: str, todo: str = "") -> None:
        """Note something that the author should weigh."""
        self._add(Finding(code=code, severity=Severity.WARNING, file=file, line=line, message=message, todo=todo))

    def of(self, file: str) -> FileFindings:
        """The same, for one file."""
        return FileFindings(file, self)

    def take(self, error: AuthorError, file: str, line: int) -> None:
        """Note an exception as an error; `file` and `line` where it does not say its own."""
        self.error(error.code, error.file or file, error.line or line, error.message, error.todo)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings from elsewhere."""
        for finding in findings:
            self._found.setdefault((finding.code, finding.file, finding.line, finding.message), finding)

    def _add(self, finding: Finding) -> None:
        assert finding.code in CODES, finding.code  # noqa: S101 - a code without a meaning is a mistake of this package
        self.extend([finding])

    @property
    def all(self) -> list[Finding]:
        """Every finding, errors and warnings, by file and line."""
        return sorted(self._found.values(), key=lambda f: (f.file, f.line, f.code))

    @property
    def errors(self) -> list[Finding]:
        """The findings that stop a publish."""
        return [finding for finding in self.all if finding.severity is Severity.ERROR]

    def refuse(self, course: str) -> None:
        """Raise `CourseRefused` if there is an error."""
        if self.errors:
            raise CourseRefused(course, self.all)


class FileFindings:
    """Collects the findings of one file."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self._findings = findings

    def error(self, code: str, line: int, message: str, todo: str = "") -> None:
        """Note something that stops a publish."""
        self._findings.error(code, self.file, line, message, todo)

    def warn(self, code: str, line: int, message: str, todo: str = "") -> None:
        """Note something that the author should weigh."""
        self._findings.warn(code, self.file, line, message, todo)

    def take(self, error: AuthorError, line: int) -> None:
        """Note an exception as an error."""
        self._findings.take(error, self.file, line)


class CourseRefused(AuthorError):
    """A course that cannot be published as it is, with everything that was found."""

    def __init__(self, course: str, findings: list[Finding]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        first = errors[0]
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(
            f"The course {course} has {count}; the first: {first.message}",
            todo=first.todo,
            file=first.file,
            line=first.line or None,
            code=first.code,
        )
