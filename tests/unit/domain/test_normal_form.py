import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.normal_form import MOST_CHARACTERS, normal_form, quiz_form, without_comments

BRAGG = "def bragg(d, w):\n    s = w / (2 * d)  # the sine\n    return np.arcsin(s)\n"


@pytest.mark.parametrize(
    "other",
    [
        "def bragg(d,w):\n  s=(w/(2*d))\n\n  return np.arcsin(s)",
        'def bragg(spacing, wave):\n    """Bragg."""\n    x = wave / (2 * spacing)\n    return np.arcsin(x)',
        "# mine\r\ndef bragg(d, w):\r\n\ts = w / (2 * d)\r\n\treturn np.arcsin(s)",
    ],
)
def test_spacing_comments_docstrings_and_own_names_make_no_difference(other):
    assert normal_form(other, ["bragg"]) == normal_form(BRAGG, ["bragg"])


@pytest.mark.parametrize(
    "other",
    [
        "def bragg(d, w):\n    s = d / (2 * w)\n    return np.arcsin(s)",
        "def bragg(d, w):\n    s = w / (2 * d)\n    return np.arccos(s)",
        "def bragg(d, w):\n    s = w / (2 * d)\n    return math.arcsin(s)",
        "def bragg(d, w):\n    s = w / (3 * d)\n    return np.arcsin(s)",
        "def other(d, w):\n    s = w / (2 * d)\n    return np.arcsin(s)",
    ],
)
def test_what_an_answer_does_makes_a_difference(other):
    assert normal_form(other, ["bragg"]) != normal_form(BRAGG, ["bragg"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a = 2\nanswer = a", "b = 2\nanswer = b", True),
        ("a = 2\nanswer = a", "b = 2\nanswer = a", False),
        ("answer = [x for x in d]", "answer = [k for k in d]", True),
        ("answer = lambda x: x", "answer = lambda y: y", True),
        ("answer = lambda x, y: x", "answer = lambda x, y: y", False),
        ("def f(a):\n return a\ndef g(a):\n return a", "def f(a):\n return a\ndef g(b):\n return b", True),
        ("def f():\n global n\n n = 1\nn = 0", "def f():\n global m\n m = 1\nm = 0", True),
        ("try:\n 1/0\nexcept E as e:\n pass", "try:\n 1/0\nexcept E as x:\n pass", True),
        ("async def f(a):\n await a", "async def f(b):\n await b", True),
        ("class A:\n x = 1", "class B:\n x = 1", True),
        ("answer = 'a'", "answer = 'b'", False),
    ],
)
def test_each_scope_has_names_of_its_own(one, other, same):
    assert (normal_form(one, ["answer", "f", "g"]) == normal_form(other, ["answer", "f", "g"])) is same


def test_what_does_not_parse_is_compared_by_its_tokens():
    assert normal_form("x = (1 +\n") == normal_form("x=( 1   + # what now\n")
    assert normal_form("x = (1 +\n") != normal_form("x = (1 -\n")
    assert normal_form("%matplotlib inline\nx = 1") == normal_form("%matplotlib   inline\nx=1")


@pytest.mark.parametrize(
    "source", ["-" * 60_000 + "1", "(" * 60_000, "1+" * 30_000 + "1", "\x00", "\ud800", "x = '''", "\\", ""]
)
def test_a_hostile_text_has_a_normal_form_as_well(source):
    assert isinstance(normal_form(source), str)
    assert isinstance(normal_form(source[:MOST_CHARACTERS]), str)
    assert isinstance(without_comments(source), str)


@given(st.text())
def test_any_text_has_a_normal_form(source):
    normal_form(source)
    without_comments(source)


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("# Ann\nx = 1  # mine\n\ny = '# no comment'", "x = 1\n\ny = '# no comment'"),
        ("x = '''\n# inside\n'''", "x = '''\n# inside\n'''"),
        ("x = (1  # open", "x = (1"),
        ("# a\x85b\nx", "x"),
    ],
)
def test_comments_are_left_out_and_nothing_else(source, left):
    assert without_comments(source) == left


def test_an_answer_to_a_quiz_is_its_fields_without_the_variant():
    one, other = (f'{{"answer": {{"unit": ["nm"], "choices": ["a", "b"]}}, "seed": "{seed}"}}' for seed in "xy")

    assert quiz_form(one) == quiz_form(other) == "choices: a, b\nunit: nm"


@pytest.mark.parametrize("source", ["x = 1", "[]", '{"answer": 3}', '{"answer": {"a": 3}}', "[" * 60_000])
def test_what_is_no_answer_to_a_quiz_is_shown_as_it_is(source):
    assert quiz_form(source) == source
