from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.content.names import names_of, parse
from panlearn.errors import AuthorError


def names(source):
    return names_of(parse(source, "x.md", 1))


@pytest.mark.parametrize(
    ("source", "bound", "used"),
    [
        ("x = y", {"x"}, {"y"}),
        ("x = 1\nz = x", {"x", "z"}, set()),
        ("x += 1", {"x"}, {"x"}),
        ("def f(a):\n    return a + k", {"f"}, {"k"}),
        ("def f():\n    q = 1\n    return q", {"f"}, set()),
        ("class A(B):\n    y = z", {"A"}, {"B", "z"}),
        ("v = [i for i in range(n)]", {"v"}, {"range", "n"}),
        ("(a, *b), c.d = e", {"a", "b"}, {"c", "e"}),
        ("if (w := g()):\n    pass", {"w"}, {"g"}),
        ("try:\n    p = 1\nexcept E as err:\n    q = err", {"p", "q"}, {"E"}),
        ("match v:\n    case [first, *rest]:\n        pass", {"first", "rest"}, {"v"}),
        ("f = lambda t: t * s", {"f"}, {"s"}),
        ("r: int = m", {"r"}, {"int", "m"}),
    ],
)
def test_names_are_read_from_syntax(source, bound, used):
    found = names(source)
    assert found.bound == bound
    assert found.used - {"err"} == used


def test_loop_and_with_targets_are_passing_and_imports_are_imported():
    found = names("import numpy as np\nfrom a import b\nfor i in r:\n    pass\nwith o() as h:\n    pass")
    assert found.imported == {"np", "b"}
    assert found.passing == {"i", "h"}
    assert found.bound == set()


def test_what_is_written_into_is_changed():
    assert names("table['a'] = 1\nrows.append(2)\nax.title.x = 3").changed == {"table", "rows", "ax"}
    assert names("t = {}\nt['a'] = 1").changed == set()


def test_magics_keep_their_lines():
    with pytest.raises(AuthorError) as caught:
        parse("%matplotlib inline\nx = = 2", "x.md", 10)
    assert caught.value.line == 11
    assert caught.value.code == "PL011"
    assert names("%time x = 1\n!ls\ny = 2").bound >= {"y"}
    assert names("%%html\n<b>").bound == set()


@given(st.text(max_size=60))
def test_whatever_the_text_it_is_names_or_an_authors_error(text):
    with suppress(AuthorError):
        assert names(text).changed <= names(text).used
