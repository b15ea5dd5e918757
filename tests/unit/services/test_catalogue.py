import pytest

import factories
from panlearn.domain.course import Level
from panlearn.services.catalogue import Catalogue, card, counts

RELEASES = [
    factories.release("waves"),
    factories.release("grains", title="Grains", duration=30, techniques=("PaNET01188",)),
    factories.release(
        "depth", title="Depth", level=Level.ADVANCED, duration=600, techniques=("PaNET01100", "PaNET99999")
    ),
]
CARDS = [card(release, {}) for release in RELEASES]


def slugs(query: dict[str, list[str]]) -> list[str]:
    return [one.course.slug for one in Catalogue(CARDS, query).found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["waves", "grains", "depth"]),
        ({"level": ["beginner"]}, ["waves", "grains"]),
        ({"level": ["beginner", "advanced"]}, ["waves", "grains", "depth"]),
        ({"technique": ["PaNET01100"], "level": ["advanced"]}, ["depth"]),
        ({"duration": ["short"]}, ["grains"]),
        ({"q": ["POWDER diffraction"]}, ["waves", "depth"]),
        ({"q": ["grains particle"]}, ["grains"]),
        ({"q": ["nothing like it"]}, []),
        ({"level": ["no such level"]}, []),
    ],
)
def test_the_catalogue_is_narrowed_by_words_and_facets(query, found):
    assert slugs(query) == found


def test_a_facet_counts_beside_what_the_others_chose():
    facets = Catalogue(CARDS, {"level": ["beginner"]}).facets

    techniques = {value.name: value.count for value in facets["technique"]}
    assert techniques == {"Powder diffraction": 1, "Small angle x-ray scattering": 1, "PaNET99999": 0}
    assert [(value.value, value.count, value.selected) for value in facets["level"]] == [
        ("beginner", 2, True),
        ("advanced", 1, False),
    ]


def test_counts_are_real():
    found = counts(RELEASES)

    assert (found.courses, found.lessons, found.exercises) == (3, 6, 9)
