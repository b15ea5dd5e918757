"""What the text of an answer uses: names, loops, imports, operators. It is read as a syntax tree, never run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from panlearn_checks.failure import Failure, told

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WORDS: dict[str, tuple[tuple[type[ast.AST], ...], str]] = {
    "for": ((ast.For, ast.AsyncFor), "a `for` loop"),
    "while": ((ast.While,), "a `while` loop"),
    "loop": (_LOOPS, "a loop"),
    "comprehension": (_COMPREHENSIONS, "a comprehension"),
    "if": ((ast.If, ast.IfExp), "an `if`"),
    "def": (_FUNCTIONS, "a function of its own (`def`)"),
    "lambda": ((ast.Lambda,), "a `lambda`"),
    "class": ((ast.ClassDef,), "a class"),
    "import": ((ast.Import, ast.ImportFrom), "an import"),
    "try": ((ast.Try,), "a `try`"),
    "with": ((ast.With, ast.AsyncWith), "a `with`"),
    "assert": ((ast.Assert,), "an `assert`"),
    "global": ((ast.Global, ast.Nonlocal), "a `global`"),
    "return": ((ast.Return,), "a `return`"),
    "yield": ((ast.Yield, ast.YieldFrom), "a `yield`"),
    "+": ((ast.Add,), "the operator `+`"),
    "-": ((ast.Sub, ast.USub), "the operator `-`"),
    "*": ((ast.Mult,), "the operator `*`"),
    "/": ((ast.Div,), "the operator `/`"),
    "//": ((ast.FloorDiv,), "the operator `//`"),
    "%": ((ast.Mod,), "the operator `%`"),
    "**": ((ast.Pow,), "the operator `**`"),
    "@": ((ast.MatMult,), "the operator `@`"),
}
_DYNAMIC = {"eval", "exec", "compile", "__import__", "getattr", "importlib.import_module", "globals", "locals", "vars"}


@dataclass
class _Submitted:
    """The answer that is being checked."""

    text: str | None = None
    namespace: dict[str, Any] = field(default_factory=dict)
    cleaned: Callable[[str], str] = str


_submitted = _Submitted()


def submit(text: str, namespace: dict[str, Any], cleaned: Callable[[str], str] = str) -> None:
    """Say what was submitted; the grader does. `cleaned` takes out what is no Python, such as magics."""
    _submitted.text, _submitted.namespace, _submitted.cleaned = text, namespace, cleaned


@dataclass(frozen=True)
class Use:
    """One use of something, and its line."""

    what: str
    line: int


def forbids(*things: str, name: str = "", source: str | None = None, message: str = "") -> None:
    """The submitted text uses none of these things.

    A thing is a word of the language ("for", "while", "loop" for any loop, comprehensions too, "comprehension", "if",
    "lambda", "import", "recursion"), an operator ("@"), or a name: "sorted", "numpy.linalg" and all that is in it,
    whatever it was imported as. With `name`, only the function of that name counts. `source` is another text than the
    submitted one. This sees how an answer is written; it does not contain it. Raises Failure with the line.
    """
    tree = _tree(source, name, message)
    if any("." in thing or (thing.isidentifier() and thing not in _WORDS) for thing in things):
        _refuse_hidden(tree, message)
    for thing in things:
        use = next(_uses(tree, thing), None)
        if use is not None:
            said = f"your answer uses {use.what} in line {use.line}, which is not allowed here"
            got = f"{use.what} in line {use.line}"
            raise told(Failure(said, got=got, accepted=f"without {_shown(thing)}", hint=_instead(thing)), message)


def requires(*things: str, name: str = "", source: str | None = None, message: str = "") -> None:
    """The submitted text uses each of these things, named as for `forbids`. Raises Failure."""
    tree = _tree(source, name, message)
    for thing in things:
        if next(_uses(tree, thing), None) is None:
            where = f"`{name}`" if name else "your answer"
            said = f"{where} does not use {_shown(thing)}, which is asked for here"
            raise told(Failure(said, got=f"no {_shown(thing)}", accepted=_shown(thing)), message)


def _tree(source: str | None, name: str, message: str) -> ast.AST:
    """The syntax tree to look at."""
    text = _submitted.text if source is None else source
    if text is None:
        raise ValueError("forbids and requires look at the submitted text; outside of a check give source=...")
    try:
        tree = ast.parse(_submitted.cleaned(text))
    except Exception:  # what takes out magics has errors of its own
        raise told(Failure("your answer cannot be read as Python"), message) from None
    if not name:
        return tree
    found = [node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS) and node.name == name]
    if not found:
        hint = f"Write `def {name}(...):` and what it does below."
        raise told(Failure(f"your answer has no function `{name}` that is made with `def`", hint=hint), message)
    _imports_of(tree, found[-1])
    return found[-1]


def _imports_of(tree: ast.AST, function: ast.AST) -> None:
    """Let a function know what was imported beside it."""
    function.imported = _imported(tree)  # type: ignore[attr-defined]


def _uses(tree: ast.AST, thing: str) -> Iterator[Use]:
    if thing == "recursion":
        yield from _recursion(tree)
    elif thing in _WORDS:
        kinds, shown = _WORDS[thing]
        line = 1
        for node in _in_order(tree):
            line = getattr(node, "lineno", line)
            if isinstance(node, kinds):
                yield Use(_kind_of_loop(node) if thing == "loop" else shown, line)
    elif all(part.isidentifier() for part in thing.split(".")):
        yield from _named(tree, thing)
    else:
        raise ValueError(f"forbids and requires know {', '.join(_WORDS)}, recursion, and names; not {thing!r}")


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, parents first, as they stand in the text; however deep they are nested."""
    waiting: list[Iterator[ast.AST]] = [iter([tree])]
    first = True
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        waiting.append(ast.iter_child_nodes(node))
        if not first:
            yield node
        first = False


