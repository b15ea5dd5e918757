"""Otter's tests as check cells: test cells with their stored outputs, doctests of the OK format, test functions."""

from __future__ import annotations

import ast
import builtins
import doctest
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from panlearn.content.importing.cells import Cell
from panlearn.content.importing.checks import parsed
from panlearn.content.importing.otter_answers import without_ignored
from panlearn.content.yamlfile import YamlFile
from panlearn.errors import AuthorError

_CONFIG = re.compile(r"^(?:.\s*=\s*)?(\"\"\"|''')\s*#\s*BEGIN\s*TEST\s*CONFIG", re.IGNORECASE)
_CONFIG_ENDS = re.compile(r"^(\"\"\"|''')\s*;?\s*#\s*END\s*TEST\s*CONFIG", re.IGNORECASE)
_HIDDEN = re.compile(r"^\s*#.*\bhidden\b", re.IGNORECASE)
_YES_OR_NO = {"isinstance", "issubclass", "all", "any", "callable", "hasattr", "allclose", "isclose", "array_equal"}
_LONGEST_MESSAGE = 300
_SIMPLE = ast.Call | ast.Name | ast.Attribute | ast.Subscript


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test case: statements that check, and what Otter says of it. `points` None: a share of the question's."""

    source: str
    hidden: bool = False
    points: float | None = None
    message: str = ""
    remarks: tuple[str, ...] = ()


def from_cell(cell: Cell, *, functions: bool) -> Case:
    """A test cell of an assignment. `functions`: its tests are functions (`ok_format: false`), not doctests."""
    rows = without_ignored(cell.source).split("\n")
    config: Mapping[str, Any] = {}
    hidden = bool(rows) and bool(_HIDDEN.match(rows[0]))
    remarks: list[str] = []
    if rows and _CONFIG.match(rows[0]):
        end = next((i for i, row in enumerate(rows) if i and _CONFIG_ENDS.match(row)), len(rows) - 1)
        config = settings("\n".join(rows[1:end]), remarks)
        rows = rows[end + 1 :]
    case = Case(
        source="\n".join(rows),
        hidden=config["hidden"] is True if "hidden" in config else hidden,
        points=number(config.get("points")),
        message=_line(config.get("failure_message")),
        remarks=tuple(remarks),
    )
    return _functions(case) if functions or _has_test_function(case.source) else _by_output(case, cell)


def settings(text: str, remarks: list[str]) -> Mapping[str, Any]:
    """YAML in a cell as a mapping; what cannot be read is said and left."""
    try:
        found = YamlFile(text, "").data
    except (AuthorError, yaml.YAMLError, ValueError, RecursionError):
        remarks.append("Its settings are not valid YAML, so they are not used.")
        return {}
    if found is not None and not isinstance(found, dict):
        remarks.append("Its settings are no list of keys and values, so they are not used.")
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}


def number(value: Any) -> float | None:
    """Points, or None for what is no number of points."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if 0 <= float(value) <= 1000 else None  # noqa: PLR2004 - the most that an exercise may have
    except OverflowError:
        return None


def _line(value: Any) -> str:
    return " ".join(str(value).split())[:_LONGEST_MESSAGE] if isinstance(value, str) else ""


def from_ok(test: Mapping[str, Any]) -> list[Case]:
    """The cases of a test of the OK format, as notebooks carry it and as `tests/*.py` hold it."""
    cases = []
    for suite in _mappings(test.get("suites")):
        setup = suite.get("setup") if isinstance(suite.get("setup"), str) else ""
        for given in _mappings(suite.get("cases")):
            case = Case(
                source="",
                hidden=given.get("hidden") is True,
                points=number(given.get("points")),
                message=_line(given.get("failure_message")),
            )
            code = given.get("code")
            cases.append(from_doctest(case, f"{setup}\n{code if isinstance(code, str) else ''}"))
    return cases


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def from_doctest(case: Case, text: str) -> Case:
    """`>>> f(2)` with the output that is expected under it, as an assert."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return replace(case, source=text, remarks=(*case.remarks, "It is no doctest that can be read."))
    rows: list[str] = []
    remarks = list(case.remarks)
    for place, example in enumerate(examples):
        if example.exc_msg is not None:
            rows += _raising(example.source, example.exc_msg)
            remarks.append("It expects an error: that one is raised is checked, not its words.")
        else:
            rows += _expecting(
                example.source.rstrip("\n"), example.want.rstrip("\n"), case.message, last=place == len(examples) - 1
            )
    return replace(case, source="\n".join(rows), remarks=tuple(remarks))


