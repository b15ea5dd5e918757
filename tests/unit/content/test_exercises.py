from __future__ import annotations

import pytest

from course_files import COURSE_YML, EXERCISE, FIRST_LIGHT, line_of, write_course
from panlearn.content.course_source import read_course
from panlearn.content.exercises import even_shares
from panlearn.content.findings import Findings
from panlearn.content.staging import stage_lesson
from panlearn.content.student import student_notebook
from panlearn.domain.exercise import Step


@pytest.fixture(scope="module")
def first_light():
    findings = Findings()
    source = read_course(FIRST_LIGHT, findings)
    assert findings.all == []
    return source


def read(tmp_path, lesson, **files):
    course = write_course(tmp_path, lesson, **files)
    findings = Findings()
    return read_course(course, findings), findings, course / "lesson.md"


def test_exercises_are_taken_out_of_text_and_of_notebooks(first_light):
    assert list(first_light.bundles) == ["slope", "intercept", "area"]
    slope = first_light.bundles["slope"]
    assert slope.points == 2.0
    assert slope.names == ("slope",)
    assert slope.starter.endswith("    ...")
    assert "return (y[-1] - y[0])" in slope.solution
    assert first_light.bundles["intercept"].starter == "b = None"
    assert [hint.text for hint in first_light.exercises["slope"].hints][1] == "The run is $\\Delta x$."
    assert first_light.exercises["area"].title == "The area"


def test_checks_are_named_by_docstring_idea_or_what_they_look_at_never_by_what_they_expect(first_light):
    names = [check.name for bundle in first_light.bundles.values() for check in bundle.checks]
    assert names[:3] == ["slope(x, y) is right", "it works for falling lines too", "The line meets the axis at b"]
    assert not any("2.0" in name.split(" is right")[0][-4:] for name in names)


def test_hidden_checks_are_hidden_and_keep_their_idea(first_light):
    visible, hidden = first_light.bundles["slope"].checks
    assert (visible.hidden, hidden.hidden) == (False, True)
    assert hidden.idea == "it works for falling lines too"
    assert "HIDDEN TESTS" not in visible.source
    assert "-y" not in visible.source


def test_every_check_stands_on_the_line_of_its_file(first_light):
    for bundle in first_light.bundles.values():
        for check in bundle.checks:
            path = FIRST_LIGHT / check.file
            first = check.source.split("\n")[0]
            assert (
                first.replace('"', '\\"' if path.suffix == ".ipynb" else '"')
                in path.read_text().split("\n")[check.line - 1]
            )


def test_set_up_holds_the_cells_before_that_use_no_answer(first_light):
    slope, intercept = first_light.bundles["slope"], first_light.bundles["intercept"]
    assert slope.setup == intercept.setup
    assert len(slope.setup) == 2
    assert slope.steps == ()
    assert intercept.needs == ("slope",)
    assert intercept.steps == (Step(exercise="slope"),)


def test_public_cells_that_build_on_an_answer_follow_it_on_the_learners_side(tmp_path):
    lesson = EXERCISE + (
        "\n```{code-cell} python\neight = double(4)\n```\n\n```{code-cell} python\nprint(eight)\n```\n\n"
        "```{exercise} More\n:label: more\nMore.\n```\n\n"
        "```{code-cell} python\n#| exercise: more\n### BEGIN SOLUTION\nnine = eight + 1\n### END SOLUTION\n```\n\n"
        "```{code-cell} python\n#| check: more\nassert nine == 9\n```\n"
    )
    source, findings, _ = read(tmp_path, lesson)
    assert findings.errors == []
    more = source.bundles["more"]
    assert more.needs == ("double",)
    assert more.steps == (Step(exercise="double"), Step(source="eight = double(4)"))


def test_stated_needs_win_over_inferred_ones_and_must_exist(tmp_path):
    lesson = EXERCISE.replace("#| exercise: double", "#| exercise: double\n#| needs: [nobody]")
    _, findings, file = read(tmp_path, lesson)
    [error] = findings.errors
    assert (error.code, error.line) == ("PL022", line_of(file, "#| exercise: double"))


