"""Rewritten asserts: same meaning, and what they compared is known when they fail."""

from __future__ import annotations

import pytest

from panlearn_checks import approx
from panlearn_sandbox.asserts import NAME, Ask, rewrite
from panlearn_sandbox.bridge import Call, Log
from panlearn_sandbox.explain import Explainer


def run(source, names=("f",), calls=(), **namespace):
    """Run a check on this side alone; the failure's message, or an empty text."""
    rewritten = rewrite(source, "<check>")
    log = Log(calls=list(calls))
    fetched = {name: value for name, value in namespace.items() if not callable(value)}
    explain = Explainer(frozenset(names) | frozenset(namespace), log, fetched)
    scope = {**namespace, "approx": approx, NAME: Ask(rewritten.found, rewritten.operators, explain)}
    try:
        exec(rewritten.code, scope)
    except AssertionError as error:
        return str(error)
    return ""


def f(x):
    return 2 * x


@pytest.mark.parametrize(
    "source",
    [
        "assert f(2) == 4",
        "assert f(2) == 4 and f(3) == 6, 'both'",
        "assert 1 < f(2) < 5 <= 5",
        "assert f(2) in [4, 5] and f(2) not in {1}",
        "assert f(2) is not None",
        "assert not f(0)",
        "assert isinstance(f(2), int)",
        "assert any(f(n) == 4 for n in range(5))",
        "assert (y := f(2)) == 4 and y == 4",
        "assert f(2) == approx(4.0)",
        "assert f(2) == 5 or f(2) == 4",
        "def test_it():\n    for n in range(3):\n        assert f(n) == 2 * n\ntest_it()",
        "assert all(*[[True]])",
    ],
)
def test_an_assert_that_holds_holds(source):
    assert run(source, f=f) == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("assert f(2) == 5", "`f(2)` gave 4, expected 5."),
        ("assert 5 == f(2)", "`f(2)` gave 4, expected 5."),
        ("assert f(2) == 5, 'Add one.'", "Add one. `f(2)` gave 4, expected 5."),
        ("assert f(2) != 4, 'Not four.'", "Not four. `f(2)` gave 4."),
        ("assert f(2) > 10", "`f(2)` gave 4, expected more than 10."),
        ("assert 10 <= f(2)", "`f(2)` gave 4, expected at least 10."),
        ("assert 0 < value < 1", "`value` is 3, expected less than 1."),
        ("assert f(2) == approx(5, abs=0.5)", "`f(2)` gave 4, expected 5 ± 0.5."),
        ("assert f('a') == 'ab'", "`f('a')` gave 'aa', expected 'ab'."),
        ("assert f(2) == '4'", "`f(2)` gave a whole number, 4, expected a text, '4'."),
        ("assert f([1]) == [1, 2]", "They differ first at index 1: 1, expected 2."),
        ("assert f([1]) == [1]", "Your list has 2 items, expected 1."),
        ("assert nothing(2) == 3", "`nothing(2)` gave None, expected a whole number, 3."),
        ("assert isinstance(f(2), str)", "`f(2)` gave a whole number, 4, expected a text."),
        ("assert not f(2)", "`f(2)` gave 4, expected something false."),
        ("assert f(2) in [5, 6]", "`f(2)` gave 4, expected one of [5, 6]."),
        ("assert {'a': 1} == d", "`d` is {'a': 2}, expected {'a': 1}. At the key 'a': 2, expected 1."),
        ("assert f(2) is None", "`f(2)` gave 4, expected None."),
        ("assert missing is not ..., 'Fill in the dots.'", "Fill in the dots. `missing` is nothing yet (`...`)."),
    ],
)
def test_an_assert_that_fails_says_what_came(source, words):
    message = run(source, f=f, value=3, d={"a": 2}, nothing=lambda _: None, missing=...)

    assert words in message


def test_a_name_that_stands_for_a_call_is_told_as_the_call():
    answer = 0.248
    rewritten = rewrite("assert angle == 14.2", "<check>")
    explain = Explainer(frozenset({"bragg"}), Log(calls=[Call("bragg", (3.1, 1.5), {}, answer)]), {})
    ask = Ask(rewritten.found, rewritten.operators, explain)
    assert not ask.compare(0, answer, 14.2)
    assert str(ask.failed(0)) == "`bragg(3.1, 1.5)` gave 0.248, expected 14.2."


def test_the_message_is_evaluated_only_when_it_is_needed():
    assert run("assert f(2) == 4, 1 / 0", f=f) == ""


def test_operands_are_evaluated_once_and_in_order():
    seen = []

    def note(value):
        seen.append(value)
        return value

    run("assert note(1) == note(2), note(3)", note=note)

    assert seen == [1, 2, 3]


def test_names_that_a_check_binds_itself_are_not_asked_of_the_learner():
    rewritten = rewrite("even = [n for n in values]\ndef test_x():\n    assert f(even) == g", "<check>")

    assert rewritten.reads == {"values", "f", "g"}
    assert rewritten.tests == ("test_x",)
