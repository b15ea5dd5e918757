"""Test cells of other systems as check cells: the same conditions, in statements that our reader knows as checks."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
FURTHER = "a further case"
_BEGIN = re.compile(r"^\s*#{2,}\s*BEGIN\s+HIDDEN\s+TESTS?\s*$", re.IGNORECASE)
_END = re.compile(r"^\s*#{2,}\s*END\s+HIDDEN\s+TESTS?\s*$", re.IGNORECASE)
_ASSERTING = ("assert", "check", "expect", "raises", "forbids", "requires")
_NUMERIC = {"float", "int", "max", "min", "round", "sum", "len", "abs"}
_MARKS = re.compile(r"score|points|grade|credit|mark", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """A test cell in our form, and sentences on what is not as it was."""

    source: str
    remarks: tuple[tuple[str, str], ...] = ()


def parsed(source: str) -> ast.Module | None:
    """The syntax of a cell, or None where it is not plain Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def as_checks(source: str, learners: Collection[str], *, value_of: float | None = None) -> Tests:
    """A test cell whose asserts our reader finds. `learners`: names that the answer defines.

    `value_of`: the points that the value of the last line can reach, where a value is what is given.
    """
    remarks: list[tuple[str, str]] = []
    tree = parsed(source)
    if tree is None:
        remarks.append(("These tests are not plain Python, so they are carried over as they stand.", "Look at them."))
        return Tests(source=with_ideas(source, learners), remarks=tuple(remarks))
    source = _without_nose(source, tree, remarks)
    if value_of is not None:
        source = _partial_credit(source, value_of, remarks)
    source = _raises_as_asserts(source)
    if not _any_check(source):
        source = _as_function(source, remarks)
    return Tests(source=with_ideas(source, learners), remarks=tuple(remarks))


def _replace(source: str, rows: range, text: str) -> str:
    """The source with some whole lines replaced, kept as many where that can be."""
    lines = source.split("\n")
    lines[rows.start : rows.stop] = [text, *[""] * (len(rows) - 1)] if "\n" not in text else text.split("\n")
    return "\n".join(lines)


def _alone(node: ast.AST, source: str) -> range | None:
    """The lines of a statement that shares none of them with another one."""
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    rows = source.split("\n")
    before = rows[first - 1].encode()[: getattr(node, "col_offset", 0)]
    after = rows[last - 1].encode()[getattr(node, "end_col_offset", 0) :].strip()
    return range(first - 1, last) if not before.strip() and (not after or after.startswith(b"#")) else None


def _changed(source: str, wanted: Callable[[ast.AST], str | None]) -> str:
    """The source with each statement that `wanted` has another text for put in its place, the last one first."""
    tree = parsed(source)
    found = [] if tree is None else [(node, text) for node in ast.walk(tree) if (text := wanted(node)) is not None]
    for node, text in sorted(found, key=lambda pair: -getattr(pair[0], "lineno", 0)):
        if tree is not None and (rows := _alone(node, source)) is not None:
            indent = " " * getattr(node, "col_offset", 0)
            source = _replace(source, rows, "\n".join(indent + row for row in text.split("\n")))
    return source


def _without_nose(source: str, tree: ast.Module, remarks: list[tuple[str, str]]) -> str:
    """`from nose.tools import ...`: nose is gone; its helpers are unittest's under other names."""

    def wanted(node: ast.AST) -> str | None:
        if not isinstance(node, ast.ImportFrom) or node.module not in {"nose.tools", "nose"}:
            return None
        names = [(alias.asname or alias.name, _unittest_name(alias.name)) for alias in node.names if alias.name != "*"]
        made = "; ".join(f"{ours} = unittest.TestCase().{theirs}" for ours, theirs in names)
        return f"import unittest; {made}" if made else "import unittest"

    if any(wanted(node) for node in ast.walk(tree)):
        remarks.append(("nose is no longer made, so its helpers are taken from unittest.", ""))
        return _changed(source, wanted)
    return source


def _unittest_name(name: str) -> str:
    head, *rest = {"ok_": "assert_true", "eq_": "assert_equal"}.get(name, name).split("_")
    return head + "".join(part.capitalize() for part in rest)


def _partial_credit(source: str, points: float, remarks: list[tuple[str, str]]) -> str:
    """In nbgrader the value of a test cell's last expression is its points; we ask for all of them."""
    tree = parsed(source)
    last = tree.body[-1] if tree and tree.body else None
    if tree is None or not isinstance(last, ast.Expr) or not _is_number(last.value, bare=not _asserts(tree)):
        return source
    rows = _alone(last, source)
    text = ast.get_source_segment(source, last.value)
    if rows is None or text is None:
        return source
    remarks.append(
        (
            "These tests give partial credit: the value of the last line is the points. The check asks for all.",
            "Split the cell into checks with `#| points:` of their own to give some.",
        )
    )
    enough = f">= {points:g}" if points else "> 0"
    return _replace(source, rows, f'assert ({text}) {enough}, "Some of the cases are not right yet."')


