"""Gradings in containers, where nothing forks: the same verdicts, and attacks gain as little."""

from __future__ import annotations

import textwrap

import pytest
import test_grading_attacks as attacks
import test_grading_leaks as leaks
from docker_site import image
from grading_site import GOLDEN, golden, make_bundle, real_grader

pytestmark = [pytest.mark.sandbox, pytest.mark.docker, pytest.mark.timeout(600)]

SAME = [
    *("passed-scalar", "passed-figure", "passed-callback", "passed-seed-forwarded", "passed-mutates", "passed-patched"),
    *("failed-scalar", "failed-hidden-raises-tells-nothing", "handed-in-without-checks", "error-syntax"),
    *("killed-os-exit", "killed-segfault", "timeout-answer", "timeout-processor-time"),
    *("memory-array", "memory-of-many-processes"),
    *("author-error-check-raises", "author-error-setup"),
]


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    image()
    home = tmp_path_factory.mktemp("docker-grading")
    with real_grader(home, engine="docker", grading_engine="docker", docker_pool=2) as made:
        yield made


@pytest.mark.parametrize("name", SAME)
def test_a_golden_folder_gets_the_same_verdict(name, grader):
    bundle, answer, earlier, expected = golden(GOLDEN / name)
    report = grader.grade(bundle, answer, earlier)
    assert (report.verdict, report.fault) == (expected["verdict"], expected["fault"]), report
    said = [report.message, report.output, *(check.message for check in report.checks)]
    assert all(any(text in one for one in said) for text in expected.get("says", ()))
    assert not any(text in one for one in said for text in expected.get("never", ()))


@pytest.mark.parametrize("attack", list(attacks.ATTACKS))
def test_an_attack_gains_no_point(attack, grader):
    bundle = make_bundle(attacks.CHECKS.lstrip("\n"), setup="import numpy as np", seconds=3.0)
    report = grader.grade(bundle, textwrap.dedent(attacks.ATTACKS[attack]))
    assert report.points == 0, report
    assert report.verdict != "passed", report
    assert report.fault == "learner", report


def test_a_side_that_kills_itself_is_told_so(grader):
    report = grader.grade(make_bundle("# %% visible: f\nassert f()\n"), "import os\nos.kill(os.getpid(), 9)")
    assert (report.verdict, report.fault) == ("killed", "learner"), report


def test_the_next_answer_is_graded_and_finds_nothing_of_the_last_one(grader):
    bundle = make_bundle("# %% visible: nothing is left\nassert not f()\n")
    write = "open('left', 'w').write('x')\ndef f(): return True"
    look = "import os\ndef f(): return os.path.exists('left')"
    assert grader.grade(bundle, write).verdict == "failed"
    assert grader.grade(bundle, look).verdict == "passed"


def test_an_answer_finds_no_check_no_expected_value_and_no_solution(grader):
    public, secret = leaks.marker(), leaks.marker()
    checks = f"# %% visible: nothing is there\nassert at_the_start == [{public!r}]\nassert f(1) == [{public!r}]\n"
    checks += f"# %% hidden: {secret}\nassert f({secret!r}[:0]) == [{public!r}]  # {secret}\n"
    bundle = make_bundle(
        checks,
        setup=f"public = {public!r}",
        names=("f", "at_the_start"),
        solution=f"def f(x): return {secret!r}",
        seconds=60.0,
    )
    report = grader.grade(bundle, leaks.SEARCH)
    assert report.verdict == "passed", report
