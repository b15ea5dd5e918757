"""Hidden checks at a pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from panlearn.domain.exercise import Check, GradingBundle
from panlearn.domain.pacing import FREE, WAIT, WINDOW, seconds_to_wait, visible_part, with_hidden_waiting
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def ago(*seconds):
    return [NOW - timedelta(seconds=each) for each in seconds]


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [
        ([], 0),
        (ago(*[1] * (FREE - 1)), 0),
        (ago(*range(10, 10 + FREE)), WAIT.total_seconds() - 10),
        (ago(*[WAIT.total_seconds() + 1] * FREE), 0),
        (ago(*[WINDOW.total_seconds() + 1] * 20), 0),
        (ago(5, *[WINDOW.total_seconds() + 1] * 20), 0),
    ],
    ids=["none", "few", "many just now", "many, a while ago", "long ago", "one after many long ago"],
)
def test_who_fails_them_often_waits_from_the_last_time(failures, seconds):
    assert seconds_to_wait(failures, NOW) == seconds


def bundle():
    checks = (
        Check(name="seen", source="", hidden=False, points=1.0),
        Check(name="", source="", hidden=True, points=2.0, idea="below zero"),
        Check(name="seen too", source="", hidden=False, points=1.0),
    )
    return GradingBundle(
        exercise="x",
        title="X",
        lesson="l",
        points=4.0,
        environment="core",
        files=None,
        setup=(),
        steps=(),
        names=(),
        starter="",
        solution="",
        checks=checks,
    )


def report(verdict, *statuses):
    checks = tuple(
        CheckResult(name="seen", status=status, hidden=False, points=float(status == "passed"), max_points=1.0)
        for status in statuses
    )
    fault = None if verdict is Verdict.PASSED else Fault.LEARNER
    return GradeReport(
        exercise="x", verdict=verdict, fault=fault, points=2.0, max_points=2.0, checks=checks, message="Not yet."
    )


def test_meanwhile_only_what_is_seen_is_run():
    assert [check.name for check in visible_part(bundle()).checks] == ["seen", "seen too"]


def test_an_answer_that_passes_what_is_seen_has_not_passed_and_costs_nothing():
    found = with_hidden_waiting(bundle(), report(Verdict.PASSED, CheckStatus.PASSED, CheckStatus.PASSED), 42)
    assert (found.verdict, found.fault) == (Verdict.FAILED, Fault.PLATFORM)
    assert [(check.name, check.status.value) for check in found.checks] == [
        ("seen", "passed"),
        ("below zero", "skipped"),
        ("seen", "passed"),
    ]
    assert "42 seconds" in found.message
    assert (found.points, found.max_points) == (2.0, 4.0)


def test_an_answer_that_fails_what_is_seen_fails_as_ever():
    found = with_hidden_waiting(bundle(), report(Verdict.FAILED, CheckStatus.FAILED, CheckStatus.PASSED), 42)
    assert (found.verdict, found.fault, found.message) == (Verdict.FAILED, Fault.LEARNER, "Not yet.")
    assert [check.status.value for check in found.checks] == ["failed", "skipped", "passed"]


def test_an_answer_that_a_person_will_read_waits_for_its_hidden_checks_too():
    seen = report(Verdict.HANDED_IN, CheckStatus.PASSED, CheckStatus.PASSED)
    found = with_hidden_waiting(bundle(), seen, 42)
    assert (found.verdict, found.fault) == (Verdict.FAILED, Fault.PLATFORM)
    assert [check.status.value for check in found.checks] == ["passed", "skipped", "passed"]
