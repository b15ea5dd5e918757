"""Quizzes taken out of a lesson: each with its key, its public parts, its hints, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from panlearn.content.config import ATTEMPTS, REVEAL, Policy
from panlearn.content.directives import Block, blocks_in, nested
from panlearn.content.findings import FileFindings
from panlearn.content.quiz_body import UNREADABLE, VARIANT, Body
from panlearn.content.quiz_fields import PublicPart, Reader
from panlearn.content.quiz_keys import KEYS, read_key
from panlearn.content.quiz_proof import prove_quiz
from panlearn.content.quiz_written import given_by_a_person, refuse_what_machines_grade
from panlearn.content.reading import SourcePage
from panlearn.content.variants import BadVariant, read_variant
from panlearn.domain.course import Criterion
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.drawing import BEGIN, Variable
from panlearn.domain.quiz.expressions import RESERVED
from panlearn.domain.quiz.model import Quiz, QuizKind
from panlearn.errors import AuthorError

_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")
_COMMON = frozenset({"kind", "text", "hints", "explain", "variant"})
_SETTINGS = frozenset({"label", "name", "points", "attempts", "reveal"})
MAX_VALUES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Private Markdown of a quiz, rendered apart from the page: a hint or the explanation."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSource:
    """A quiz as its author wrote it. `cell` and `rows`: the Markdown cell it stands in, and its lines there."""

    id: str
    file: str
    line: int
    cell: int
    rows: range
    title: str
    points: float
    attempts: str
    reveal: str
    quiz: Quiz
    parts: tuple[PublicPart, ...]
    fixed: bool
    hints: tuple[Passage, ...]
    explain: Passage | None
    rubric: tuple[Criterion, ...] = ()

    @property
    def by_hand(self) -> float:
        """The points that a person gives."""
        return self.points if self.quiz.kind is QuizKind.WRITTEN else 0.0

    def bundle(self, lesson: str, environment: str) -> GradingBundle:
        """What it is graded with; hints and explanation are rendered later."""
        return GradingBundle(
            exercise=self.id,
            title=self.title,
            lesson=lesson,
            points=self.points,
            environment=environment,
            files=None,
            setup=(),
            steps=(),
            names=(),
            starter="",
            solution="",
            checks=(),
            by_hand=self.by_hand,
            quiz=self.quiz,
        )


def take_quizzes(page: SourcePage, policy: Policy, findings: FileFindings) -> tuple[QuizSource, ...]:
    """The quizzes of a page in order. What cannot be used is left out, with a finding that says why."""
    found: dict[str, QuizSource] = {}
    for index, cell in enumerate(page.cells):
        if cell.kind != "markdown":
            continue
        blocks = [block for block in blocks_in(cell.source, cell.line) if block.name == "quiz"]
        for row in nested(cell.source, "quiz"):
            what = "This quiz stands inside another block, so it cannot be asked."
            findings.error(UNREADABLE, cell.line + row, what, "Move it to the top level of the page.")
        for block in blocks:
            try:
                quiz = _read(block, index, policy, findings)
            except AuthorError as error:
                findings.take(error, block.line)
                continue
            if quiz.id in found:
                message = f"The quiz `{quiz.id}` is already in this page, on line {found[quiz.id].line}."
                findings.error("PL020", quiz.line, message, "Give one of them another label.")
            found.setdefault(quiz.id, quiz)
    return tuple(found.values())


def quiz_rows(page: SourcePage) -> set[tuple[int, int]]:
    """Every line of every quiz, by cell and row, also of those that could not be read."""
    return {
        (index, row)
        for index, cell in enumerate(page.cells)
        if cell.kind == "markdown"
        for block in blocks_in(cell.source, cell.line)
        if block.name == "quiz"
        for row in block.rows
    }


def _read(block: Block, cell: int, policy: Policy, findings: FileFindings) -> QuizSource:
    settings = _settings(block, policy, findings.file)
    body = Body.read(block.body, findings.file, block.body_line)
    kind = body.text("kind")
    if kind not in KEYS:
        raise body.error(f"There is no kind of quiz `{kind}`.", f"Write one of: {', '.join(KEYS)}.", "kind")
    by_person = kind == QuizKind.WRITTEN
    if by_person:
        refuse_what_machines_grade(body)
    body.only(_COMMON | KEYS[kind], f"A quiz of the kind {kind}")
    variant = _variant(body)
    reader = Reader(id=block.label, names=[one.name for one in variant])
    if (text := body.text("text", "")) != "":
        reader.show("text", "text", text, body.line("text"))
    key = read_key(kind, body, reader)
    points, rubric = given_by_a_person(body, settings.points) if by_person else (settings.points or 1.0, ())
    _refuse_unseen(body, variant, reader, block.argument)
    hints = tuple(
        Passage(text=reader.says(hint), line=body.line("hints", number))
        for number, hint in enumerate(body.texts("hints"))
    )
    explain = body.text("explain", "")
    source = QuizSource(
        id=block.label,
        file=findings.file,
        line=block.line,
        cell=cell,
        rows=block.rows,
        title=block.argument,
        quiz=Quiz(kind=QuizKind(kind), key=key, variant=variant),
        parts=tuple(_unordered(reader.parts, fixed=not body.flag("shuffle", default=True))),
        fixed=not body.flag("shuffle", default=True),
        hints=hints if policy.hints != "never" else (),
        explain=Passage(text=reader.says(explain), line=body.line("explain")) if explain else None,
        points=points,
        attempts=settings.attempts,
        reveal=settings.reveal,
        rubric=rubric,
    )
    prove_quiz(source.bundle("", ""), body)
    return source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    points: float | None
    attempts: str
    reveal: str


def _settings(block: Block, policy: Policy, file: str) -> _Settings:
    """Points, attempts and policy of the directive itself."""

    def refuse(message: str, todo: str) -> AuthorError:
        return AuthorError(message, todo=todo, file=file, line=block.line, code=UNREADABLE)

    if not _ID.match(block.label):
        what = f"`{block.label}` cannot be the label of a quiz." if block.label else "This quiz has no label."
        raise refuse(what, "Write `:label: longer-wavelength` below its first line: small letters, digits, hyphens.")
    if not block.argument:
        raise refuse(f"The quiz `{block.label}` asks nothing.", "Write the question after {quiz}.")
    for key in block.options:
        if key not in _SETTINGS:
            raise refuse(f"A quiz has no option `:{key}:`.", f"Known here: {', '.join(sorted(_SETTINGS))}.")
    attempts = block.options.get("attempts", policy.attempts)
    reveal = block.options.get("reveal", policy.reveal)
    if not re.match(ATTEMPTS, attempts):
        raise refuse(f"`:attempts: {attempts}` is not known.", "Expected: unlimited or a number.")
    if not re.match(REVEAL, reveal):
        raise refuse(
            f"`:reveal: {reveal}` is not known.", "Expected: never, always, after-pass or after-pass-or-5-tries."
        )
    text = block.options.get("points")
    if text is not None and (not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) == 0):
        raise refuse(f"`:points: {text}` cannot be used.", "Write a number above zero.")
    points = None if text is None else float(text)
    return _Settings(points=points, attempts=attempts, reveal=_opened_by_then(reveal, attempts))


def _opened_by_then(reveal: str, attempts: str) -> str:
    """Who has used every try reads the answer: a number of tries beyond those there are would never come."""
    match = re.fullmatch(r"after-pass-or-(\d+)-tries", reveal)
    if match and attempts.isdigit() and int(attempts) < int(match[1]):
        return f"after-pass-or-{attempts}-tries"
    return reveal


def _variant(body: Body) -> tuple[Variable, ...]:
    data = body.data.get("variant")
    if data is None:
        return ()
    try:
        return read_variant(data, RESERVED, MAX_VALUES)
    except BadVariant as error:
        place = ("variant", error.name) if error.name else ("variant",)
        raise body.error(error.message, error.todo, *place, code=VARIANT) from None


def _refuse_unseen(body: Body, variant: tuple[Variable, ...], reader: Reader, title: str) -> None:
    """A drawn number that nobody can read makes a question that nobody can answer."""
    for one in variant:
        if f"{{{one.name}}}" in title:
            todo = "Write it below `text:`; the title is the same for everybody."
            raise body.error(f"{{{one.name}}} stands in the title.", todo, "variant", one.name, code=VARIANT)
        if not any(f"{BEGIN}{one.name}" in part.text for part in reader.parts):
            todo = f"Write {{{one.name}}} in its `text:`, outside of formulas."
            raise body.error(f"Nobody can read `{one.name}`.", todo, "variant", one.name, code=VARIANT)


def _unordered(parts: list[PublicPart], *, fixed: bool) -> Iterator[PublicPart]:
    """The parts in an order that does not tell which comes first, or is right, by the author."""
    roles = list(dict.fromkeys(part.role for part in parts))
    for role in roles:
        same = [part for part in parts if part.role == role]
        yield from same if fixed else sorted(same, key=lambda part: part.key)
