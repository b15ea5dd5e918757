"""Tests that delete a name of the answer to see whether another one uses it, made to reach the learner's side."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from panlearn.content.importing.checks import has_markers, parsed, strings_over_lines


def as_without(source: str) -> str:
    """`saved = f; del f; try: ... finally: f = saved` as `with learner.without("f"):`.

    What a check deletes is gone from its own process only. Anything that is not just so stays as it is.
    """
    tree = parsed(source)
    body = tree.body if tree else []
    for place in range(len(body) - 1, -1, -1):
        changed = _changed(source, body, place)
        if changed is not None:
            source = changed
    return source


def _changed(source: str, body: Sequence[ast.stmt], place: int) -> str | None:
    name = _deleted(body[place])
    tried = body[place + 1] if place + 1 < len(body) else None
    if not name or not isinstance(tried, ast.Try) or not (tried.handlers or tried.finalbody):
        return None
    rows = source.split("\n")
    gone = {body[place].lineno - 1}
    gone |= {s.lineno - 1 for s in [*body[:place], *body[place + 2 :]] if _saves(s, name) or _restores(s, name)}
    end = tried.end_lineno or tried.lineno
    if tried.finalbody:
        if not all(_restores(statement, name) for statement in tried.finalbody) or not tried.handlers:
            return None
        first = tried.finalbody[0].lineno - 1
        gone |= set(range(max(tried.lineno, first - 1), end))
    inside = range(tried.lineno - 1, end)
    if has_markers("\n".join(rows[min(gone) : end])) or strings_over_lines([tried]):
        return None
    made: list[str] = []
    for row, text in enumerate(rows):
        if row == inside.start:
            made.append(f'with learner.without("{name}"):')
        if row not in gone:
            made.append(f"    {text}" if row in inside and text.strip() else text)
    return "\n".join(made) if parsed("\n".join(made)) else None


def _deleted(statement: ast.stmt) -> str:
    """The one name that a statement deletes."""
    targets = statement.targets if isinstance(statement, ast.Delete) else []
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""


def _saves(statement: ast.stmt, name: str) -> bool:
    """`saved = name`, on a line of its own."""
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name) and statement.value.id == name


def _restores(statement: ast.stmt, name: str) -> bool:
    """`name = saved`."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and [target.id for target in statement.targets if isinstance(target, ast.Name)] == [name]
    )
