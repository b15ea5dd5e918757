"""Otter notebooks in our form: an assignment's own, and those made for students."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from panlearn.content.importing import blocks, checks
from panlearn.content.importing.cells import (
    Cell,
    Converted,
    bound_by,
    code,
    figure,
    in_points,
    safe_names,
    slug,
    unique,
)
from panlearn.content.importing.deleted import as_without
from panlearn.content.importing.otter_answers import has_solution, with_markers
from panlearn.content.importing.otter_questions import (
    OLD,
    Found,
    Question,
    delimiter,
    is_prompt,
    leave_out_machinery,
    resolved,
    walk,
    without_fences,
)
from panlearn.content.importing.otter_student import find_in_student
from panlearn.content.importing.otter_tests import Case, number
from panlearn.content.importing.shared import Shared
from panlearn.content.importing.words import Words, said, written

_SOLUTION = re.compile(r"^\s*\**SOLUTION:?\**:?\s*", re.IGNORECASE)


def convert(
    cells: Sequence[Cell], metadata: Mapping[str, Any], files: Mapping[str, str], page: str, taken: set[str]
) -> Converted:
    """A notebook's cells in our form. `files`: the text of the tests beside it, by the name of their question."""
    return _Conversion(find(cells, metadata, files), page, taken).run()


def find(cells: Sequence[Cell], metadata: Mapping[str, Any], files: Mapping[str, str]) -> Found:
    """The questions of a notebook. `files`: the test files beside it, by the name of their question."""
    found = Found(cells=[part for cell in cells for part in without_fences(cell)])
    leave_out_machinery(found)
    if any(delimiter(cell) for cell in found.cells):
        walk(found)
    else:
        find_in_student(found, metadata, files)
    for index, cell in enumerate(found.cells):
        if cell.kind == "markdown" and OLD.search(cell.source):
            todo = "Bring the assignment to Otter's present format with `python3 -m otter.assign.v0.convert`."
            found.note(index, "This is a question in Otter's format of 2021 and before, which is not read.", todo)
    return found


