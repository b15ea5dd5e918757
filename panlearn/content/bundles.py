"""Grading bundles: what both sides run, what follows on the learner's side, which earlier answers are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from panlearn.content.exercises import ExerciseSource
from panlearn.content.findings import Findings
from panlearn.content.names import Names, names_of, parse
from panlearn.content.reading import SourcePage
from panlearn.content.variants import with_draw
from panlearn.domain.exercise import GradingBundle, Step
from panlearn.domain.quiz.drawing import Variable, marker
from panlearn.errors import AuthorError

_DRAW = ""
"""Where names come from that differ from learner to learner: no exercise has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all bundles of a lesson share. `known`: the exercises up to and with this lesson, for stated needs.

    `variants`: what its cells draw per learner, by their place.
    """

    lesson: str
    environment: str
    files: str | None
    known: Mapping[str, ExerciseSource]
    variants: Mapping[int, tuple[Variable, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plain:
    """A public cell: its text and its names; `answers` are the exercises whose answers it builds on, and `_DRAW`."""

    source: str
    names: Names
    answers: frozenset[str]


@dataclass(slots=True)
class _Walk:
    """The state of a lesson read from the top: which names come from which answers."""

    setup: list[str] = field(default_factory=list)
    later: list[_Plain | ExerciseSource] = field(default_factory=list)
    origin: dict[str, frozenset[str]] = field(default_factory=dict)

    def answers_behind(self, names: Names) -> frozenset[str]:
        """The exercises whose answers these names come from."""
        return frozenset().union(*(self.origin.get(name, frozenset()) for name in names.used))

    def pass_plain(self, source: str, names: Names, *, draws: bool = False) -> frozenset[str]:
        """A public cell: set-up where it uses no answer and no draw; what it binds is the author's own again.

        What it builds on.
        """
        answers = self.answers_behind(names) | ({_DRAW} if draws else frozenset())
        if not answers:
            self.setup.append(source)
            for name in names.bound | names.imported | names.passing:
                self.origin.pop(name, None)
            return answers
        self.later.append(_Plain(source=source, names=names, answers=answers))
        for name in names.bound | names.passing | names.changed:
            self.origin[name] = answers
        return answers

    def pass_answer(self, exercise: ExerciseSource) -> None:
        """An exercise: what its answer binds comes from it, and from a draw where it uses one."""
        self.later.append(exercise)
        drawn = self.answers_behind(exercise.bound) & {_DRAW}
        for name in exercise.bound.bound | exercise.bound.passing | exercise.bound.changed:
            self.origin[name] = drawn | {exercise.id}


def make_bundles(
    page: SourcePage,
    exercises: Sequence[ExerciseSource],
    common: Common,
    findings: Findings,
) -> tuple[dict[str, GradingBundle], frozenset[int]]:
    """A bundle per exercise of the page, and the places of cells whose outputs differ from learner to learner."""
    walk = _Walk()
    by_cell = {exercise.cell: exercise for exercise in exercises}
    bundles: dict[str, GradingBundle] = {}
    drawn: set[int] = set()
    for index, cell in enumerate(page.cells):
        if exercise := by_cell.get(index):
            bundles[exercise.id] = _bundle(exercise, walk, bundles, common, findings)
            walk.pass_answer(exercise)
        elif cell.kind == "code" and not {"check", "wrong", "exercise"} & set(cell.options.values):
            try:
                names = names_of(parse(cell.body, page.file, cell.body_line))
            except AuthorError as error:
                findings.take(error, page.file, cell.line)
                continue
            variables = common.variants.get(index, ())
            if source := with_draw(cell, variables).strip("\n"):
                names = names.union(Names(bound=frozenset(one.name for one in variables)))
                if _DRAW in walk.pass_plain(source, names, draws=bool(variables)):
                    drawn.add(index)
    return bundles, frozenset(drawn)


def _bundle(
    exercise: ExerciseSource,
    walk: _Walk,
    earlier: Mapping[str, GradingBundle],
    common: Common,
    findings: Findings,
) -> GradingBundle:
    needs = _needs(exercise, walk, earlier, common.known, findings)
    steps = _steps(exercise, walk, needs)
    drawn = [one for variables in common.variants.values() for one in variables]
    return GradingBundle(
        exercise=exercise.id,
        title=exercise.title,
        lesson=common.lesson,
        points=exercise.points,
        environment=common.environment,
        files=common.files,
        setup=tuple(walk.setup),
        steps=steps,
        names=exercise.names,
        starter=exercise.answer.starter,
        solution=exercise.answer.solution,
        checks=exercise.checks,
        needs=needs,
        wrong=exercise.wrong,
        limits=exercise.limits,
        mutates=exercise.mutates,
        by_hand=exercise.by_hand,
        variant=tuple(one for one in drawn if any(marker(one.name) in step.source for step in steps)),
        paced=exercise.attempts == "unlimited" and len({check.hidden for check in exercise.checks}) > 1,
    )


def _wanted(exercise: ExerciseSource) -> Names:
    """Names that the answer or its checks take from the lesson."""
    used = set(exercise.bound.used)
    for check in exercise.checks:
        used |= names_of(parse(check.source, check.file, check.line)).used
    return Names(used=frozenset(used - exercise.bound.bound) | exercise.bound.used)


def _needs(
    exercise: ExerciseSource,
    walk: _Walk,
    earlier: Mapping[str, GradingBundle],
    known: Mapping[str, ExerciseSource],
    findings: Findings,
) -> tuple[str, ...]:
    """Earlier exercises to run first: as stated, else those whose names it uses; and what those need in turn."""
    direct = exercise.needs if exercise.needs is not None else tuple(walk.answers_behind(_wanted(exercise)) - {_DRAW})
    wanted: set[str] = set()
    for target in direct:
        if target not in known or target == exercise.id:
            message = f"The exercise `{exercise.id}` needs `{target}`, which does not stand before it."
            findings.error("PL022", exercise.file, exercise.line, message, "Mend the id in `#| needs:`.")
            continue
        wanted.add(target)
        wanted |= set(earlier[target].needs) if target in earlier else set()
    return tuple(name for name in known if name in wanted)


def _steps(exercise: ExerciseSource, walk: _Walk, needs: Sequence[str]) -> tuple[Step, ...]:
    """The needed answers, and the public cells between them that lead from those to this exercise."""
    here = {item.id for item in walk.later if isinstance(item, ExerciseSource)}
    steps = [Step(exercise=target) for target in needs if target not in here]
    wanted = set(_wanted(exercise).used)
    kept: list[Step] = []
    for item in reversed(walk.later):
        if isinstance(item, ExerciseSource):
            if item.id in needs:
                kept.append(Step(exercise=item.id))
                wanted |= item.bound.used
        elif item.answers <= {*needs, _DRAW} and wanted & (item.names.bound | item.names.passing | item.names.changed):
            kept.append(Step(source=item.source, both=item.answers == {_DRAW}))
            wanted |= item.names.used
    return tuple(steps + kept[::-1])
