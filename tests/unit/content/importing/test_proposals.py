"""Exercises proposed in plain notebooks: by asserts, by tags, by marks; everything else stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_material import code, marks, numbered, sources, text
from panlearn.content.importing import proposals

FUNCTION = 'def angle(d):\n    """In degrees."""\n    x = 2 * d\n    return x'


def converted(*cells):
    return proposals.convert(numbered(cells), "page", set())


def test_a_function_with_asserts_after_it_keeps_its_signature_and_its_docstring():
    made = converted(text("## Angle\nWrite it."), code(FUNCTION), text("Look:"), code("assert angle(2) == 4"))
    task, answer, look, check = sources(made)
    assert task.startswith("```{exercise} Angle")
    assert answer == (
        '#| exercise: angle\ndef angle(d):\n    """In degrees."""\n    ### BEGIN SOLUTION\n'
        "    x = 2 * d\n    return x\n    ### END SOLUTION"
    )
    assert look == "Look:"
    assert check == "#| check: angle\n#| points: 1\nassert angle(2) == 4"
    assert made.exercises == 1
    assert any(note.cell == 2 and "proposed" in note.what for note in made.notes)


def test_asserts_in_the_cell_of_the_function_become_a_check_of_their_own():
    made = converted(code("def f(x):\n    return x + 1\n\nassert f(1) == 2\nassert f(0) == 1"))
    assert sources(made)[1:] == [
        "#| exercise: f\ndef f(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION",
        "#| check: f\n#| points: 1\nassert f(1) == 2\nassert f(0) == 1",
    ]


def test_tags_and_marked_solutions_are_taken_at_their_word():
    made = converted(
        code("a = 3", tags=["exercise", "hide-input"]),
        code("assert a == 3", tags=["check"]),
        code("### BEGIN SOLUTION\nb = 4\n### END SOLUTION"),
        code("assert b == 4"),
    )
    assert made.exercises == 2
    assert [cell.metadata.get("tags", []) for cell in made.cells if "exercise" in cell.source].count(["check"]) == 0


@pytest.mark.parametrize(
    "cells",
    [
        [code("def f(x):\n    return x"), code("f(2)")],
        [code("assert 1 + 1 == 2")],
        [code("def f(x):\n    return x"), code("def f(x):\n    return 2 * x"), code("print(f(1))")],
        [code("%matplotlib inline\nplt.plot(x)"), text("# Words"), code("x = [")],
        [code("assert f(1) == 1"), code("def f(x):\n    return x")],
    ],
    ids=["no assert", "assert of nothing", "no test", "no Python", "tests before"],
)
def test_what_asks_nothing_of_a_learner_is_left_as_it_is(cells):
    made = converted(*cells)
    assert made.exercises == 0
    assert sources(made) == [cell.source for cell in cells]


def test_the_last_definition_before_the_tests_is_the_answer():
    made = converted(code("def f(x):\n    return x"), code("def f(x):\n    return 2 * x"), code("assert f(1) == 2"))
    assert sources(made)[0] == "def f(x):\n    return x"
    assert "return 2 * x" in sources(made)[2]


def test_functions_on_one_line_are_solutions_as_a_whole():
    made = converted(code("def f(x): return x"), code("assert f(1) == 1"))
    assert sources(made)[1] == "#| exercise: f\n### BEGIN SOLUTION\ndef f(x): return x\n### END SOLUTION"


def test_a_notebook_that_nbgrader_marked_is_read_as_nbgraders():
    made = converted(code("a = 1", **marks(solution=True)), code("assert a == 1", **marks(grade=True, points=2)))
    assert (made.exercises, made.points) == (1, 2.0)


LINES = st.sampled_from(
    [
        "def f(x):",
        "    return x",
        "    '''Doc'''",
        "assert f(1) == 1",
        "assert (",
        "x = 1",
        "@decorated",
        "",
        "class A:",
        "#| a: b",
    ]
)


@given(st.lists(st.tuples(st.lists(LINES, max_size=6), st.sampled_from([None, "exercise", "check"])), max_size=6))
def test_any_cells_are_converted(cells):
    made = [code("\n".join(rows), **({"tags": [tag]} if tag else {})) for rows, tag in cells]
    found = converted(*made)
    assert found.exercises == sum(source.startswith("#| exercise: ") for source in sources(found))
    kept = "\n".join(sources(found))
    assert all(row in kept for rows, _ in cells for row in rows)