def test_asserts_about_one_thing_are_one_check_and_lead_up_statements_go_where_they_are_needed(tmp_path):
    check = (
        "#| check: double\n"
        "assert isinstance(double(2), int)\n"
        "big = double(10**6)\n"
        "assert big > 0\n"
        "assert big == 2 * 10**6\n"
        "def test_zero():\n    '''Zero stays zero'''\n    assert double(0) == 0\n"
        "### BEGIN HIDDEN TESTS\n"
        "#| idea: text doubles too\n"
        "text = double('a')\n"
        "assert text == 'aa'\n"
        "assert len(text) == 2\n"
        "### END HIDDEN TESTS"
    )
    lesson = EXERCISE.replace('#| check: double\nassert double(2) == 4, "Twice two is four"', check)
    source, findings, file = read(tmp_path, lesson)
    assert findings.errors == []
    checks = source.bundles["double"].checks
    assert [c.name for c in checks] == [
        "double(2) is of the right kind",
        "double(10 ** 6) is right",
        "Zero stays zero",
        "text doubles too",
    ]
    assert checks[1].source == "big = double(10**6)\nassert big > 0\nassert big == 2 * 10**6"
    assert checks[1].line == line_of(file, "big = double")
    assert checks[3].source.startswith("text = double('a')\nassert text")
    assert "big" not in checks[3].source


def test_points_of_a_check_cell_are_its_own_and_the_rest_is_shared(tmp_path):
    lesson = EXERCISE.replace("#| exercise: double", "#| exercise: double\n#| points: 3") + (
        "\n```{code-cell} python\n#| check: double\n#| points: 2\nassert double(3) == 6\n```\n"
    )
    source, findings, _ = read(tmp_path, lesson)
    assert findings.errors == []
    assert [check.points for check in source.bundles["double"].checks] == [1.0, 2.0]


def test_points_that_do_not_add_up_are_an_error(tmp_path):
    lesson = EXERCISE.replace("#| check: double", "#| check: double\n#| points: 2").replace(
        "#| exercise: double", "#| exercise: double\n#| points: 3"
    )
    _, findings, file = read(tmp_path, lesson)
    [error] = findings.errors
    assert (error.code, error.line) == ("PL026", line_of(file, "points: 3"))


@pytest.mark.parametrize(
    ("total", "count", "shares"),
    [(2.0, 3, [0.5, 0.75, 0.75]), (1.0, 2, [0.5, 0.5]), (3.0, 2, [1.5, 1.5]), (1.0, 5, [0.2] * 5), (1.0, 0, [])],
)
def test_points_are_shared_evenly_in_quarters(total, count, shares):
    assert even_shares(total, count) == shares


