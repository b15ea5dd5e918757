"""The exercises that the bench of grading answers: found in what is published, with their right answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from panlearn.content.release_store import ReleaseStore
from panlearn.domain.course import Release
from panlearn.domain.exercise import GradingBundle
from panlearn.errors import PlatformError
from panlearn.settings import Settings

FIVE = 5


@dataclass(frozen=True, slots=True)
class Target:
    """An exercise, its right answer, and the right answers that it builds on."""

    release: Release
    bundle: GradingBundle
    earlier: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where answers are sent."""
        return f"/api/v1/courses/{self.release.course.slug}/exercises/{self.bundle.exercise}/submissions"

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.release.course.slug}/{self.bundle.exercise}"


def small(settings: Settings) -> Target:
    """The first exercise of a published course that asks for one function and builds on no other."""
    for target in _targets(settings):
        bundle = target.bundle
        if not bundle.needs and bundle.solution.lstrip().startswith("def ") and len(bundle.names) == 1:
            return target
    raise PlatformError("No published course has an exercise that asks for one function.")


def with_numpy(settings: Settings) -> Target:
    """The exercise whose answer and checks use numpy most."""
    found = max(_targets(settings), key=_numpy, default=None)
    if found is None or not _numpy(found):
        raise PlatformError("No published course has an exercise that uses numpy.")
    return found


def lesson_of_five(settings: Settings) -> list[Target]:
    """The first five exercises of the first lesson that has so many."""
    lessons: dict[tuple[str, str], list[Target]] = {}
    for target in _targets(settings):
        found = lessons.setdefault((target.release.digest, target.bundle.lesson), [])
        found.append(target)
        if len(found) == FIVE:
            return found
    raise PlatformError(f"No published course has a lesson of {FIVE} exercises in code.")


def _targets(settings: Settings) -> Iterator[Target]:
    """Every exercise that is answered in code and graded by checks alone, in the order of reading."""
    store = ReleaseStore(settings)
    for path in sorted(settings.releases_dir.glob("*/*/release.json")):
        release = store.load(path.parent.parent.name, path.parent.name)
        solutions: dict[str, str] = {}
        for name in [name for page in release.lessons for name in page.exercises]:
            bundle = store.bundle(release, name)
            if bundle.quiz is None and not bundle.by_hand:
                solutions[name] = bundle.solution
                yield Target(release, bundle, _earlier(bundle, solutions))


def _earlier(bundle: GradingBundle, solutions: dict[str, str]) -> dict[str, str]:
    return {step.exercise: solutions[step.exercise] for step in bundle.steps if step.exercise in solutions}


def _numpy(target: Target) -> int:
    return target.bundle.solution.count("np.") and sum(
        text.count("np.") for text in (target.bundle.solution, *(check.source for check in target.bundle.checks))
    )
