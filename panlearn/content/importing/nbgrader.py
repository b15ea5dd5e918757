"""nbgrader notebooks in our form: answers, tests, hidden tests, what a person grades, tasks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from panlearn.content.importing import blocks, checks
from panlearn.content.importing.cells import (
    Cell,
    Converted,
    Note,
    bound_by,
    code,
    figure,
    headings,
    in_points,
    safe_names,
    slug,
    unique,
)
from panlearn.content.importing.deleted import as_without
from panlearn.content.importing.grouping import Draft, group
from panlearn.content.importing.nbgrader_cells import Graded, read, without_scheme
from panlearn.content.importing.shared import Shared
from panlearn.content.importing.words import Words, said, written

_HEADER = re.compile(r"^\s*(NAME|COLLABORATORS)\s*=\s*(\"\"|'')\s*$")
_BEFORE_YOU = "Before you turn this problem in"
_REGION = re.compile(r"^\s*#{2,}\s*(?P<word>BEGIN|END)\s+SOLUTION\s*$", re.IGNORECASE)
_STUBS = re.compile(r"^\s*(#.*|raise NotImplementedError(\(\))?|pass|\.\.\.|)\s*$")
_AUTOTEST = re.compile(r"^\s*#{2,}\s*(HASHED\s+)?AUTOTEST\b", re.MULTILINE)
_GIVE = "Give it others, or take the exercise out."


def convert(cells: Sequence[Cell], page: str, taken: set[str]) -> Converted:
    """A notebook's cells in our form. `page` is put before an id that is `taken` already; ids are added to `taken`."""
    return _Conversion(cells, page, taken).run()


