"""What a newer release of a course changes for who worked in an older one, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from panlearn.domain.course import Exercise, Release

MOST = 12


def changes_between(
    before: Release,
    after: Release,
    *,
    text_differs: Callable[[str], bool],
    grading_differs: Callable[[str], bool],
) -> tuple[str, ...]:
    """The changes, lessons first, at most `MOST` and how many more there are.

    `text_differs`: whether a page that both have reads differently; `grading_differs`: whether an exercise that both
    have is set or checked differently.
    """
    found = [*_pages(before, after, text_differs), *_exercises(before, after, grading_differs)]
    if len(found) > MOST:
        found = [*found[: MOST - 1], f"And {len(found) - MOST + 1} more."]
    return tuple(found)


def _pages(before: Release, after: Release, text_differs: Callable[[str], bool]) -> Iterator[str]:
    old, new = ({page.slug: page.title for page in one.pages} for one in (before, after))
    for slug, title in new.items():
        if slug not in old:
            yield f"New: {title}."
        elif old[slug] != title:
            yield f"“{old[slug]}” is called “{title}” now."
        elif text_differs(slug):
            yield f"“{title}” was revised."
    yield from (f"“{title}” was taken out." for slug, title in old.items() if slug not in new)
    both = [slug for slug in old if slug in new]
    if both != [slug for slug in new if slug in old]:
        yield "The lessons follow each other in another order."


def _exercises(before: Release, after: Release, grading_differs: Callable[[str], bool]) -> Iterator[str]:
    for name, exercise in after.exercises.items():
        old = before.exercises.get(name)
        if old is None:
            yield f"New exercise: {exercise.title}."
        elif old.points != exercise.points:
            yield f"The exercise “{exercise.title}” gives {_points(exercise)} instead of {old.points:g}."
        elif grading_differs(name):
            yield f"The exercise “{exercise.title}” is set or checked differently."
    gone = [one for name, one in before.exercises.items() if name not in after.exercises]
    yield from (f"The exercise “{one.title}” was taken out; your answers to it are kept." for one in gone)


def _points(exercise: Exercise) -> str:
    return f"{exercise.points:g} point" + ("" if exercise.points == 1 else "s")
