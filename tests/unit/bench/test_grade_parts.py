from dataclasses import replace

import pytest

import factories
from panlearn.bench import grade_notebooks, grade_targets
from panlearn.content.release_store import ReleaseContent
from panlearn.domain.exercise import Check, Step
from panlearn.errors import PlatformError


def publish(store, names, **changes):
    """A course of one lesson with these exercises, each after the one before."""
    made = factories.release()
    exercises = {name: factories.exercise(name, "second", f"c{at}") for at, name in enumerate(names, start=2)}
    pages = (made.pages[0], factories._page("second", 1, tuple(names)))
    bundles = {}
    for name, exercise in exercises.items():
        bundle = replace(factories.bundle(exercise), solution=f"def {name}(x):\n    return x\n")
        bundles[name] = replace(bundle, **changes.get(name, {}))
    made = replace(made, exercises=exercises, pages=pages)
    fragments = {page.slug: "" for page in pages}
    store.write(made, ReleaseContent(fragments=fragments, assets={}, notebooks={"second": "{}"}, bundles=bundles))


def test_the_small_exercise_is_one_function_that_builds_on_nothing(settings, store):
    publish(store, ["one", "two", "three"], one={"needs": ("zero",)}, two={"solution": "two = 2"})

    assert grade_targets.small(settings).name == "waves/three"


def test_the_numpy_exercise_is_the_one_that_uses_it_most(settings, store):
    once, often = "def f(x):\n    return np.sin(x)\n", "def f(x):\n    return np.sin(np.cos(np.tan(x)))\n"
    publish(store, ["one", "two", "three"], one={"solution": once}, two={"solution": often})

    assert grade_targets.with_numpy(settings).bundle.exercise == "two"


def test_a_lesson_of_five_gives_five_with_the_answers_they_build_on(settings, store):
    steps = (Step(source="y = 1"), Step(exercise="a"))
    publish(store, list("abcdef"), b={"steps": steps})

    five = grade_targets.lesson_of_five(settings)

    assert [one.bundle.exercise for one in five] == list("abcde")
    assert five[1].earlier == {"a": "def a(x):\n    return x\n"}


@pytest.mark.parametrize(
    ("find", "says"),
    [
        (grade_targets.with_numpy, "uses numpy"),
        (grade_targets.lesson_of_five, "5 exercises"),
        (grade_targets.small, "one function"),
    ],
)
def test_what_is_not_published_is_said(settings, store, find, says):
    publish(store, ["one"], one={"solution": "one = 1"})

    with pytest.raises(PlatformError, match=says):
        find(settings)


def test_a_whole_notebook_has_every_cell_once_and_in_order():
    made = factories.bundle(factories.release().exercises["first"])
    check = Check(name="", source="assert one", hidden=False, points=1.0)
    first = replace(made, setup=("x = 1",), solution="one = x", checks=(check,))
    second = replace(first, setup=("x = 1", "z = 2"), steps=(Step(source="y = one"),), solution="two = y")

    cells = grade_notebooks.whole([first, second])

    assert cells[1:] == ["x = 1", "one = x", "assert one", "z = 2", "y = one", "two = y", "assert one"]
    assert grade_notebooks.up_to(first)[0] == "x = 1"
