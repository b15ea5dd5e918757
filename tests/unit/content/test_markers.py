from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.content.markers import hidden_rows, split_answer
from panlearn.errors import AuthorError

ANSWER = """\
def f(x):
    y = x
    ### BEGIN SOLUTION
    z = y + 1
    return z
    ### END SOLUTION
"""


def test_a_solution_becomes_an_ellipsis_at_its_indent():
    answer = split_answer(ANSWER, "a.md", 1)
    assert answer.starter == "def f(x):\n    y = x\n    ..."
    assert answer.solution == "def f(x):\n    y = x\n    z = y + 1\n    return z"
    assert answer.secret == ("    z = y + 1", "    return z")
    assert answer.marked


def test_the_authors_stub_takes_the_solutions_place_and_is_not_in_the_solution():
    text = "### BEGIN SOLUTION\nb = 3\n### STUB\nb = None  # yours\n### END SOLUTION\nprint(b)"
    answer = split_answer(text, "a.md", 1)
    assert answer.starter == "b = None  # yours\nprint(b)"
    assert answer.solution == "b = 3\nprint(b)"


def test_several_solutions_each_have_their_stub():
    first = "### BEGIN SOLUTION\na = 1\n### END SOLUTION\n# then\n"
    text = f"{first}### BEGIN SOLUTION\nb = 2\n### STUB\nb = 0\n### END SOLUTION"
    assert split_answer(text, "a.md", 1).starter == "...\n# then\nb = 0"


def test_without_markers_both_are_the_cell():
    answer = split_answer("x = 1", "a.md", 1)
    assert (answer.starter, answer.solution, answer.marked) == ("x = 1", "x = 1", False)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x\n### BEGIN SOLUTION\ny", 21),
        ("x\n### END SOLUTION", 21),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", 21),
    ],
)
def test_markers_that_do_not_pair_are_named_with_their_line(text, line):
    with pytest.raises(AuthorError) as caught:
        split_answer(text, "a.md", 20)
    assert (caught.value.code, caught.value.line) == ("PL024", line)


def test_hidden_lines_are_those_between_the_markers_with_them():
    text = "a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc"
    assert hidden_rows(text, "a.md", 1) == [False, True, True, True, False]
    with pytest.raises(AuthorError, match="without an END"):
        hidden_rows("### BEGIN HIDDEN TESTS\nb", "a.md", 1)


@given(st.lists(st.sampled_from(["### BEGIN SOLUTION", "### END SOLUTION", "### STUB", "SECRET", "open"]), max_size=12))
def test_a_secret_never_reaches_the_starter(rows):
    inside, text = False, []
    for row in rows:
        if "BEGIN" in row:
            inside = True
        elif "END" in row:
            inside = False
        text.append("open" if row == "SECRET" and not inside else row)
    try:
        answer = split_answer("\n".join(text), "a.md", 1)
    except AuthorError:
        return
    stubs = "\n".join(text).count("### STUB")
    assert stubs or "SECRET" not in answer.starter
