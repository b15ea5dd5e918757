"""Which names a piece of code binds, and which it takes from elsewhere: read from its syntax, never by running it."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from panlearn.errors import AuthorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one cell.

    `bound`: by assignment, `def` or `class`; `imported`; `passing`: loop and `with` targets; `used`: from elsewhere;
    `changed`: bound elsewhere and written into here (`x[0] = 1`, `x.append(1)`).
    """

    bound: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()

    def union(self, other: Names) -> Names:
        """The names of both."""
        return Names(
            bound=self.bound | other.bound,
            imported=self.imported | other.imported,
            passing=self.passing | other.passing,
            used=self.used | other.used,
            changed=self.changed | other.changed,
        )


def parse(source: str, file: str, line: int) -> ast.Module:
    """The syntax tree of a cell whose first line is `line` of `file`; IPython's magics are allowed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: the cell still runs
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree: ast.Module = compile(plain_python(source), file, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        raise AuthorError(
            f"This is not valid Python: {error.msg}.",
            todo="Run the cell in Jupyter to see it marked.",
            file=file,
            line=line + (error.lineno or 1) - 1,
            code="PL011",
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise AuthorError(
            f"This cell cannot be parsed: {error}.", todo="Make it shorter.", file=file, line=line, code="PL011"
        ) from None
    return tree


def plain_python(source: str) -> str:
    """The cell with IPython's magics and shell lines turned into calls, each on the line it stood on."""
    if not any(row.lstrip()[:1] in {"%", "!", "?"} or row.rstrip().endswith("?") for row in source.split("\n")):
        return source
    if source.lstrip().startswith("%%"):
        return "pass\n"
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - slow to import

    manager: Any = TransformerManager()
    return str(manager.transform_cell(source))


def names_of(tree: ast.Module) -> Names:
    """What a whole cell binds and what it takes from elsewhere, statement by statement."""
    bound: set[str] = set()
    imported: set[str] = set()
    passing: set[str] = set()
    used: set[str] = set()
    changed: set[str] = set()
    for statement in tree.body:
        used |= used_by(statement) - bound - imported - passing
        changed |= set(_changed(statement)) - bound
        for node in own_nodes(statement):
            bound |= set(_bound(node))
            imported |= set(_imported(node))
            passing |= set(_passing(node))
    passing -= bound
    return Names(
        bound=frozenset(bound),
        imported=frozenset(imported),
        passing=frozenset(passing),
        used=frozenset(used),
        changed=frozenset(changed & used),
    )


def bound_in(tree: ast.Module) -> frozenset[str]:
    """The names that a whole cell binds, without the rest of `names_of`."""
    return frozenset(name for statement in tree.body for node in own_nodes(statement) for name in _bound(node))


def used_by(statement: ast.stmt) -> set[str]:
    """Names that a statement reads from the module, from inside its functions too."""
    try:
        table = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError):  # top-level await, say
        return {
            node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
    found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    found |= {name for child in table.get_children() for name in _globals(child)}
    return found | {
        node.target.id
        for node in own_nodes(statement)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_global() and symbol.is_referenced():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals(child)


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what is under it in the module's own scope: not the bodies of functions, classes, comprehensions."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.comprehension):
            continue
        yield from own_nodes(child)


def _targets(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target)
    elif isinstance(node, ast.AugAssign | ast.NamedExpr) or (isinstance(node, ast.AnnAssign) and node.value):
        yield from _targets(node.target)
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name


def _passing(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.For | ast.AsyncFor):
        yield from _targets(node.target)
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield from _targets(node.optional_vars)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)


def _changed(statement: ast.stmt) -> Iterator[str]:
    """Names written into: targets of item and attribute assignment, and whatever a lone method call is made on."""
    for node in own_nodes(statement):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Delete):
            targets = node.targets
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
        ):
            targets = [node.value.func]
        for target in targets:
            if isinstance(target, ast.Subscript | ast.Attribute) and (name := _root(target)):
                yield name


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
