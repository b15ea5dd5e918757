"""Is an exercise good? Figures about all who tried it, out of their answers as plain values. Nobody is named.

An answer counts as a try when its verdict is the learner's own (`panlearn.domain.submission.counts_as_try`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from statistics import quantiles
from typing import TypeVar

from panlearn.domain.normal_form import normal_form, quiz_form, without_comments
from panlearn.domain.report import CheckStatus, Fault, Verdict
from panlearn.domain.submission import counts_as_try

QUIET = timedelta(days=1)
"""Whoever has not passed and sent nothing more for this long has given up."""
MOST_TRIES = 7
"""From here on tries are counted together in the chart."""

_NUMBER = re.compile(r"[-−+]?\d[\d ,.  ]*(?:[eE][-+]?\d+)?")
_Value = TypeVar("_Value")
_Label = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One graded answer. `learner` only tells people apart; `world` is all else that its grading depends on.

    `changed`: its grade was given anew, by a regrade or by a person: it says nothing of whether checks flicker.
    """

    learner: int
    source: str
    world: str
    verdict: Verdict
    fault: Fault | None
    message: str = ""
    checks: tuple[tuple[str, CheckStatus], ...] = ()
    changed: bool = False

    @property
    def is_try(self) -> bool:
        """Whether the verdict is the learner's own."""
        return counts_as_try(self.verdict, self.fault)

    @property
    def stopped_at(self) -> str:
        """The name of the first check it did not pass; empty where no check came to a result."""
        return next((name for name, status in self.checks if status in {CheckStatus.FAILED, CheckStatus.ERROR}), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One exercise in numbers of learners. `tries`: how many learners needed how many to pass.

    `seconds`: from the first answer to the pass, the median of those who did not pass at once.
    """

    tried: int = 0
    passed: int = 0
    gave_up: int = 0
    tries: Mapping[int, int] = field(default_factory=dict)
    seconds: float | None = None

    @property
    def pass_rate(self) -> float | None:
        """The share of those who tried that passed."""
        return self.passed / self.tried if self.tried else None

    @property
    def drop_out(self) -> float | None:
        """The share of those who tried that gave up."""
        return self.gave_up / self.tried if self.tried else None

    @property
    def median_tries(self) -> float | None:
        """Tries to the pass, the median of those who passed."""
        return median(self.tries)

    @property
    def tries_chart(self) -> list[tuple[str, int]]:
        """How many passed at which try; the last bar holds all that needed more."""
        counts = [(str(number), self.tries.get(number, 0)) for number in range(1, MOST_TRIES)]
        rest = sum(count for number, count in self.tries.items() if number >= MOST_TRIES)
        return [*counts, (f"{MOST_TRIES}+", rest)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One message that learners read. `again` of the times it was `shown` another try followed, `passed` it passed."""

    check: str
    message: str
    shown: int
    learners: int
    again: int
    passed: int

    @property
    def helps(self) -> float | None:
        """The share of the next tries that passed."""
        return self.passed / self.again if self.again else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """Answers that are the same but for spacing, comments and names; `source` is the one sent most, uncommented."""

    source: str
    sent: int
    learners: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flicker:
    """A check that did not say the same of the same answer. An empty `check`: the verdicts differed without one."""

    check: str
    answers: int
    outcomes: Mapping[str, int]
    source: str


def median(counts: Mapping[int, int]) -> float | None:
    """The median of numbers given with how often each occurs."""
    total = sum(counts.values())
    if not total:
        return None
    low = high = None
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        if low is None and seen >= (total + 1) // 2:
            low = number
        if high is None and seen >= total // 2 + 1:
            high = number
    return ((low or 0) + (high or 0)) / 2


def slower_quarter(seconds: Sequence[float]) -> float:
    """The 75th percentile, by linear interpolation between the two that are next to it."""
    return quantiles(seconds, n=4, method="inclusive")[2] if len(seconds) > 1 else seconds[0]


def attention(figures: Figures) -> tuple[float, ...]:
    """Sorts the exercise that needs a trainer most to the front: most given up, least passed, most tries."""
    return (-figures.gave_up, 2.0 if figures.pass_rate is None else figures.pass_rate, -(figures.median_tries or 0.0))


def stops(answers: Sequence[Answer]) -> list[Stop]:
    """Where answers fail: by check and message, numbers in it aside, the most frequent first."""
    following = _following(answers)
    groups = _grouped(
        (at for at, one in enumerate(answers) if one.is_try and one.verdict is not Verdict.PASSED),
        lambda at: (answers[at].stopped_at, _NUMBER.sub("#", answers[at].message)),
    )
    return sorted(
        (_stop([answers[at] for at in group], [following[at] for at in group]) for group in groups), key=_most
    )


def _stop(group: Sequence[Answer], following: Sequence[Answer | None]) -> Stop:
    return Stop(
        check=group[0].stopped_at,
        message=_commonest(one.message for one in group),
        shown=len(group),
        learners=len({one.learner for one in group}),
        again=sum(one is not None for one in following),
        passed=sum(one is not None and one.verdict is Verdict.PASSED for one in following),
    )


def _most(one: Stop) -> tuple[int, str]:
    return (-one.shown, one.message)


def _following(answers: Sequence[Answer]) -> list[Answer | None]:
    """Beside each answer the same learner's next try."""
    found: list[Answer | None] = [None] * len(answers)
    by_learner = _grouped((at for at, one in enumerate(answers) if one.is_try), lambda at: answers[at].learner)
    for places in by_learner:
        for here, there in pairwise(places):
            found[here] = answers[there]
    return found


def wrong_answers(answers: Iterable[Answer], keep: Collection[str] = (), *, quiz: bool = False) -> list[WrongAnswer]:
    """Failed answers by their normal form, those of most learners first. `keep`: names that the exercise asks for."""
    failed = [one for one in answers if one.is_try and one.verdict is not Verdict.PASSED]
    show = quiz_form if quiz else without_comments
    forms = {
        source: quiz_form(source) if quiz else normal_form(source, keep) for source in {one.source for one in failed}
    }
    groups = _grouped(failed, lambda one: forms[one.source])
    found = [
        WrongAnswer(
            source=show(_commonest(one.source for one in group)),
            sent=len(group),
            learners=len({one.learner for one in group}),
            message=_commonest(one.message for one in group),
        )
        for group in groups
    ]
    return sorted(found, key=lambda one: (-one.learners, -one.sent, one.source))


def flickers(answers: Iterable[Answer]) -> list[Flicker]:
    """Checks that passed and failed the same answer, and verdicts that differ without one."""
    seen = (one for one in answers if one.fault is not Fault.PLATFORM and not one.changed)
    found: dict[str, list[tuple[str, Counter[str]]]] = defaultdict(list)
    for group in _grouped(seen, lambda one: (one.source, one.world)):
        for check, outcomes in _differing(group).items():
            found[check].append((group[0].source, outcomes))
    made = [
        Flicker(
            check=check,
            answers=len(cases),
            outcomes=dict(sum((outcomes for _, outcomes in cases), Counter[str]())),
            source=without_comments(cases[0][0]),
        )
        for check, cases in found.items()
    ]
    return sorted(made, key=lambda one: (-one.answers, one.check))


def _differing(group: Sequence[Answer]) -> dict[str, Counter[str]]:
    """The checks of one answer, sent several times, whose outcomes differ; none by name if only the verdicts do."""
    outcomes: dict[_Label, Counter[str]] = defaultdict(Counter)
    for one in group:
        for label, status in _labelled(one).items():
            if status is not CheckStatus.SKIPPED:
                outcomes[label]["passed" if status is CheckStatus.PASSED else "failed"] += 1
    differing = {name: counts for (name, _), counts in outcomes.items() if len(counts) > 1}
    verdicts = Counter(one.verdict.value for one in group)
    return differing or ({"": verdicts} if len(verdicts) > 1 else {})


def ways_through(answers: Sequence[Answer]) -> list[tuple[str, int]]:
    """Where people stop: how many tried, passed each check at least once, and passed all, in the checks' order."""
    tries = [one for one in answers if one.is_try]
    newest = next((one for one in reversed(tries) if one.checks), None)
    passers: dict[_Label, set[int]] = {label: set() for label in (_labelled(newest) if newest else ())}
    for one in tries:
        statuses = _labelled(one)
        for label, learners in passers.items():
            if one.verdict is Verdict.PASSED or statuses.get(label) is CheckStatus.PASSED:
                learners.add(one.learner)
    passed = {one.learner for one in tries if one.verdict is Verdict.PASSED}
    each = [(name, len(learners)) for (name, _), learners in passers.items()]
    return [("Tried", len({one.learner for one in tries})), *each, ("Passed all", len(passed))]


def _labelled(answer: Answer) -> dict[_Label, CheckStatus]:
    """Its checks by name; of several with one name, by which of them."""
    seen: Counter[str] = Counter()
    found: dict[_Label, CheckStatus] = {}
    for name, status in answer.checks:
        seen[name] += 1
        found[name, seen[name]] = status
    return found


def _grouped(values: Iterable[_Value], key: Callable[[_Value], object]) -> list[list[_Value]]:
    groups: dict[object, list[_Value]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    return list(groups.values())


def _commonest(texts: Iterable[str]) -> str:
    return Counter(texts).most_common(1)[0][0]
