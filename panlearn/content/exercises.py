"""Exercises taken out of a lesson: answer, checks, wrong answers, hints and text, each with file and line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from panlearn.content.checks import number, split_checks
from panlearn.content.config import ATTEMPTS, REVEAL, Policy
from panlearn.content.directives import Block, blocks_in
from panlearn.content.findings import Findings
from panlearn.content.markers import Answer, split_answer
from panlearn.content.names import Names, names_of, parse
from panlearn.content.reading import SourceCell, SourcePage
from panlearn.domain.exercise import Check, Limits, WrongAnswer
from panlearn.errors import AuthorError

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")
_MEBIBYTES = {"": 1, "M": 1, "G": 1024}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A `{hint}` block: its Markdown, the lines it takes in its cell, and where it stands in the file."""

    text: str
    cell: int
    rows: range
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseSource:
    """An exercise as its author wrote it. `cell` is the answer cell's place among the page's cells."""

    id: str
    file: str
    line: int
    cell: int
    title: str
    points: float
    answer: Answer
    bound: Names
    names: tuple[str, ...]
    checks: tuple[Check, ...]
    wrong: tuple[WrongAnswer, ...]
    hints: tuple[Hint, ...]
    needs: tuple[str, ...] | None
    limits: Limits
    reveal: str
    attempts: str
    mutates: bool


@dataclass(slots=True)
class _Draft:
    cell: int
    answer_cell: SourceCell
    checks: list[SourceCell] = field(default_factory=list)
    wrong: list[SourceCell] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


def take_exercises(page: SourcePage, policy: Policy, findings: Findings) -> tuple[ExerciseSource, ...]:
    """The exercises of a page in order. What cannot be used is left out, with a finding that says why."""
    drafts = _collect(page, findings)
    texts = {block.label: block for _, block in _directives(page, "exercise") if block.label}
    found = []
    for exercise_id, draft in drafts.items():
        try:
            found.append(_build(exercise_id, draft, texts.get(exercise_id), page, policy, findings))
        except AuthorError as error:
            findings.error(
                error.code, error.file or page.file, error.line or draft.answer_cell.line, error.message, error.todo
            )
    for _, block in _directives(page, "exercise"):
        if block.label not in drafts:
            _report_lonely_text(page, block, findings)
    return tuple(found)


def _report_lonely_text(page: SourcePage, block: Block, findings: Findings) -> None:
    label = f"`{block.label}`" if block.label else "without a label"
    todo = "Give the block `:label: ID` and its answer cell `#| exercise: ID`, with the same ID."
    findings.warn("PL023", page.file, block.line, f"The exercise text {label} has no answer cell.", todo)


def _collect(page: SourcePage, findings: Findings) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    for index, cell in enumerate(page.cells):
        for key in ("exercise", "check", "wrong"):
            if key in cell.options.values:
                _place(key, str(cell.options.values[key]), index, cell, drafts, page, findings)
    _collect_hints(page, drafts)
    return drafts


def _place(
    key: str, target: str, index: int, cell: SourceCell, drafts: dict[str, _Draft], page: SourcePage, findings: Findings
) -> None:
    line = cell.options.lines[key]
    if key == "exercise":
        if not _ID.match(target):
            todo = "An id holds small letters, digits and hyphens, such as bragg-angle."
            findings.error("PL013", page.file, line, f"`{target}` cannot be the id of an exercise.", todo)
        elif target in drafts:
            first = drafts[target].answer_cell.options.lines["exercise"]
            message = f"The exercise `{target}` is already in this page, on line {first}."
            findings.error("PL020", page.file, line, message, "Give one of them another id.")
        else:
            drafts[target] = _Draft(cell=index, answer_cell=cell)
    elif target not in drafts:
        todo = f"Put the cell after the one with `#| exercise: {target}`, in the same page, or mend the id."
        findings.error("PL022", page.file, line, f"No exercise `{target}` stands before this cell.", todo)
    else:
        (drafts[target].checks if key == "check" else drafts[target].wrong).append(cell)


def _collect_hints(page: SourcePage, drafts: dict[str, _Draft]) -> None:
    """A `{hint}` belongs to the exercise before it; before the first one it is an admonition like any other."""
    owners = {draft.cell: draft for draft in drafts.values()}
    labels = {exercise_id: draft for exercise_id, draft in drafts.items()}
    owner: _Draft | None = None
    for index, cell in enumerate(page.cells):
        owner = owners.get(index, owner)
        if cell.kind != "markdown":
            continue
        for block in blocks_in(cell.source, cell.line):
            if block.name == "exercise":
                owner = labels.get(block.label)
            elif block.name == "hint" and owner is not None:
                owner.hints.append(Hint(text=block.body, cell=index, rows=block.rows, line=block.line))


def _directives(page: SourcePage, name: str) -> Iterable[tuple[int, Block]]:
    for index, cell in enumerate(page.cells):
        if cell.kind == "markdown":
            yield from ((index, block) for block in blocks_in(cell.source, cell.line) if block.name == name)


