"""Rules about answers that need no database: limits, tries, what a state means, when a solution opens."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum

from panlearn.domain.report import Fault, Verdict
from panlearn.errors import BadInput

MAX_SOURCE_BYTES = 64 * 1024
"""An answer or a saved cell may be this long, as UTF-8."""
MAX_WAITING = 5
"""Answers of one learner that may wait for a verdict at the same time."""
MAX_QUEUED = 5_000
"""Answers of everybody together that may wait."""
MAX_GRADINGS = 3
"""An answer whose grading the platform failed is tried this often before that is its verdict."""
MAX_BEGINNINGS = 5
"""An answer that was begun this often and never came back, because all of it died, is not begun again."""
RETRY_AFTER = (timedelta(seconds=2), timedelta(seconds=15))
"""How long to wait before the second and the third try."""

_POLICY = re.compile(r"after-pass-or-(\d+)-tries")


class SubmissionState(StrEnum):
    """Where a submission is; the row is the truth."""

    QUEUED = "queued"
    GRADING = "grading"
    GRADED = "graded"


def check_source(source: str) -> str:
    """The source as it came, if it can be kept; else `BadInput` says what is wrong with it."""
    try:
        size = len(source.encode())
    except UnicodeEncodeError as error:
        raise BadInput(
            f"The code holds a character that is not valid Unicode, at position {error.start}.",
            todo="Remove that character and send it again.",
        ) from error
    if size > MAX_SOURCE_BYTES:
        raise BadInput(
            f"The code is {size:,} bytes long; at most {MAX_SOURCE_BYTES:,} are accepted.",
            todo="Keep only what answers this exercise.",
        )
    if "\0" in source:
        raise BadInput("The code holds a NUL character, which Python cannot read.", todo="Remove it and send it again.")
    return source


def counts_as_try(verdict: Verdict, fault: Fault | None) -> bool:
    """Whether a verdict used up a try: only what the learner's own answer caused does."""
    return verdict is Verdict.PASSED or fault is Fault.LEARNER


def solution_open(policy: str, *, passed: bool, tries: int) -> bool:
    """Whether the reference solution may be read: `always`, `never`, `after-pass` or `after-pass-or-N-tries`.

    A policy this version does not know keeps the solution closed until the exercise is passed.
    """
    if policy in {"always", "never"}:
        return policy == "always"
    return passed or tries_left(policy, tries) == 0


def tries_left(policy: str, tries: int) -> int | None:
    """After how many more tries the reference solution opens without a pass; None where it never does."""
    match = _POLICY.fullmatch(policy)
    return max(0, int(match[1]) - tries) if match else None
