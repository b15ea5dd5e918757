"""Findings as SARIF: the fields that code hosting reads."""

from __future__ import annotations

from panlearn.content.findings import CODES, Findings
from panlearn.content.sarif import sarif


def test_findings_have_rules_levels_places_and_what_to_do():
    findings = Findings()
    findings.error("PL051", "a lesson.md", 7, "This wrong answer passes.", "Add a check.")
    findings.warn("PL043", "x.md", 3, "A heading skips.")
    findings.error("PL001", "myst.yml", 0, "It is missing.")

    made = sarif(findings.all)

    [run] = made["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert made["version"] == "2.1.0"
    assert [rule["id"] for rule in rules] == ["PL001", "PL043", "PL051"]
    assert all(rule["shortDescription"]["text"] == CODES[rule["id"]] for rule in rules)
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert all(rules[result["ruleIndex"]]["id"] == code for code, result in by_rule.items())
    wrong = by_rule["PL051"]
    assert (wrong["level"], wrong["message"]["text"]) == ("error", "This wrong answer passes. Add a check.")
    place = wrong["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20lesson.md", "uriBaseId": "COURSE"}
    assert place["region"] == {"startLine": 7}
    assert by_rule["PL043"]["level"] == "warning"
    assert "region" not in by_rule["PL001"]["locations"][0]["physicalLocation"], "the file as a whole"


def test_nothing_found_is_a_run_without_results():
    assert sarif([])["runs"][0]["results"] == []
