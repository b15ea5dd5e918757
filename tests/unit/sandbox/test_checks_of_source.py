"""`forbids`, `requires` and `assert_signature`: what an answer's text and its functions are like."""

from __future__ import annotations

import functools

import pytest

from panlearn_checks import Failure, assert_signature, forbids, requires, source
from panlearn_sandbox.magics import without_magics

ANSWER = '''
import numpy as np
from numpy import linalg as la
from math import sqrt as root

def loops(values):
    """Not a `while`, but a text about one."""
    total = 0
    for value in values:
        total += value ** 2
    return total

def quick(matrix, vector):
    squares = [one ** 2 for one in vector]
    return la.solve(matrix, vector) @ vector + np.fft.fft(vector) + root(2)

def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)
'''


@pytest.fixture(autouse=True)
def submitted():
    source.submit(ANSWER, {"np": __import__("types").ModuleType("numpy"), "x": 1})
    yield
    source.submit("", {})


def said(check, *args, **options):
    with pytest.raises(Failure) as failed:
        check(*args, **options)
    return failed.value.message


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        ("for", "a `for` loop in line 9"),
        ("loop", "a `for` loop in line 9"),
        ("comprehension", "a comprehension in line 14"),
        ("if", "an `if` in line 18"),
        ("import", "an import in line 2"),
        ("recursion", "`factorial` inside itself in line 18"),
        ("@", "the operator `@` in line 15"),
        ("**", "the operator `**` in line 10"),
        ("numpy.linalg", "`numpy.linalg` in line 3"),
        ("np.linalg", "`numpy.linalg` in line 3"),
        ("numpy.linalg.solve", "`la.solve` in line 15"),
        ("numpy.fft", "`np.fft.fft` in line 15"),
        ("math.sqrt", "`math.sqrt` in line 4"),
        ("numpy", "`numpy` in line 2"),
        ("factorial", "`factorial` in line 18"),
    ],
)
def test_what_is_used_is_found_with_its_line(thing, line):
    assert line in said(forbids, thing)
    requires(thing)


@pytest.mark.parametrize(
    "thing", ["while", "lambda", "class", "try", "numpy.linalg.inv", "scipy", "sorted", "%", "math.cos", "lin"]
)
def test_what_is_not_used_is_not_found(thing):
    forbids(thing)
    assert "does not use" in said(requires, thing)


def test_one_function_alone_counts():
    forbids("for", "if", "recursion", name="quick")
    requires("numpy.linalg.solve", "@", name="quick")
    requires("recursion", name="factorial")
    assert "`loops` does not use a comprehension" in said(requires, "comprehension", name="loops")
    assert "no function `slow`" in said(forbids, "for", name="slow")


def test_the_authors_sentence_comes_first():
    assert said(forbids, "for", message="Work on whole arrays.").startswith(
        "Work on whole arrays. Your answer uses a `for`"
    )


@pytest.mark.parametrize(
    "text",
    [
        "eval('np.lin' + 'alg')",
        "getattr(np, name)",
        "__import__('numpy')",
        "import importlib\nimportlib.import_module(x)",
        "globals()['np']",
    ],
)
def test_a_name_that_is_hidden_in_a_text_is_refused_where_names_are(text):
    assert "hides what it does" in said(forbids, "numpy.linalg", source=text)
    forbids("while", source=text)


def test_magics_keep_their_lines_and_deep_nesting_is_read():
    source.submit("%matplotlib inline\nx = 1\nwhile x:\n    %time x = 0\n", {}, without_magics)
    assert "line 3" in said(forbids, "while")
    forbids("for", source=f"x = {'-' * 500}1")
    assert "cannot be read" in said(forbids, "for", source="x = (")


def test_what_cannot_be_meant_is_the_authors_mistake():
    with pytest.raises(ValueError, match="know for, while"):
        forbids("for loops")
    source.submit(None, {})
    with pytest.raises(ValueError, match="outside of a check"):
        forbids("for")


def bragg(d, wavelength, *, order=1):
    """Bragg's angle."""


def bare(d, wavelength):
    pass


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (bragg, "d, wavelength, *, order=1"),
        (lambda d, wavelength=1.5, more=2: None, "d, wavelength=1.5"),
        (lambda x, *rest, **named: None, "x"),
        (lambda x, *rest: None, "x, *rest"),
        (functools.partial(bragg, order=1), "d, wavelength, *, order=1"),
        (lambda x, y=[1, 2]: None, "x, y=[1, 2]"),
        (lambda: None, ""),
    ],
)
def test_the_parameters_that_are_asked_for_pass(function, parameters):
    assert_signature(function, parameters)


@pytest.mark.parametrize(
    ("function", "parameters", "message"),
    [
        (bragg, "wavelength, d, *, order=1", "its parameters are in the order d, wavelength, expected wavelength, d."),
        (bragg, "d, wavelength, order=1", "`order` can be given by name only."),
        (bragg, "d, *, wavelength", "`wavelength` should be given by name only."),
        (bragg, "d, wavelength, angle", "the parameter `angle` is missing."),
        (bragg, "d", "the parameter `wavelength` was not asked for."),
        (bragg, "d, wavelength, *, order=2", "`order` has the default 1, expected 2."),
        (bragg, "d=1, wavelength=1", "`d` has no default, expected 1."),
        (None, "d", "Got None, expected a function."),
        (3.5, "d", "Got a number, expected a function."),
        (dict.update, "d", "be read"),
    ],
)
def test_other_parameters_are_told(function, parameters, message):
    assert message in said(assert_signature, function, parameters)


def test_a_nearly_right_name_and_a_docstring_are_told():
    with pytest.raises(Failure) as failed:
        assert_signature(lambda wave_length: None, "wavelength")
    assert "`wave_length` is nearly it" in failed.value.hint
    assert_signature(bragg, "d, wavelength, *, order=1", docstring=True)
    assert "has no docstring" in said(assert_signature, bare, "d, wavelength", docstring=True)
    with pytest.raises(ValueError, match="as in a def"):
        assert_signature(bragg, "d, wavelength,, order")
    with pytest.raises(ValueError, match="as in a def"):
        assert_signature(bragg, "d=np.pi")
