"""Otter questions in our form: raw cells, prompts, solutions, doctests, test functions, notebooks for students."""

from __future__ import annotations

import pytest

from import_material import code, from_otter, notes, raw, sources, text
from panlearn.content.importing.otter_answers import with_markers
from panlearn.content.importing.otter_questions import resolved
from panlearn.content.importing.otter_tests import Case, from_doctest, from_file


def question(*tests, config="name: q1", answer="x = 2 # SOLUTION"):
    cells = [raw(f"# BEGIN QUESTION\n{config}"), text("Set `x`."), raw("# BEGIN SOLUTION"), code(answer)]
    cells += [raw("# END SOLUTION"), raw("# BEGIN TESTS"), *tests, raw("# END TESTS"), raw("# END QUESTION")]
    return from_otter(*cells)


def test_a_question_becomes_an_exercise():
    made = question(code("x == 2", "True"), code("x + 1", "3"), config="name: q1\npoints: 3")
    assert sources(made) == [
        "```{exercise} Q1\n:label: q1\n\nSet `x`.\n```",
        "#| exercise: q1\n### BEGIN SOLUTION\nx = 2\n### STUB\nx = ...\n### END SOLUTION",
        "#| check: q1\n#| points: 1.5\nassert x == 2",
        "#| check: q1\n#| points: 1.5\n(x + 1) == 3".replace("(x", "assert (x"),
    ]
    assert (made.exercises, made.asked, made.points) == (1, 3.0, 3.0)


@pytest.mark.parametrize(
    ("output", "condition"),
    [
        ("True", "assert f(x)"),
        ("False", "assert not (f(x))"),
        ("np.True_", "assert f(x)"),
        ("4", "assert f(x) == 4"),
        ("0.5", "assert f(x) == approx(0.5)"),
        ("np.float64(0.5)", "assert f(x) == approx(0.5)"),
        ("'four'", "assert f(x) == 'four'"),
        ("array([1, 2])", "assert repr(f(x)) == 'array([1, 2])'"),
    ],
)
def test_a_stored_output_is_what_is_expected(output, condition):
    assert sources(question(code("f(x)", output)))[-1].split("\n")[-1] == condition


def test_what_a_test_prints_is_compared():
    cell = code("print(x)")
    cell = type(cell)(kind="code", source="print(x)", number=0, outputs=({"output_type": "stream", "text": "2\n"},))
    assert "redirect_stdout" in sources(question(cell))[-1]
    assert "== '2'" in sources(question(cell))[-1]


def test_what_a_test_prints_on_its_way_is_not_what_is_expected():
    cell = code("print(x)\nf(x)", "4")
    cell = type(cell)(
        kind="code", source=cell.source, number=0, outputs=({"output_type": "stream", "text": "2\n"}, *cell.outputs)
    )
    assert sources(question(cell))[-1].endswith("print(x)\nassert f(x) == 4")


def test_without_outputs_a_test_asks_for_something_true_and_says_so():
    made = question(code("f(x)"))
    assert sources(made)[-1].endswith("assert f(x)")
    assert "The notebook holds no output for it" in notes(made)
    assert notes(question(code("0 < x < 3"))) == ""


CONFIG, CONFIG_ENDS = '""" # BEGIN TEST CONFIG\n', '""" # END TEST CONFIG\n'


def test_test_settings_are_used():
    made = question(
        code(f"{CONFIG}points: 2\nhidden: true\nfailure_message: Is it prime?\n{CONFIG_ENDS}x == 2", "True"),
        code("# HIDDEN\nx > 1", "True"),
        code('""" # BEGIN TEST CONFIG\n[broken\n""" # END TEST CONFIG\nx == 2', "True"),
        config="name: q1\npoints: 4",
    )
    first, second, third = sources(made)[2:]
    assert first.startswith("#| check: q1\n#| points: 2\n### BEGIN HIDDEN TESTS\n#| idea: Is it prime?\n")
    assert "#| idea: a further case of `x`" in second
    assert third == "#| check: q1\n#| points: 1\nassert x == 2"
    assert "not valid YAML" in notes(made)


