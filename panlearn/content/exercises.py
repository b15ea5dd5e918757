"""Exercises taken out of a lesson: answer, checks, wrong answers, hints and text, each with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from panlearn.content.check_lint import lint_checks
from panlearn.content.checks import number, split_checks
from panlearn.content.config import Policy
from panlearn.content.directives import Block, blocks_in
from panlearn.content.exercise_options import by_hand_of, limits_of, needs_of, policy_of
from panlearn.content.findings import FileFindings
from panlearn.content.markers import Answer, split_answer
from panlearn.content.names import Names, names_of, parse
from panlearn.content.reading import SourceCell, SourcePage
from panlearn.domain.course import Criterion
from panlearn.domain.exercise import Check, Limits, WrongAnswer
from panlearn.errors import AuthorError

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A `{hint}` block: its Markdown, the lines it takes in its cell, and where it stands in the file."""

    text: str
    cell: int
    rows: range
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseSource:
    """An exercise as its author wrote it. `cell` is the answer cell's place among the page's cells.

    `hint_blocks` are all hints that the page holds, to be taken out of it; `hints` are those that learners may ask for.
    """

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
    hint_blocks: tuple[Hint, ...]
    hints: tuple[Hint, ...]
    needs: tuple[str, ...] | None
    limits: Limits
    reveal: str
    attempts: str
    mutates: bool
    by_hand: float = 0.0
    rubric: tuple[Criterion, ...] = ()


@dataclass(slots=True)
class _Draft:
    cell: int
    answer_cell: SourceCell
    checks: list[SourceCell] = field(default_factory=list)
    wrong: list[SourceCell] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)


def take_exercises(page: SourcePage, policy: Policy, findings: FileFindings) -> tuple[ExerciseSource, ...]:
    """The exercises of a page in order. What cannot be used is left out, with a finding that says why."""
    drafts = _collect(page, findings)
    blocks = list(_exercise_blocks(page))
    texts = {block.label: block for block in blocks if block.label}
    found = []
    for exercise_id, draft in drafts.items():
        try:
            found.append(_build(exercise_id, draft, texts.get(exercise_id), policy, findings))
        except AuthorError as error:
            findings.take(error, draft.answer_cell.line)
    for block in blocks:
        if block.label not in drafts:
            label = f"`{block.label}`" if block.label else "without a label"
            todo = "Give the block `:label: ID` and its answer cell `#| exercise: ID`, with the same ID."
            findings.warn("PL023", block.line, f"The exercise text {label} has no answer cell.", todo)
    return tuple(found)


def _exercise_blocks(page: SourcePage) -> Iterable[Block]:
    for cell in page.cells:
        if cell.kind == "markdown":
            yield from (block for block in blocks_in(cell.source, cell.line) if block.name == "exercise")


def _collect(page: SourcePage, findings: FileFindings) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    for index, cell in enumerate(page.cells):
        if "exercise" in cell.options.values:
            _place_answer(index, cell, drafts, findings)
        for key in ("check", "wrong"):
            if key in cell.options.values:
                _place(key, cell, drafts, findings)
    _collect_hints(page, drafts)
    return drafts


def _place_answer(index: int, cell: SourceCell, drafts: dict[str, _Draft], findings: FileFindings) -> None:
    target, line = str(cell.options.values["exercise"]), cell.options.lines["exercise"]
    if not _ID.match(target):
        todo = "An id holds small letters, digits and hyphens, such as bragg-angle."
        findings.error("PL013", line, f"`{target}` cannot be the id of an exercise.", todo)
    elif target in drafts:
        first = drafts[target].answer_cell.options.lines["exercise"]
        message = f"The exercise `{target}` is already in this page, on line {first}."
        findings.error("PL020", line, message, "Give one of them another id.")
    else:
        drafts[target] = _Draft(cell=index, answer_cell=cell)


def _place(key: str, cell: SourceCell, drafts: dict[str, _Draft], findings: FileFindings) -> None:
    target, line = str(cell.options.values[key]), cell.options.lines[key]
    if target not in drafts:
        todo = f"Put the cell after the one with `#| exercise: {target}`, in the same page, or mend the id."
        findings.error("PL022", line, f"No exercise `{target}` stands before this cell.", todo)
    else:
        (drafts[target].checks if key == "check" else drafts[target].wrong).append(cell)


def _collect_hints(page: SourcePage, drafts: dict[str, _Draft]) -> None:
    """A `{hint}` belongs to the exercise before it; before the first one it is an admonition like any other."""
    owners = {draft.cell: draft for draft in drafts.values()}
    owner: _Draft | None = None
    for index, cell in enumerate(page.cells):
        owner = owners.get(index, owner)
        if cell.kind != "markdown":
            continue
        for block in blocks_in(cell.source, cell.line):
            if block.name == "exercise":
                owner = drafts.get(block.label)
            elif block.name == "hint" and owner is not None:
                owner.hints.append(Hint(text=block.body, cell=index, rows=block.rows, line=block.line))


