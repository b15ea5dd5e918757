"""Cells as notebooks have them: magics are left out, what cannot run is refused in words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn_sandbox.magics import Unusable, compile_cell


def values(source):
    namespace: dict = {}
    exec(compile_cell(source, "<cell>"), namespace)
    return namespace


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "x = 1\r\n%time y = 2\r\n",
        "%%time\nx = 1",
        "x = 1\nx?",
        "?x\nx = 1",
        "if True:\n    %timeit -n 10 sum([1])\n    x = 1",
        "text = '''\n%matplotlib inline\n!ls\n'''\nx = 1",
        "x = 5\\\n- 4",
        "if 1:\n\tx = 1",
        "x = (3\n%2)",
    ],
)
def test_a_cell_that_a_notebook_runs_is_run(source):
    assert values(source)["x"] == 1


def test_the_expression_after_a_timing_magic_is_run():
    assert values("%time y = 2")["y"] == 2


@pytest.mark.parametrize(
    ("source", "words", "line"),
    [
        ("x = 1\n!pip install numpy", "shell", 2),
        ("files = !ls", "shell", 1),
        ("%%bash\nls", "shell", 1),
        ("%%javascript\nalert(1)", "javascript", 1),
        ("def f(x)\n    return x", "colon", 1),
        ("def f(x):\nreturn x", "indented", 2),
        ("x = (1,\ny = 2", "never closed", 1),
        ("x = 'a", "closing quote", 1),
        ("await f()", "async def", 1),
        ("return 3", "outside of a function", 1),
        ("x = 1\ny = 'a\0b'", "null character", 2),
        ("x = 1\n\ny = '\ud800'", "damaged character", 3),
        ("if x = 3:\n    pass", "==", 1),
    ],
)
def test_a_cell_that_cannot_run_says_why_and_where(source, words, line):
    with pytest.raises(Unusable) as caught:
        compile_cell(source, "<cell>")

    assert words in caught.value.message
    assert caught.value.line == line


@given(st.text(max_size=200))
def test_any_text_compiles_or_is_unusable(source):
    with suppress(Unusable):
        compile_cell(source, "<cell>")
