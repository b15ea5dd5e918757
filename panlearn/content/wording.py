"""Words for a check that has no docstring: which of the learner's things it looks at, never what it expects."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_LONGEST = 60
_TYPES = {"isinstance", "type", "callable", "issubclass"}
_ASPECTS = {
    "shape": "has the right shape",
    "dtype": "has the right type of numbers",
    "size": "has the right size",
    "ndim": "has the right number of dimensions",
    "columns": "has the right columns",
    "index": "has the right index",
}


def describe(statement: ast.stmt, names: frozenset[str]) -> str:
    """What a check is about, as `f(2) has the right value`: the calls and names of the learner that it holds."""
    subjects = list(dict.fromkeys(_subjects(statement, names)))
    if not subjects:
        return "The answer is as asked"
    shown = " and ".join(subjects[:2]) + (" and more" if len(subjects) > 2 else "")  # noqa: PLR2004 - two fit a line
    return f"{shown} {_predicate(statement, many=len(subjects) > 1)}"


def _subjects(node: ast.AST, names: frozenset[str]) -> Iterator[str]:
    """The outermost calls of learner's functions, and the learner's names outside of those."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
        text = ast.unparse(node)
        yield text if len(text) <= _LONGEST and "\n" not in text else f"{node.func.id}(…)"
        return
    if isinstance(node, ast.Name) and node.id in names:
        yield node.id
    if isinstance(node, ast.Assert):
        yield from _subjects(node.test, names)  # the message may quote what is expected
        return
    for child in ast.iter_child_nodes(node):
        yield from _subjects(child, names)


def _predicate(statement: ast.stmt, *, many: bool) -> str:
    nodes = list(ast.walk(statement))
    called = {_called(node) for node in nodes if isinstance(node, ast.Call)}
    if "raises" in called or any(name.startswith("assert_raises") for name in called):
        return "raise the right error" if many else "raises the right error"
    if called & _TYPES:
        return "are of the right kind" if many else "is of the right kind"
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in _ASPECTS and not many:
            return _ASPECTS[node.attr]
    if "len" in called and not many:
        return "has the right length"
    return "are right" if many else "is right"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
