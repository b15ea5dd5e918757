"""Sentences for what goes wrong while a learner's code runs. What happened, where, and what to try."""

from __future__ import annotations

import re
from typing import Any

_ANY = r".*"
_MOST_LINES = 1_000_000
_PLAIN: tuple[tuple[str, str, str], ...] = (
    ("TypeError", r"'NoneType'", "Something there is None. A function without a `return` gives None."),
    ("TypeError", r"only (length-1|0-dimensional|size-1) arrays", "`math` takes one number, `np` whole arrays."),
    ("TypeError", r"missing \d+ required", "A function was called with fewer arguments than it asks for."),
    ("TypeError", r"takes .* positional argument", "A function was called with too many or too few arguments."),
    ("TypeError", r"unexpected keyword argument", "A function was called with an argument that it does not know."),
    ("TypeError", r"not callable", "Something that is no function is followed by brackets."),
    ("TypeError", r"not subscriptable", "Something that has no items is followed by square brackets."),
    ("TypeError", r"unsupported operand", "Two things of these kinds do not go together."),
    ("TypeError", r"ufunc .* not supported for the input types", "Something that is no number went in."),
    ("ValueError", r"broadcast", "The arrays have shapes that do not match."),
    ("ValueError", r"truth value of an (array|empty array)", "`if` takes one answer: use `.any()` or `.all()`."),
    ("ValueError", r"truth value of a (Series|DataFrame)", "`if` takes one answer: use `.any()` or `.all()`."),
    ("ValueError", r"math domain error", "A root or a logarithm of something negative, or an arcsine of more than 1."),
    ("ValueError", r"matmul|shapes .* not aligned", "The arrays have shapes that cannot be multiplied as matrices."),
    ("ValueError", r"unpack", "There are more or fewer values than names to take them."),
    ("IndexError", r"out of range|out of bounds", "An index goes past the end: the last one is the length minus one."),
    ("KeyError", _ANY, "This key does not exist: look at `.keys()` or `.columns`."),
    ("ZeroDivisionError", _ANY, "Something is divided by zero."),
    ("AttributeError", r"'NoneType'", "Something there is None. A function without a `return` gives None."),
    ("ModuleNotFoundError", _ANY, "This package is not in the lesson's environment."),
    ("FileNotFoundError", _ANY, "The lesson's files are in the folder `data`; there are no others."),
    ("EOFError", _ANY, "`input()` cannot ask anybody while an answer is checked: use a value in its place."),
    ("UnboundLocalError", _ANY, "A name is used in a function before the function gives it a value."),
    ("RecursionError", _ANY, "A function calls itself without an end: which case should stop it?"),
    ("PermissionError", _ANY, "An answer cannot use the network or change files outside of its folder."),
)  # fmt: skip


def plainly(trouble: dict[str, Any]) -> str:
    """One sentence about a usual error, or an empty text."""
    error, text = str(trouble.get("error", "")), str(trouble.get("text", ""))
    return next((words for kind, part, words in _PLAIN if kind == error and re.search(part, text[:500])), "")


def line_of(trouble: dict[str, Any]) -> int | None:
    """The line of the answer, where one is known."""
    line = trouble.get("line")
    return line if type(line) is int and 0 < line < _MOST_LINES else None


def named(trouble: dict[str, Any]) -> str:
    """The exception's name and text, as Python says it."""
    error, text = str(trouble.get("error", "Exception"))[:80], str(trouble.get("text", ""))[:500]
    return f"{error}: {text}" if text else error


def missing_name(trouble: dict[str, Any], missing_steps: list[str], earlier: list[dict[str, Any]]) -> str:
    """What to say of a name that nobody defined, if that is the trouble: an earlier exercise may be missing."""
    name = str(trouble.get("name", ""))[:80]
    if trouble.get("error") != "NameError" or not name:
        return ""
    if missing_steps:
        which = " and ".join(f"`{item}`" for item in missing_steps[:3])
        return f"`{name}` is not defined. This exercise builds on your answer to {which}: do that first."
    broken = [item for item in earlier if item.get("exercise")]
    if broken:
        which = str(broken[0]["exercise"])[:80]
        return f"`{name}` is not defined. Your answer to `{which}` stopped with {named(broken[0])}"
    return f"`{name}` is not defined. Is it spelled as where you define it, in this cell or in an earlier one?"


def answer_stopped(trouble: dict[str, Any], missing_steps: list[str], earlier: list[dict[str, Any]]) -> str:
    """The answer did not run to its end."""
    line = line_of(trouble)
    place = f" in line {line}" if line else ""
    if trouble.get("error") == "SyntaxError" and not trouble.get("traceback"):
        where = f"Line {line} of your answer: " if line else "Your answer: "
        return where + str(trouble.get("text", ""))[:500]
    name = missing_name(trouble, missing_steps, earlier)
    if name:
        return f"Your answer stopped{place}: {name}"
    return _joined(f"Your answer stopped{place} with {named(trouble)}", plainly(trouble))


def function_raised(name: str, trouble: dict[str, Any], missing_steps: list[str], earlier: list[dict[str, Any]]) -> str:
    """A function of the learner's raised while a check called it."""
    line = line_of(trouble)
    place = f" in line {line} of your answer" if line else ""
    if trouble.get("error") == "SystemExit":
        return f"`{name}` ended the program{place}. Leave out `exit()` and `quit()`: use `return` to leave a function."
    missing = missing_name(trouble, missing_steps, earlier)
    if missing:
        return f"`{name}` stopped{place}: {missing}"
    return _joined(f"`{name}` raised {named(trouble)}{place and ','}{place}", plainly(trouble))


def changed_argument(name: str, place: int, shown: str) -> str:
    """A function changed what it was given."""
    order = {0: "first", 1: "second", 2: "third", 3: "fourth"}.get(place, f"{place + 1}th")
    return (
        f"`{name}` changed its {order} argument, {shown}, which its caller still needs. Work on a copy: "
        f"`.copy()`, `list(...)` or a new name."
    )


def not_defined(names: list[str]) -> str:
    """The answer lacks names that it was asked for."""
    shown = [f"`{name}`" for name in names[:4]]
    which = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"Your answer does not define {which}, which is asked for here. Is the name spelled as in the task?"


BROKEN = "This check is broken, not your answer. Your answer is kept; the author has been told."


def _joined(first: str, second: str) -> str:
    first = first if first.endswith((".", "?")) else f"{first}."
    return f"{first} {second}" if second else first
