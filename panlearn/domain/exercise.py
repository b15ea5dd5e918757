"""The private side of an exercise: what the grader needs and nobody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from panlearn.domain.quiz.drawing import Variable, example, filled
from panlearn.domain.quiz.model import Quiz

HIDDEN_NAME = "A hidden check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: a run of asserts or one `test_` function, with where it stands.

    `name` is what a learner reads (a test's docstring, else words made of the assert). Of a hidden check a learner
    reads what `shows` says: its `idea`, the `message` too when it fails, or its `points` only; after the day of
    `full-after-DATE` it is hidden no more. `file` is relative to the course, `line` (from 1) is where `source` starts
    in it.
    """

    name: str
    source: str
    hidden: bool
    points: float
    idea: str = ""
    shows: str = "idea"
    file: str = ""
    line: int = 0

    @property
    def public_name(self) -> str:
        """What a learner reads of it whether it passes or not."""
        if not self.hidden:
            return self.name
        return self.idea if self.idea and self.shows != "points" else HIDDEN_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """An answer that must fail, with a message that contains `says`: the test of the tests."""

    source: str
    says: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What runs on the learner's side first: a public cell's `source`, or an earlier `exercise`'s answer.

    `both`: the checker's side runs it as well, since it uses no answer; it is no set-up, since it differs per learner.
    """

    source: str = ""
    exercise: str = ""
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one grading: seconds of wall time, MiB of memory."""

    seconds: float = 10.0
    memory_mib: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingBundle:
    """Everything one exercise is graded with.

    `setup`: the lesson's public cells before the exercise that use no answer; both sides have run them (the
    lesson checkpoint). `steps`: what follows them, in order, on the learner's side only: earlier answers that this
    exercise `needs`, and public cells that use those. `names`: what the checks fetch from the learner. `paced`: who
    failed its hidden checks often waits a little before they run again. `by_hand`: points that a person gives.
    `quiz`: the key of an exercise whose answer is data; such a one has no code at all. `variant`: what is drawn per
    learner in the sources of steps; a bundle that is graded with has been `drawn`.
    """

    exercise: str
    title: str
    lesson: str
    points: float
    environment: str
    files: str | None
    setup: tuple[str, ...]
    steps: tuple[Step, ...]
    names: tuple[str, ...]
    starter: str
    solution: str
    checks: tuple[Check, ...]
    hints: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    wrong: tuple[WrongAnswer, ...] = ()
    limits: Limits = Limits()
    mutates: bool = False
    paced: bool = False
    by_hand: float = 0.0
    quiz: Quiz | None = None
    variant: tuple[Variable, ...] = ()

    def drawn(self, values: Mapping[str, str]) -> GradingBundle:
        """The bundle with these numbers put in, and an example's for those that are missing."""
        if not self.variant:
            return self
        drawn = example(self.variant) | {one.name: values[one.name] for one in self.variant if one.name in values}
        return replace(
            self, steps=tuple(replace(step, source=filled(step.source, drawn)) for step in self.steps), variant=()
        )