@pytest.mark.parametrize(
    ("points", "cases", "expected"),
    [
        (None, [None, None], [0.5, 0.5]),
        (None, [2.0, None], [2.0, 0.0]),
        (6, [2.0, None, None], [2.0, 2.0, 2.0]),
        ({"each": 2}, [None, None], [2.0, 2.0]),
        ([1, 3], [None, None], [1.0, 3.0]),
        ("many", [None], [1.0]),
    ],
)
def test_points_are_shared_as_otter_shares_them(points, cases, expected):
    assert resolved(points, [Case(source="", points=one) for one in cases]) == expected


@pytest.mark.parametrize(
    ("source", "made"),
    [
        (
            "def f(x):\n    return x # SOLUTION",
            "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### STUB\n    ...\n    ### END SOLUTION",
        ),
        ("x = y == 1 # SOLUTION", "### BEGIN SOLUTION\nx = y == 1\n### STUB\nx = ...\n### END SOLUTION"),
        ("check(x == 1) # SOLUTION", "### BEGIN SOLUTION\ncheck(x == 1)\n### STUB\n...\n### END SOLUTION"),
        ("a = 1 # SEED\nb = 2", "### BEGIN SOLUTION\na = 1\n### STUB\n### END SOLUTION\nb = 2"),
        (
            "if a:\n    # BEGIN SOLUTION\n    b = 1\n    # END SOLUTION",
            "if a:\n    ### BEGIN SOLUTION\n    b = 1\n    ### END SOLUTION",
        ),
        (
            '# BEGIN SOLUTION NO PROMPT\na = 1\n# END SOLUTION\n""" # BEGIN PROMPT\na = ?\n"""; # END PROMPT',
            "### BEGIN SOLUTION\na = 1\n### STUB\na = ?\n### END SOLUTION",
        ),
        ("a = 1\nb = 2 # IGNORE\n# BEGIN IGNORE\nc\n# END IGNORE", "a = 1"),
    ],
)
def test_solution_comments_become_markers(source, made):
    assert with_markers(source) == made


def test_a_question_in_words_is_a_written_quiz():
    made = from_otter(
        raw("# BEGIN QUESTION\nname: why\nmanual: true\npoints: 2"),
        text("Why?"),
        raw("# BEGIN PROMPT"),
        text("_Two sentences._"),
        raw("# END PROMPT"),
        raw("# BEGIN SOLUTION"),
        text("**SOLUTION:** Because."),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
    )
    assert sources(made) == [
        (
            "```{quiz} Why\n:label: why\n:points: 2\n\nkind: written\ntext: |\n  Why?\n\n  _Two sentences._\n"
            "explain: |\n  Because.\n```"
        )
    ]


def test_code_that_a_person_grades_has_points_by_hand():
    made = from_otter(
        raw("# BEGIN QUESTION\nname: plot\nmanual: true\npoints: 2"),
        raw("# BEGIN SOLUTION"),
        code("plt.plot(x)"),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
    )
    assert sources(made)[1] == "#| exercise: plot\n#| by-hand: 2\n### BEGIN SOLUTION\nplt.plot(x)\n### END SOLUTION"


def test_fenced_settings_are_read_like_raw_cells():
    made = from_otter(
        text("```otter\n# BEGIN QUESTION\nname: q1\n```\n\nSet `x`.\n\n```otter\n# BEGIN SOLUTION\n```"),
        code("x = 1 # SOLUTION"),
        text("```otter\n# END SOLUTION\n```\n```otter\n# BEGIN TESTS\n```"),
        code("x == 1", "True"),
        text("```otter\n# END TESTS\n```\n```otter\n# END QUESTION\n```"),
    )
    assert [source.split("\n")[0] for source in sources(made)] == [
        "```{exercise} Q1",
        "#| exercise: q1",
        "#| check: q1",
    ]


def test_what_is_not_used_is_said():
    made = from_otter(
        raw("# ASSIGNMENT CONFIG\ngenerate: true\nseed: 42"),
        raw("# BEGIN QUESTION\nname: q1\nall_or_nothing: true"),
        raw("# BEGIN TESTS"),
        code("1 == 1", "True"),
        raw("# END TESTS"),
        raw("# END SOLUTION"),
        text("```\nBEGIN QUESTION\nname: old\n```"),
    )
    said = notes(made)
    assert "The settings of the assignment are not used: generate, seed." in said
    assert "Not used: all_or_nothing." in said
    assert "The question `q1` has no answer, so its tests are left out. Not carried over: 1 point." in said
    assert "has no END QUESTION" in said
    assert "Otter's format of 2021" in said
    assert (made.asked, made.points) == (1.0, 0.0)


