"""Why an assert failed, in words: what the learner's code gave, what is accepted, how far off that is."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

from panlearn_checks import Approx, Failure, words
from panlearn_checks.guess import guess_any
from panlearn_sandbox.asserts import Asserted, Outcome
from panlearn_sandbox.bridge import Call, Log
from panlearn_sandbox.proxies import LearnerObject

_EXPECTED = {
    "==": "expected {}",
    "!=": "expected anything but {}",
    "<": "expected less than {}",
    "<=": "expected at most {}",
    ">": "expected more than {}",
    ">=": "expected at least {}",
    "is": "expected {}",
    "is not": "expected anything but {}",
    "in": "expected one of {}",
    "not in": "expected none of {}",
}
_ACCEPTED = {
    "==": "{}",
    "<": "< {}",
    "<=": "≤ {}",
    ">": "> {}",
    ">=": "≥ {}",
    "is": "{}",
    "!=": "not {}",
    "in": "one of {}",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NEGATIVE = {("!=",), ("is not",), ("not in",), ("in",)}
_RETURN = "Is there a `return` at the end of your function?"
_SUBJECT = 90
_NAME = re.compile(r"[A-Za-z_]\w*")


class Explainer:
    """Explains the asserts of one check. `names`: what the learner was asked to define; `log`: what was called."""

    def __init__(self, names: frozenset[str], log: Log, fetched: dict[str, Any]) -> None:
        self.names = names
        self.log = log
        self.fetched = fetched

    def __call__(self, asserted: Asserted, outcome: Outcome, message: Any) -> Failure:
        """The author's message first, then what came; what is expected only where it is a value, not its opposite."""
        failure = self._failure(asserted, outcome)
        if message is not None:
            said = (message if type(message) is str else words.value(message)).rstrip()
            negative = asserted.sort in {"true", "not"} or asserted.symbols[outcome.at : outcome.at + 1] in _NEGATIVE
            if negative and outcome.values:
                failure.accepted, failure.hint = "", ""
                came = self._came(asserted, outcome)
            else:
                came = failure.message
            failure.message = f"{said} {came}".strip()
        failure.args = (failure.message,)
        return failure

    def _came(self, asserted: Asserted, outcome: Outcome) -> str:
        """What the learner's part of an assert gave."""
        place = outcome.at
        if (
            place + 1 < len(outcome.values)
            and asserted.names[place + 1] & self.names
            and not asserted.names[place] & self.names
        ):
            place += 1
        text, value = asserted.texts[place], outcome.values[place]
        facts = self._facts(text, "") if type(value) is bool and not self._call_of(text, value) else []
        said = [f"{self.subject(text, value)} {self._verb(text, value)} {words.value(value)}"] if not facts else []
        return ". ".join(said + facts) + "." if said or facts else ""

    def _failure(self, asserted: Asserted, outcome: Outcome) -> Failure:
        if not outcome.values:
            return Failure(f"`{asserted.texts[0]}` does not hold.")
        if asserted.sort == "compare":
            return self._compared(asserted, outcome)
        if asserted.sort == "call":
            return self._called(asserted, outcome)
        return self._true(asserted, outcome)

    def _compared(self, asserted: Asserted, outcome: Outcome) -> Failure:
        at = outcome.at
        left, right = outcome.values[at], outcome.values[at + 1]
        one, other = asserted.texts[at], asserted.texts[at + 1]
        symbol = asserted.symbols[at]
        mine = bool(asserted.names[at] & self.names)
        theirs = bool(asserted.names[at + 1] & self.names)
        if theirs and not mine and symbol not in {"in", "not in"}:
            left, right, one, other, symbol = right, left, other, one, _TURNED.get(symbol, symbol)
        if symbol in {"in", "not in"} and theirs and not mine:
            said = "does not hold" if symbol == "in" else "should not hold"
            return Failure(
                f"{self.subject(other, right)} {said} {words.value(left)}; it is {words.value(right)}.",
                got=words.value(right),
            )
        if isinstance(right, Approx) and symbol == "==":
            found = right.difference(left)
            if found is not None:
                return self._with_subject(one, left, found)
        failure = self._equal(one, left, right) if symbol == "==" else None
        return failure or self._plainly(one, left, other, right, symbol, ambiguous=outcome.ambiguous)

    def _with_subject(self, text: str, value: Any, found: Failure) -> Failure:
        """A failure of a comparison helper, as a sentence about the learner's expression."""
        said = found.message
        if said.startswith("got "):
            said = f"{self.subject(text, value)} {self._verb(text, value)} {said[4:]}"
        else:
            said = f"{self.subject(text, value)}: {said}"
        found.message = self._closed(said, text, value, found)
        return found

    def _equal(self, text: str, got: Any, expected: Any) -> Failure | None:
        """The first difference of two containers of one kind; of numbers, how far they are apart."""
        numbers = words.plain_number(got), words.plain_number(expected)
        if None not in numbers and not any(isinstance(item, bool) for item in numbers):
            return self._numbers(text, *numbers)
        if type(got).__name__ == type(expected).__name__ == "ndarray":
            return self._arrays(text, got, expected)
        if type(got) is type(expected) and type(got) in {list, tuple}:
            return self._sequences(text, got, expected)
        if type(got) is type(expected) is dict:
            return self._dicts(text, got, expected)
        return None

    def _numbers(self, text: str, got: Any, expected: Any) -> Failure:
        digits = next((n for n in (6, 8, 10, 12) if words.number(got, n) != words.number(expected, n)), 17)
        came, wanted = words.number(got, digits), words.number(expected, digits)
        off = got - expected
        failure = Failure(
            "", got=came, accepted=wanted, hint=guess_any(got, expected),
            off=words.number(off, 3) if math.isfinite(abs(off)) else "",
        )  # fmt: skip
        failure.message = self._closed(
            f"{self.subject(text, got)} {self._verb(text, got)} {came}, expected {wanted}", text, got, failure
        )
        return failure

    def _arrays(self, text: str, got: Any, expected: Any) -> Failure | None:
        from panlearn_checks.arrays import compare  # noqa: PLC0415 - it imports numpy, which is there

        if got.dtype.kind not in "biufc" or expected.dtype.kind not in "biufc":
            return None
        found = compare(got, expected, rtol=0.0, atol=0.0, equal_nan=False)
        return self._with_subject(text, got, found) if found is not None else None

    def _sequences(self, text: str, got: Any, expected: Any) -> Failure | None:
        noun = type(got).__name__
        came, wanted = words.value(got), words.value(expected)
        said = f"{self.subject(text, got)} {self._verb(text, got)} {came}, expected {wanted}"
        if len(got) != len(expected):
            said += f". Your {noun} has {len(got)} item{'s' * (len(got) != 1)}, expected {len(expected)}"
        else:
            index = next(
                (i for i, (one, other) in enumerate(zip(got, expected, strict=True)) if _differ(one, other)), None
            )
            if index is not None and len(got) > 1:
                here, wanted_here = words.value(got[index]), words.value(expected[index])
                said += f". They differ first at index {index}: {here}, expected {wanted_here}"
        return self._finished(said, text, got, came, wanted)

    def _dicts(self, text: str, got: dict[Any, Any], expected: dict[Any, Any]) -> Failure | None:
        came, wanted = words.value(got), words.value(expected)
        said = f"{self.subject(text, got)} {self._verb(text, got)} {came}, expected {wanted}"
        missing = [key for key in expected if key not in got]
        extra = [key for key in got if key not in expected]
        wrong = [key for key in expected if key in got and _differ(got[key], expected[key])]
        if missing:
            said += f". The key {words.value(missing[0])} is missing"
        elif extra:
            said += f". The key {words.value(extra[0])} is too many"
        elif wrong:
            key = wrong[0]
            said += f". At the key {words.value(key)}: {words.value(got[key])}, expected {words.value(expected[key])}"
        return self._finished(said, text, got, came, wanted)

    def _finished(self, said: str, text: str, got: Any, came: str, wanted: str) -> Failure:
        failure = Failure("", got=came, accepted=wanted)
        failure.message = self._closed(said, text, got, failure)
        return failure

    def _plainly(self, text: str, got: Any, other: str, expected: Any, symbol: str, *, ambiguous: bool) -> Failure:
        came, wanted = words.value(got), words.value(expected)
        if symbol == "==" and words.kind(got) != words.kind(expected):
            came, wanted = _with_kind(got), _with_kind(expected)
        if wanted == words.kind(expected) and expected is not None:
            wanted = f"`{other}`"  # it has no short text of its own
        expectation = _EXPECTED[symbol].format(wanted)
        if symbol == "is not" and expected is None:
            expectation, wanted = "expected a value", "a value"
        said = f"{self.subject(text, got)} {self._verb(text, got)} {came}, {expectation}"
        if ambiguous:
            said += "; an array of answers is neither true nor false"
        failure = Failure("", got=came, accepted=_ACCEPTED.get(symbol, "{}").format(wanted))
        failure.message = self._closed(said, text, got, failure)
        return failure

    def _called(self, asserted: Asserted, outcome: Outcome) -> Failure:
        result, function, *args = outcome.values
        name = getattr(function, "__name__", "") if not isinstance(function, LearnerObject) else ""
        texts = asserted.texts[2:]
        if name == "isinstance" and len(args) == 2:  # noqa: PLR2004
            wanted = _types(args[1])
            failure = Failure("", got=words.kind(args[0]), accepted=wanted)
            text, came = texts[0], args[0]
            said = f"{self.subject(text, came)} {self._verb(text, came)} {_with_kind(came)}, expected {wanted}"
            failure.message = self._closed(said, text, came, failure)
            return failure
        if name in {"isclose", "allclose", "array_equal", "array_equiv"} and len(args) >= 2:  # noqa: PLR2004
            return self._close(asserted, texts, args, name)
        return self._true(asserted, Outcome(outcome.number, (result,), outcome.ambiguous))

    def _close(self, asserted: Asserted, texts: tuple[str, ...], args: list[Any], name: str) -> Failure:
        (got, expected), (one, other) = args[:2], texts[:2]
        if asserted.names[3] & self.names and not asserted.names[2] & self.names:
            got, expected, one = expected, got, other
        rtol, atol = (0.0, 0.0) if name.startswith("array") else (1e-9, 0.0)
        if "numpy" in sys.modules and not isinstance(got, LearnerObject):
            from panlearn_checks.arrays import compare  # noqa: PLC0415 - it imports numpy, which is there

            found = compare(got, expected, rtol=rtol, atol=atol, equal_nan=False)
            if found is not None:
                found.accepted = found.accepted.partition(" ± ")[0]
                found.message = found.message.partition(" ± ")[0]
                return self._with_subject(one, got, found)
        return self._plainly(one, got, other, expected, "==", ambiguous=False)

    def _true(self, asserted: Asserted, outcome: Outcome) -> Failure:
        value, text = outcome.values[0], asserted.texts[0]
        wanted = "something false" if asserted.sort == "not" else "something true"
        if type(value) in {str, list, tuple, dict, set} and asserted.sort != "not":
            wanted = "one that is not empty"
        if type(value) is bool:
            wanted = "False" if asserted.sort == "not" else "True"
        if outcome.ambiguous:
            wanted = "one answer, true or false"
        failure = Failure("", got=words.value(value), accepted=wanted)
        said = f"{self.subject(text, value)} {self._verb(text, value)} {words.value(value)}, expected {wanted}"
        if type(value) is bool and self._call_of(text, value) is None:
            said = f"`{text}` {'holds, and should not' if value else 'does not hold'}"
        failure.message = self._closed(said, text, value, failure)
        return failure

    def subject(self, text: str, value: Any) -> str:
        """The learner's expression; a call with short arguments is shown with their values."""
        call = self._call_of(text, value)
        if call is not None:
            shown = call_in_words(call)
            if len(shown) <= _SUBJECT:
                return f"`{shown}`"
        return f"`{text}`" if len(text) <= _SUBJECT else f"`{text[:_SUBJECT]}…`"

    def _verb(self, text: str, value: Any) -> str:
        return "gave" if text.endswith(")") or self._call_of(text, value) is not None else "is"

    def _call_of(self, text: str, value: Any) -> Call | None:
        """The call that this text is and nothing else, or that a name like `angle` in `angle = f(2)` stands for."""
        if text.isidentifier() and text not in self.fetched:
            calls = [call for call in self.log.calls if call.result is value and call.error is None]
            return calls[-1] if len(calls) == 1 or (calls and calls[-1] is self.log.calls[-1]) else None
        name = text.partition("(")[0]
        if not text.endswith(")") or not name.isidentifier() or text.count(name + "(") != 1 or not _one_call(text):
            return None
        calls = [call for call in self.log.calls if call.name == name]
        return calls[-1] if len(calls) == 1 or (calls and calls[-1] is self.log.calls[-1]) else None

    def _closed(self, said: str, text: str, value: Any, failure: Failure) -> str:
        """The sentence with its full stop, and what inner calls gave and names hold."""
        sentences = [said[:1].upper() + said[1:] if not said.startswith("`") else said]
        call = self._call_of(text, value)
        if call is None:
            sentences += self._facts(text, said)
        if value is None and (text.endswith(")") or call is not None):
            failure.hint = failure.hint or _RETURN
        return ". ".join(sentences) + "."

    def _facts(self, text: str, said: str) -> list[str]:
        """What the learner's parts of an expression are."""
        used = set(_NAME.findall(text))
        found = [
            f"`{name}` is {words.value(value)}"
            for name, value in self.fetched.items()
            if name in used and name != text and _is_data(value) and words.value(value) not in said
        ]
        found += [
            f"`{call_in_words(call)}` gave {words.value(call.result)}"
            for call in self.log.calls[-2:]
            if call.error is None and call.name in used and words.value(call.result) not in said
        ]
        return found[:2]


