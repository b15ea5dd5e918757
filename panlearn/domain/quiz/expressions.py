"""Arithmetic that an author writes as an answer: read as a syntax tree, computed node by node, nothing else allowed.

+ - * / **   sqrt exp log sin cos tan asin acos atan degrees radians   pi
h c e m_n    Planck's constant, the speed of light, the elementary charge, the neutron's mass: SI (CODATA 2018)
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

CONSTANTS: dict[str, float] = {
    "pi": math.pi,
    "h": 6.62607015e-34,
    "c": 299792458.0,
    "e": 1.602176634e-19,
    "m_n": 1.67492749804e-27,
}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    name: getattr(math, name)
    for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "degrees", "radians")
}
RESERVED = frozenset(CONSTANTS) | frozenset(FUNCTIONS)
MAX_LENGTH = 300
MAX_DEPTH = 40
_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class ExpressionError(ValueError):
    """An expression that cannot be read or computed; the message is a sentence for its author."""


def evaluate(text: str, values: Mapping[str, float] | None = None) -> float:
    """The value of an expression with these variables. Raises `ExpressionError`; the result is finite."""
    try:
        result = _value(_parsed(text), values or {}, 0)
    except ZeroDivisionError:
        raise ExpressionError(f"`{text}` divides by zero.") from None
    except OverflowError:
        raise ExpressionError(f"`{text}` is too large to be computed.") from None
    except ExpressionError:
        raise
    except (ValueError, TypeError):
        raise ExpressionError(f"`{text}` has no real value.") from None
    if not math.isfinite(result):
        raise ExpressionError(f"`{text}` is not finite.")
    return result


def _parsed(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The expression has {len(text)} characters; at most {MAX_LENGTH} are read.")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"`{text}` is not an expression.") from None


def _value(node: ast.expr, values: Mapping[str, float], depth: int) -> float:
    if depth > MAX_DEPTH:
        raise ExpressionError("The expression is nested too deep.")
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return _named(node.id, values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _value(node.operand, values, depth + 1)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _value(node.left, values, depth + 1), _value(node.right, values, depth + 1)
        return _real(_BINARY[type(node.op)](left, right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
        if node.func.id not in FUNCTIONS:
            raise ExpressionError(f"`{node.func.id}` is not a function that answers may use.")
        return FUNCTIONS[node.func.id](_value(node.args[0], values, depth + 1))
    raise ExpressionError(f"`{ast.unparse(node)[:60]}` is not arithmetic.")


def _named(name: str, values: Mapping[str, float]) -> float:
    found = values.get(name, CONSTANTS.get(name))
    if found is None:
        raise ExpressionError(f"`{name}` is neither a variable of this quiz nor a constant.")
    return found


def _real(value: object) -> float:
    """A power of a negative number may be complex."""
    if not isinstance(value, float):
        raise ExpressionError("The expression has no real value.")
    return value