def _build(
    exercise_id: str, draft: _Draft, text: Block | None, policy: Policy, findings: FileFindings
) -> ExerciseSource:
    cell = draft.answer_cell
    answer = _answer(exercise_id, cell, findings)
    if text is None:
        todo = f"Write ```{{exercise}} Title with `:label: {exercise_id}` and the task before the answer cell."
        findings.error("PL023", cell.line, f"The exercise `{exercise_id}` has no text.", todo)
    bound = _names(answer, cell, findings.file)
    by_hand, rubric = by_hand_of(cell, findings)
    if not draft.checks and not by_hand:
        todo = f"Add a cell with `#| check: {exercise_id}` after it."
        findings.error("PL021", cell.line, f"The exercise `{exercise_id}` has no check.", todo)
    pairs = _checks(draft, bound, policy, findings)
    checks, points = _share(exercise_id, cell, pairs, by_hand, findings)
    lint_checks(checks, bound.bound, findings)
    return ExerciseSource(
        id=exercise_id,
        file=findings.file,
        line=cell.line,
        cell=draft.cell,
        title=text.argument if text and text.argument else exercise_id.replace("-", " ").capitalize(),
        points=points,
        answer=answer,
        bound=bound,
        names=tuple(sorted(_asked_for(bound, checks))),
        checks=checks,
        wrong=tuple(_wrong(cell, findings) for cell in draft.wrong),
        hint_blocks=tuple(draft.hints),
        hints=tuple(draft.hints) if policy.hints != "never" else (),
        needs=needs_of(cell, findings),
        limits=limits_of(cell, findings),
        reveal=policy_of(cell, "reveal", policy.reveal, findings),
        attempts=policy_of(cell, "attempts", policy.attempts, findings),
        mutates=bool(cell.options.values.get("mutates")),
        by_hand=by_hand,
        rubric=rubric,
    )


def _answer(exercise_id: str, cell: SourceCell, findings: FileFindings) -> Answer:
    answer = split_answer(cell.body, findings.file, cell.body_line)
    if not answer.marked:
        todo = "Put what the learner has to write between `### BEGIN SOLUTION` and `### END SOLUTION`."
        findings.error("PL025", cell.line, f"The exercise `{exercise_id}` has no solution.", todo)
    return answer


def _names(answer: Answer, cell: SourceCell, file: str) -> Names:
    """The names of solution and starter together."""
    parse(cell.body, file, cell.body_line)  # the whole cell first: its lines are those of the file
    solution = names_of(parse(answer.solution, file, cell.body_line))
    try:
        return solution.union(names_of(parse(answer.starter, file, cell.body_line)))
    except AuthorError as error:
        raise AuthorError(
            "Without its solution the answer cell is not valid Python.",
            todo="Write what the learner starts from after `### STUB`, before `### END SOLUTION`.",
            file=file,
            line=error.line,
            code="PL011",
        ) from None


def _asked_for(bound: Names, checks: Sequence[Check]) -> set[str]:
    """What the checks fetch from the learner: what the answer binds; loop variables only where a check reads them."""
    read: set[str] = set()
    for check in checks:
        read |= names_of(parse(check.source, check.file, check.line)).used
    names = set(bound.bound) | (set(bound.passing) & read)
    return {name for name in names if not name.startswith("_") or name in read}


def _checks(draft: _Draft, bound: Names, policy: Policy, findings: FileFindings) -> list[tuple[Check, float | None]]:
    """The checks of an exercise, each with the points it states."""
    names = bound.bound | bound.passing
    pairs: list[tuple[Check, float | None]] = []
    for cell in draft.checks:
        shows = policy_of(cell, "hidden", policy.hidden, findings)
        pairs += [(replace(check, shows=shows), points) for check, points in split_checks(cell, names, findings)]
    return pairs


def _share(
    exercise_id: str, cell: SourceCell, pairs: list[tuple[Check, float | None]], by_hand: float, findings: FileFindings
) -> tuple[tuple[Check, ...], float]:
    """Points of each check: its own, or an equal share of what the exercise has left beside those given by hand."""
    total = number(cell, "points", findings)
    stated = sum(points for _, points in pairs if points is not None) + by_hand
    shared = sum(points is None for _, points in pairs)
    if total is None:
        total = stated if stated and not shared else stated + 1.0
    if not pairs and by_hand:
        total = by_hand
    left = total - stated
    if (shared and left <= 0) or (not shared and pairs and abs(left) > 1e-9):  # noqa: PLR2004 - rounding of decimals
        line = cell.options.lines.get("points", cell.line)
        message = f"The exercise `{exercise_id}` has {total:g} points, its checks state {stated:g}."
        findings.error("PL026", line, message, "Make them add up, or leave the exercise's out.")
    shares = iter(even_shares(max(left, 0.0), shared))
    return tuple(replace(check, points=next(shares) if points is None else points) for check, points in pairs), total


def even_shares(total: float, count: int) -> list[float]:
    """Points in quarters, as even as they go, the later ones more: 2 over 3 is 0.5, 0.5, 1."""
    quarters = round(total * 4)
    if not count or quarters < count or abs(quarters / 4 - total) > 1e-9:  # noqa: PLR2004 - rounding of decimals
        return [total / count] * count if count else []
    least, more = divmod(quarters, count)
    return [(least + (number >= count - more)) / 4 for number in range(count)]


def _wrong(cell: SourceCell, findings: FileFindings) -> WrongAnswer:
    says = cell.options.text("says")
    if not says:
        todo = "Add `#| says: ...` with words of the message that the learner should read."
        findings.warn("PL052", cell.line, "This wrong answer does not say which message it should bring.", todo)
    parse(cell.body, findings.file, cell.body_line)
    return WrongAnswer(source=cell.body.strip("\n"), says=says, file=findings.file, line=cell.line)
