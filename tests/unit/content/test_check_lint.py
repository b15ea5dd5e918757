"""What is seen of a check without running it."""

from __future__ import annotations

import pytest

from panlearn.content.check_lint import lint_checks
from panlearn.content.findings import Findings
from panlearn.domain.exercise import Check


def said(source, names=("f", "result")):
    findings = Findings()
    check = Check(name="x", source=source, hidden=False, points=1.0, file="a.md", line=10)
    lint_checks([check, check], frozenset(names), findings.of("a.md"))
    return [(one.code, one.line, one.severity) for one in findings.all], " ".join(
        f"{one.message} {one.todo}" for one in findings.all
    )


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        ("np.linalg.solve = None\nassert f(1)", "PL060", 'learner.patched("np.linalg.solve"'),
        ("with mock.patch('numpy.sum'):\n    assert f(1)", "PL060", "learner.patched"),
        ("setattr(np, 'sum', None)\nassert f(1)", "PL060", "patches the checks' process only"),
        ("assert result._x == 1", "PL060", 'learner.attr(result, "_x")'),
        ("assert f(1)._length == 2", "PL060", 'learner.attr(f(1), "_length")'),
        ("import sys\nsys.stdin = None\nassert f()", "PL060", "learner.input"),
        ("f = None\nassert result", "PL061", "Use another name"),
        ("del result\nassert f(1)", "PL061", 'learner.without("result")'),
        ("result += 1\nassert result", "PL061", "another value"),
        ("assert globals()['result']", "PL062", "learner.get"),
        ("assert f(1) is result", "PL062", "with `==`"),
        ("assert open('out.txt').read() and f(1)", "PL062", "is not in the checks' process"),
        ("assert not f(1) > 3", "PL063", "assert f(1) <= 3"),
        ("assert 1 + 1 == 2", "PL064", "`f`, `result`"),
        ("assert f(np.random.rand(3)).sum()", "PL065", "np.random.seed(1)"),
    ],
)
def test_it_is_found_once_with_its_way_out(source, code, words):
    found, text = said(source)
    assert code in [one[0] for one in found]
    assert len(found) == len(set(found))
    assert words in text
    assert all(10 <= line <= 12 for _, line, _ in found)


@pytest.mark.parametrize(
    "source",
    [
        "assert f(1) == approx(2)",
        "assert f(1) is None",
        "with learner.patched('numpy.sum', None):\n    assert f(1)",
        "def test_it():\n    result = f(1)\n    assert result == 2",
        "np.random.seed(1)\nassert f(np.random.rand(3)) is not None",
        "rng = np.random.default_rng(1)\nassert f(rng.normal(size=3)) > 0",
        "assert not 0 < result < 1",
        "assert learner.get('x') == 3",
        "assert plt.gca().get_xlabel()",
        "assert f(1).__class__ and True",
    ],
)
def test_what_is_sound_is_left_alone(source):
    assert said(source)[0] == []


def test_errors_refuse_and_warnings_do_not():
    assert said("del result\nassert f(1)")[0][0][2] == "error"
    assert said("assert not f(1) > 3")[0][0][2] == "warning"
