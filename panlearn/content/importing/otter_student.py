"""Notebooks that Otter made, for students or with solutions: answers, `grader.check("q1")`, tests kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from panlearn.content.importing import otter_questions as questions
from panlearn.content.importing.cells import Note
from panlearn.content.importing.otter_questions import Found, Question
from panlearn.content.importing.otter_tests import Case, from_file, from_ok


def find_in_student(found: Found, metadata: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """Fill `found` with the questions of a notebook without delimiters."""
    walk = _Walk(found, _tests(metadata, files, found))
    for index, cell in enumerate(found.cells):
        if cell.kind == "code":
            walk.code(index)
        elif cell.kind == "markdown" and index not in found.gone:
            walk.text(index)
    walk.end()
    for name in walk.unused():
        found.notes.append(Note(cell=0, what=f"No cell runs the tests `{name}`, so they are not carried over."))


_Known = dict[str, tuple[Mapping[str, Any], list[Case]]]


def _tests(metadata: Mapping[str, Any], files: Mapping[str, str], found: Found) -> _Known:
    """The tests by the name of their question; a file goes before the notebook's own."""
    known: _Known = {}
    otter = metadata.get("otter")
    stored = otter.get("tests") if isinstance(otter, Mapping) else None
    for name, test in (stored if isinstance(stored, Mapping) else {}).items():
        top, cases = (
            (test, from_ok(test)) if isinstance(test, Mapping) else from_file(test if isinstance(test, str) else "")
        )
        known[str(name)] = (top or {}, cases)
    for name, text in files.items():
        top, cases = from_file(text)
        if top is None:
            said = (
                f"The test file of `{name}` is neither in the OK format nor test functions, so it is not carried over."
            )
            found.notes.append(Note(cell=0, what=said))
        else:
            known[name] = (top, cases)
    return known


class _Walk:
    """A student's notebook, cell by cell."""

    def __init__(self, found: Found, tests: _Known) -> None:
        self._found = found
        self._tests = tests
        self._used: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self._now = Question(name="")
        self._last: int | None = None
        self._open = False

    def code(self, index: int) -> None:
        """A code cell: what runs tests ends a question, what is an answer belongs to it."""
        cell = self._found.cells[index]
        if check := questions.answer_of(cell.source):
            self._found.gone.add(index)
            self._ask(index, check)
        elif index not in self._found.gone:
            if questions.is_answer(cell):
                self._now.answers.append(index)
            self._last = index

    def _ask(self, index: int, name: str) -> None:
        if not self._now.answers and self._last is not None:
            self._now.answers = [self._last]
        top, cases = self._tests.get(name, ({}, []))
        if name in self._used or name not in self._tests:
            again = name in self._used
            said = "are run a second time here, which is left out" if again else "are not in the notebook nor in tests/"
            self._found.note(
                index, f"The tests `{name}` {said}.", "" if again else "Write the checks of this exercise."
            )
            if again:
                self._begin()
                return
        self._used.add(name)
        self._now.name, self._now.points, self._now.where = name, top.get("points"), index
        self._now.cases = [(index, case) for case in cases]
        for case in cases:
            for remark in case.remarks:
                self._found.note(index, f"`{name}`: {remark}", "Look at this check.")
        self._found.questions.append(self._now)
        self._begin()

    def text(self, index: int) -> None:
        """A Markdown cell: a task, an answer in words, or comments that say where a question begins and ends."""
        cell = self._found.cells[index]
        if questions.is_answer(cell):
            (self._now.prompts if questions.is_prompt(cell) else self._now.words).append(index)
            self._found.gone.add(index)
            self._now.where = index
            return
        for word in questions.comments(cell.source):
            if word == "END":
                self.end()
            else:
                self._begin()
                self._open = True
        source = questions.without_comments(cell.source)
        self._found.cells[index] = replace(cell, source=source)
        if not source.strip():
            self._found.gone.add(index)
        else:
            self._now.text = [index]

    def end(self) -> None:
        """The end of a question that a person grades."""
        now = self._now
        if now.words or now.prompts or (self._open and now.answers):
            now.manual = True
            now.where = max([now.where, *now.answers, *now.words, *now.prompts])
            source = "\n".join(self._found.cells[i].source for i in now.text)
            now.points = questions.points_in(source)
            self._found.questions.append(now)
        self._begin()

    def unused(self) -> list[str]:
        """The tests that no cell ran."""
        return sorted(set(self._tests) - self._used)
