"""nbgrader cells in our form: schemas, grouping, hidden tests, partial credit, what a person grades."""

from __future__ import annotations

import pytest

from import_material import code, from_nbgrader, marks, notes, raw, sources, text

SQUARE = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
TESTS = "assert square(2) == 4"


def answer(source=SQUARE, schema=3, **keys):
    return code(source, **marks(schema, solution=True, **{"grade_id": "square", **keys}))


def graded(source=TESTS, points=1.0, schema=3, **keys):
    return code(source, **marks(schema, grade=True, locked=True, points=points, **{"grade_id": "t", **keys}))


@pytest.mark.parametrize("schema", [0, 1, 2, 3, 4])
def test_every_schema_gives_the_same_exercise(schema):
    made = from_nbgrader(text("Square it."), answer(schema=schema), graded(schema=schema, points="2"))
    assert sources(made) == [
        "```{exercise} Square\n:label: square\n\nSquare it.\n```",
        f"#| exercise: square\n{SQUARE}",
        f"#| check: square\n#| points: 2\n{TESTS}",
    ]
    assert (made.exercises, made.asked, made.points, notes(made)) == (1, 2.0, 2.0, "")


def test_a_schema_from_the_future_is_read_and_said():
    made = from_nbgrader(answer(schema=9), graded())
    assert "schema 9" in notes(made)
    assert made.exercises == 1


def test_an_answer_without_markers_is_all_solution():
    made = from_nbgrader(answer("peak = 28.4"), graded("assert peak == 28.4"))
    assert sources(made)[1] == "#| exercise: square\n### BEGIN SOLUTION\npeak = 28.4\n### END SOLUTION"


def test_a_release_for_students_is_told_apart():
    made = from_nbgrader(answer("# YOUR CODE HERE\nraise NotImplementedError()"), graded())
    assert "cell 1: This answer holds no solution: it looks like a release for students." in notes(made)


def test_hidden_tests_stay_hidden_with_an_idea_that_gives_no_case_away():
    hidden = "assert square(2) == 4\n### BEGIN HIDDEN TESTS\nassert square(-7) == 49\n### END HIDDEN TESTS"
    made = from_nbgrader(answer(), graded(hidden))
    assert "### BEGIN HIDDEN TESTS\n#| idea: a further case of `square`\nassert square(-7) == 49" in sources(made)[2]
    assert "49" not in notes(made)
    assert "cell 2: A hidden part of these tests got a neutral idea line." in notes(made)


def test_an_idea_of_the_author_is_kept():
    own = "### BEGIN HIDDEN TESTS\n#| idea: negative numbers\nassert square(-7) == 49\n### END HIDDEN TESTS"
    assert sources(from_nbgrader(answer(), graded(own)))[2].count("#| idea:") == 1


def test_tests_belong_to_the_answer_whose_names_they_use():
    made = from_nbgrader(
        answer(),
        answer("def cube(x):\n    return x**3", grade_id="cube"),
        graded("assert square(3) == 9", points=1),
        graded("assert cube(3) == 27", points=2),
    )
    assert [row for source in sources(made) for row in source.split("\n") if row.startswith("#| check")] == [
        "#| check: square",
        "#| check: cube",
    ]
    assert made.points == 3


def test_tests_after_other_tests_belong_to_the_same_answer():
    made = from_nbgrader(answer(), graded(), text("More:"), graded("assert square(0) == 0", points=4))
    assert [source.split("\n")[:2] for source in sources(made) if "check" in source] == [
        ["#| check: square", "#| points: 1"],
        ["#| check: square", "#| points: 4"],
    ]


def test_answers_that_are_tested_together_are_one_exercise():
    made = from_nbgrader(answer("def half(x):\n    return x / 2", grade_id="half"), answer(), graded())
    assert made.exercises == 1
    assert sources(made)[1].startswith("#| exercise: half\n### BEGIN SOLUTION\ndef half(x):")
    assert "def square(x):" in sources(made)[1]
    assert "The answers in cells 1 and 2 are one exercise" in notes(made)


def test_an_answer_that_nothing_tests_is_graded_by_a_person_and_said():
    made = from_nbgrader(answer("x = 1"), code("print(x)"), text("Done."))
    assert sources(made)[1].startswith("#| exercise: square\n#| by-hand: 1\n")
    assert (made.asked, made.points) == (0.0, 1.0)
    assert "Nothing checks the answer `square`" in notes(made)


