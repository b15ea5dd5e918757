"""`### BEGIN SOLUTION`, `### STUB`, `### END SOLUTION` and `### BEGIN/END HIDDEN TESTS`: which line belongs to what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from panlearn.errors import AuthorError

_MARK = re.compile(
    r"^(?P<indent>\s*)#{2,}\s*(?P<word>BEGIN|END)\s+(?P<what>SOLUTION|HIDDEN\s+TESTS?)\s*$", re.IGNORECASE
)
_STUB = re.compile(r"^\s*#{2,}\s*STUB\b.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer cell taken apart: what a learner starts from, what solves it, and the lines only the solution has."""

    starter: str
    solution: str
    secret: tuple[str, ...]
    marked: bool


def split_answer(source: str, file: str, line: int) -> Answer:
    """An answer cell's starter and solution. Without markers both are the cell as it stands."""
    starter: list[str] = []
    solution: list[str] = []
    secret: list[str] = []
    stub: list[str] | None = None
    opened: tuple[int, str] | None = None
    marked = False
    for number, row in enumerate(source.split("\n"), start=line):
        mark = _MARK.match(row)
        if mark and mark["what"].upper() == "SOLUTION":
            if mark["word"].upper() == "BEGIN":
                _expect(opened is None, "BEGIN SOLUTION inside another one.", file, number)
                opened, marked, stub = (number, mark["indent"]), True, None
            else:
                _expect(opened is not None, "END SOLUTION without a BEGIN SOLUTION.", file, number)
                starter += stub if stub is not None else [f"{opened[1] if opened else ''}..."]
                opened = None
        elif opened is None:
            starter.append(row)
            solution.append(row)
        elif _STUB.match(row):
            stub = []
        elif stub is not None:
            stub.append(row)
        else:
            solution.append(row)
            secret.append(row)
    if opened:
        _expect(False, "BEGIN SOLUTION without an END SOLUTION.", file, opened[0])
    return Answer(
        starter="\n".join(starter).strip("\n"),
        solution="\n".join(solution).strip("\n"),
        secret=tuple(row for row in secret if row.strip()),
        marked=marked,
    )


def hidden_rows(source: str, file: str, line: int) -> list[bool]:
    """For each line of a check cell, whether it is between BEGIN HIDDEN TESTS and END HIDDEN TESTS, those included."""
    hidden: list[bool] = []
    opened: int | None = None
    for number, row in enumerate(source.split("\n"), start=line):
        mark = _MARK.match(row)
        is_mark = bool(mark and mark["what"].upper().startswith("HIDDEN"))
        begins = bool(is_mark and mark and mark["word"].upper() == "BEGIN")
        if begins:
            _expect(opened is None, "BEGIN HIDDEN TESTS inside another one.", file, number)
            opened = number
        elif is_mark:
            _expect(opened is not None, "END HIDDEN TESTS without a BEGIN HIDDEN TESTS.", file, number)
        hidden.append(opened is not None)
        if is_mark and not begins:
            opened = None
    _expect(opened is None, "BEGIN HIDDEN TESTS without an END HIDDEN TESTS.", file, opened or line)
    return hidden


def _expect(condition: bool, message: str, file: str, line: int) -> None:
    if not condition:
        raise AuthorError(
            message, todo="Every BEGIN has its END, in the same cell.", file=file, line=line, code="PL024"
        )