def _kind_of_loop(node: ast.AST) -> str:
    kinds = ("for", "while", "comprehension")
    return next(_WORDS[kind][1] for kind in kinds if isinstance(node, _WORDS[kind][0]))


def _recursion(tree: ast.AST) -> Iterator[Use]:
    for function in (node for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
                yield Use(f"`{function.name}` inside itself", node.lineno)


def _named(tree: ast.AST, wanted: str) -> Iterator[Use]:
    """Where a name, or something in it, is used or imported."""
    aliases = _aliases(tree)
    full = _resolved(wanted, aliases)
    for node in _in_order(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            base = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
            taken = [f"{base}{one.name}" for one in node.names]
            if any(_inside(one, full) for one in taken):
                yield Use(f"`{next(one for one in taken if _inside(one, full))}`", node.lineno)
        elif isinstance(node, ast.Name | ast.Attribute):
            dotted = _dotted(node)
            if dotted and (_inside(_resolved(dotted, aliases), full) or _inside(dotted, wanted)):
                yield Use(f"`{dotted}`", node.lineno)


def _inside(name: str, of: str) -> bool:
    return name == of or name.startswith(f"{of}.")


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _resolved(dotted: str, aliases: dict[str, str]) -> str:
    first, _, rest = dotted.partition(".")
    full = aliases.get(first, first)
    return f"{full}.{rest}" if rest else full


def _aliases(tree: ast.AST) -> dict[str, str]:
    """What the names of the answer and of the lesson stand for: np is numpy."""
    known: dict[str, str] = {}
    for name, value in _submitted.namespace.items():
        if isinstance(value, ModuleType):
            known[name] = value.__name__
    return known | getattr(tree, "imported", {}) | _imported(tree)


def _imported(tree: ast.AST) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return found


def _refuse_hidden(tree: ast.AST, message: str) -> None:
    """A name that is looked up by a text could be any name."""
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = _resolved(_dotted(node.func), aliases)
            if called.removeprefix("builtins.") in _DYNAMIC:
                said = f"your answer uses `{called}` in line {node.lineno}, which hides what it does"
                raise told(Failure(said, got=f"`{called}`", hint="Write the name that you mean."), message)


def _shown(thing: str) -> str:
    if thing == "recursion":
        return "a function that calls itself"
    return _WORDS[thing][1] if thing in _WORDS else f"`{thing}`"


def _instead(thing: str) -> str:
    if thing in {"for", "while", "loop", "comprehension"}:
        return "NumPy computes with whole arrays at once: `2 * x` doubles every value of an array `x`."
    return ""
