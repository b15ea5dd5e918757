"""One check: run it, and say how it ended and whose doing that was."""

from __future__ import annotations

import builtins
import traceback
from dataclasses import dataclass
from typing import Any

from panlearn_checks import Failure, words
from panlearn_sandbox import messages
from panlearn_sandbox.asserts import NAME, Ask, Rewritten, rewrite
from panlearn_sandbox.bridge import Bridge, Ended, Log
from panlearn_sandbox.capture import remember_lines
from panlearn_sandbox.explain import Explainer, call_in_words
from panlearn_sandbox.proxies import LearnerClass, LearnerObject

_MESSAGE = 2000
_SHORT = 300


@dataclass
class Outcome:
    """How a check ended. `broken`: what is wrong with the check itself; `certain`: no answer can be the cause."""

    status: str
    message: str = ""
    got: str = ""
    accepted: str = ""
    off: str = ""
    hint: str = ""
    curve: dict[str, Any] | None = None
    traceback: str = ""
    broken: str = ""
    certain: bool = False


def public_result(check: dict[str, Any], outcome: Outcome | None) -> dict[str, Any]:
    """What a learner may read of a check: of a hidden one whether it passed, its idea, and its message if it may."""
    status = outcome.status if outcome else "skipped"
    hidden = bool(check["hidden"])
    result = {
        "name": check["public_name"],
        "status": "failed" if hidden and status == "error" else status,
        "hidden": hidden,
        "points": check["points"] if status == "passed" else 0.0,
        "max_points": check["points"],
    }
    if hidden or outcome is None:
        nothing = dict.fromkeys(("message", "got", "accepted", "off", "hint"), "")
        told = hidden and outcome is not None and check["shows"] == "message" and outcome.status == "failed"
        return result | nothing | ({"message": _clean(outcome.message, _MESSAGE)} if told and outcome else {})
    return result | {
        "message": _clean(outcome.message, _MESSAGE),
        "got": _clean(outcome.got, _SHORT),
        "accepted": _clean(outcome.accepted, _SHORT),
        "off": _clean(outcome.off, _SHORT),
        "hint": _clean(outcome.hint, _MESSAGE),
        "curve": outcome.curve,
    }


def _clean(text: str, most: int) -> str:
    sound = str(text).encode("utf-8", "replace").decode("utf-8")
    sound = "".join(sign for sign in sound if sign == "\n" or sign.isprintable())
    return sound if len(sound) <= most else f"{sound[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A check, compiled; or what keeps it from being so."""

    check: dict[str, Any]
    rewritten: Rewritten | None
    trouble: str = ""

    @property
    def reads(self) -> frozenset[str]:
        """The names it reads."""
        return self.rewritten.reads if self.rewritten else frozenset()


def prepare(check: dict[str, Any]) -> Prepared:
    """Compile a check; while the learner's side is still busy with the answer, this costs no time."""
    try:
        return Prepared(check, rewrite(check["source"], "<check>"))
    except (SyntaxError, ValueError, RecursionError) as error:
        return Prepared(
            check, None, f"line {check['line'] + (getattr(error, 'lineno', 1) or 1) - 1}: not Python: {error}"
        )


