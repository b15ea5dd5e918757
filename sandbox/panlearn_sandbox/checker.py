"""The checker's side: the author's untouched state, the checks, and the learner's values, fetched one by one.

Everything that decides is here. It reads the checks from its own socket, which no other process holds, and writes the
verdict to it. What the learner's side sends is data (see `bridge`). Visible checks run before hidden ones, so that
nothing learned in a hidden call comes back through a visible one; of a hidden check only its idea is told.
"""

from __future__ import annotations

import builtins
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from panlearn_checks import source
from panlearn_sandbox import messages, stand_ins
from panlearn_sandbox.bridge import Bridge, Ended
from panlearn_sandbox.capture import ANSWER, Capture, remember_lines, safe_text
from panlearn_sandbox.checking import CheckRun, Outcome, Prepared, prepare, public_result
from panlearn_sandbox.magics import compile_cell, without_magics
from panlearn_sandbox.reach import Learner
from panlearn_sandbox.wire import Wire

LESSON = "<lesson>"
_GRACE = 0.3
_MOST_TRACEBACK = 4000


class Late(BaseException):
    """The time of the whole grading is over. Not an Exception: no check may swallow it."""


def grade(
    job: dict[str, Any], control: Wire, values: Wire, namespace: dict[str, Any], names: dict[int, tuple[str, str]]
) -> None:
    """Run the checks of `job` on what the learner's side holds, and send the verdict."""
    checker = _Checker(job, values, namespace, names)
    alarm = _Alarm(job["seconds"] + _GRACE)
    try:
        verdict = checker.run(lambda phase: control.send_json({"phase": phase}))
    except Late:
        alarm.stop()
        verdict = checker.late()
    alarm.stop()
    control.send_json(verdict)