class _Conversion:
    """One notebook on its way."""

    def __init__(self, found: Found, page: str, taken: set[str]) -> None:
        self._found = found
        self._page = page
        self._taken = taken
        self._made: dict[int, list[Cell]] = {}
        self._asked = self._points = 0.0
        tests = {index for question in found.questions for index, _ in question.cases}
        lesson = [c for i, c in enumerate(found.cells) if c.kind == "code" and i not in tests and i not in found.gone]
        self._shared = Shared(frozenset().union(*(bound_by(safe_names(cell.source)) for cell in lesson)))

    def run(self) -> Converted:
        found = self._found
        made = sum(self._exercise(question) for question in found.questions)
        cells: list[Cell] = []
        for index, cell in enumerate(found.cells):
            if index in self._made:
                cells += self._made[index]
            elif index not in found.gone:
                if cell.kind == "raw":
                    found.note(index, "A raw cell is kept in the notebook, and no page shows it.")
                cells.append(cell)
        return Converted(
            cells=tuple(cells),
            notes=tuple(sorted(found.notes, key=lambda note: note.cell)),
            exercises=made,
            asked=self._asked,
            points=self._points,
        )

    def _exercise(self, question: Question) -> bool:
        """The cells of a question. Whether it became an exercise."""
        if not (question.answers or question.words or question.prompts):
            self._without_answer(question)
            return False
        label = unique([slug(question.name)], self._page, self._taken)
        if not question.answers:
            self._in_words(label, question)
            return True
        self._task(label, question)
        if question.manual or not question.cases:
            self._by_person(label, question)
        else:
            self._by_checks(label, question)
        return True

    def _task(self, label: str, question: Question) -> None:
        first = question.answers[0]
        near = question.text[-1] if question.text else None
        cell = self._found.cells[near] if near is not None else None
        text = blocks.task_text(label, cell, self._found.cells[first].number, name=question.name)
        self._made[first if near is None else near] = text

    def _put(self, index: int, cells: Sequence[Cell]) -> None:
        """Add cells where one of the author's stood."""
        self._made.setdefault(index, []).extend(cells)

    def _answer(self, label: str, question: Question, by_hand: float) -> None:
        """The answer cell, in the place of the last of the author's."""
        last = question.answers[-1]
        sources = [self._found.cells[index].source for index in question.answers]
        marked = any(has_solution(source) or blocks.is_marked(source) for source in sources)
        body = "\n\n".join(with_markers(source) for source in sources)
        if not marked and _is_starter(body):
            todo = "Write the solution between the markers."
            self._found.note(last, f"The answer `{label}` holds no solution: the notebook is one for students.", todo)
            body = f"{blocks.BEGIN}\n{blocks.STUB}\n{body}\n{blocks.END}"
        elif not marked:
            body = blocks.wrapped(body)
        for index in question.answers:
            self._put(index, [])
        self._put(last, [blocks.answer(label, body, self._found.cells[last].number, by_hand)])
        for index in question.words:
            self._found.note(
                index, f"The text in the solution of `{label}` is left out.", "Put it into a hint, if it is one."
            )

    def _points_by_hand(self, label: str, question: Question) -> float:
        """The points that a person gives, at least one."""
        given = number(question.points)
        self._asked += 1.0 if given is None else given
        self._points += given or 1.0
        if question.cases:
            what = f"`{label}` is graded by a person, so its tests are left out."
            self._found.note(question.where, what, "Make them checks of an answer in code.")
        if given == 0:
            self._found.note(question.where, f"`{label}` has no points; an exercise has at least one, given by hand.")
        return given or 1.0

    def _by_person(self, label: str, question: Question) -> None:
        """A question in code without tests, or one that says it is graded by hand."""
        points = self._points_by_hand(label, question)
        self._answer(label, question, points)
        what = f"The answer `{label}` is graded by a person: {in_points(points)}."
        self._found.note(question.answers[-1], what)

    def _in_words(self, label: str, question: Question) -> None:
        """A question that is answered in words."""
        cells = self._found.cells
        model, prompt = (
            "\n\n".join(cells[i].source for i in part if not is_prompt(cells[i]))
            for part in (question.words, question.prompts)
        )
        points = self._points_by_hand(label, question)
        words = Words(label=label, model=_SOLUTION.sub("", model), points=points, prompt=prompt, name=question.name)
        at = max([*question.words, *question.prompts])
        near = question.text[-1] if question.text else None
        if near is not None:
            self._put(near, [])
        self._put(at, written(words, cells[near] if near is not None else None, cells[at].number))
        self._found.note(at, said(words))

    def _by_checks(self, label: str, question: Question) -> None:
        points = resolved(question.points, [case for _, case in question.cases])
        asked = sum(points)
        self._answer(label, question, 0.0)
        self._asked += asked
        self._points += asked or 1.0
        if not asked:
            self._found.note(question.where, f"The tests of `{label}` have no points; an exercise has at least one.")
        learners = frozenset().union(*(safe_names(self._found.cells[i].source).bound for i in question.answers))
        cells: list[Cell] = []
        waiting: list[str] = []
        for (index, case), worth in zip(question.cases, points, strict=True):
            body = self._check(index, case, learners)
            if asked and not worth:
                waiting.append(body)
                continue
            options = {"check": label, **({"points": figure(worth)} if asked else {})}
            cells.append(code(options, "\n\n".join([*waiting, body]), self._found.cells[index].number))
            waiting = []
        if waiting:
            cells[-1] = Cell(
                kind="code", source="\n\n".join([cells[-1].source, *waiting]), number=cells[-1].number, shift=2
            )
        self._put(max(question.where, question.answers[-1]), cells)

    def _check(self, index: int, case: Case, learners: frozenset[str]) -> str:
        source, _ = self._shared.complete(case.source)
        tests = checks.as_checks(as_without(source), learners)
        for what, todo in tests.remarks:
            self._found.note(index, what, todo)
        if not case.hidden:
            return tests.source
        idea = case.message or checks.neutral_idea(tests.source, learners)
        if not case.message:
            todo = "Write after `#| idea:` what a learner should read when it fails."
            self._found.note(index, "A hidden test got a neutral idea line.", todo)
        return checks.hidden(checks.without_markers(tests.source), idea)

    def _without_answer(self, question: Question) -> None:
        points = sum(resolved(question.points, [case for _, case in question.cases])) if question.cases else 0.0
        self._asked += points
        worth = f" Not carried over: {in_points(points)}." if points else ""
        what = f"The question `{question.name}` has no answer, so its tests are left out.{worth}"
        self._found.note(min(question.where, len(self._found.cells) - 1), what, "Add an answer, and import again.")


def _is_starter(source: str) -> bool:
    """Whether a cell is what a student begins with: it holds `...` where something is to be written, or nothing."""
    tree = checks.parsed(source)
    if tree is None or not tree.body:
        return True
    return any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(tree))
