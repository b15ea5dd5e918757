"""Hidden checks that are open to all once a day has come: after it, they are told like any others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from panlearn.domain.exercise import Check, GradingBundle

_AFTER = re.compile(r"full-after-(\d{4}-\d{2}-\d{2})")


def opens_after(shows: str) -> date | None:
    """The day that `full-after-2027-01-31` names, or None. Raises `ValueError` for a day that no calendar has."""
    match = _AFTER.fullmatch(shows)
    return date.fromisoformat(match[1]) if match else None


def opened(bundle: GradingBundle, today: date) -> GradingBundle:
    """The bundle as it is graded today (UTC): checks whose day is past are hidden no more."""
    checks = tuple(replace(check, hidden=False) if _is_open(check, today) else check for check in bundle.checks)
    return bundle if checks == bundle.checks else replace(bundle, checks=checks)


def _is_open(check: Check, today: date) -> bool:
    day = opens_after(check.shows) if check.hidden else None
    return day is not None and today > day