class _Conversion:
    """One notebook on its way."""

    def __init__(self, cells: Sequence[Cell], page: str, taken: set[str]) -> None:
        self._cells = cells
        self._page = page
        self._taken = taken
        self._graded = [read(cell) for cell in cells]
        self._notes: list[Note] = []
        self._made: dict[int, list[Cell]] = {}
        self._asked = self._points = 0.0
        self._exercises = 0
        self._texts: set[int] = set()
        lesson = [
            safe_names(c.source)
            for c, g in zip(cells, self._graded, strict=True)
            if c.kind == "code" and g.role != "tests"
        ]
        self._shared = Shared(frozenset().union(*map(bound_by, lesson)))

    def run(self) -> Converted:
        for cell, graded in zip(self._cells, self._graded, strict=True):
            self._notes += [Note(cell=cell.number, what=said, todo="Look at its points.") for said in graded.said]
        drafts, lost = group(self._cells, [graded.role for graded in self._graded])
        for draft in drafts:
            self._code_exercise(draft)
        for index in lost:
            self._untested(index)
        for index, (cell, graded) in enumerate(zip(self._cells, self._graded, strict=True)):
            if graded.role in {"written", "task"}:
                self._by_person(index, cell, graded)
            elif graded.role == "plain":
                self._plain(index, cell)
        made = [cell for index in range(len(self._cells)) for cell in self._made.get(index, [])]
        return Converted(
            cells=tuple(made),
            notes=tuple(sorted(self._notes, key=lambda note: note.cell)),
            exercises=self._exercises,
            asked=self._asked,
            points=self._points,
        )

    def _note(self, index: int, what: str, todo: str = "") -> None:
        self._notes.append(Note(cell=self._cells[index].number, what=what, todo=todo))

    def _plain(self, index: int, cell: Cell) -> None:
        if index in self._made:
            return
        if _is_header(cell):
            self._note(index, "nbgrader's header, which asks for names, is left out: learners have accounts here.")
            return
        if cell.kind == "raw":
            self._note(index, "A raw cell is kept in the notebook, and no page shows it.")
        self._made[index] = [cell]

    def _code_exercise(self, draft: Draft) -> None:
        """An answer cell with its checks."""
        first, last = draft.answers[0], draft.answers[-1]
        names = [self._graded[i].name for i in draft.answers]
        label = self._label(names, [self._cells[i].source for i in draft.answers])
        by_hand = sum(self._graded[i].points for i in draft.answers)
        tests = self._tests(label, draft)
        asked = by_hand + sum(self._graded[i].points for i in draft.tests)
        if not tests and not by_hand:
            by_hand = 1.0
            todo = "Add a check cell, or " + _GIVE[0].lower() + _GIVE[1:]
            self._note(first, f"Nothing checks the answer `{label}`: it has 1 point, given by hand.", todo)
        elif tests and not asked:
            self._note(draft.tests[0], f"The tests of `{label}` have no points; an exercise has at least one.", _GIVE)
        if any(self._graded[i].role == "manual" and self._graded[i].points for i in draft.answers):
            self._note(last, f"The answer `{label}` is graded by a person: {in_points(by_hand)} by hand.")
        marks = sum(self._graded[i].points for i in draft.tests)
        self._count(asked, by_hand + (marks or bool(tests)))
        before = self._task(label, first)
        body = "\n\n".join(self._answer_body(i) for i in draft.answers)
        self._made.setdefault(last, []).extend([*before, blocks.answer(label, body, self._cells[last].number, by_hand)])
        if len(draft.answers) > 1:
            numbers = " and ".join(str(self._cells[i].number) for i in draft.answers)
            self._note(
                last, f"The answers in cells {numbers} are one exercise, `{label}`, since tests check them together."
            )

    def _count(self, asked: float, points: float) -> None:
        self._exercises += 1
        self._asked += asked
        self._points += points

    def _answer_body(self, index: int) -> str:
        """An answer with its solution marked; without markers all of it is the solution, as nbgrader has it."""
        source = without_scheme(self._cells[index].source)[0]
        if all(_STUBS.match(row) for row in source.split("\n")):
            todo = "Import the folder source/ of the course, or write the solution."
            self._note(index, "This answer holds no solution: it looks like a release for students.", todo)
        return source if blocks.is_marked(source) else blocks.wrapped(source)

    def _label(self, names: Iterable[str], sources: Iterable[str]) -> str:
        return unique(map(slug, [*names, *_defined(sources)]), self._page, self._taken)

    def _text_before(self, index: int) -> Cell | None:
        """The Markdown cell just before an answer, which is taken as the text of its task, once."""
        before = index - 1
        is_text = before >= 0 and self._cells[before].kind == "markdown" and self._graded[before].role == "plain"
        if not is_text or before in self._texts or _is_header(self._cells[before]):
            return None
        if before == 0 and any(level == 1 for _, level, _ in headings(self._cells[0].source)):
            return None
        self._texts.add(before)
        self._made[before] = []
        return self._cells[before]

    def _task(self, label: str, index: int) -> list[Cell]:
        """The block of the task; the Markdown cell just before the answer is its text."""
        return blocks.task_text(label, self._text_before(index), self._cells[index].number)

    def _tests(self, label: str, draft: Draft) -> list[Cell]:
        """The check cells of an exercise, put where they stood; tests without points go with their neighbours."""
        learners = frozenset().union(*(safe_names(self._cells[i].source).bound for i in draft.answers))
        made: list[Cell] = []
        stated = [index for index in draft.tests if self._graded[index].points]
        waiting: list[str] = []
        for index in draft.tests:
            points = self._graded[index].points
            body, added = self._test_body(index, points, learners)
            if stated and not points:
                self._note(index, "These tests have no points; they share those of the tests beside them.")
                if index < stated[-1]:
                    waiting.append(body)
                    continue
                made[-1] = replace(made[-1], source=f"{made[-1].source}\n\n{body}")
                self._made[stated[-1]] = [made[-1]]
                continue
            options = {"check": label, **({"points": figure(points)} if points else {})}
            cell = code(options, "\n\n".join([*waiting, body]), self._cells[index].number)
            made.append(replace(cell, shift=cell.shift + added))
            self._made[index] = [made[-1]]
            waiting = []
        return made

    def _test_body(self, index: int, points: float, learners: frozenset[str]) -> tuple[str, int]:
        if _AUTOTEST.search(self._cells[index].source):
            self._note(index, "nbgrader writes tests itself where AUTOTEST stands; here are none.", "Write asserts.")
        source, added = self._shared.complete(without_scheme(self._cells[index].source)[0])
        tests = checks.as_checks(as_without(source), learners, value_of=points)
        for what, todo in tests.remarks:
            self._note(index, what, todo)
        if parts := checks.count_hidden(tests.source):
            which = "A hidden part" if parts == 1 else f"{parts} hidden parts"
            todo = "Write after `#| idea:` what a learner should read when it fails."
            self._note(index, f"{which} of these tests got a neutral idea line.", todo)
        return tests.source, added

    def _untested(self, index: int) -> None:
        """Tests before which no answer stands: their visible part is a plain cell, their hidden part is left out."""
        shown, had = checks.without_hidden(self._cells[index].source)
        points = self._graded[index].points
        self._asked += points
        worth = f" Not carried over: {in_points(points)}." if points else ""
        what = "These tests test no answer, so they are a plain cell now" + (
            ", without their hidden part." if had else "."
        )
        self._note(index, what + worth, "Put them after the answer that they test, and import again.")
        self._made[index] = [Cell(kind="code", source=shown, number=self._cells[index].number)] if shown.strip() else []

    def _by_person(self, index: int, cell: Cell, graded: Graded) -> None:
        """An answer in words, or a task."""
        text, scheme = without_scheme(cell.source)
        label = self._label([graded.name, *self._headed(index)], [])
        points = graded.points or 1.0
        self._count(graded.points, points)
        if not graded.points:
            self._note(index, f"`{label}` has no points; an exercise has at least one, given by hand.", _GIVE)
        if graded.role == "task":
            self._task_cell(index, label, (text, scheme), points)
        else:
            task, model = _parts(text)
            both = "\n\n".join(part for part in (model.strip(), scheme) if part)
            words = Words(label=label, model=both, points=points, secret=bool(scheme))
            own = Cell(kind="markdown", source=task, number=cell.number, attachments=cell.attachments)
            self._made[index] = written(words, own if task.strip() else self._text_before(index), cell.number)
            self._note(index, said(words))
        if scheme:
            todo = "Make it a rubric of what for how many points."
            self._note(index, "The mark scheme stands in the solution, which is never opened to learners.", todo)

    def _headed(self, index: int) -> list[str]:
        """The last heading of a text or of the one before it, without what stands in brackets."""
        before = self._cells[index - 1].source if index and self._cells[index - 1].kind == "markdown" else ""
        found = headings(self._cells[index].source) or headings(before)
        return [re.sub(r"\(.*?\)", "", found[-1][2])] if found else []

    def _task_cell(self, index: int, label: str, texts: tuple[str, str], points: float) -> None:
        """A task: nbgrader's learners add cells as they like, ours have one."""
        text, scheme = texts
        cell = self._cells[index]
        own = Cell(kind="markdown", source=text, number=cell.number, attachments=cell.attachments)
        body = blocks.wrapped(blocks.as_comments(scheme) if scheme else "")
        answer = blocks.answer(label, body, cell.number, points, {"reveal": "never"} if scheme else {})
        told = blocks.task_text(label, own if text.strip() else None, cell.number)
        self._made[index] = [*told, answer]
        what = f"The task `{label}` is answered in one cell here, and graded by a person: {in_points(points)}."
        self._note(index, what, "Say in its text what that cell should hold.")


def _is_header(cell: Cell) -> bool:
    rows = [row for row in cell.source.split("\n") if row.strip()]
    if cell.kind == "code":
        return bool(rows) and all(_HEADER.match(row) for row in rows)
    return cell.kind == "markdown" and cell.source.lstrip().startswith(_BEFORE_YOU)


def _defined(sources: Iterable[str]) -> Iterator[str]:
    """The functions and names that answers define, functions first."""
    trees = [tree for source in sources if (tree := checks.parsed(source))]
    body = [statement for tree in trees for statement in tree.body]
    yield from (s.name for s in body if isinstance(s, ast.FunctionDef | ast.ClassDef))
    for statement in body:
        if isinstance(statement, ast.Assign):
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def _parts(text: str) -> tuple[str, str]:
    """An answer in words: what stays before the learner, and the model answer. Without markers all is the answer."""
    kept: list[str] = []
    model: list[str] = []
    inside = marked = False
    for row in text.split("\n"):
        if mark := _REGION.match(row):
            inside, marked = mark["word"].upper() == "BEGIN", True
        else:
            (model if inside else kept).append(row)
    return ("\n".join(kept), "\n".join(model)) if marked else ("", text)