NESTED = "````{note}\n```{code-cell} python\nx\n```\n````\n\n```{exercise} Double it"
COLONS = ":::{code-cell} python\nx = 1\n:::\n\n```{exercise} Double it"
SOLUTION = "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
ASSERT = 'assert double(2) == 4, "Twice two is four"'
ANSWER = "#| exercise: double"
BAD = {
    "a syntax error": ("return 2 * x", "return 2 *", "PL011", "return 2 *"),
    "an unknown option": (ANSWER, f"{ANSWER}\n#| pionts: 2", "PL012", "pionts"),
    "a value that cannot be used": (ANSWER, f"{ANSWER}\n#| points: many", "PL013", "many"),
    "an id that cannot be used": (ANSWER, "#| exercise: Double It", "PL013", "Double It"),
    "an exercise without a check": ("#| check: double", "#| echo: false", "PL021", ANSWER),
    "a check of nothing": ("#| check: double", "#| check: duoble", "PL022", "duoble"),
    "an exercise without a text": (":label: double", ":label: other", "PL023", ANSWER),
    "a marker without its end": ("    ### END SOLUTION\n", "", "PL024", "BEGIN SOLUTION"),
    "an exercise without a solution": (SOLUTION, "    pass", "PL025", ANSWER),
    "a check that checks nothing": (ASSERT, "double(2)", "PL027", "#| check: double"),
    "a code cell in another block": ("```{exercise} Double it", NESTED, "PL014", "```{code-cell} python"),
    "a colon-fenced code cell": ("```{exercise} Double it", COLONS, "PL014", ":::{code-cell}"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_lessons_are_told_code_file_line_and_what_to_do(tmp_path, case):
    before, after, code, at = BAD[case]
    assert before in EXERCISE
    _, findings, file = read(tmp_path, EXERCISE.replace(before, after, 1))
    found = [f for f in findings.errors if f.code == code]
    assert found, findings.all
    assert (found[0].file, found[0].line) == ("lesson.md", line_of(file, at))
    assert found[0].todo


def test_two_exercises_with_one_id_are_found_in_one_page_and_across_pages(tmp_path):
    _, findings, file = read(tmp_path / "one", EXERCISE + "\n" + EXERCISE)
    assert [f.code for f in findings.errors].count("PL020") == 1
    assert str(line_of(file, "#| exercise: double")) in next(f for f in findings.errors if f.code == "PL020").message
    myst = (tmp_path / "one" / "trial" / "myst.yml").read_text() + "    - file: second.md\n"
    _, findings, _ = read(tmp_path / "two", EXERCISE, second__md="# Second\n\n" + EXERCISE, myst__yml=myst)
    [error] = findings.errors
    assert (error.code, error.file) == ("PL020", "second.md")


@pytest.mark.parametrize(
    "option",
    [
        *("points: .nan", "points: .inf", "points: -2", "points:", "timeout: .inf", "timeout: 9000"),
        *("memory: 0M", "memory: 999999999999999G", "memory: 65G", "memory: lots"),
    ],
)
def test_a_number_that_cannot_be_used_is_told_with_what_can(tmp_path, option):
    course = write_course(tmp_path, EXERCISE.replace("#| exercise: double", f"#| exercise: double\n#| {option}"))
    findings = Findings()
    read_course(course, findings)
    [error] = findings.errors
    assert (error.code, error.file, error.line) == ("PL013", "lesson.md", line_of(course / "lesson.md", f"#| {option}"))
    assert "at most" in error.todo


def test_a_hidden_check_without_an_idea_is_warned(tmp_path):
    lesson = EXERCISE.replace(
        'assert double(2) == 4, "Twice two is four"',
        "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(2) == 4\n### END HIDDEN TESTS",
    )
    source, findings, file = read(tmp_path, lesson)
    [warning] = findings.all
    assert (warning.code, warning.severity, warning.line) == ("PL028", "warning", line_of(file, "assert double(2)"))
    assert source.bundles["double"].checks[1].name == "A hidden check"


def test_a_hint_before_any_exercise_is_an_ordinary_note(tmp_path):
    source, _, _ = read(tmp_path, "```{hint}\nRead slowly.\n```\n\n" + EXERCISE)
    assert source.exercises["double"].hints == ()


def test_a_course_without_hints_gives_none(tmp_path):
    hinted = EXERCISE + "\n```{hint}\nTwice.\n```\n"
    source, _, _ = read(tmp_path, hinted, course__yml=COURSE_YML + "exercises: {hints: never}\n")
    assert source.exercises["double"].hints == ()
    lesson = source.lessons[-1]
    assert not any("Twice." in row for row in stage_lesson(lesson).rows)
    assert "Twice." not in str(student_notebook(lesson, "", tmp_path))


def test_lines_in_notebooks_are_those_of_the_file(tmp_path, first_light):
    assert first_light.exercises["area"].line == line_of(FIRST_LIGHT / "02-areas.ipynb", "#| exercise: area")


HIDDEN = """\
```{code-cell} python
#| check: double
#| hidden: points
assert double(2) == 4
### BEGIN HIDDEN TESTS
#| idea: it works for text too
assert double("a") == "aa"
### END HIDDEN TESTS
```
"""


def test_what_hidden_checks_show_is_the_cells_or_the_courses_to_say(tmp_path):
    source, findings, _ = read(tmp_path / "cell", EXERCISE + "\n" + HIDDEN)
    assert [one.code for one in findings.errors] == []
    hidden = source.bundles["double"].checks[-1]
    assert (hidden.hidden, hidden.shows, hidden.public_name) == (True, "points", "A hidden check")
    assert source.bundles["double"].paced

    course = COURSE_YML + "exercises:\n  hidden: message\n  attempts: 3\n"
    lesson = EXERCISE + "\n" + HIDDEN.replace("#| hidden: points\n", "")
    source, _, _ = read(tmp_path / "course", lesson, course__yml=course)
    hidden = source.bundles["double"].checks[-1]
    assert (hidden.shows, hidden.public_name) == ("message", "it works for text too")
    assert not source.bundles["double"].paced


def test_an_unknown_way_to_show_hidden_checks_is_an_error_at_its_line(tmp_path):
    _, findings, path = read(tmp_path, EXERCISE + "\n" + HIDDEN.replace("points", "everything"))
    assert [(one.code, one.line) for one in findings.errors] == [("PL013", line_of(path, "#| hidden"))]
    assert "idea, message, points or full-after" in findings.errors[0].todo


BY_HAND = EXERCISE.replace(
    "#| exercise: double\n",
    "#| exercise: double\n#| points: 4\n#| rubric: {says why: 2, gives an example: 1}\n",
)


def test_a_person_may_give_some_of_the_points_by_a_rubric(tmp_path):
    source, findings, _ = read(tmp_path, BY_HAND)
    assert findings.errors == []
    exercise = source.exercises["double"]
    assert [(one.text, one.points) for one in exercise.rubric] == [("says why", 2.0), ("gives an example", 1.0)]
    assert (exercise.by_hand, exercise.points) == (3.0, 4.0)
    assert sum(check.points for check in source.bundles["double"].checks) == 1.0
    assert source.bundles["double"].by_hand == 3.0


def test_with_points_by_hand_an_exercise_needs_no_checks(tmp_path):
    lesson = EXERCISE.split("```{code-cell} python\n#| check")[0]
    _, findings, _ = read(tmp_path / "without", lesson)
    assert "PL021" in [one.code for one in findings.errors]
    source, findings, _ = read(
        tmp_path / "with", lesson.replace("exercise: double\n", "exercise: double\n#| by-hand: 2\n")
    )
    assert findings.errors == []
    assert (source.bundles["double"].points, source.bundles["double"].checks) == (2.0, ())


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("rubric: says why", "PL013"),
        ("rubric: {says why: 0}", "PL013"),
        ("rubric: {says why: many}", "PL013"),
        ("by-hand: none", "PL013"),
        ("rubric: {says why: 2}\n#| by-hand: 3", "PL026"),
    ],
)
def test_a_rubric_that_cannot_be_used_is_an_error(tmp_path, option, code):
    _, findings, _ = read(tmp_path, EXERCISE.replace("exercise: double\n", f"exercise: double\n#| {option}\n"))
    assert code in [one.code for one in findings.errors]


def test_a_look_at_the_text_of_an_answer_is_a_check_of_its_own(tmp_path):
    check = '#| check: double\nforbids("loop")\nrequires("**", name="double")\nassert_signature(double, "x")'
    lesson = EXERCISE.replace('#| check: double\nassert double(2) == 4, "Twice two is four"', check)
    source, findings, _ = read(tmp_path, lesson)

    assert findings.errors == []
    assert [one.name for one in source.bundles["double"].checks] == [
        "The answer is written as asked",
        "double is right",
    ]


@pytest.mark.parametrize(("day", "errors"), [("2027-01-31", []), ("2027-02-31", ["PL013"]), ("soon", ["PL013"])])
def test_hidden_checks_may_open_after_a_day_that_there_is(tmp_path, day, errors):
    source, findings, _ = read(tmp_path, EXERCISE + "\n" + HIDDEN.replace("points", f"full-after-{day}"))
    assert [one.code for one in findings.errors] == errors
    if not errors:
        assert source.bundles["double"].checks[-1].shows == f"full-after-{day}"
