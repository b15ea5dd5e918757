"""Quizzes of a page as one reader has them: what the template shows, put where the published page has its marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from markupsafe import Markup, escape

from panlearn.domain.course import Release
from panlearn.domain.quiz.answers import Fields, Stored, order_of, stored_in
from panlearn.domain.quiz.drawing import draw, filled, shuffled
from panlearn.domain.quiz.marks import BLANK_BEGIN, BLANK_END, quiz_mark
from panlearn.domain.quiz.model import (
    ChoiceKey,
    ClozeKey,
    FaceOption,
    ImageKey,
    MatchKey,
    OrderKey,
    Quiz,
    QuizFace,
    QuizKind,
)
from panlearn.domain.quiz.numbers import NumberError, read_number
from panlearn.domain.quiz.solution import right_words
from panlearn.domain.report import Verdict
from panlearn.errors import BadInput, PanlearnError
from panlearn.models import HandGrade, Submission
from panlearn.services.lessons import ExerciseView, LessonView
from panlearn.services.library import Store
from panlearn.services.quizzes import seed_for
from panlearn.web.fragments import localise


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An answer that could not be taken, and why; or one that is being written, without an error."""

    exercise: str
    fields: Fields
    error: PanlearnError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An option on the page: where it stands, in HTML and as text."""

    key: str
    html: Markup
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the verdict: a part of the answer and what is said of it."""

    name: Markup
    passed: bool
    points: float
    max_points: float
    message: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that the template of a quiz needs. `key` is empty until the reader may know it."""

    view: ExerciseView
    number: int
    course: str
    seed: str
    title: Markup
    text: Markup
    options: tuple[Shown, ...]
    targets: tuple[Shown, ...]
    image: Markup
    given: Stored
    lines: tuple[Line, ...] = ()
    hints: tuple[Markup, ...] = ()
    key: tuple[Markup, ...] = ()
    regions: tuple[Any, ...] = ()
    explain: Markup = field(default_factory=Markup)
    problem: PanlearnError | None = None

    @property
    def face(self) -> QuizFace:
        """What is published of it."""
        face = self.view.exercise.quiz
        assert face is not None  # noqa: S101 - cards are made of quizzes
        return face

    @property
    def left(self) -> int | None:
        """Tries that are left; None where they are not counted."""
        attempts, standing = self.view.exercise.attempts, self.view.standing
        used = standing.sent if self.written else standing.tries
        return max(0, int(attempts) - used) if attempts.isdigit() else None

    @property
    def closed(self) -> bool:
        """Whether there is nothing more to send."""
        return self.view.standing.passed or self.left == 0 or (self.written and bool(self.explain))

    @property
    def written(self) -> bool:
        """Whether a person reads the answer."""
        return self.face.kind is QuizKind.WRITTEN

    @property
    def waits(self) -> bool:
        """Whether the last answer waits for a person."""
        last = self.view.last
        return self.written and last is not None and last.verdict is Verdict.HANDED_IN

    @property
    def by_hand(self) -> HandGrade | None:
        """The grade that a person gave the last answer."""
        return self.view.by_hand

    @property
    def report(self) -> dict[str, Any] | None:
        """The last verdict on what the page shows."""
        last = self.view.last
        return last.report if last is not None and self.lines else None


def with_quizzes(body: Markup, view: LessonView, store: Store, reader: str, tried: Tried | None = None) -> Markup:
    """A page's body with its quizzes put in."""
    html = str(body)
    for number, one in enumerate(view.exercises, start=1):
        if one.exercise.quiz is not None:
            html = html.replace(quiz_mark(one.exercise.id), card_html(view.release, one, number, store, reader, tried))
    return Markup(html)  # noqa: S704 (a rendered page and rendered templates)


def card_html(  # noqa: PLR0917  what a card is made of
    release: Release, view: ExerciseView, number: int, store: Store, reader: str, tried: Tried | None = None
) -> str:
    """One quiz as HTML."""
    made = card(release, view, number, store, reader, tried)
    return render_template("_quiz.html", card=made, face=made.face, exercise=view.exercise)


def card(  # noqa: PLR0917
    release: Release, view: ExerciseView, number: int, store: Store, reader: str, tried: Tried | None = None
) -> Card:
    """One quiz as this reader has it."""
    exercise, face = view.exercise, view.exercise.quiz
    bundle = store.bundle(release, exercise.id)
    assert face is not None and bundle.quiz is not None  # noqa: S101, PT018 - cards are made of quizzes
    seed = seed_for(reader, release, exercise, view.last)
    drawn = draw(face.variant, seed)
    make = _Maker(release, face, bundle.quiz, drawn, seed)
    mine = tried if tried is not None and tried.exercise == exercise.id else None
    given = _given(view.last, seed, mine, written=face.kind is QuizKind.WRITTEN)
    return Card(
        view=view,
        number=number,
        course=release.course.slug,
        seed=seed,
        title=make.html(face.title),
        text=make.html(face.html),
        options=make.options(given),
        targets=make.shown(face.targets, "targets"),
        image=make.html(face.image),
        given=given,
        lines=() if mine else make.lines(view.last, seed),
        hints=tuple(make.html(hint) for hint in view.hints),
        key=make.key() if view.solution_open else (),
        regions=bundle.quiz.key.regions if view.solution_open and isinstance(bundle.quiz.key, ImageKey) else (),
        explain=make.html(bundle.quiz.explain) if view.solution_open else Markup(),
        problem=mine.error if mine else None,
    )


