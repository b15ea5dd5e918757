"""`course.yml` and `myst.yml` as values, with the file and the line of whatever cannot be used."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from panlearn.content.findings import Findings
from panlearn.content.yamlfile import YamlFile
from panlearn.domain.course import Author, Level
from panlearn.domain.disclosure import opens_after
from panlearn.errors import AuthorError

COURSE_FILE = "course.yml"
BOOK_FILE = "myst.yml"
REVEAL = r"^(never|always|after-pass|after-\d+-tries|after-pass-or-\d+-tries)$"
HIDDEN = r"^(idea|message|points|full-after-\d{4}-\d{2}-\d{2})$"
ATTEMPTS = r"^(unlimited|[1-9]\d*)$"


def _minutes(value: object) -> object:
    """`3h`, `45m`, `1h 30m` or a number of minutes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"\s*(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*", str(value))
    if not match or not any(match.groups()):
        raise ValueError("a duration such as 3h, 45m or 1h 30m is expected")
    return round(float(match[1] or 0) * 60 + float(match[2] or 0))


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _day(value: str) -> str:
    opens_after(value)  # raises ValueError for the 31st of February
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataFile(_Strict):
    """One file of a pinned dataset."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    source: str


class DatasetPin(_Strict):
    """A dataset that the course uses, pinned by persistent identifier and checksums."""

    pid: str
    title: str
    facility: str = ""
    licence: str = ""
    files: tuple[DataFile, ...] = ()


class Policy(_Strict):
    """How often an exercise may be tried, what hidden checks show, and when hints and solutions open."""

    attempts: Annotated[str, BeforeValidator(_text)] = Field("unlimited", pattern=ATTEMPTS)
    hints: Literal["on-request", "never"] = "on-request"
    hidden: Annotated[str, AfterValidator(_day)] = Field("idea", pattern=HIDDEN)
    reveal: str = Field("after-pass-or-5-tries", pattern=REVEAL)


class CourseConfig(_Strict):
    """What `course.yml` adds to a Jupyter Book. `duration` is in minutes."""

    summary: str = Field(min_length=1, max_length=300)
    level: Level = Level.BEGINNER
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    duration: Annotated[int, BeforeValidator(_minutes)] = Field(ge=0)
    techniques: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    environment: str = Field("core", pattern=r"^[a-z0-9][a-z0-9-]*$")
    tools: tuple[str, ...] = ()
    datasets: tuple[DatasetPin, ...] = ()
    exercises: Policy = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookConfig:
    """What is used of `myst.yml`: who wrote what under which licence, the pages in order, and what the text needs."""

    title: str
    authors: tuple[Author, ...]
    licence: str
    pages: tuple[str, ...]
    toc: tuple[Any, ...]
    project: dict[str, Any]


def read_course_config(folder: Path, findings: Findings) -> CourseConfig | None:
    """`course.yml`, or None with findings that say what cannot be used, and where."""
    try:
        file = YamlFile.read(folder / COURSE_FILE, COURSE_FILE)
    except AuthorError as error:
        findings.error(error.code, error.file, error.line or 0, error.message, error.todo)
        return None
    if not isinstance(file.data, dict):
        findings.error("PL002", COURSE_FILE, 1, "course.yml holds no options.", "Write `summary: ...` and the others.")
        return None
    try:
        return CourseConfig.model_validate(file.data)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            message, todo = _explain(problem, CourseConfig)
            findings.error("PL002", COURSE_FILE, file.line(tuple(problem["loc"])), message, todo)
        return None


def _explain(problem: Any, model: type[BaseModel]) -> tuple[str, str]:
    """A pydantic problem in an author's words: what came, what was expected."""
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = list(model.model_fields) if len(problem["loc"]) == 1 else []
        near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
        todo = (
            f"Did you mean `{near[0]}`?"
            if near
            else "Take it out" + (f"; known: {', '.join(known)}." if known else ".")
        )
        return f"Unknown option `{where}`.", todo
    if problem["type"] == "missing":
        return f"`{where}` is missing.", f"Add `{where}: ...`."
    came = repr(problem["input"])
    came = came if len(came) <= 60 else came[:57] + "..."  # noqa: PLR2004 - a line of a terminal
    expected = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"`{where}` is {came}: {expected}.", f"Change `{where}`."
