"""A grade report as JSON: the interface that `sandbox/report.schema.json` describes. Never the author's note."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from panlearn.domain.report import GradeReport

SCHEMA = 1


def to_json(report: GradeReport) -> dict[str, Any]:
    """The report as plain values, for APIs, files and the command line."""
    said = asdict(report)
    said.pop("author_note")
    return {
        "schema": SCHEMA,
        "exercise": said.pop("exercise"),
        "verdict": str(said.pop("verdict")),
        "fault": str(report.fault) if report.fault else None,
        "points": said.pop("points"),
        "max_points": said.pop("max_points"),
        "checks": [_check(check) for check in said.pop("checks")],
        "message": said.pop("message"),
        "output": said.pop("output"),
        "traceback": said.pop("traceback"),
        "seconds": said.pop("seconds"),
    }


def _check(check: dict[str, Any]) -> dict[str, Any]:
    """A check as plain values; the curve only where there is one."""
    curve = check.pop("curve")
    plain = {**check, "status": str(check["status"])}
    if curve is None:
        return plain
    return {**plain, "curve": {name: list(one) if isinstance(one, tuple) else one for name, one in curve.items()}}
