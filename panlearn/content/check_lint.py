"""What can be seen of a check without running it: reaching for what does not cross, and ways to be wrong in silence."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

from panlearn.content.findings import FileFindings
from panlearn.content.names import names_of, own_nodes, parse
from panlearn.domain.exercise import Check

_Found = tuple[str, str, ast.AST, str, str]
_PATCHING = {"patch", "monkeypatch", "setattr"}
_LOOKING_ROUND = {"globals", "eval", "exec", "locals", "vars"}
_RANDOM = {"rand", "randn", "random", "randint", "normal", "uniform", "choice", "shuffle", "poisson", "gauss", "sample"}
_SEEDING = {"seed", "default_rng", "Random", "RandomState", "Generator"}


def lint_checks(checks: Iterable[Check], names: frozenset[str], findings: FileFindings) -> None:
    """Note what these checks of one exercise do that cannot work, or may not. `names` are what the answer binds."""
    said: set[tuple[str, int]] = set()
    for check in checks:
        tree = parse(check.source, check.file, check.line)
        for code, severity, node, message, todo in _found(tree, names):
            line = check.line + getattr(node, "lineno", 1) - 1
            if (code, line) not in said:
                said.add((code, line))
                note = findings.error if severity == "error" else findings.warn
                note(code, line, message, todo)


def _found(tree: ast.Module, names: frozenset[str]) -> Iterator[_Found]:
    rules: tuple[Callable[[ast.AST, frozenset[str]], Iterator[_Found]], ...] = (
        _patches,
        _private,
        _types_in,
        _looks_round,
        _not_a_number,
        _identity,
        _reads_files,
    )
    for node in ast.walk(tree):
        for rule in rules:
            yield from rule(node, names)
    yield from _redefines(tree, names)
    yield from _untouched(tree, names)
    yield from _unseeded(tree)


def _patches(node: ast.AST, names: frozenset[str]) -> Iterator[_Found]:
    """A module changed in the checker's process is the same as ever in the learner's."""
    for target in _assigned(node):
        if isinstance(target, ast.Attribute) and (root := _root(target)) and root not in names and root != "self":
            path = ast.unparse(target)
            if _looks_like_module(root) and path != "sys.stdin":
                todo = f'Write `with learner.patched("{path}", ...):`, or `learner.without("{path}")`.'
                yield "PL060", "error", node, f"`{path} = ...` changes the checks' process only.", todo
    if isinstance(node, ast.Call) and (_called(node) in _PATCHING and not _is_check_helper(node)):
        todo = 'Write `with learner.patched("numpy.linalg.solve", ...):` or `learner.set(name=...)`.'
        yield "PL060", "error", node, f"`{ast.unparse(node.func)}` patches the checks' process only.", todo


def _redefines(tree: ast.Module, names: frozenset[str]) -> Iterator[_Found]:
    """In the check's own lines; a name inside a function of the check's is the function's."""
    for statement in tree.body:
        for node in own_nodes(statement):
            yield from _redefined(node, names)


def _redefined(node: ast.AST, names: frozenset[str]) -> Iterator[_Found]:
    for target in _assigned(node):
        if isinstance(target, ast.Name) and target.id in names:
            todo = "Use another name for your own value; `learner.set(...)` changes the learner's."
            yield "PL061", "error", node, f"This check gives `{target.id}` of the answer another value.", todo
    if isinstance(node, ast.Delete):
        for gone in node.targets:
            if isinstance(gone, ast.Name) and gone.id in names:
                todo = f'Write `with learner.without("{gone.id}"):`.'
                yield "PL061", "error", node, f"`del {gone.id}` takes it from the checks' process only.", todo


def _private(node: ast.AST, names: frozenset[str]) -> Iterator[_Found]:
    if not isinstance(node, ast.Attribute) or not node.attr.startswith("_") or node.attr.startswith("__"):
        return
    root = _root(node)
    if root in names or (isinstance(node.value, ast.Call) and _called(node.value) in names):
        todo = f'Write `learner.attr({ast.unparse(node.value)}, "{node.attr}")`.'
        yield "PL060", "error", node, f"`{node.attr}` begins with an underscore and does not cross.", todo


def _types_in(node: ast.AST, _names: frozenset[str]) -> Iterator[_Found]:
    if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.stdin":
        todo = 'Write `with learner.input(["first line", "second line"]):`.'
        yield "PL060", "error", node, "`sys.stdin` is the checks' process's, not the learner's.", todo


def _looks_round(node: ast.AST, _names: frozenset[str]) -> Iterator[_Found]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LOOKING_ROUND:
        todo = 'Name what you want: `learner.get("x")` gives a name of the answer.'
        yield "PL062", "warning", node, f"`{node.func.id}()` sees the checks' process, not the learner's.", todo


def _not_a_number(node: ast.AST, _names: frozenset[str]) -> Iterator[_Found]:
    """`assert not abs(x - 1) > tol` holds for NaN."""
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Compare)):
        return
    if len(node.operand.ops) == 1 and isinstance(node.operand.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        todo = f"Turn it round: `assert {_turned(node.operand)}`, or use `approx`."
        yield "PL063", "warning", node, f"`{ast.unparse(node)}` holds for NaN too.", todo


def _identity(node: ast.AST, _names: frozenset[str]) -> Iterator[_Found]:
    if not isinstance(node, ast.Compare):
        return
    for op, other in zip(node.ops, node.comparators, strict=True):
        if isinstance(op, ast.Is | ast.IsNot) and not (
            isinstance(other, ast.Constant) and other.value in (None, True, False, ...)
        ):
            todo = "Compare values with `==`: what crosses is a copy."
            yield "PL062", "warning", node, f"`{ast.unparse(node)}` asks whether two things are the same object.", todo


def _reads_files(node: ast.AST, _names: frozenset[str]) -> Iterator[_Found]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
        todo = "Have the answer return what it would write; the course's own data/ can be read."
        yield "PL062", "warning", node, "A file that the answer wrote is not in the checks' process.", todo


def _untouched(tree: ast.Module, names: frozenset[str]) -> Iterator[_Found]:
    used = names_of(tree).used | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if used & (names | {"learner", "plt", "pyplot", "matplotlib", "requires", "forbids"}):
        return
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    if asserts and names:
        todo = f"Use what the answer defines: {', '.join(f'`{name}`' for name in sorted(names)[:3])}."
        yield "PL064", "warning", asserts[0], "This check uses nothing of the answer.", todo


def _unseeded(tree: ast.Module) -> Iterator[_Found]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if any(_called(call) in _SEEDING for call in calls):
        return
    for call in calls:
        path = ast.unparse(call.func)
        if _called(call) in _RANDOM and ("random." in path):
            todo = "Seed it first: `np.random.seed(1)` seeds both sides."
            yield "PL065", "warning", call, f"`{path}` draws other numbers each time.", todo
            return


def _assigned(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else str(getattr(node.func, "id", ""))


def _is_check_helper(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and _root(node.func) == "learner"


def _looks_like_module(name: str) -> bool:
    return name in {"np", "numpy", "scipy", "plt", "pd", "pandas", "math", "random", "time", "os", "sys", "builtins"}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _turned(node: ast.Compare) -> str:
    opposite: dict[type[ast.cmpop], ast.cmpop] = {
        ast.Lt: ast.GtE(),
        ast.LtE: ast.Gt(),
        ast.Gt: ast.LtE(),
        ast.GtE: ast.Lt(),
    }
    ops = [opposite.get(type(op), op) for op in node.ops]
    return ast.unparse(ast.Compare(node.left, ops, node.comparators))
