"""Every kind of bad course is told with code, file, line, what is wrong and what to do; nothing of it is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from course_files import COURSE_YML, EXERCISE, line_of, write_course
from panlearn.bootstrap import Application
from panlearn.cli.course import command as course_command
from panlearn.cli.grade import command as grade_command
from panlearn.content.release_store import ReleaseStore
from panlearn.models import schema
from panlearn.services.publishing import Publisher
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    application = Application(
        Settings(home=tmp_path_factory.mktemp("home"), environments=ROOT / "var" / "environments")
    )
    schema.upgrade(application.database)
    yield application
    application.close()


@pytest.fixture
def check(app):
    def run(course):
        return Publisher(None, app.settings, app.engine, app.grader, ReleaseStore(app.settings)).check(course)

    return run


def exercise(name, **change):
    """The exercise of the tests under another name, with parts replaced."""
    text = EXERCISE.replace("double", name).replace("Double it", name)
    for before, after in change.values():
        assert before in text
        text = text.replace(before, after)
    return text + "\n"


BUILD = """\
```{bogus}
x
```

A {nosuchrole}`x` here.

See [](#nowhere) there.

![A picture](images/gone.png)

[text](gone.md)

Cited [@nobody2020].

```{figure} https://example.org/x.png
:alt: remote
```

$$ \\frac{1}{ $$
"""


def test_what_jupyter_book_finds_is_told_at_its_line(check, tmp_path):
    course = write_course(tmp_path, BUILD)
    found = {(f.code, f.line): f for f in check(course) if f.severity == "error"}
    lesson = course / "lesson.md"
    for code, text in (
        ("PL030", "{bogus}"),
        ("PL031", "nosuchrole"),
        ("PL032", "#nowhere"),
        ("PL033", "images/gone.png"),
        ("PL032", "nobody2020"),
    ):
        assert (code, line_of(lesson, text)) in found, (code, text, list(found))
    assert all(f.todo and f.file == "lesson.md" for f in found.values())
    assert any(line == line_of(lesson, "https://example.org/x.png") for _, line in found)


def test_what_only_the_renderer_sees_is_told_too(check, tmp_path):
    course = write_course(tmp_path, "[a page](gone.md)\n\n```{iframe} ftp://example.org\n```\n")
    found = {(f.code, f.line) for f in check(course) if f.severity == "error"}
    lesson = course / "lesson.md"
    assert ("PL032", line_of(lesson, "gone.md")) in found
    assert ("PL039", line_of(lesson, "{iframe}")) in found


def test_what_grading_finds_is_told_at_its_cell(check, tmp_path):
    lesson = (
        exercise("fails", change=("return 2 * x", "return 3 * x"))
        + exercise("passes", change=("def passes(x):\n    return x\n", "def passes(x):\n    return x + x\n"))
        + exercise("unsaid", change=("says: twice two", "says: something else"))
        + exercise(
            "free",
            change=(
                "    ### BEGIN SOLUTION\n    return 2 * x\n",
                "    return 2 * x\n    ### BEGIN SOLUTION\n    # done\n",
            ),
        )
        + exercise("broken", change=("== 4", "== undefined_name"))
    )
    course = write_course(tmp_path, lesson)
    file = course / "lesson.md"
    found = [f for f in check(course) if f.severity == "error"]
    errors = {f.code: f for f in found if "broken" not in f.message}
    assert errors["PL050"].line == line_of(file, "assert fails(2)")
    assert errors["PL051"].line == line_of(file, "#| wrong: passes")
    assert errors["PL052"].line == line_of(file, "#| wrong: unsaid")
    assert "something else" in errors["PL052"].message
    assert errors["PL053"].line == line_of(file, "#| exercise: free")
    assert len(errors) == 4
    [broken] = [f for f in found if "broken" in f.message]
    assert (broken.code, broken.line) == ("PL050", line_of(file, "assert broken(2)"))


def test_a_cell_that_raises_is_told_with_its_line_and_what_it_raised(check, tmp_path):
    course = write_course(tmp_path, EXERCISE + "\n```{code-cell} python\nx = 1\nx / 0\n```\n")
    [error] = [f for f in check(course) if f.severity == "error"]
    assert (error.code, error.line) == ("PL040", line_of(course / "lesson.md", "x = 1"))
    assert "ZeroDivisionError" in error.message


def test_an_unknown_environment_is_told_at_its_line_with_those_that_are_known(check, tmp_path):
    course = write_course(tmp_path, course__yml=COURSE_YML.replace("core", "corr"))
    [error] = check(course)
    assert (error.code, error.file, error.line) == ("PL004", "course.yml", 3)
    assert "core" in error.message


def test_several_problems_are_told_at_once(check, tmp_path):
    lesson = "```{bogus}\n```\n\n" + EXERCISE.replace("#| check: double", "#| chekc: double")
    codes = {f.code for f in check(write_course(tmp_path, lesson)) if f.severity == "error"}
    assert {"PL012", "PL021", "PL030"} <= codes


CHANGING = {
    "solution": ("    return 2 * x\n", "    x.append(2)\n    return x\n"),
    "check": ("assert double(2) == 4", "assert double([1]) == [1, 2]"),
    "wrong": ("    return x\n```", "    return [1]\n```"),
}


def test_answers_may_change_their_arguments_where_the_solution_does(check, tmp_path):
    lesson = EXERCISE
    for before, after in CHANGING.values():
        assert before in lesson
        lesson = lesson.replace(before, after)
    assert [finding for finding in check(write_course(tmp_path, lesson)) if finding.severity == "error"] == []


@pytest.fixture
def panlearn(app, monkeypatch):
    monkeypatch.setenv("PANLEARN_HOME", str(app.settings.home_dir))
    monkeypatch.setenv("PANLEARN_ENVIRONMENTS", str(app.settings.environments_dir))
    return CliRunner()


def test_the_commands_check_publish_and_list_speak_json(panlearn, tmp_path):
    course = write_course(tmp_path)
    checked = panlearn.invoke(course_command, ["check", str(course), "--json"])
    assert checked.exit_code == 0, checked.output
    said = json.loads(checked.stdout)
    assert (said["course"], said["errors"], said["findings"]) == ("trial", 0, [])
    assert [(cell["file"], cell["seconds"] >= 0, cell["memory_mib"] >= 0) for cell in said["cells"]] == [
        ("lesson.md", True, True)
    ]
    published = json.loads(panlearn.invoke(course_command, ["publish", str(course), "--json"]).stdout)["courses"]
    assert [(row["course"], row["version"], row["unchanged"]) for row in published] == [("trial", 1, False)]
    again = json.loads(panlearn.invoke(course_command, ["publish", str(course), "--json"]).stdout)["courses"]
    assert again[0]["unchanged"]
    (course / "lesson.md").write_text(EXERCISE.replace("return 2 * x", "return"))
    refused = panlearn.invoke(course_command, ["publish", str(course)])
    assert refused.exit_code == 1
    assert "lesson.md:16: PL050 error" in refused.stdout
    listed = json.loads(panlearn.invoke(course_command, ["list", "--json"]).stdout)["courses"]
    assert [(row["course"], row["digest"]) for row in listed] == [("trial", published[0]["digest"])]


def grade(panlearn, course, exercise_id, answer, *more):
    return panlearn.invoke(grade_command, [str(course), exercise_id, str(answer), "--json", *more])


def test_grade_prints_the_report_of_a_course_that_was_never_published(panlearn, tmp_path):
    course = write_course(tmp_path)
    answer = tmp_path / "answer.py"
    answer.write_text("def double(x):\n    return 2 * x\n")
    done = grade(panlearn, course, "double", answer)
    report = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (report["verdict"], report["fault"], report["points"], report["max_points"]) == ("passed", None, 1.0, 1.0)
    answer.write_text("def double(x):\n    return x\n")
    report = json.loads(grade(panlearn, course, "double", answer).stdout)
    assert (report["verdict"], report["fault"]) == ("failed", "learner")
    assert "Twice two is four" in report["message"]
    assert "Traceback" not in done.output


@pytest.mark.parametrize("raw", [b"", b"x" * 70_000, b"\xff\xfe", b"def double(:", b"\0"])
def test_grade_gives_a_verdict_for_any_file(panlearn, tmp_path, raw):
    course = write_course(tmp_path)
    (tmp_path / "answer.py").write_bytes(raw)
    done = grade(panlearn, course, "double", tmp_path / "answer.py")
    report = json.loads(done.stdout)
    assert done.exit_code == 0
    assert report["verdict"] in {"failed", "error"}
    assert report["fault"] == "learner"
    assert report["message"]


def test_grade_refuses_what_it_cannot_use_with_status_2(panlearn, tmp_path):
    course = write_course(tmp_path)
    answer = tmp_path / "answer.py"
    answer.write_text("x = 1")
    unknown = grade(panlearn, course, "duoble", answer)
    assert (unknown.exit_code, "Did you mean double?" in unknown.stderr) == (2, True)
    assert grade(panlearn, tmp_path / "nowhere", "double", answer).exit_code == 2
    assert grade(panlearn, course, "double", tmp_path / "gone.py").exit_code == 2
    (course / "lesson.md").write_text(EXERCISE.replace("#| check: double", "#| check: other"))
    broken = grade(panlearn, course, "double", answer)
    assert broken.exit_code == 2
    assert "lesson.md:" in broken.stderr


def test_grade_builds_on_the_solutions_of_earlier_exercises_or_on_given_answers(panlearn, tmp_path):
    course = write_course(
        tmp_path,
        EXERCISE
        + "\n```{exercise} Four times\n:label: four\nUse `double`.\n```\n\n"
        + "```{code-cell} python\n#| exercise: four\n"
        + "### BEGIN SOLUTION\nfour = double(double(1))\n### END SOLUTION\n```\n\n"
        + "```{code-cell} python\n#| check: four\nassert four == 4\n```\n",
    )
    answer, own = tmp_path / "answer.py", tmp_path / "own.py"
    answer.write_text("four = double(double(1))")
    own.write_text("def double(x):\n    return 5 * x")
    assert json.loads(grade(panlearn, course, "four", answer).stdout)["verdict"] == "passed"
    assert (
        json.loads(grade(panlearn, course, "four", answer, "--earlier", f"double={own}").stdout)["verdict"] == "failed"
    )
