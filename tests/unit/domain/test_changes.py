"""What a newer release changes, in sentences."""

from __future__ import annotations

from dataclasses import replace

import factories
from panlearn.domain.changes import MOST, changes_between

BEFORE = factories.release()


def changes(after, texts=(), gradings=()):
    return changes_between(
        BEFORE, after, text_differs=lambda page: page in texts, grading_differs=lambda name: name in gradings
    )


def test_equal_releases_differ_in_nothing():
    assert changes(BEFORE) == ()


def test_lessons_are_new_renamed_revised_moved_and_taken_out():
    index, first, second = BEFORE.pages
    after = replace(BEFORE, pages=(index, second, replace(first, title="Once"), replace(first, slug="x", title="X")))
    assert changes(after, texts=["second"]) == (
        "“Second” was revised.",
        "“First lesson” is called “Once” now.",
        "New: X.",
        "The lessons follow each other in another order.",
    )
    assert changes(replace(BEFORE, pages=(index, first))) == ("“Second” was taken out.",)


def test_exercises_are_new_changed_and_taken_out():
    old = BEFORE.exercises
    after = replace(
        BEFORE,
        exercises={
            "first": replace(old["first"], points=1.0),
            "second": old["second"],
            "fourth": replace(old["third"], id="fourth", title="Fourth"),
        },
    )
    assert changes(after, gradings=["second"]) == (
        "The exercise “First” gives 1 point instead of 2.",
        "The exercise “Second” is set or checked differently.",
        "New exercise: Fourth.",
        "The exercise “Third” was taken out; your answers to it are kept.",
    )


def test_many_changes_are_counted():
    pages = tuple(replace(BEFORE.pages[0], slug=f"p{number}", title=f"P{number}") for number in range(30))
    found = changes(replace(BEFORE, pages=(*BEFORE.pages, *pages)))
    assert len(found) == MOST
    assert found[-1] == f"And {30 - MOST + 1} more."
