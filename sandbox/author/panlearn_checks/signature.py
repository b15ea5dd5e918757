"""The parameters of a function of the learner's."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

from panlearn_checks import words
from panlearn_checks.failure import Failure, told
from panlearn_checks.numbers import RETURN

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)


def assert_signature(
    function: Callable[..., Any], parameters: str, *, docstring: bool = False, message: str = ""
) -> None:
    """A function takes these parameters: "d, wavelength, order=1", written as in a `def`.

    Names, their order, defaults, and which stand behind `*` have to be the same. A parameter more is accepted if it
    has a default. With `docstring`, the function has to have one. Raises Failure; ValueError where `parameters` is not
    Python.
    """
    wanted = _parsed(parameters)
    name = getattr(function, "__name__", "your function") if callable(function) else "your answer"
    if not callable(function):
        hint = RETURN if function is None else "Define it with `def`, and leave out the brackets that call it."
        said = f"got {words.kind(function)}, expected a function"
        raise told(Failure(said, got=words.value(function), accepted="a function", hint=hint), message)
    try:
        came = inspect.signature(function)
    except (TypeError, ValueError):
        raise told(Failure(f"the parameters of `{name}` cannot be read: define it with `def`"), message) from None
    found = _different(came, wanted)
    if found:
        mine, asked = f"{name}{_shown(came)}", f"{name}({parameters.strip()})"
        raise told(Failure(f"`{mine}`: {found[0]}", got=mine, accepted=asked, hint=found[1]), message)
    if docstring and not (getattr(function, "__doc__", None) or "").strip():
        said = f"`{name}` has no docstring"
        hint = "A text in triple quotes, right below the line with `def`, says what the function does."
        raise told(Failure(said, got="no docstring", accepted="a docstring", hint=hint), message)


def _parsed(parameters: str) -> inspect.Signature:
    """A signature from its text. Defaults are literals."""
    try:
        tree = ast.parse(f"def f({parameters}): ...").body[0]
        assert isinstance(tree, ast.FunctionDef)
        given = tree.args
        defaults: list[Any] = [inspect.Parameter.empty] * (
            len(given.posonlyargs) + len(given.args) - len(given.defaults)
        )
        defaults += [ast.literal_eval(one) for one in given.defaults]
        found = [
            inspect.Parameter(one.arg, kind, default=default)
            for (one, kind), default in zip(
                [(one, inspect.Parameter.POSITIONAL_ONLY) for one in given.posonlyargs]
                + [(one, inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in given.args],
                defaults,
                strict=True,
            )
        ]
        if given.vararg:
            found.append(inspect.Parameter(given.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            value = inspect.Parameter.empty if default is None else ast.literal_eval(default)
            found.append(inspect.Parameter(one.arg, inspect.Parameter.KEYWORD_ONLY, default=value))
        if given.kwarg:
            found.append(inspect.Parameter(given.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    except (SyntaxError, ValueError, AssertionError):
        raise ValueError(f"assert_signature takes parameters as in a def, got {parameters!r}") from None
    return inspect.Signature(found)


def _different(came: inspect.Signature, wanted: inspect.Signature) -> tuple[str, str] | None:
    """The first difference, and what to try; None where there is none."""
    mine, asked = came.parameters, wanted.parameters
    lacking = [name for name in asked if name not in mine]
    if lacking:
        return f"the parameter `{lacking[0]}` is missing", _nearly(
            lacking[0], [name for name in mine if name not in asked]
        )
    order = [name for name in mine if name in asked and mine[name].kind is not inspect.Parameter.KEYWORD_ONLY]
    right = [name for name in asked if name in order]
    if order != right:
        return f"its parameters are in the order {', '.join(order)}, expected {', '.join(right)}", ""
    for name, one in asked.items():
        said = _parameter(name, mine[name], one)
        if said:
            return said
    more = [
        name
        for name, one in mine.items()
        if name not in asked and one.default is inspect.Parameter.empty and one.kind in _NAMED
    ]
    if more:
        return f"the parameter `{more[0]}` was not asked for", f"Give it a default, `{more[0]}=...`, or leave it out."
    return None


def _parameter(name: str, mine: inspect.Parameter, asked: inspect.Parameter) -> tuple[str, str] | None:
    only = inspect.Parameter.KEYWORD_ONLY
    if (mine.kind is only) != (asked.kind is only):
        if asked.kind is only:
            return f"`{name}` should be given by name only", "A `*` of its own before it in the list does that."
        return f"`{name}` can be given by name only", "It stands behind a `*`: put it before."
    if asked.default is inspect.Parameter.empty:
        return None
    if mine.default is inspect.Parameter.empty:
        return (
            f"`{name}` has no default, expected {words.value(asked.default)}",
            f"`{name}={asked.default!r}` gives it one.",
        )
    try:
        same = bool(mine.default == asked.default)
    except Exception:
        same = False
    if same:
        return None
    return f"`{name}` has the default {words.value(mine.default)}, expected {words.value(asked.default)}", ""


def _nearly(name: str, others: list[str]) -> str:
    found = next((one for one in others if one.casefold().replace("_", "") == name.casefold().replace("_", "")), "")
    if found:
        return f"`{found}` is nearly it: names count to the letter."
    return f"`{others[0]}` stands in its place: rename it." if len(others) == 1 else ""


def _shown(signature: inspect.Signature) -> str:
    """A signature without annotations, shortened."""
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    text = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return text if len(text) <= 120 else f"{text[:119]}…"  # noqa: PLR2004 - as wide as a line
