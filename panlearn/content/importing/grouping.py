"""Which answers belong together, and which tests test them: by where they stand, and by the names they use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from panlearn.content.importing.cells import Cell, bound_by, safe_names
from panlearn.content.importing.nbgrader_cells import Role


@dataclass(slots=True)
class Draft:
    """An exercise in the making: the places of its answers and tests. A `block` has no tests between its answers."""

    answers: list[int]
    block: int
    tests: list[int] = field(default_factory=list)


def group(cells: Sequence[Cell], roles: Sequence[Role]) -> tuple[list[Draft], list[int]]:
    """The exercises in order, and the tests that test no answer.

    Tests belong to the answers before them since the tests before. Of several answers it is the last one whose names
    they use, else an earlier one's in the notebook, else the last one. Answers that no tests belong to join their
    neighbours.
    """
    drafts: list[Draft] = []
    lost: list[int] = []
    block, after_tests = 0, False
    for index, role in enumerate(roles):
        if role in {"answer", "manual"}:
            block += after_tests
            after_tests = False
            drafts.append(Draft(answers=[index], block=block))
        elif role == "tests":
            after_tests = True
            owner = _owner(index, drafts, block, cells)
            (owner.tests if owner else lost).append(index)
    return _joined(drafts, cells, roles), lost


def _owner(index: int, drafts: Sequence[Draft], block: int, cells: Sequence[Cell]) -> Draft | None:
    used = safe_names(cells[index].source).used
    near = [draft for draft in reversed(drafts) if draft.block == block]
    far = [draft for draft in reversed(drafts) if draft.block != block]
    for draft in [*near, *far]:
        if used & bound_by(safe_names(cells[draft.answers[0]].source)):
            return draft
    return near[0] if near else None


def _joined(drafts: Sequence[Draft], cells: Sequence[Cell], roles: Sequence[Role]) -> list[Draft]:
    """Answers without tests join the next answer of their block that has some, else the one before."""
    kept: list[Draft] = []
    waiting: list[Draft] = []
    for draft in drafts:
        if draft.tests or roles[draft.answers[0]] == "manual":
            while draft.tests and waiting and _joins(waiting[-1], draft, cells):
                draft.answers = [*waiting.pop().answers, *draft.answers]
            kept += [*waiting, draft]
            waiting = []
        elif kept and not waiting and kept[-1].tests and _joins(kept[-1], draft, cells):
            kept[-1].answers += draft.answers
        else:
            waiting.append(draft)
    return [*kept, *waiting]


def _joins(one: Draft, two: Draft, cells: Sequence[Cell]) -> bool:
    """Whether only text stands between two answers of a block, so that one cell can take the place of both."""
    between = range(one.answers[-1] + 1, two.answers[0])
    return one.block == two.block and all(cells[index].kind != "code" for index in between)
