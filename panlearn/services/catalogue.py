"""The catalogue: a card for every course, narrowed by words and facets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from panlearn.domain.course import Level, Release
from panlearn.domain.progress import progress_of
from panlearn.domain.reading import Counts, CourseCard, FacetValue, course_url
from panlearn.domain.techniques import technique
from panlearn.services.standings import Standings

_DURATIONS = (
    ("short", "Up to 1 hour", 0, 60),
    ("medium", "1 to 3 hours", 60, 180),
    ("long", "More than 3 hours", 180, 10**9),
)


def card(release: Release, standings: Standings) -> CourseCard:
    """A release as the catalogue shows it, with this reader's progress."""
    return CourseCard(
        course=release.course,
        techniques=tuple(technique(panet_id) for panet_id in release.course.techniques),
        url=course_url(release.course.slug),
        lessons=len(release.lessons),
        exercises=len(release.exercises),
        points=release.max_points,
        version=release.version,
        published_at=release.published_at,
        progress=progress_of(release.exercises.values(), standings),
    )


def counts(releases: Sequence[Release]) -> Counts:
    """How much is published."""
    return Counts(
        courses=len(releases),
        lessons=sum(len(release.lessons) for release in releases),
        exercises=sum(len(release.exercises) for release in releases),
    )


def _technique_values(card: CourseCard) -> set[str]:
    return {one.id for one in card.techniques}


def _level_values(card: CourseCard) -> set[str]:
    return {card.course.level.value}


def _duration_values(card: CourseCard) -> set[str]:
    minutes = card.course.duration
    return {value for value, _, above, up_to in _DURATIONS if above < minutes <= up_to}


_VALUES: dict[str, Callable[[CourseCard], set[str]]] = {
    "technique": _technique_values,
    "level": _level_values,
    "duration": _duration_values,
}


class Catalogue:
    """Cards that fit a query: `q` in words, and per facet any of the values chosen."""

    def __init__(self, cards: Sequence[CourseCard], query: Mapping[str, Sequence[str]]) -> None:
        self._cards = cards
        self._words = " ".join(query.get("q", ())).lower().split()
        self._chosen = {key: set(query.get(key, ())) for key in _VALUES}

    @property
    def found(self) -> list[CourseCard]:
        """The cards that fit the words and every facet."""
        return [card for card in self._cards if self._fits(card)]

    @property
    def facets(self) -> dict[str, list[FacetValue]]:
        """Per facet the values that occur. A value counts the courses it would show beside other facets."""
        return {key: self._facet(key, names) for key, names in self._names().items()}

    def _facet(self, key: str, names: dict[str, str]) -> list[FacetValue]:
        others = [card for card in self._cards if self._fits(card, but=key)]
        return [
            FacetValue(
                value=value,
                name=name,
                count=sum(value in _VALUES[key](card) for card in others),
                selected=value in self._chosen[key],
            )
            for value, name in names.items()
        ]

    def _names(self) -> dict[str, dict[str, str]]:
        techniques = {one.id: one.name for card in self._cards for one in card.techniques}
        present = {key: {value for card in self._cards for value in of(card)} for key, of in _VALUES.items()}
        return {
            "technique": dict(sorted(techniques.items(), key=lambda pair: pair[1])),
            "level": {level.value: level.value.capitalize() for level in Level if level.value in present["level"]},
            "duration": {value: name for value, name, _, _ in _DURATIONS if value in present["duration"]},
        }

    def _fits(self, card: CourseCard, *, but: str = "") -> bool:
        if not all(word in _text(card) for word in self._words):
            return False
        return all(key == but or not chosen or chosen & _VALUES[key](card) for key, chosen in self._chosen.items())


def _text(card: CourseCard) -> str:
    course = card.course
    parts = [course.title, course.summary, *course.outcomes, *course.tools, *(one.name for one in card.techniques)]
    return " ".join(parts).lower()