def _is_number(node: ast.expr, *, bare: bool) -> bool:
    """Whether an expression looks like points: with asserts before it only where its name says so."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.Name):
        return bare or bool(_MARKS.search(node.id))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and (node.func.id in _NUMERIC or bool(_MARKS.search(node.func.id)))
    return isinstance(node, ast.BinOp | ast.IfExp | ast.UnaryOp) and bare


def _raises_as_asserts(source: str) -> str:
    """`raise AssertionError("...")` as `assert False, "..."`, which our reader knows as a check."""

    def wanted(node: ast.AST) -> str | None:
        if not isinstance(node, ast.Raise) or node.exc is None or node.cause is not None:
            return None
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if not isinstance(raised, ast.Name) or raised.id != "AssertionError":
            return None
        said = node.exc.args[:1] if isinstance(node.exc, ast.Call) else []
        return "assert False" + (f", {ast.unparse(said[0])}" if said else ', "This should not have happened."')

    return _changed(source, wanted)


def _asserts(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if str(name).startswith(_ASSERTING):
                return True
    return False


def is_check(statement: ast.stmt) -> bool:
    """Whether our reader takes a statement of a check cell for a check."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name.startswith("test_")
    return not isinstance(statement, ast.ClassDef) and _asserts(statement)


def _any_check(source: str) -> bool:
    tree = parsed(source)
    return tree is not None and any(is_check(statement) for statement in tree.body)


def _as_function(source: str, remarks: list[tuple[str, str]]) -> str:
    """A cell that passes if it raises nothing, as one test function."""
    tree = parsed(source)
    body = [] if tree is None else tree.body
    if not body or any(isinstance(node, ast.Await | ast.Return) for node in body):
        remarks.append(("These tests check nothing.", "Write an assert."))
        return source
    if strings_over_lines(body):
        remarks.append(("These tests have no assert: they pass if they run.", "Write what they should find out."))
        return f"{source}\nassert True"
    remarks.append(("These tests have no assert: they pass if nothing raises.", "Write what they should find out."))
    rows = source.split("\n")
    return "\n".join(
        [
            "def test_it_runs():",
            '    """It runs without an error."""',
            *("    " + row if row.strip() else "" for row in rows),
        ]
    )


def strings_over_lines(body: Iterable[ast.stmt]) -> bool:
    """Whether a string goes over several lines, which another indent would change."""
    return any(
        isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno
        for statement in body
        for node in ast.walk(statement)
    )


def hidden(source: str, idea: str = "") -> str:
    """A whole test as a hidden one."""
    said = [f"#| idea: {idea}"] if idea else []
    return "\n".join([BEGIN_HIDDEN, *said, source, END_HIDDEN])


def with_ideas(source: str, learners: Collection[str]) -> str:
    """Each hidden part with a neutral line on its idea, which names what it is about and no case."""
    rows = source.split("\n")
    made: list[str] = []
    for row, text in enumerate(rows):
        made.append(text)
        if _BEGIN.match(text) and not _has_idea(rows[row + 1 :]):
            part = "\n".join(_until_end(rows[row + 1 :]))
            made.append(f"{text[: len(text) - len(text.lstrip())]}#| idea: {neutral_idea(part, learners)}")
    return "\n".join(made)


def _has_idea(rows: Sequence[str]) -> bool:
    return bool(rows) and rows[0].strip().startswith("#| idea:")


def _until_end(rows: Sequence[str]) -> list[str]:
    end = next((row for row, text in enumerate(rows) if _END.match(text)), len(rows))
    return list(rows[:end])


def neutral_idea(part: str, learners: Collection[str]) -> str:
    """`a further case of f`, where the part asks for one thing of the learner's; else `a further case`."""
    words = set(re.findall(r"\w+", part))
    about = sorted(name for name in learners if name in words)
    return f"{FURTHER} of `{about[0]}`" if len(about) == 1 else FURTHER


def without_hidden(source: str) -> tuple[str, bool]:
    """A cell without its hidden parts, and whether it had any."""
    kept, inside, had = [], False, False
    for row in source.split("\n"):
        if _BEGIN.match(row):
            inside = had = True
        elif inside and _END.match(row):
            inside = False
        elif not inside:
            kept.append(row)
    return "\n".join(kept), had


def has_markers(source: str) -> bool:
    """Whether hidden parts begin or end in a text."""
    return any(_BEGIN.match(row) or _END.match(row) for row in source.split("\n"))


def count_hidden(source: str) -> int:
    """How many hidden parts a cell has."""
    return sum(bool(_BEGIN.match(row)) for row in source.split("\n"))


def without_markers(source: str) -> str:
    """A test without BEGIN and END HIDDEN TESTS: it is put between others."""
    return "\n".join(row for row in source.split("\n") if not _BEGIN.match(row) and not _END.match(row))