def call_in_words(call: Call) -> str:
    """A call as one would type it, its arguments as short values."""
    parts = [words.value(item) for item in call.args]
    parts += [f"{name}={words.value(item)}" for name, item in call.kwargs.items()]
    return f"{call.name}({', '.join(parts)})"


def _one_call(text: str) -> bool:
    """Whether the bracket that opens first closes last."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and sign == ")":
            return place == len(text) - 1
    return False


def _is_data(value: Any) -> bool:
    return not callable(value) and words.value(value) != words.kind(value)


def _differ(one: Any, other: Any) -> bool:
    if type(one) is not type(other) and words.plain_number(one) is None:
        return True
    try:
        return not bool(one == other)
    except Exception:
        return True


def _with_kind(value: Any) -> str:
    kind, text = words.kind(value), words.value(value)
    if kind == text or text.startswith(("a ", "an ", "nothing")) or value is None:
        return text
    return f"{kind}, {text}" if kind.startswith(("a ", "an ")) else f"{kind} {text}"


def _types(kinds: Any) -> str:
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    return " or ".join(
        dict.fromkeys(
            _TYPES.get(getattr(kind, "__name__", ""), f"a {getattr(kind, '__name__', kind)}") for kind in kinds
        )
    )


_TYPES = {
    "int": "a whole number",
    "integer": "a whole number",
    "int64": "a whole number",
    "float": "a number",
    "floating": "a number",
    "float64": "a number",
    "number": "a number",
    "complex": "a complex number",
    "bool": "True or False",
    "bool_": "True or False",
    "str": "a text",
    "list": "a list",
    "dict": "a dict",
    "tuple": "a tuple",
    "set": "a set",
    "ndarray": "an array",
    "DataFrame": "a table (DataFrame)",
    "Series": "a column (Series)",
    "AxesData": "axes of a figure",
    "FigureData": "a figure",
}