def _build(
    exercise_id: str, draft: _Draft, text: Block | None, page: SourcePage, policy: Policy, findings: Findings
) -> ExerciseSource:
    cell, file = draft.answer_cell, page.file
    answer = split_answer(cell.body, file, cell.body_line)
    if not answer.marked:
        todo = "Put what the learner has to write between `### BEGIN SOLUTION` and `### END SOLUTION`."
        findings.error("PL025", file, cell.line, f"The exercise `{exercise_id}` has no solution.", todo)
    if text is None:
        todo = f"Write ```{{exercise}} Title with `:label: {exercise_id}` and the task before the answer cell."
        findings.error("PL023", file, cell.line, f"The exercise `{exercise_id}` has no text.", todo)
    bound = _merge(
        names_of(parse(answer.solution, file, cell.body_line)), names_of(_parse_starter(answer, file, cell.body_line))
    )
    checks, points = _checks(exercise_id, draft, file, bound, findings)
    return ExerciseSource(
        id=exercise_id,
        file=file,
        line=cell.line,
        cell=draft.cell,
        title=text.argument if text and text.argument else exercise_id.replace("-", " ").capitalize(),
        points=points,
        answer=answer,
        bound=bound,
        names=tuple(sorted(_asked_for(bound, checks))),
        checks=checks,
        wrong=tuple(_wrong(cell, file, findings) for cell in draft.wrong),
        hints=tuple(draft.hints),
        needs=_needs(cell, file, findings),
        limits=_limits(cell, file, findings),
        reveal=_policy(cell, "reveal", policy.reveal, REVEAL, file, findings),
        attempts=_policy(cell, "attempts", policy.attempts, ATTEMPTS, file, findings),
        mutates=bool(cell.options.values.get("mutates")),
    )


def _parse_starter(answer: Answer, file: str, line: int) -> ast.Module:
    try:
        return parse(answer.starter, file, line)
    except AuthorError as error:
        raise AuthorError(
            "Without its solution the answer cell is not valid Python.",
            todo="Write what the learner starts from after `### STUB`, before `### END SOLUTION`.",
            file=file,
            line=error.line,
            code="PL011",
        ) from None


def _merge(one: Names, two: Names) -> Names:
    return Names(
        bound=one.bound | two.bound,
        imported=one.imported | two.imported,
        passing=one.passing | two.passing,
        used=one.used | two.used,
        changed=one.changed | two.changed,
    )


def _asked_for(bound: Names, checks: Sequence[Check]) -> set[str]:
    """What the checks fetch from the learner: what the answer binds; loop variables only where a check reads them."""
    read: set[str] = set()
    for check in checks:
        read |= names_of(parse(check.source, check.file, check.line)).used
    names = set(bound.bound) | (set(bound.passing) & read)
    return {name for name in names if not name.startswith("_") or name in read}


def _checks(
    exercise_id: str, draft: _Draft, file: str, bound: Names, findings: Findings
) -> tuple[tuple[Check, ...], float]:
    if not draft.checks:
        todo = f"Add a cell with `#| check: {exercise_id}` after it."
        findings.error("PL021", file, draft.answer_cell.line, f"The exercise `{exercise_id}` has no check.", todo)
    names = bound.bound | bound.passing
    pairs = [pair for cell in draft.checks for pair in split_checks(cell, file, names, findings)]
    return _share(exercise_id, draft.answer_cell, pairs, file, findings)


def _share(
    exercise_id: str, cell: SourceCell, pairs: list[tuple[Check, float | None]], file: str, findings: Findings
) -> tuple[tuple[Check, ...], float]:
    """Points of each check: its own, or an equal share of what the exercise has left."""
    total = number(cell, "points", file, findings)
    stated = sum(points for _, points in pairs if points is not None)
    shared = sum(points is None for _, points in pairs)
    if total is None:
        total = stated if stated and not shared else stated + 1.0
    left = total - stated
    if (shared and left <= 0) or (not shared and pairs and abs(left) > 1e-9):  # noqa: PLR2004 - rounding of decimals
        line = cell.options.lines.get("points", cell.line)
        message = f"The exercise `{exercise_id}` has {total:g} points, its checks state {stated:g}."
        findings.error("PL026", file, line, message, "Make them add up, or leave the exercise's out.")
    share = max(left, 0.0) / shared if shared else 0.0
    return tuple(replace(check, points=share if points is None else points) for check, points in pairs), total


def _wrong(cell: SourceCell, file: str, findings: Findings) -> WrongAnswer:
    says = cell.options.text("says")
    if not says:
        todo = "Add `#| says: ...` with words of the message that the learner should read."
        findings.warn("PL052", file, cell.line, "This wrong answer does not say which message it should bring.", todo)
    parse(cell.body, file, cell.body_line)
    return WrongAnswer(source=cell.body.strip("\n"), says=says, file=file, line=cell.line)


def _needs(cell: SourceCell, file: str, findings: Findings) -> tuple[str, ...] | None:
    if "needs" not in cell.options.values:
        return None
    value = cell.options.values["needs"]
    value = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        findings.error(
            "PL013", file, cell.options.lines["needs"], "`needs` is not a list.", "Write `#| needs: [first-exercise]`."
        )
        return ()
    return tuple(value)


def _limits(cell: SourceCell, file: str, findings: Findings) -> Limits:
    seconds = number(cell, "timeout", file, findings) or Limits().seconds
    text = cell.options.text("memory")
    if not text:
        return Limits(seconds=seconds)
    match = re.fullmatch(r"(\d+)\s*([MG]?)(?:i?B)?", text)
    if not match or int(match[1]) == 0:
        findings.error(
            "PL013", file, cell.options.lines["memory"], f"`memory: {text}` is not a size.", "Write `#| memory: 512M`."
        )
        return Limits(seconds=seconds)
    return Limits(seconds=seconds, memory_mib=int(match[1]) * _MEBIBYTES[match[2]])


def _policy(cell: SourceCell, key: str, default: str, pattern: str, file: str, findings: Findings) -> str:
    text = cell.options.text(key)
    if text and not re.match(pattern, text):
        expected = (
            "unlimited or a number" if key == "attempts" else "never, always, after-pass or after-pass-or-5-tries"
        )
        findings.error(
            "PL013", file, cell.options.lines[key], f"`{key}: {text}` is not known.", f"Expected: {expected}."
        )
        return default
    return text or default
