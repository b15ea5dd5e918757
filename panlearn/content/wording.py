"""Words for a check that has no docstring: which of the learner's things it looks at, never what it expects."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

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


def describe(statement: ast.stmt, about: Mapping[str, str]) -> str:
    """What a check is about, as `f(2) is right`: the learner's calls and names in it.

    `about`: the names that lead to the learner's side, each with the words for it (empty: the name itself).
    """
    subjects = list(dict.fromkeys(_subjects(statement, about)))
    if not subjects:
        called = {_called(node) for node in ast.walk(statement) if isinstance(node, ast.Call)}
        return f"The answer is {'written ' if called & {'forbids', 'requires'} else ''}as asked"
    shown = " and ".join(subjects[:2]) + (" and more" if len(subjects) > 2 else "")  # noqa: PLR2004 - two fit a line
    return f"{shown} {_predicate(statement, many=len(subjects) > 1)}"


def derived(statement: ast.stmt, about: Mapping[str, str]) -> dict[str, str]:
    """Names that a statement like `x = f(2)` binds to something of the learner's, with the words for it."""
    if not isinstance(statement, ast.Assign):
        return {}
    subjects = list(dict.fromkeys(_subjects(statement.value, about)))
    if not subjects:
        return {}
    targets = [node for target in statement.targets for node in ast.walk(target)]
    return {node.id: subjects[0] for node in targets if isinstance(node, ast.Name)}


def _subjects(node: ast.AST, about: Mapping[str, str]) -> Iterator[str]:
    """The outermost calls of learner's functions, and the learner's names outside of those."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and about.get(node.func.id) == "":
        text = ast.unparse(node)
        yield text if len(text) <= _LONGEST and "\n" not in text else f"{node.func.id}(…)"
        return
    if isinstance(node, ast.Name) and node.id in about:
        yield about[node.id] or node.id
    if isinstance(node, ast.Assert):
        yield from _subjects(node.test, about)  # the message may quote what is expected
        return
    for child in ast.iter_child_nodes(node):
        yield from _subjects(child, about)


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
