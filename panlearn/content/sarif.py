"""Findings as SARIF 2.1.0, which code hosting shows beside the lines of a change (OASIS, docs.oasis-open.org/sarif)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from panlearn.content.findings import CODES, Finding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """One run with a rule for every code that occurs. Paths are relative to the course's folder."""
    used = sorted({finding.code for finding in findings})
    rules = [{"id": code, "shortDescription": {"text": CODES.get(code, code)}} for code in used]
    driver = {"name": "panlearn", "version": version("panlearn"), "rules": rules}
    results = [_result(finding, used.index(finding.code)) for finding in findings]
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {"COURSE": {"description": {"text": "The course's folder."}}},
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file), "uriBaseId": "COURSE"}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": f"{finding.message} {finding.todo}".strip()},
        "locations": [{"physicalLocation": place}],
    }
