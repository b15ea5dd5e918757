"""Fills a database with a class that worked through an exercise: answers with verdicts, as if long graded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from panlearn.domain.course import Exercise, Release
from panlearn.domain.report import CheckStatus, Fault, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.models import Learner, Submission

_FAULTS = {
    Verdict.PASSED: None,
    Verdict.AUTHOR_ERROR: Fault.AUTHOR,
    Verdict.PLATFORM_ERROR: Fault.PLATFORM,
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One way to answer: how it was graded, which check it stopped at (by number), what was said of it."""

    source: str
    verdict: Verdict = Verdict.FAILED
    message: str = ""
    stops_at: int = 0


def answer(
    session: Session, release: Release, exercise: Exercise, learner: Learner, kind: Kind, at: datetime, **changes: Any
) -> Submission:
    """One graded answer of one learner."""
    passed = kind.verdict is Verdict.PASSED
    row = Submission(
        learner_id=learner.id,
        course_slug=release.course.slug,
        release_digest=release.digest,
        environment_digest=release.environment_digest,
        lesson=exercise.lesson,
        exercise_id=exercise.id,
        source=kind.source,
        earlier={},
        created_at=at,
        not_before=at,
        state=SubmissionState.GRADED,
        graded_at=at,
        verdict=kind.verdict,
        fault=_FAULTS.get(kind.verdict, Fault.LEARNER),
        points=exercise.points if passed else 0.0,
        report=_report(exercise, kind),
    )
    for name, value in changes.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def fill(
    session: Session,
    release: Release,
    exercise: Exercise,
    *,
    wrong: Sequence[Kind],
    right: Sequence[Kind],
    people: int,
    now: datetime,
    patience: float = 0.85,
    skill: float = 0.45,
    seed: int = 1,
) -> list[Learner]:
    """A class over the last weeks: each tries until it passes (`skill` per try) or gives up (1 - `patience`)."""
    dice = random.Random(seed)
    learners = [Learner() for _ in range(people)]
    session.add_all(learners)
    session.flush()
    for learner in learners:
        at = now - timedelta(days=dice.uniform(2, 40))
        while True:
            passes = dice.random() < skill
            kind = dice.choice(right) if passes else dice.choices(wrong, [2.0**-n for n in range(len(wrong))])[0]
            answer(session, release, exercise, learner, kind, at)
            if passes or dice.random() > patience:
                break
            at += timedelta(seconds=dice.lognormvariate(4.3, 0.9))
    return learners


def _report(exercise: Exercise, kind: Kind) -> dict[str, Any]:
    passed = kind.verdict is Verdict.PASSED
    checks = []
    for number, check in enumerate(exercise.checks):
        status = CheckStatus.PASSED if passed or number < kind.stops_at else CheckStatus.SKIPPED
        if number == kind.stops_at and kind.verdict is Verdict.FAILED:
            status = CheckStatus.FAILED
        got = check.points if status is CheckStatus.PASSED else 0.0
        checks.append(
            {
                "name": check.name or f"idea {number + 1}",
                "status": status.value,
                "hidden": check.hidden,
                "points": got,
                "max_points": check.points,
                "message": kind.message if status is CheckStatus.FAILED else "",
                "got": "",
                "accepted": "",
                "off": "",
                "hint": "",
            }
        )
    fault = _FAULTS.get(kind.verdict, Fault.LEARNER)
    return {
        "schema": 1,
        "exercise": exercise.id,
        "verdict": kind.verdict.value,
        "fault": fault.value if fault else None,
        "points": exercise.points if passed else 0.0,
        "max_points": exercise.points,
        "checks": checks,
        "message": kind.message,
        "output": "",
        "traceback": "",
        "seconds": {"total": 0.03},
    }
