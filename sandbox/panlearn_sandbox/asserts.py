"""Rewrites the asserts of a check so that a failed one knows the values it compared, without evaluating them again.

`assert f(2) == 4, "text"` becomes `if not ask.compare(7, f(2), 4): raise ask.failed(7, "text")`: same order, same
scopes, the message evaluated only when it is needed. `assert a and b` becomes two of them.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from panlearn_checks import Approx

NAME = "@ask"


def _equal(one: Any, other: Any) -> Any:
    """`==`; a tolerance is asked first, since some types answer no for what they do not know."""
    return other == one if isinstance(other, Approx) else one == other


def _unequal(one: Any, other: Any) -> Any:
    return other != one if isinstance(other, Approx) else one != other


_OPERATORS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", _equal),
    ast.NotEq: ("!=", _unequal),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Is: ("is", operator.is_),
    ast.IsNot: ("is not", operator.is_not),
    ast.In: ("in", lambda one, other: one in other),
    ast.NotIn: ("not in", lambda one, other: one not in other),
}


@dataclass(frozen=True, slots=True)
class Asserted:
    """One rewritten assert: what sort, the texts of its parts, the symbols between them, its line in the check."""

    sort: str
    texts: tuple[str, ...]
    symbols: tuple[str, ...]
    line: int
    names: tuple[frozenset[str], ...]


class _Rewriter(ast.NodeTransformer):
    def __init__(self) -> None:
        self.found: list[Asserted] = []
        self.operators: list[tuple[Callable[[Any, Any], Any], ...]] = []

    def visit_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        test = node.test
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            parts = [ast.copy_location(ast.Assert(test=part, msg=node.msg), node) for part in test.values]
            return [statement for part in parts for statement in self.visit_Assert(part)]
        number = len(self.found)
        call = self._question(test, number, node.lineno)
        message = [node.msg] if node.msg is not None else []
        failed = ast.Call(_attribute("failed"), [ast.Constant(number), *message], [])
        guard = ast.If(ast.UnaryOp(ast.Not(), call), [ast.Raise(failed, ast.Constant(None))], [])
        return [ast.fix_missing_locations(ast.copy_location(guard, node))]

    def _question(self, test: ast.expr, number: int, line: int) -> ast.expr:
        if isinstance(test, ast.Compare):
            parts = [test.left, *test.comparators]
            pairs = [_OPERATORS[type(op)] for op in test.ops]
            self._note("compare", parts, tuple(symbol for symbol, _ in pairs), line, tuple(ask for _, ask in pairs))
            return ast.Call(_attribute("compare"), [ast.Constant(number), *parts], [])
        if isinstance(test, ast.Call) and not any(isinstance(argument, ast.Starred) for argument in test.args):
            self._note("call", [test, test.func, *test.args], (), line)
            return ast.Call(_attribute("called"), [ast.Constant(number), test.func, *test.args], test.keywords)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self._note("not", [test.operand], (), line)
            return ast.Call(_attribute("not_true"), [ast.Constant(number), test.operand], [])
        self._note("true", [test], (), line)
        return ast.Call(_attribute("true"), [ast.Constant(number), test], [])

    def _note(
        self,
        sort: str,
        parts: list[ast.expr],
        symbols: tuple[str, ...],
        line: int,
        operators: tuple[Callable[[Any, Any], Any], ...] = (),
    ) -> None:
        names = tuple(frozenset(item.id for item in ast.walk(part) if isinstance(item, ast.Name)) for part in parts)
        self.found.append(Asserted(sort, tuple(ast.unparse(part) for part in parts), symbols, line, names))
        self.operators.append(operators)


def _attribute(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())


@dataclass
class Outcome:
    """The values of the assert that was evaluated last. `ambiguous`: the comparison gave many answers, not one."""

    number: int = -1
    values: tuple[Any, ...] = ()
    ambiguous: bool = False
    at: int = 0


class Ask:
    """What a rewritten check calls. `explain` makes the exception of a failed assert."""

    def __init__(self, found: list[Asserted], operators: list[Any], explain: Callable[..., BaseException]) -> None:
        self.found = found
        self.operators = operators
        self.explain = explain
        self.last = Outcome()

    def compare(self, number: int, *values: Any) -> bool:
        """The comparison of an assert, chained or not."""
        self.last = Outcome(number, values)
        for at, ask in enumerate(self.operators[number]):
            self.last.at = at
            if not self._truth(ask(values[at], values[at + 1])):
                return False
        return True

    def _truth(self, answer: Any) -> bool:
        if type(answer).__name__ in {"ndarray", "DataFrame", "Series"} and getattr(answer, "size", 1) != 1:
            self.last.ambiguous = True
            return False
        return bool(answer)

    def called(self, number: int, function: Any, *args: Any, **kwargs: Any) -> bool:
        """An assert that is one call."""
        self.last = Outcome(number, (None, function, *args))
        result = function(*args, **kwargs)
        self.last = Outcome(number, (result, function, *args))
        return self._truth(result)

    def true(self, number: int, value: Any) -> bool:
        """An assert of one value."""
        self.last = Outcome(number, (value,))
        return self._truth(value)

    def not_true(self, number: int, value: Any) -> bool:
        """An assert that a value is not true."""
        self.last = Outcome(number, (value,))
        return not self._truth(value) and not self.last.ambiguous

    def failed(self, number: int, message: Any = None) -> BaseException:
        """The exception of the assert with this number."""
        last = self.last if self.last.number == number else Outcome(number)
        return self.explain(self.found[number], last, message)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A check that is ready to run, and the names it reads but does not bind."""

    code: CodeType
    found: list[Asserted]
    operators: list[Any]
    reads: frozenset[str]
    tests: tuple[str, ...]


def rewrite(source: str, filename: str) -> Rewritten:
    """Compile a check. Raises SyntaxError where it is not Python."""
    tree = ast.parse(source, filename)
    nodes = list(ast.walk(tree))
    reads = {item.id for item in nodes if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load)}
    reads -= {item.id for item in nodes if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load)}
    reads -= {item.arg for item in nodes if isinstance(item, ast.arg)}
    tests = tuple(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )
    rewriter = _Rewriter()
    tree = ast.fix_missing_locations(rewriter.visit(tree))
    code = compile(tree, filename, "exec", dont_inherit=True)
    return Rewritten(code, rewriter.found, rewriter.operators, frozenset(reads), tests)
