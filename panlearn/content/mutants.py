"""Mutants of a solution: what it would be with one usual slip in it. Checks that none of them fails are weak there.

Mutation testing after DeMillo, Lipton and Sayward, "Hints on test data selection", Computer 11 (4), 1978,
doi:10.1109/C-M.1978.218136. The slips are those of beginners in science: a sign, a factor, degrees and radians, an end
of a range, a comparison.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from panlearn.content.names import plain_python

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_VARIANTS = 2
_TOLERANCE = 1e-3
"""A number as small as this keeps others from zero or says what is close: another one may do as well."""
_DROPPED = {
    "radians",
    "degrees",
    "deg2rad",
    "rad2deg",
    "sqrt",
    "abs",
    "fabs",
    "log",
    "exp",
    "square",
    "round",
    "sorted",
}
_SWAPPED = {"sin": "cos", "cos": "sin", "arcsin": "arccos", "arccos": "arcsin", "min": "max", "max": "min"}
_SWAPPED |= {"mean": "sum", "sum": "mean", "argmin": "argmax", "argmax": "argmin", "log": "log10", "log10": "log"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed solution, and the change: `before` became `after` in `row`, the text of that line."""

    source: str
    before: str
    after: str
    row: str


def mutants(solution: str, most: int) -> list[Mutant]:
    """At most `most` mutants of a solution, spread over its changes; none where it does not parse."""
    try:
        found = list(_all(plain_python(solution)))
    except (SyntaxError, ValueError, RecursionError):
        return []
    if len(found) <= most:
        return found
    return [found[number * len(found) // most] for number in range(most)]


def _all(source: str) -> Iterator[Mutant]:
    rows = source.split("\n")
    same = ast.unparse(ast.parse(source))
    for place in range(len(list(_changeable(ast.parse(source))))):
        for variant in range(_VARIANTS):
            tree = ast.parse(source)
            node, holder, field, index = list(_changeable(tree))[place]
            changed = list(_changes(node))
            if variant >= len(changed):
                break
            if index is None:
                setattr(holder, field, changed[variant])
            else:
                getattr(holder, field)[index] = changed[variant]
            text = ast.unparse(ast.fix_missing_locations(tree))
            if text != same:
                row = rows[node.lineno - 1].strip()
                before, after = ast.unparse(node), ast.unparse(changed[variant])
                yield Mutant(source=text, before=before, after=after, row=row)


def _changeable(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.AST, str, int | None]]:
    """Expressions that can be changed, in the order of the text, with where each hangs; docstrings and types do not."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns", "decorator_list", "type_params", "type_comment"}:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.expr) and any(True for _ in _changes(child)):
                yield child, tree, field, index
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                yield from _changeable(child)


def _changes(node: ast.expr) -> Iterator[ast.expr]:
    """What this expression could wrongly be."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC and not _is_text(left, right):
            yield ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.Compare(left=left, ops=[op], comparators=[other]) if type(op) in _COMPARED and not _measures(node):
            yield ast.Compare(left, [_COMPARED[type(op)]()], [other])
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)) if not 0 < abs(value) <= _TOLERANCE:
            yield ast.Constant(value * 2 if value else 1.0)
        case ast.Call():
            yield from _calls(node)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _DROPPED and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if name in _SWAPPED:
        other = _SWAPPED[name]
        if isinstance(node.func, ast.Attribute):
            yield ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)
        elif name in {"min", "max"}:
            yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)
    elif node.keywords and node.keywords[-1].arg in {"axis", "dtype", "weights", "sigma", "endpoint", "reverse", "key"}:
        yield ast.Call(node.func, node.args, node.keywords[:-1])


def _measures(node: ast.Compare) -> bool:
    """Whether it compares with a decimal number: whether the end of such a range counts makes no difference."""
    return any(isinstance(one, ast.Constant) and isinstance(one.value, float) for one in ast.walk(node))


def _is_text(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.JoinedStr) or _is_string(node) for node in nodes)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
