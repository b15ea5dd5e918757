"""A check cell taken apart into checks: a `test_` function, or a run of asserts about one thing."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from panlearn.content.findings import FileFindings
from panlearn.content.markers import hidden_rows
from panlearn.content.names import Names, names_of, parse
from panlearn.content.options import option_line
from panlearn.content.reading import SourceCell
from panlearn.content.wording import derived, describe
from panlearn.domain.exercise import HIDDEN_NAME, Check

_ASSERTING = ("assert", "check", "expect", "raises", "forbids", "requires")


@dataclass(slots=True)
class _Part:
    """Statements of a check cell that make one check."""

    rows: list[range]
    hidden: bool
    idea: str
    subject: str
    test: ast.FunctionDef | None
    points: float | None
    mark: int
    statements: list[ast.stmt] = field(default_factory=list)


def split_checks(cell: SourceCell, names: frozenset[str], findings: FileFindings) -> list[tuple[Check, float | None]]:
    """The checks of a cell, each with the points it states (None: a share of the exercise's).

    `names` are what the learner is asked to define. Every check's `source` stands on the lines it has in the cell: what
    belongs to other checks is blank, and statements that lead up to it (`x = f(2)`) are kept in each check that needs
    them.
    """
    body = _Body(source=cell.body, first=cell.body_line)
    hidden = hidden_rows(body.source, findings.file, body.first)
    remarks = _Remarks(cell, findings)
    parts: list[_Part] = []
    about = dict.fromkeys(names, "")
    for statement in parse(body.source, findings.file, body.first).body:
        if not _checks_something(statement):
            body.leading.append(statement)
            about |= derived(statement, about)
            continue
        part = _part(statement, hidden, remarks, about)
        if parts and _same_check(parts[-1], part):
            parts[-1].rows += part.rows
            parts[-1].statements += part.statements
        else:
            parts.append(part)
    if not parts:
        todo = "Write asserts, or `def test_...():` functions."
        findings.error("PL027", cell.line, "This check cell checks nothing.", todo)
    stated = remarks.cell_points
    share = None if stated is None else stated / max(1, sum(part.points is None for part in parts))
    return [(_check(part, body, findings), part.points or share) for part in parts]


@dataclass(slots=True)
class _Body:
    """The text of a check cell, the line it starts at, and its statements that check nothing themselves."""

    source: str
    first: int
    leading: list[ast.stmt] = field(default_factory=list)


def _part(statement: ast.stmt, hidden: Sequence[bool], remarks: _Remarks, about: Mapping[str, str]) -> _Part:
    rows = _rows(statement)
    idea, points, mark = remarks.at(rows.start)
    return _Part(
        rows=[rows],
        hidden=any(hidden[row] for row in rows),
        idea=idea,
        subject=describe(statement, about),
        test=statement if isinstance(statement, ast.FunctionDef) else None,
        points=points,
        mark=mark,
        statements=[statement],
    )


def _check(part: _Part, body: _Body, findings: FileFindings) -> Check:
    if part.hidden and not part.idea and not _docstring(part.test):
        message = "This hidden check does not say which idea it tests."
        todo = "Put `#| idea: ...` before it: it is what a learner reads when it fails."
        findings.warn("PL028", body.first + part.rows[0].start, message, todo)
    rows = body.source.split("\n")
    keep = {row for span in part.rows for row in span}
    keep |= {row for statement in _needed(part, body.leading) for row in _rows(statement)}
    start, end = min(keep), max(keep)
    idea = part.idea or (_docstring(part.test) if part.hidden else "")
    name = _docstring(part.test) or part.idea or part.subject
    return Check(
        name=(idea or HIDDEN_NAME) if part.hidden else name,
        source="\n".join(rows[i] if i in keep else "" for i in range(start, end + 1)),
        hidden=part.hidden,
        points=0.0,
        idea=idea,
        file=findings.file,
        line=body.first + start,
    )


def _needed(part: _Part, leading: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements before a check that it depends on: imports, bare calls, and what binds a name it uses, in turn."""
    wanted = set(_names(part.statements).used)
    kept: list[ast.stmt] = []
    before = [statement for statement in leading if statement.lineno < part.statements[-1].lineno]
    for statement in reversed(before):
        names = _names([statement])
        bare = isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr)
        if bare or wanted & (names.bound | names.imported | names.passing | names.changed):
            wanted |= names.used
            kept.append(statement)
    return kept


