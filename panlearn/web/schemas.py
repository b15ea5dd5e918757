"""The shapes of the API's answers, for its OpenAPI document. A test holds real answers against them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SubmissionOut(_Shape):
    """An answer, and its report once it is graded."""

    id: str
    course: str
    exercise: str
    release: str = Field(description="digest of the release the answer was given in")
    state: Literal["queued", "grading", "graded"]
    created_at: str
    graded_at: str | None
    report: dict[str, Any] | None = Field(description="as in sandbox/report.schema.json; null until graded")
    position: int | None = Field(description="place in the queue, 1 for the next; null once taken up")
    seconds: int | None = Field(description="about so long until the verdict; null once taken up")
    source: str | None = Field(None, description="only where attempts are listed")


class SubmissionList(_Shape):
    """The reader's answers to one exercise, the newest first."""

    submissions: list[SubmissionOut]


class SavedOut(_Shape):
    """When the text was kept."""

    saved_at: str


class HintOut(_Shape):
    """One hint."""

    number: int
    of: int
    html: str


class SolutionOut(_Shape):
    """The reference solution; of a quiz: the right answer in words, and its explanation."""

    source: str
    html: str = ""


class TokenOut(_Shape):
    """For clients that are not the page: `Authorization: Bearer TOKEN` at `/kernels/`."""

    token: str
    expires_at: str


class CellOut(_Shape):
    """A live cell, with the reader's own text if there is one."""

    id: str
    source: str
    exercise: str | None
    edited: str | None
    saved_at: str | None


class NeedOut(_Shape):
    """An earlier exercise that another builds on."""

    id: str
    title: str
    url: str
    passed: bool


class ChangeOut(_Shape):
    """A grade that was changed after it was given: points before and after, and why."""

    at: str
    reason: str
    before: float
    after: float


class ExerciseOut(_Shape):
    """An exercise as it stands for the reader."""

    title: str
    kind: str = Field(description="code, or the kind of quiz it is: choice, number, …")
    points: float
    max_points: float
    status: Literal["todo", "tried", "failed", "passed"]
    tries: int
    hints: list[HintOut]
    hints_total: int
    needs: list[NeedOut]
    solution_open: bool
    solution_in: int | None = Field(description="so many more tries open the solution; null where tries do not")
    last: SubmissionOut | None
    regraded: ChangeOut | None
    began_at: str | None = Field(description="when the first answer was sent")
    hint_after: int | None = Field(description="seconds from then until three of four who passed had passed")
    rubric: list[CriterionOut]
    hand_points: float = Field(description="of the points, so many are given by a person")
    by_hand: HandGradeOut | None


class CriterionOut(_Shape):
    """One line of a rubric."""

    text: str
    points: float


class HandGradeOut(_Shape):
    """The grade that a person gave the last answer; `rubric` holds the points given, by criterion."""

    at: str
    points: float
    comment: str
    rubric: dict[str, float]


class KernelOut(_Shape):
    """What to ask the kernel gateway for: POST `name` and `path` to `base` + `api/kernels`."""

    base: str
    name: str
    path: str


class ProgressOut(_Shape):
    """Exercises passed, one arc for each in reading order."""

    passed: int
    total: int
    points: float
    max_points: float
    arcs: list[Literal["pass", "fail", "tried", "todo"]]


class LessonStateOut(_Shape):
    """All that changes from reader to reader in one lesson."""

    course: str
    lesson: str
    release: str
    environment: str = Field(description="digest of the kernel environment")
    kernel: KernelOut
    cells: list[CellOut]
    exercises: dict[str, ExerciseOut]
    progress: ProgressOut


class ProblemOut(BaseModel):
    """RFC 9457, with what to do about it."""

    type: str
    title: str
    status: int
    detail: str | None = None
    todo: str | None = Field(None, description="what to do about it")
    event: str | None = Field(None, description="number of the event in the site's log")
    instance: str | None = None