def test_tests_of_no_answer_are_a_plain_cell_without_their_hidden_part():
    made = from_nbgrader(graded("assert 1 == 1\n### BEGIN HIDDEN TESTS\nassert secret\n### END HIDDEN TESTS", points=2))
    assert sources(made) == ["assert 1 == 1"]
    assert "Not carried over: 2 points." in notes(made)
    assert (made.asked, made.points) == (2.0, 0.0)


def test_partial_credit_becomes_a_check_that_asks_for_all_of_it():
    made = from_nbgrader(answer(), graded("score = 0\nif square(2) == 4:\n    score += 1.5\nscore", points=1.5))
    assert sources(made)[2].endswith('assert (score) >= 1.5, "Some of the cases are not right yet."')
    assert "partial credit" in notes(made)


def test_an_echo_after_asserts_is_no_partial_credit():
    made = from_nbgrader(answer(), graded("assert square(2) == 4\nvalue = square(2)\nvalue"))
    assert "partial credit" not in notes(made)
    assert sources(made)[2].endswith("\nvalue")


def test_tests_without_points_share_those_beside_them():
    made = from_nbgrader(answer(), graded("assert square(1) == 1", points=0), graded(points=2))
    [check] = [source for source in sources(made) if "check" in source]
    assert check == "#| check: square\n#| points: 2\nassert square(1) == 1\n\nassert square(2) == 4"
    assert "cell 2: These tests have no points" in notes(made)


def test_raised_assertions_become_asserts():
    raising = 'try:\n    square("a")\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError("Only numbers")'
    made = from_nbgrader(answer(), graded(raising))
    assert "assert False, 'Only numbers'" in sources(made)[2]


def test_tests_without_any_assert_become_a_test_function():
    made = from_nbgrader(answer(), graded("square(2)"))
    assert "def test_it_runs():" in sources(made)[2]
    assert "they pass if nothing raises" in notes(made)


def test_what_one_test_cell_leaves_to_the_next_is_repeated_there():
    made = from_nbgrader(
        answer(),
        graded("### BEGIN HIDDEN TESTS\ncase = -3\n### END HIDDEN TESTS\nlimit = 1\nassert square(1) == limit"),
        graded("assert square(case) == 9 * limit"),
    )
    last = sources(made)[-1]
    assert last.index("case = -3") < last.index("limit = 1") < last.index("assert square(case)")
    assert last.index("### BEGIN HIDDEN TESTS") < last.index("case = -3") < last.index("### END HIDDEN TESTS")


def test_nose_is_replaced():
    made = from_nbgrader(answer(), graded("from nose.tools import assert_equal, eq_\nassert_equal(square(2), 4)"))
    assert "assert_equal = unittest.TestCase().assertEqual; eq_ = unittest.TestCase().assertEqual" in sources(made)[2]


def test_code_that_a_person_grades_has_points_by_hand():
    made = from_nbgrader(answer("plot = 1\n", grade=True, points=2.5))
    assert sources(made)[1].startswith("#| exercise: square\n#| by-hand: 2.5\n")
    assert made.points == 2.5


def test_an_answer_in_words_is_a_written_quiz_with_the_text_before_it():
    cell = text("They are *neutral*:\n\n    no charge", **marks(grade=True, solution=True, grade_id="why", points=3))
    made = from_nbgrader(text("## Neutrons\n\nWhy so deep?"), cell)
    assert sources(made) == [
        (
            "```{quiz} Neutrons\n:label: why\n:points: 3\n\nkind: written\ntext: |\n  Why so deep?\n"
            "explain: |\n  They are *neutral*:\n\n      no charge\n```"
        )
    ]


def test_a_task_keeps_its_mark_scheme_from_learners():
    task = "Plan it.\n\n=== BEGIN MARK SCHEME ===\n2 for contrast\n=== END MARK SCHEME ==="
    made = from_nbgrader(text(task, **marks(task=True, points=4, grade_id="plan")))
    block, cell = sources(made)
    assert "contrast" not in block
    assert cell == (
        "#| exercise: plan\n#| by-hand: 4\n#| reveal: never\n### BEGIN SOLUTION\n# 2 for contrast\n### END SOLUTION"
    )
    assert "mark scheme" in notes(made)


