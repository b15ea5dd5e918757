"""From what the checker's side said, and how the two sides ended, to the report: verdict, fault, message, points."""

from __future__ import annotations

import signal
from typing import Any

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.report import CheckResult, CheckStatus, Fault, GradeReport, Verdict
from panlearn.grading.curves import curve_of

BROKEN = "This check is broken, not your answer. Your answer is kept; the author has been told."
PLATFORM = "We could not grade this. Your answer is saved and will be graded within a minute."
READ_BY_A_PERSON = "Your answer is handed in: a person reads it and gives the rest of the points."
UNCONTAINED = "This machine cannot contain the code of answers, so it runs none. Your answer is saved."
_CUT = "Your code cut its connection to the checks, or wrote into it. Leave files and modules of others as they are."
_EXITS = "Leave out `exit()`, `quit()` and `os._exit()`."
LIMITS = frozenset({"memory", "cpu"})
_MOST_OUTPUT = 12_000
_MOST_TEXT = 4_000

_FAULTS = {
    Verdict.PASSED: None,
    Verdict.HANDED_IN: None,
    Verdict.AUTHOR_ERROR: Fault.AUTHOR,
    Verdict.PLATFORM_ERROR: Fault.PLATFORM,
}
_CRASHES = {
    signal.SIGSEGV: "used memory that is not its own (a crash in compiled code)",
    signal.SIGBUS: "used memory that is not its own (a crash in compiled code)",
    signal.SIGABRT: "was stopped by a library that could not go on",
    signal.SIGFPE: "was stopped by an arithmetic error in compiled code",
    signal.SIGILL: "was stopped by an instruction that does not exist",
    signal.SIGSYS: "asked the system for something that is not allowed here",
}


def report(
    bundle: GradingBundle,
    verdict: Verdict,
    message: str,
    *,
    checks: tuple[CheckResult, ...] | None = None,
    author_note: str = "",
    **rest: Any,
) -> GradeReport:
    """A report with the fault that the verdict has; without `checks` all of them are skipped."""
    results = skipped(bundle) if checks is None else checks
    return GradeReport(
        exercise=bundle.exercise,
        verdict=verdict,
        fault=_FAULTS.get(verdict, Fault.LEARNER),
        points=sum(result.points for result in results),
        max_points=bundle.points,
        checks=results,
        message="" if verdict is Verdict.PASSED else message,
        author_note=author_note,
        **rest,
    )


def skipped(bundle: GradingBundle) -> tuple[CheckResult, ...]:
    """All checks of an exercise, not run."""
    return tuple(
        CheckResult(
            name=check.public_name,
            status=CheckStatus.SKIPPED,
            hidden=check.hidden,
            points=0.0,
            max_points=check.points,
        )
        for check in bundle.checks
    )


def results(bundle: GradingBundle, said: list[Any], broken: frozenset[int]) -> tuple[CheckResult, ...]:
    """The checks' results as the checker's side said them; a broken one says so.

    Names and points are the bundle's own, whatever was said.
    """
    found = []
    for number, (check, result) in enumerate(zip(bundle.checks, said, strict=True)):
        status = CheckStatus(result["status"])
        texts = {name: _text(result.get(name)) for name in ("message", "got", "accepted", "off", "hint")}
        if number in broken:
            status = CheckStatus.ERROR
            texts = dict.fromkeys(texts, "") | {"message": BROKEN}
        if check.hidden:
            status = CheckStatus.FAILED if status is CheckStatus.ERROR and number not in broken else status
            texts = dict.fromkeys(texts, "") | {"message": texts["message"] if check.shows == "message" else ""}
        found.append(
            CheckResult(
                name=check.public_name,
                status=status,
                hidden=check.hidden,
                points=check.points if status is CheckStatus.PASSED else 0.0,
                max_points=check.points,
                curve=None if check.hidden or number in broken else curve_of(result.get("curve")),
                **texts,
            )
        )
    return tuple(found)


def graded(
    bundle: GradingBundle, said: dict[str, Any], broken: dict[int, str], ended: tuple[Verdict, str] | None
) -> GradeReport:
    """The report of a grading that came to its end. `ended`: why the learner's side could not go on."""
    checks = results(bundle, list(said["checks"]), frozenset(broken))
    common: dict[str, Any] = {
        "checks": checks,
        "output": str(said.get("output", ""))[:_MOST_OUTPUT],
        "traceback": _text(said.get("traceback")),
    }
    if broken:
        note = "; ".join(_place(bundle, number, note) for number, note in broken.items())
        return report(bundle, Verdict.AUTHOR_ERROR, BROKEN, author_note=note, **common)
    if ended is not None:
        return report(bundle, *ended, **common)
    verdict = Verdict(said["verdict"])
    proved = bool(checks or bundle.by_hand) and all(check.status is CheckStatus.PASSED for check in checks)
    if verdict is Verdict.PASSED and not proved:
        verdict = Verdict.FAILED
    if verdict is Verdict.PASSED and bundle.by_hand:
        return report(bundle, Verdict.HANDED_IN, READ_BY_A_PERSON, **common)
    return report(bundle, verdict, _text(said.get("message")) or "Not yet.", **common)


def _place(bundle: GradingBundle, number: int, note: str) -> str:
    check = bundle.checks[number]
    place = f"{check.file}:{check.line}: " if check.file else ""
    return f"{place}the check {check.name!r} of {bundle.exercise!r}, {note}"


def how_it_ended(
    how: str, note: str, end: tuple[int, str] | None, seconds: float, memory_mib: int
) -> tuple[Verdict, str]:
    """The verdict for a learner's side that stopped answering.

    `end`, if it ended by itself: its exit status, and the limit that it was ended for, of `LIMITS`.
    """
    if how == "late":
        what = note or f"did not end within {seconds:g} seconds"
        return Verdict.TIMEOUT, f"Your code {what}. Is there a loop without an end?"
    if how == "forged" or end is None:
        return Verdict.KILLED, _CUT
    status, reason = end
    if reason == "memory":
        return Verdict.MEMORY, f"Your code asked for more than its {memory_mib} MB of memory, and was stopped."
    if reason == "cpu" or status == -signal.SIGXCPU:
        return Verdict.TIMEOUT, f"Your code computed for more than {seconds:g} seconds. Is there a loop without an end?"
    if status < 0:
        what = _CRASHES.get(signal.Signals(-status), f"was ended by the signal {signal.Signals(-status).name}")
        return Verdict.KILLED, f"Your code {what}, so it could not be checked."
    return Verdict.KILLED, f"Your code ended its own process (status {status}), so it could not be checked. {_EXITS}"


def _text(value: Any) -> str:
    return value[:_MOST_TEXT] if isinstance(value, str) else ""
