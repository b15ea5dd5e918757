"""Whatever cells and metadata hold: an import gives a notebook that our reader reads, or one sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panlearn.content.config import Policy
from panlearn.content.exercises import take_exercises
from panlearn.content.findings import Findings
from panlearn.content.importing import nbgrader, otter
from panlearn.content.importing.notebooks import notebook_text, parse_notebook
from panlearn.content.quizzes import take_quizzes
from panlearn.content.reading import read_page
from panlearn.errors import BadInput

WORDS = st.sampled_from(
    [
        "### BEGIN SOLUTION",
        "### END SOLUTION",
        "### BEGIN HIDDEN TESTS",
        "### END HIDDEN TESTS",
        "### STUB",
        "=== BEGIN MARK SCHEME ===",
        "=== END MARK SCHEME ===",
        "# BEGIN QUESTION",
        "# END QUESTION",
        "# BEGIN SOLUTION",
        "# END SOLUTION NO PROMPT",
        "# BEGIN TESTS",
        "# END TESTS",
        "# HIDDEN",
        '""" # BEGIN PROMPT',
        '""" # END PROMPT',
        '""" # BEGIN TEST CONFIG',
        '""" # END TEST CONFIG',
        "name: q1",
        "points: [1, 2]",
        "x = f(2) # SOLUTION",
        "def f(x):",
        "    return x",
        "assert f(1) == 1",
        "score",
        'raise AssertionError("no")',
        "#| exercise: a",
        "#| check: a",
        'grader.check("q1")',
        "```",
        "````{exercise} A",
        "```{quiz} B",
        ":label: a",
        "---",
        "# Title",
        "## Part `a`",
        "$$x$$",
        "%matplotlib inline",
        "!ls",
        "what?",
    ]
)
ROW = st.one_of(WORDS, WORDS, st.text(max_size=20))
SOURCE = st.lists(ROW, max_size=8).map("\n".join)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
FLAG = st.one_of(st.booleans(), st.booleans(), ANYTHING)
MARKS = st.fixed_dictionaries(
    {},
    optional={
        "grade": FLAG,
        "solution": FLAG,
        "locked": FLAG,
        "task": FLAG,
        "points": st.one_of(st.integers(-3, 2000), ANYTHING),
        "grade_id": st.one_of(st.text(max_size=12), ANYTHING),
        "schema_version": st.one_of(st.integers(-1, 6), ANYTHING),
        "cell_type": ANYTHING,
    },
)
METADATA = st.one_of(
    st.fixed_dictionaries({"nbgrader": st.one_of(MARKS, MARKS, ANYTHING)}),
    st.fixed_dictionaries({"tags": st.just(["otter_answer_cell"])}),
    st.just({}),
)
CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["markdown", "code", "code", "raw"]), "source": SOURCE, "metadata": METADATA}
)
CASE = st.fixed_dictionaries(
    {},
    optional={
        "code": st.one_of(st.text(max_size=20), st.just(">>> f(1)\n1"), ANYTHING),
        "points": ANYTHING,
        "hidden": FLAG,
    },
)
TEST = st.fixed_dictionaries(
    {},
    optional={
        "points": ANYTHING,
        "suites": st.one_of(
            st.lists(st.fixed_dictionaries({"cases": st.lists(CASE, max_size=2)}), max_size=2), ANYTHING
        ),
    },
)
TESTS = st.one_of(
    ANYTHING,
    st.fixed_dictionaries({"tests": st.one_of(ANYTHING, st.fixed_dictionaries({"q1": st.one_of(TEST, ANYTHING)}))}),
)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def notebook(cells, metadata=None) -> bytes:
    whole = [
        {**cell, **({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})} for cell in cells
    ]
    return json.dumps({"cells": whole, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Reads a notebook as a page of ours, with its exercises and quizzes."""
    folder = tmp_path_factory.mktemp("course")

    def reading(text: str):
        (folder / "page.ipynb").write_text(text, encoding="utf-8")
        findings = Findings()
        page = read_page(folder, "page.ipynb", findings)
        if page is not None:
            take_exercises(page, Policy(), findings.of("page.ipynb"))
            take_quizzes(page, Policy(), findings.of("page.ipynb"))
        return page, findings

    return reading


@FEW
@given(cells=st.lists(CELL, max_size=6))
def test_any_nbgrader_notebook_is_imported_and_read_or_refused(read, cells):
    raw = notebook(cells)
    try:
        found = parse_notebook(raw, "a.ipynb")
    except BadInput:
        return
    made = nbgrader.convert(found.cells, "a", set())
    page, findings = read(notebook_text(made.cells))
    assert page is not None, findings.all
    assert len(page.cells) == len(made.cells)
    page, findings = read(raw.decode())
    assert page is not None, findings.all


@FEW
@given(cells=st.lists(CELL, max_size=8), tests=TESTS, file=st.one_of(SOURCE, st.just("test = {'suites': [1]}")))
def test_any_otter_notebook_is_imported_and_read_or_refused(read, cells, tests, file):
    try:
        found = parse_notebook(notebook(cells, {"otter": tests}), "a.ipynb")
    except BadInput:
        return
    made = otter.convert(found.cells, found.metadata, {"q1": file}, "a", set())
    page, findings = read(notebook_text(made.cells))
    assert page is not None, findings.all


@FEW
@given(raw=st.one_of(st.binary(max_size=60), ANYTHING.map(lambda value: json.dumps(value).encode())))
def test_anything_else_is_refused_in_one_sentence_that_names_the_file(raw):
    with pytest.raises(BadInput, match=r"a\.ipynb"):
        parse_notebook(raw, "a.ipynb")
