"""Hidden checks at a pace: who fails them often waits a little before they run again; visible checks always run.

Without a pace, hidden checks could be asked question after question until their answers are known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict

FREE = 5
"""Hidden checks may say no so often within `WINDOW` before anybody waits."""
WINDOW = timedelta(minutes=10)
WAIT = timedelta(seconds=60)
"""From the last time they said no."""


def seconds_to_wait(failures: Sequence[datetime], now: datetime) -> int:
    """Whole seconds until hidden checks run again, after they said no at these times; 0: they run now."""
    recent = [at for at in failures if now - at < WINDOW]
    if len(recent) < FREE:
        return 0
    return max(0, math.ceil((max(recent) + WAIT - now).total_seconds()))


def visible_part(bundle: GradingBundle) -> GradingBundle:
    """The bundle with its visible checks only."""
    return replace(bundle, checks=tuple(check for check in bundle.checks if not check.hidden))


def with_hidden_waiting(bundle: GradingBundle, report: GradeReport, seconds: int) -> GradeReport:
    """A report on the visible part, as one on the whole: hidden checks are skipped, and the wait is said."""
    found = iter(report.checks)
    checks = tuple(
        _waiting(check.public_name, check.points) if check.hidden else next(found) for check in bundle.checks
    )
    whole = replace(report, checks=checks, max_points=bundle.points)
    if report.verdict not in {Verdict.PASSED, Verdict.HANDED_IN}:
        return whole
    message = (
        "Your answer passes every check that you can see. The hidden ones have said no often lately: "
        f"they run again in {seconds} seconds. Look at it once more, then check."
    )
    return replace(whole, verdict=Verdict.FAILED, fault=Fault.PLATFORM, message=message)


def _waiting(name: str, points: float) -> CheckResult:
    return CheckResult(name=name, status=CheckStatus.SKIPPED, hidden=True, points=0.0, max_points=points)