def _given(last: Submission | None, seed: str, tried: Tried | None, *, written: bool = False) -> Stored:
    """The fields as the page fills them in: what could not be taken, else the last answer to this very variant.

    A text stays what its learner wrote, whatever was published since.
    """
    if tried is not None:
        return Stored(seed, {name: tuple(values) for name, values in tried.fields.items()})
    try:
        stored = stored_in(last.source) if last is not None else None
    except BadInput:
        stored = None
    return stored if stored is not None and (written or stored.seed == seed) else Stored(seed, {})


class _Maker:
    """Turns the published parts of one quiz into those of one reader."""

    def __init__(self, release: Release, face: QuizFace, quiz: Quiz, drawn: Mapping[str, str], seed: str) -> None:
        self._release = release
        self._face = face
        self._quiz = quiz
        self._drawn = drawn
        self._seed = seed

    def html(self, text: str) -> Markup:
        """Published HTML with drawn numbers and addresses put in."""
        return Markup(filled(localise(text, self._release), self._drawn))  # noqa: S704 (rendered at publish)

    def shown(self, options: Sequence[FaceOption], what: str) -> tuple[Shown, ...]:
        """Options in this reader's order."""
        order = list(options) if self._face.fixed else shuffled(options, lambda one: one.key, f"{self._seed}:{what}")
        return tuple(Shown(key=one.key, html=self.html(one.html), text=filled(one.text, self._drawn)) for one in order)

    def options(self, given: Stored) -> tuple[Shown, ...]:
        """The same for the main list; items to order stand as they were put, and never begin in the right order."""
        found = self.shown(self._face.options, "options")
        key = self._quiz.key
        if not isinstance(key, OrderKey):
            return found
        right = [item.key for item in key.items]
        order = order_of(key, given) or [one.key for one in found]
        if not given.fields and order == right:
            order = order[1:] + order[:1]
        by_key = {one.key: one for one in found}
        return tuple(by_key[name] for name in order if name in by_key)

    def lines(self, last: Submission | None, seed: str) -> tuple[Line, ...]:
        """The last verdict, where it is on this variant."""
        if last is None or last.report is None or _given(last, seed, None).fields == {}:
            return ()
        names = {filled(text, self._drawn): html for text, html in self._names().items()}
        return tuple(
            Line(
                name=names.get(check["name"], escape(check["name"])),
                passed=check["status"] == "passed",
                points=check["points"],
                max_points=check["max_points"],
                message=check["message"],
                got=_unmarked(check["got"]),
            )
            for check in last.report["checks"]
        )

    def _names(self) -> dict[str, Markup]:
        """The author's texts of options, and how they are shown."""
        face = {one.key: self.html(one.html) for one in (*self._face.options, *self._face.targets)}
        key = self._quiz.key
        options = [*getattr(key, "options", ()), *getattr(key, "items", ())]
        if isinstance(key, MatchKey):
            options = [pair.left for pair in key.pairs]
        return {option.text: face[option.key] for option in options if option.key in face}

    def key(self) -> tuple[Markup, ...]:
        """The right answer, a line for each part."""
        face = {one.key: self.html(one.html) for one in (*self._face.options, *self._face.targets)}
        match self._quiz.key:
            case ChoiceKey(options=options):
                return tuple(face[option.key] for option in options if option.correct)
            case OrderKey(items=items):
                return tuple(face[item.key] for item in items)
            case MatchKey(pairs=pairs):
                return tuple(Markup("{}: {}").format(face[pair.left.key], face[pair.right]) for pair in pairs)
            case ClozeKey() | _:
                return tuple(escape(_unmarked(line)) for line in right_words(self._quiz, self._drawn))


def _unmarked(text: str) -> str:
    return re.sub(r"[$`*]", "", text)


_GAP = re.compile(f"{BLANK_BEGIN}([\\w-]+){BLANK_END}")


def gaps(text: Markup) -> list[tuple[Markup, str]]:
    """A text with gaps in pieces: what stands before each gap, and the gap's name; the last piece has none."""
    pieces = _GAP.split(str(text))
    names = [*pieces[1::2], ""]
    return [(Markup(piece), name) for piece, name in zip(pieces[::2], names, strict=True)]  # noqa: S704 (rendered)


def percent(text: str) -> float | None:
    """A coordinate that can be drawn."""
    try:
        value = read_number(text).value
    except NumberError:
        return None
    return value if 0 <= value <= 100 else None  # noqa: PLR2004 - per cent