class _Alarm:
    """Raises Late when the time is over, and again in case a check swallows the first."""

    def __init__(self, seconds: float) -> None:
        self.on = True
        signal.signal(signal.SIGALRM, self.ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        """The handler of the signal."""
        if self.on:
            raise Late

    def stop(self) -> None:
        """No more rings."""
        self.on = False
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Checker:
    def __init__(
        self, job: dict[str, Any], values: Wire, namespace: dict[str, Any], names: dict[int, tuple[str, str]]
    ) -> None:
        self.job = job
        self.began = time.monotonic()
        self.namespace = namespace
        self.bridge = Bridge(
            values,
            self.began + job["seconds"],
            names=names,
            write_back=job["mutates"],
            refreshed=namespace.__setitem__,
        )
        self.prepared: list[Prepared] = []
        self.outcomes: dict[int, Outcome] = {}
        self.missing: set[str] = set()
        self.unreadable: dict[str, str] = {}
        self.report: dict[str, Any] = {}
        self.output = ""
        self.traceback = ""
        self.seconds: dict[str, float] = {}

    def run(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """The verdict."""
        capture = Capture()
        sys.stdout = sys.stderr = capture
        try:
            self.prepared = [prepare(check) for check in self.job["checks"]]
            if self.prepared and not self._run_cells():
                return self._verdict()
            self.report = self.bridge.first_report()
            self.seconds["answer"] = time.monotonic() - self.began
            self.output = _text(self.report.get("output"))
            trouble = self.report.get("trouble")
            if type(trouble) is dict:
                return self._answer_failed(trouble)
            tell("checks")
            stand_ins.install(self.bridge)
            self.namespace.setdefault("learner", Learner(self.bridge, self.job["answer"]))
            source.submit(self.job["answer"], self.namespace, without_magics)
            self._fetch()
            self._run_checks(capture)
        except Ended as ended:
            return self._verdict(died=ended)
        except Exception:
            # Only a report or a reply that is not what the learner's side sends can lead here.
            return self._verdict(died=self.bridge.ended or Ended("forged"))
        return self._verdict()

    def _run_cells(self) -> bool:
        """Run the public cells whose numbers are this learner's: nobody's answer is in them. Whether they ran."""
        for source_of in self.job.get("cells", []):
            try:
                remember_lines(LESSON, source_of)
                exec(compile_cell(source_of, LESSON), self.namespace)
            except Exception as error:
                note = f"a cell whose numbers are drawn raised {type(error).__name__}: {safe_text(error, 300)}"
                self.outcomes[0] = Outcome("error", messages.BROKEN, broken=note, certain=True)
                return False
        return True

    def late(self) -> dict[str, Any]:
        """The verdict when the time is over: the learner's fault if it went by while waiting for their side."""
        if self.bridge.ended is not None or self.bridge.waited > self.job["seconds"] / 2:
            return self._verdict(died=Ended("late"))
        number = next((n for n in self._order() if n not in self.outcomes), 0)
        note = f"did not end within {self.job['seconds']:g} seconds"
        message = f"With what your answer gave, this check did not end within {self.job['seconds']:g} seconds."
        self.outcomes[number] = Outcome("failed", message, broken=note)
        return self._verdict()

    def _order(self) -> list[int]:
        checks = self.job["checks"]
        return sorted(range(len(checks)), key=lambda number: bool(checks[number]["hidden"]))

    def _answer_failed(self, trouble: dict[str, Any]) -> dict[str, Any]:
        earlier = self._earlier()
        kind = {"MemoryError": "memory", "SystemExit": "killed"}.get(str(trouble.get("error")), "error")
        message = messages.answer_stopped(trouble, self.job["missing"], earlier)
        if kind == "memory":
            line = messages.line_of(trouble)
            place = f" in line {line}" if line else ""
            message = (
                f"Your answer asked for more than its {self.job['memory_mib']} MB of memory{place}, and was stopped."
            )
        elif kind == "killed":
            message = "Your answer ended the whole program (`exit()`, `quit()` or `SystemExit`). Leave that line out."
        self.traceback = _text(trouble.get("traceback"))[:_MOST_TRACEBACK]
        return self._verdict(verdict=kind, message=message)

    def _earlier(self) -> list[dict[str, Any]]:
        earlier = self.report.get("earlier")
        return [item for item in earlier if type(item) is dict] if type(earlier) is list else []

    def _fetch(self) -> None:
        """Write what the learner was asked to define into the author's namespace, so that set-up helpers see it too."""
        wanted = list(self.job["names"])
        for check in self.prepared:
            wanted += sorted(check.reads)
        for name in dict.fromkeys(wanted):
            asked = name in self.job["names"]
            if not asked and (name in self.namespace or hasattr(builtins, name)):
                continue
            try:
                there, value = self.bridge.get(name)
            except Exception as error:
                self.unreadable[name] = safe_text(error, 300) or f"reading it raised {type(error).__name__}"
                self.namespace.pop(name, None)
                continue
            if there:
                self.namespace[name] = value
                self.bridge.fetched[name] = value
            elif asked:
                self.missing.add(name)
                self.namespace.pop(name, None)

    def _run_checks(self, capture: Capture) -> None:
        remember_lines(ANSWER, self.job["answer"])
        for number in self._order():
            check = self.job["checks"][number]
            run = CheckRun(self.prepared[number], self.namespace, self.bridge, self.missing, self.unreadable)
            try:
                outcome = run.outcome(self.job["names"], self.job["missing"], self._earlier())
                run.put_back()
            finally:
                printed = capture.take()
                if not check["hidden"]:
                    self.output = (self.output + printed)[: capture.most + 200]
            if not check["hidden"] and outcome.traceback and not self.traceback:
                self.traceback = outcome.traceback[:_MOST_TRACEBACK]
            self.outcomes[number] = outcome
            if self.bridge.ended is not None:
                del self.outcomes[number]
                raise self.bridge.ended

    def _verdict(self, *, verdict: str = "", message: str = "", died: Ended | None = None) -> dict[str, Any]:
        checks = self.job["checks"]
        self.seconds["checks"] = time.monotonic() - self.began - self.seconds.get("answer", 0.0)
        results = [public_result(check, self.outcomes.get(number)) for number, check in enumerate(checks)]
        broken = {number: found for number, found in self.outcomes.items() if found.broken}
        # Without any check a person decides: what publishes exercises sees to it that there is one or the other.
        passed = all(result["status"] == "passed" for result in results)
        if not verdict and not died:
            verdict = "passed" if passed else "failed"
            absent = [
                name
                for name in self.job["names"]
                if name in self.missing and any(name in one.reads for one in self.prepared)
            ]
            if absent and not any(result["points"] for result in results):
                verdict, message = "error", messages.not_defined(absent)
        return {
            "verdict": verdict,
            "message": message or self._first_failure(results),
            "died": died.how if died else "",
            "note": died.note if died else "",
            "running": self.bridge.began,
            "checks": results,
            "output": self.output,
            "traceback": self.traceback,
            "seconds": self.seconds,
            "broken": [
                {"check": number, "note": safe_text(found.broken), "certain": found.certain}
                for number, found in broken.items()
            ],
        }

    def _first_failure(self, results: list[dict[str, Any]]) -> str:
        for number in self._order():
            result = results[number]
            if result["status"] in {"failed", "error"}:
                return result["message"] if not result["hidden"] else _hidden_failure(result)
        return ""


def _hidden_failure(result: dict[str, Any]) -> str:
    if result["message"]:
        return f"Not yet. {result['message']}"
    return f"Not yet. A hidden check says no: {result['name']}"


def _text(value: Any) -> str:
    """A text from the learner's side, fit to be stored and shown: no lone surrogates, no control characters."""
    if type(value) is not str:
        return ""
    sound = value[:20_000].encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in sound if sign in "\n\t" or sign.isprintable() or sign == "\x1b")


def serve(control: Wire, values: Wire, namespace: dict[str, Any], names: dict[int, tuple[str, str]]) -> None:
    """Take one job from the socket that only this process holds, and grade it."""
    grade(control.receive_json(), control, values, namespace, names)