def test_a_task_without_a_mark_scheme_has_something_to_open_with():
    made = from_nbgrader(
        text("---\n## Part E (4 points)\n\nPlan.", **marks(task=True, points=4, grade_id="cell-0a1b2c3d4e"))
    )
    assert sources(made) == [
        "```{exercise} Part E (4 points)\n:label: part-e\n\nPlan.\n```",
        ("#| exercise: part-e\n#| by-hand: 4\n### BEGIN SOLUTION\n# The notebook holds no solution.\n### END SOLUTION"),
    ]


DELETING = """\
saved = square
del square
try:
    quarter(1)
except NameError:
    pass
else:
    raise AssertionError("No square in it")
finally:
    square = saved
assert quarter(2) == 1"""


def test_tests_that_delete_a_name_ask_the_learners_side_to_do_without():
    made = from_nbgrader(answer(), graded(), answer("def quarter(x): ...", grade_id="quarter"), graded(DELETING))
    assert sources(made)[-1].split("\n")[2:] == [
        'with learner.without("square"):',
        "    try:",
        "        quarter(1)",
        "    except NameError:",
        "        pass",
        "    else:",
        "        assert False, 'No square in it'",
        "assert quarter(2) == 1",
    ]


@pytest.mark.parametrize(
    "other",
    [
        DELETING.replace("    square = saved", "    print(saved)"),
        DELETING.replace("del square", "del square, cube"),
        DELETING.replace("try:", "### BEGIN HIDDEN TESTS\ntry:") + "\n### END HIDDEN TESTS",
        DELETING.replace("quarter(1)", 'quarter("""\n""")'),
        "del square",
    ],
)
def test_other_deletions_stay_as_they_are(other):
    assert "learner.without" not in sources(from_nbgrader(answer(), graded(other)))[-1]


@pytest.mark.parametrize(
    ("points", "read"), [("", 0), ("2.5", 2.5), (-1, 0), (None, 0), ("x", 0), (1e9, 1000), (True, 0)]
)
def test_points_are_read_as_nbgrader_reads_them_and_what_is_none_is_said(points, read):
    made = from_nbgrader(answer(), graded(points=points))
    assert made.asked == read
    assert bool(made.notes) == (points != "2.5")


def test_a_long_text_with_headings_of_its_own_stays_before_its_block():
    made = from_nbgrader(text("## One\n\na\n\n## Two\n\nb"), answer(), graded())
    assert sources(made)[0] == "## One\n\na\n\n## Two\n\nb"
    assert sources(made)[1] == "```{exercise} Two\n:label: square\n\nWrite your answer in the cell below.\n```"


def test_a_text_with_fences_gets_a_longer_fence():
    made = from_nbgrader(text("## Do `it`\n\n````\n```\n````"), answer(), graded())
    assert sources(made)[0] == "`````{exercise} Do it\n:label: square\n\n````\n```\n````\n`````"


def test_ids_are_taken_once_and_made_of_names_where_nbgrader_numbered_the_cell():
    made = from_nbgrader(
        answer(grade_id="cell-0a1b2c3d4e5f"),
        graded(),
        answer("def cube(x):\n    return x", grade_id="square"),
        graded("assert cube(1) == 1"),
        answer("1", grade_id="Ünïcode id"),
        graded("assert True"),
    )
    ids = [source.split("\n")[0] for source in sources(made) if "exercise: " in source]
    assert ids == ["#| exercise: square", "#| exercise: cube", "#| exercise: unicode-id"]


def test_the_header_is_left_out_and_raw_cells_are_said():
    made = from_nbgrader(
        text("Before you turn this problem in, make sure."),
        code('NAME = ""\nCOLLABORATORS = ""'),
        raw("latex"),
        code("x = 1"),
    )
    assert sources(made) == ["latex", "x = 1"]
    assert notes(made).count("nbgrader's header") == 2
    assert "cell 3: A raw cell" in notes(made)


def test_cells_that_are_ours_already_stay():
    ours = code("#| exercise: own\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION", **marks(solution=True))
    assert from_nbgrader(ours).cells[0].source == ours.source
