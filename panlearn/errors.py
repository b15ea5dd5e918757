"""The one tree of exceptions.

A wrong answer is a value, never an exception; these are for what was not expected.

    PanlearnError            what happened, and what to do
    ├── AuthorError          the course is at fault; carries file and line
    ├── NotFound             no such course, page, exercise, submission
    ├── NotAllowed           this person may not do this
    ├── BadInput             a request, a file or an argument cannot be used
    ├── TooMany              a quota or a rate was reached; says when to come back
    └── PlatformError        ours: retry, tell the operator
        ├── NotContained     learner code could not be contained here, so it is not run
        ├── KernelLost       a sandboxed process ended before it answered
        └── SchemaOutdated   the database is not at the version this code needs
"""

from __future__ import annotations


class PanlearnError(Exception):
    """What happened, in one sentence, and (`todo`) what to do about it."""

    def __init__(self, message: str, *, todo: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.message} {self.todo}".strip()


class AuthorError(PanlearnError):
    """A course cannot be used as it is. `file` is relative to the course, `line` counts from 1."""

    def __init__(
        self, message: str, *, todo: str = "", file: str = "", line: int | None = None, code: str = ""
    ) -> None:
        super().__init__(message, todo=todo)
        self.file = file
        self.line = line
        self.code = code

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return f"{place}{super().__str__()}"


class NotFound(PanlearnError):
    """There is no such thing, or it belongs to somebody else."""


class NotAllowed(PanlearnError):
    """This person may not do this."""


class BadInput(PanlearnError):
    """What came in cannot be used; the message says what was expected."""


class TooMany(PanlearnError):
    """A quota or a rate was reached; `retry_after` is in seconds."""

    def __init__(self, message: str, *, todo: str = "", retry_after: float = 60.0) -> None:
        super().__init__(message, todo=todo)
        self.retry_after = retry_after


class PlatformError(PanlearnError):
    """Ours, not the learner's and not the author's."""


class NotContained(PlatformError):
    """This machine cannot contain learner code, so none is run."""


class KernelLost(PlatformError):
    """A sandboxed process ended before it answered."""


class SchemaOutdated(PlatformError):
    """The database schema is older or newer than this code."""