def test_test_functions_are_called_with_the_names_that_they_take():
    made = from_otter(
        raw("# ASSIGNMENT CONFIG\ntests:\n    ok_format: false"),
        raw("# BEGIN QUESTION\nname: q1"),
        raw("# BEGIN SOLUTION"),
        code("arr = [1] # SOLUTION"),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("def test_size(arr):\n    assert len(arr) == 1\n\ntest_size(arr)  # IGNORE"),
        raw("# END TESTS"),
        raw("# END QUESTION"),
    )
    assert sources(made)[-1].split("\n")[2:] == [
        "def case_size(arr):",
        "    assert len(arr) == 1",
        "",
        "",
        "def test_size():",
        "    case_size(arr)",
    ]


def test_doctests_become_asserts():
    made = from_doctest(
        Case(source="", message="Odd."),
        ">>> import math\n>>> y = f(2)\n>>> y\n4\n>>> f(3)\n9\n>>> for i in range(2):\n...     print(i)\n0\n1\n"
        ">>> f('a')\nTraceback (most recent call last):\n...\nTypeError: no\n>>> g(1)\n",
    )
    assert made.source.split("\n") == [
        "import math",
        "y = f(2)",
        "assert y == 4, 'Odd.'",
        "assert f(3) == 9, 'Odd.'",
        "import contextlib, io",
        "with contextlib.redirect_stdout(io.StringIO()) as printed:",
        "    for i in range(2):",
        "        print(i)",
        "assert printed.getvalue().strip() == '0\\n1', 'Odd.'",
        "try:",
        "    f('a')",
        "except TypeError:",
        "    pass",
        "else:",
        '    assert False, "TypeError was expected"',
        "g(1)",
    ]


def test_test_files_are_read_and_never_run(tmp_path):
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    ok = trap + "test = {'points': 2, 'suites': [{'cases': [{'code': '>>> f(1)\\n1', 'hidden': True}]}]}"
    top, [case] = from_file(ok)
    assert (top["points"], case.source, case.hidden) == (2, "assert f(1) == 1", True)
    functions = trap + "points = 3\n@test_case(points=1, hidden=False)\ndef test_a(f):\n    assert f(1) == 1\n"
    top, [case] = from_file(functions)
    assert (top["points"], case.points, "case_a(f)" in case.source) == (3, 1.0, True)
    assert from_file("test = make_tests()") == (None, [])
    assert from_file("not python (") == (None, [])
    assert not (tmp_path / "ran").exists()


STUDENT = {
    "otter": {
        "tests": {
            "q1": {"points": 2, "suites": [{"cases": [{"code": ">>> f(2)\n4", "hidden": False}]}]},
            "q9": {"suites": []},
        }
    }
}


def test_a_notebook_for_students_is_read_with_its_tests():
    made = from_otter(
        code("import otter\ngrader = otter.Notebook()"),
        text("Write `f`."),
        code("def f(x):\n    ...", tags=["otter_answer_cell"]),
        code('grader.check("q1")'),
        code('grader.check("gone")'),
        text("<!-- BEGIN QUESTION -->\n\nWhy?\n\n_Points:_ 3"),
        text("_Type your answer here, replacing this text._", tags=["otter_answer_cell"]),
        text("<!-- END QUESTION -->"),
        code("grader.export()"),
        metadata=STUDENT,
    )
    assert sources(made)[:3] == [
        "```{exercise} Q1\n:label: q1\n\nWrite `f`.\n```",
        "#| exercise: q1\n### BEGIN SOLUTION\n### STUB\ndef f(x):\n    ...\n### END SOLUTION",
        "#| check: q1\n#| points: 2\nassert f(2) == 4",
    ]
    assert ":points: 3" in sources(made)[3]
    said = notes(made)
    assert "The answer `q1` holds no solution: the notebook is one for students." in said
    assert "The tests `gone` are not in the notebook nor in tests/." in said
    assert "No cell runs the tests `q9`" in said
    assert said.count("A cell that only Otter needs is left out.") == 2
    assert made.points == 5