def from_file(text: str) -> tuple[Mapping[str, Any] | None, list[Case]]:
    """A file of `tests/`: the test of the OK format that it assigns, or its test functions. It is never run."""
    tree = parsed(text)
    for statement in tree.body if tree else []:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "test" for t in statement.targets
        ):
            try:
                found = ast.literal_eval(statement.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return None, []
            return (found, from_ok(found)) if isinstance(found, dict) else (None, [])
    return _decorated(text, tree.body if tree else [])


def _decorated(text: str, body: Sequence[ast.stmt]) -> tuple[Mapping[str, Any] | None, list[Case]]:
    """Functions under `@test_case(points=..., hidden=...)`."""
    top: dict[str, Any] = {}
    cases = []
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                top[statement.targets[0].id] = ast.literal_eval(statement.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
        if isinstance(statement, ast.FunctionDef) and statement.decorator_list:
            given = _keywords(statement.decorator_list[0])
            rows = text.split("\n")[statement.lineno - 1 : statement.end_lineno]
            case = Case(
                source="\n".join(rows),
                hidden=given.get("hidden") is True,
                points=number(given.get("points")),
                message=_line(given.get("failure_message")),
            )
            cases.append(_functions(case))
    return (top if cases else None), cases


def _keywords(node: ast.expr) -> dict[str, Any]:
    found = {}
    for keyword in node.keywords if isinstance(node, ast.Call) else []:
        if keyword.arg and isinstance(keyword.value, ast.Constant):
            found[keyword.arg] = keyword.value.value
    return found


def _by_output(case: Case, cell: Cell) -> Case:
    """A test cell whose stored output is what is expected."""
    tree = parsed(case.source)
    if tree is None or not tree.body:
        return (
            replace(case, remarks=(*case.remarks, "It is no Python that can be read.")) if case.source.strip() else case
        )
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return case
    want, printed = _output(cell)
    expression = ast.get_source_segment(case.source, last.value) or ""
    before = "\n".join(case.source.split("\n")[: last.lineno - 1])
    if not want and not printed and not cell.ran and not _is_none(last.value):
        if not _yes_or_no(last.value):
            said = "The notebook holds no output for it, so what is expected is not known: it asks for something true."
            case = replace(case, remarks=(*case.remarks, said))
        return replace(case, source=_joined(before, _assert(expression, case.message)))
    made = (
        _printing(expression, printed, case.message)
        if printed and not want
        else _expecting(expression, want, case.message, last=True)
    )
    return replace(case, source=_joined(before, "\n".join(made)))


def _joined(before: str, after: str) -> str:
    return f"{before}\n{after}" if before.strip() else after


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _yes_or_no(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in _YES_OR_NO
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _output(cell: Cell) -> tuple[str, str]:
    """The value and the printed text that a cell's outputs hold."""
    value, printed = "", ""
    for output in cell.outputs:
        if not isinstance(output, Mapping):
            continue
        text = output.get("text", "")
        printed += "".join(map(str, text)) if isinstance(text, list) else str(text or "")
        data = output.get("data")
        plain = data.get("text/plain", "") if isinstance(data, Mapping) else ""
        value += "".join(map(str, plain)) if isinstance(plain, list) else str(plain or "")
    return value.strip("\n"), printed.strip("\n")


def _assert(expression: str, message: str) -> str:
    told = f"({expression})" if "\n" in expression or ":=" in expression else expression
    return f"assert {told}" + (f", {message!r}" if message else "")


def _expecting(source: str, want: str, message: str, *, last: bool) -> list[str]:
    """The statements of one example. Values that Python can read are compared as values, others as their text."""
    tree = parsed(source)
    body = tree.body if tree else []
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return [source] if not want else _printing(source, want, message)
    expression = ast.get_source_segment(source, body[0].value) or source
    if not want:
        idle = _is_none(body[0].value) or not last or isinstance(body[0].value, ast.Call)
        return [source] if idle else [_assert(f"({expression}) is None", message)]
    if isinstance(body[0].value, ast.Call) and getattr(body[0].value.func, "id", "") == "print":
        return _printing(expression, want, message)
    return [_assert(_equals(expression, want), message)]


def _equals(expression: str, want: str) -> str:
    """That an expression has the value that was shown, as a value where it can be read."""
    if want in {"True", "np.True_"}:
        return expression
    if want in {"False", "np.False_"}:
        return f"not ({expression})"
    number = re.fullmatch(r"np\.(?:float|int)\d+\((.*)\)", want)
    try:
        value = ast.literal_eval(number[1] if number else want)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return f"repr({expression}) == {want!r}"
    tree = parsed(expression)
    simple = tree is not None and isinstance(tree.body[0], ast.Expr) and isinstance(tree.body[0].value, _SIMPLE)
    told = expression if simple else f"({expression})"
    return f"{told} == approx({value!r})" if isinstance(value, float) else f"{told} == {value!r}"


def _printing(source: str, want: str, message: str) -> list[str]:
    """What is printed, compared as text."""
    rows = ["import contextlib, io", "with contextlib.redirect_stdout(io.StringIO()) as printed:"]
    rows += [f"    {row}" for row in source.split("\n")]
    return [*rows, _assert(f"printed.getvalue().strip() == {want.strip()!r}", message)]


def _raising(source: str, message: str) -> list[str]:
    kind = message.split(":", maxsplit=1)[0].strip()
    name = kind.rsplit(".", 1)[-1] if re.fullmatch(r"[\w.]+", kind) and hasattr(builtins, kind) else "Exception"
    body = [f"    {row}" for row in source.rstrip("\n").split("\n")]
    return ["try:", *body, f"except {name}:", "    pass", "else:", f'    assert False, "{name} was expected"']


def _has_test_function(source: str) -> bool:
    tree = parsed(source)
    body = tree.body if tree else []
    return any(isinstance(s, ast.FunctionDef) and s.name.startswith("test") for s in body)


def _functions(case: Case) -> Case:
    """Test functions: their arguments are names of the answer's, which they can read without being given them."""
    tree = parsed(case.source)
    source, remarks = case.source, list(case.remarks)
    calls: list[str] = []
    for statement in tree.body if tree else []:
        if not isinstance(statement, ast.FunctionDef) or not statement.name.startswith("test"):
            continue
        names = [a.arg for a in [*statement.args.posonlyargs, *statement.args.args, *statement.args.kwonlyargs]]
        if "env" in names:
            remarks.append(
                "It takes `env`, all names of the answer, which do not cross: write the names that it needs."
            )
        inner = re.sub(r"^test_?", "", statement.name) or "case"
        source = re.sub(rf"^def\s+{statement.name}\s*\(", f"def case_{inner}(", source, flags=re.MULTILINE)
        told = case.message or ast.get_docstring(statement) or ""
        docstring = [f"    {' '.join(told.split())!r}"] if told else []
        calls += ["", f"def test_{inner}():", *docstring, f"    case_{inner}({', '.join(names)})"]
    return replace(case, source="\n".join([source, *calls]), remarks=tuple(remarks))