def _names(statements: Sequence[ast.stmt]) -> Names:
    return names_of(ast.Module(body=list(statements), type_ignores=[]))


def _rows(statement: ast.stmt) -> range:
    """The lines of a statement, from 0, decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    start = min([statement.lineno, *(node.lineno for node in decorators)])
    return range(start - 1, statement.end_lineno or statement.lineno)


def _checks_something(statement: ast.stmt) -> bool:
    """An assert, a call that asserts, a `test_` function, or a block that holds one of them."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name.startswith("test_")
    if isinstance(statement, ast.ClassDef):
        return False
    return any(isinstance(node, ast.Assert) or _is_asserting_call(node) for node in ast.walk(statement))


def _is_asserting_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return str(name).startswith(_ASSERTING)


def _same_check(one: _Part, two: _Part) -> bool:
    """Asserts in a row about the same thing, or under the same idea, are one check."""
    if one.test or two.test or one.hidden != two.hidden or one.mark != two.mark:
        return False
    return bool(one.idea) or one.subject == two.subject


def _docstring(function: ast.FunctionDef | None) -> str:
    text = ast.get_docstring(function) if function else None
    return " ".join(text.split("\n\n")[0].split()) if text else ""


class _Remarks:
    """`#| idea:` and `#| points:` lines inside a check cell, and which statements they speak of."""

    def __init__(self, cell: SourceCell, findings: FileFindings) -> None:
        self._findings = findings
        self.cell_points = number(cell, "points", findings)
        self._marks: list[tuple[int, str, float | None]] = [(0, cell.options.text("idea"), None)]
        idea, points = self._marks[0][1], None
        for row, text in enumerate(cell.body.split("\n")):
            if "END HIDDEN TESTS" in text.upper() or "BEGIN HIDDEN TESTS" in text.upper():
                idea, points = "", None
            elif pair := option_line(text):
                idea, points = self._read(pair, (idea, points), cell.body_line + row)
            else:
                continue
            self._marks.append((row, idea, points))

    def _read(self, pair: tuple[str, str], now: tuple[str, float | None], line: int) -> tuple[str, float | None]:
        """The idea and the points in force after a remark."""
        key, value = pair
        if key == "idea":
            return value, None
        if key == "points":
            try:
                return now[0], float(value)
            except ValueError:
                message = f"`points: {value}` is not a number."
                self._findings.error("PL013", line, message, "Write `#| points: 1`.")
                return now
        todo = "Inside a check cell `idea` and `points` are known; the other options stand at its top."
        self._findings.error("PL012", line, f"Unknown option `{key}`.", todo)
        return now

    def at(self, row: int) -> tuple[str, float | None, int]:
        """Idea, points and the line of the remark in force at a row."""
        mark, idea, points = next(mark for mark in reversed(self._marks) if mark[0] <= row)
        return idea, points, mark


def number(cell: SourceCell, key: str, findings: FileFindings, most: float = 1000) -> float | None:
    """A cell option that is a number above zero and at most `most`, or None."""
    value = cell.options.values.get(key)
    if key not in cell.options.values:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        where = cell.options.lines.get(key, cell.line)
        todo = f"Write a number above 0, at most {most:g}: `#| {key}: 1`."
        came = "" if value is None else f" {value}"
        findings.error("PL013", where, f"`{key}:{came}` cannot be used.", todo)
        return None
    return float(value)