class CheckRun:
    """Runs one check in the checker's namespace."""

    def __init__(
        self, check: Prepared, namespace: dict[str, Any], bridge: Bridge, missing: set[str], unreadable: dict[str, str]
    ) -> None:
        self.prepared = check
        self.check = check.check
        self.namespace = namespace
        self.bridge = bridge
        self.missing = missing
        self.unreadable = unreadable
        self.log = Log()

    def outcome(self, names: list[str], missing_steps: list[str], earlier: list[dict[str, Any]]) -> Outcome:
        """How the check ends."""
        self.bridge.log = self.log
        rewritten = self.prepared.rewritten
        if rewritten is None:
            return _broken(self.prepared.trouble, certain=True)
        stopped = self._cannot_run(rewritten, names)
        if stopped is not None:
            return stopped
        self.log.touched = bool(rewritten.reads & (set(names) | set(self.bridge.fetched)))
        remember_lines("<check>", self.check["source"])
        try:
            self._execute(rewritten, frozenset(names) | frozenset(self.bridge.fetched))
        except (Ended, KeyboardInterrupt):
            raise
        except BaseException as error:
            if type(error).__name__ == "Late":
                raise
            return self._failed(error, missing_steps, earlier)
        return self._changed() or Outcome("passed")

    def put_back(self) -> None:
        """Take back what this check set on the learner's side."""
        if self.log.set_names and self.bridge.ended is None:
            self.bridge.request("restore", 0)

    def _cannot_run(self, rewritten: Rewritten, names: list[str]) -> Outcome | None:
        absent = [name for name in names if name in self.missing and name in rewritten.reads]
        if absent:
            return Outcome("failed", messages.not_defined(absent))
        for name in rewritten.reads:
            if name in self.unreadable:
                return Outcome("failed", f"`{name}` holds a value that cannot be checked: {self.unreadable[name]}.")
        return None

    def _execute(self, rewritten: Rewritten, names: frozenset[str]) -> None:
        self.namespace[NAME] = Ask(
            rewritten.found, rewritten.operators, Explainer(names, self.log, self.bridge.fetched)
        )
        exec(rewritten.code, self.namespace)
        for name in rewritten.tests:
            self.namespace.pop(name)()

    def _changed(self) -> Outcome | None:
        if not self.log.changed:
            return None
        call, place = self.log.changed[0]
        passed = [*call.args, *call.kwargs.values()]
        return Outcome("failed", messages.changed_argument(call.name, place, words.value(passed[place])))

    def _failed(self, error: BaseException, missing_steps: list[str], earlier: list[dict[str, Any]]) -> Outcome:
        raised = self._raised_by_learner(error)
        if raised is not None:
            name = self.log.calls[-1].name if self.log.calls else "your code"
            message = messages.function_raised(name, raised, missing_steps, earlier)
            trace = raised.get("traceback")
            return Outcome("error", message, traceback=trace if type(trace) is str else "")
        if isinstance(error, Failure):
            return Outcome("failed", error.message, error.got, error.accepted, error.off, error.hint, error.curve)
        if isinstance(error, AssertionError):
            return Outcome("failed", self._asserted(error))
        if isinstance(error, NameError) and error.name in self.missing:
            return Outcome("failed", messages.not_defined([error.name]))
        return self._stumbled(error)

    def _raised_by_learner(self, error: BaseException) -> dict[str, Any] | None:
        """What the learner's side said of this exception, if it came from there; also as the cause of another."""
        seen: BaseException | None = error
        for _ in range(10):
            if seen is None:
                return None
            if id(seen) in self.log.raised and self.log.raised[id(seen)][0] is seen:
                return self.log.raised[id(seen)][1]
            seen = seen.__cause__ or (None if isinstance(seen, AssertionError) else seen.__context__)
        return None

    def _asserted(self, error: AssertionError) -> str:
        text = str(error).strip()
        kind = type(error).__name__
        call = f"`{call_in_words(self.log.calls[-1])}`" if self.log.calls else "Your answer"
        if kind == "Unreadable":
            return f"{call} gave a value that cannot be checked: {text}."
        if kind == "OpaqueValue":
            return f"{call}: {text}."
        if "Not equal to tolerance" in text or "Arrays are not" in text:
            return _numpy_words(text)
        return text or f"{self.check['name']}: this does not hold."

    def _stumbled(self, error: BaseException) -> Outcome:
        """The check itself raised: over what the answer gave, or as it is broken. A trial with the solution decides."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<check>"]
        line = (frames[-1].lineno or 1) if frames else 1
        note = f"line {self.check['line'] + line - 1}: {type(error).__name__}: {str(error)[:300]}"
        if not self.log.touched or isinstance(error, SystemExit):
            return _broken(note, certain=True)
        gave = [
            f"`{call_in_words(call)}` gave {words.value(call.result)}" for call in self.log.calls[-2:] if not call.error
        ]
        gave += [
            f"`{name}` is {words.value(value)}"
            for name, value in self.bridge.fetched.items()
            if not gave and not callable(value) and not isinstance(value, LearnerObject | LearnerClass)
        ][:2]
        came = f"{'; '.join(gave)}. " if gave else ""
        message = f"{came}The check could not work with that: {type(error).__name__}: {str(error)[:300].rstrip('. ')}."
        if self.log.calls and self.log.calls[-1].result is None and not self.log.calls[-1].error:
            message += " Is there a `return` at the end of your function?"
        return Outcome("failed", message, broken=note)


def _broken(note: str, *, certain: bool) -> Outcome:
    return Outcome("error", messages.BROKEN, broken=note, certain=certain)


def _numpy_words(text: str) -> str:
    """Numpy's own message for arrays that differ, without its tables."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kept = [
        line for line in lines if line.startswith(("Mismatched", "Max absolute", "Max relative", "(shapes", "x and y"))
    ]
    return "The values are not close enough. " + "; ".join(kept[:3]) + "." if kept else lines[0]


def helpers() -> dict[str, Any]:
    """Names that every check has at hand."""
    import panlearn_checks  # noqa: PLC0415 - at the start it may not be on the path yet

    return {name: getattr(panlearn_checks, name) for name in panlearn_checks.__all__ if not hasattr(builtins, name)}
