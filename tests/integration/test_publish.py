"""A course published by the real engine and grader: what comes out, what never does, what a failure leaves."""

from __future__ import annotations

import json
import shutil
import stat
import threading
from pathlib import Path

import nbformat
import pytest

from course_files import EXERCISE, FIRST_LIGHT, copy_course, write_course
from panlearn.bootstrap import Application
from panlearn.content import building
from panlearn.content.findings import CourseRefused
from panlearn.content.release_store import ReleaseStore
from panlearn.domain.quiz.drawing import marker as drawn_marker
from panlearn.models import schema
from panlearn.services.publishing import Publisher
from panlearn.services.releases import Releases
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    application = Application(Settings(home=home, environments=ROOT / "var" / "environments"))
    schema.upgrade(application.database)
    yield application
    application.close()


@pytest.fixture(scope="module")
def publish(app):
    """Publishes a course and makes it current."""

    def run(path, engine=None):
        store = ReleaseStore(app.settings)
        release = Publisher(None, app.settings, engine or app.engine, app.grader, store).prepare(path)
        with app.writing() as session:
            Releases(session).activate(release.course.slug, release.digest)
        return release

    return run


@pytest.fixture(scope="module")
def release(publish):
    return publish(FIRST_LIGHT)


@pytest.fixture(scope="module")
def folder(app, release):
    return app.settings.releases_dir / "first-light" / release.digest


def fragment(app, release, page):
    return ReleaseStore(app.settings).fragment(release, page)


def test_a_release_says_what_the_course_is(release):
    assert release.course.title == "First light"
    assert [(page.slug, page.number, page.title) for page in release.pages] == [
        ("index", None, "First light"),
        ("lines", 1, "Lines"),
        ("areas", 2, "Areas"),
    ]
    assert release.page("lines").summary == "Slopes, and where a line begins."
    assert [section.id for section in release.page("lines").sections] == ["reading-points", "using-it", "references"]
    assert release.page("lines").minutes >= 5
    assert release.exercises["intercept"].needs == ("slope",)
    assert release.exercises["slope"].hints == 2
    assert release.max_points == 4.0


def test_pages_show_outputs_that_were_computed_with_the_solutions(app, release):
    lines = fragment(app, release, "lines")
    assert '<pre class="stream stdout" tabindex="0">points: 3</pre>' in lines
    assert '<pre class="stream stdout" tabindex="0">steep: 6.0</pre>' in lines
    assert 'alt="Three points on a rising line"' in lines
    areas = fragment(app, release, "areas")
    assert '<table class="dataframe">' in areas
    assert '<p class="bad">ZeroDivisionError: division by zero</p>' in areas
    assert areas.count('class="katex-display"') == 1


def test_pages_link_to_each_other_and_to_their_assets(app, release, folder):
    index, lines = fragment(app, release, "index"), fragment(app, release, "lines")
    for link in ('href="{course}/lines"', 'href="{course}/areas"', 'href="{course}/lines#eq-line"'):
        assert link in index
    assert 'href="{course}/lines#eq-line"' in fragment(app, release, "areas")
    assets = {path.name for path in (folder / "assets").iterdir()}
    assert len(assets) == 2
    assert all(f"{{assets}}/{name}" in lines for name in assets)


def test_hints_are_in_the_private_bundle_with_their_formulas_set(app, release):
    hints = ReleaseStore(app.settings).bundle(release, "slope").hints
    assert len(hints) == 2
    assert 'href="{course}/lines#eq-line"' in hints[0]
    assert 'class="katex"' in hints[1]
    assert "The run is" not in fragment(app, release, "lines")


def test_the_grading_folder_is_closed_and_the_rest_can_be_read(folder):
    assert stat.S_IMODE((folder / "grading").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (folder / "grading").iterdir())


def test_student_notebooks_open_anywhere_and_hold_starters_only(folder):
    for name in ("lines", "areas"):
        notebook = nbformat.read(folder / "downloads" / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert "### BEGIN" not in text
        assert "#| exercise" not in text
        assert "The rise is" not in text
        assert "assert" not in text
    lines = nbformat.read(folder / "downloads" / "lines.ipynb", as_version=4)
    assert any(cell.source.endswith('through points."""\n    ...') for cell in lines.cells)
    assert any("### Exercise: The slope" in cell.source for cell in lines.cells)
    assert any(
        "attachment:circle.svg" in cell.source and cell.attachments
        for cell in lines.cells
        if cell.cell_type == "markdown"
    )


def test_publishing_again_needs_neither_engine_nor_grader(app, release):
    again = Publisher(None, app.settings, None, None, ReleaseStore(app.settings)).publish(FIRST_LIGHT)
    assert again == release


def test_two_publishes_at_once_make_one_release(app, publish, tmp_path):
    course = write_course(tmp_path)
    made = []
    threads = [threading.Thread(target=lambda: made.append(publish(course).digest)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert [path.name for path in (app.settings.releases_dir / "trial").iterdir()] == [made[0]]


def everything_below(*folders):
    return {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix not in {".lock", ".log", ".sqlite-shm"} and "cache" not in path.parts
    }


def test_a_course_that_fails_leaves_the_last_release_and_nothing_else(app, publish, tmp_path):
    course = copy_course(tmp_path)
    first = publish(course)
    lesson = course / "01-lines.md"
    lesson.write_text(lesson.read_text().replace("== approx(2.0)", "== approx(3.0)"))
    (course / "data" / "more.csv").write_text("1\n")
    before = everything_below(app.settings.home_dir, app.settings.runtime_dir)
    with pytest.raises(CourseRefused) as caught:
        publish(course)
    assert caught.value.code == "PL050"
    assert caught.value.file == "01-lines.md"
    assert everything_below(app.settings.home_dir, app.settings.runtime_dir) == before
    with app.reading() as session:
        assert Releases(session).current("first-light").digest == first.digest


def test_a_changed_course_becomes_the_next_version(publish, tmp_path):
    course = copy_course(tmp_path)
    first = publish(course)
    (course / "index.md").write_text("# First light\n\nChanged.\n")
    second = publish(course)
    assert second.version == first.version + 1
    assert second.digest != first.digest
    assert second.files == first.files


SECRETS = {
    "solution": "mkSolution1",
    "hidden check": "mkHidden2",
    "expected value": "918273645",
    "wrong answer": "mkWrong4",
    "hint": "mkHint5",
    "message": "mkMessage6",
    "output of the answer": "mkPrinted7",
    "a line of the traceback": "mkRaised8",
}
MARKED = f"""\
```{{exercise}} Marked
:label: marked
Write `marked(x)`.
```

```{{code-cell}} python
#| exercise: marked
def marked(x):
    ### BEGIN SOLUTION
    {SECRETS["solution"]} = {SECRETS["expected value"]}
    if x < 0: raise ValueError("negative")  # {SECRETS["a line of the traceback"]}
    return {SECRETS["solution"]} * x
    ### END SOLUTION
### BEGIN SOLUTION
print("{SECRETS["output of the answer"]}")
### END SOLUTION
```

```{{code-cell}} python
#| check: marked
assert marked(1) == {SECRETS["expected value"]}, "{SECRETS["message"]}"
### BEGIN HIDDEN TESTS
#| idea: it grows with x
{SECRETS["hidden check"]} = marked(2)
assert {SECRETS["hidden check"]} == 2 * {SECRETS["expected value"]}
### END HIDDEN TESTS
```

```{{hint}}
{SECRETS["hint"]}
```

```{{code-cell}} python
#| wrong: marked
#| says: {SECRETS["message"]}
def marked(x):
    {SECRETS["wrong answer"]} = 1
    return x
```

```{{code-cell}} python
#| tags: [raises-exception]
marked(-1)
```

The end of the lesson.
"""


class Recorder:
    """The engine, which keeps a copy of every folder that a jailed command worked in."""

    def __init__(self, engine, folder):
        self.engine, self.folder = engine, folder

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def run_jailed(self, argv, *, writable, **more):
        done = self.engine.run_jailed(argv, writable=writable, **more)
        shutil.copytree(writable, self.folder / writable.name, symlinks=True)
        return done


def files_with(folder, marker):
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and marker.encode() in path.read_bytes()
    ]


def test_nothing_secret_is_in_the_release_or_in_the_staging_book(app, publish, tmp_path):
    release = publish(write_course(tmp_path, MARKED), Recorder(app.engine, tmp_path / "staged"))
    folder = app.settings.releases_dir / "trial" / release.digest
    staged = tmp_path / "staged" / "book"
    assert files_with(folder / "pages", "The end of the lesson")
    assert files_with(staged / "_build", "The end of the lesson")
    assert "ValueError: negative" in (folder / "pages" / "lesson.html").read_text()
    for what, marker in SECRETS.items():
        assert [path.parent.name for path in files_with(folder, marker)] in ([], ["grading"]), what
        assert files_with(staged, marker) == [], what


def test_an_output_that_shows_a_solution_stops_the_publish(publish, tmp_path):
    lesson = EXERCISE.replace("return 2 * x", "return x + x + 0 * x") + (
        "\n```{code-cell} python\nimport inspect\nprint(inspect.getsource(double))\n```\n"
    )
    with pytest.raises(CourseRefused) as caught:
        publish(write_course(tmp_path, lesson))
    assert [finding.code for finding in caught.value.findings if finding.severity == "error"] == ["PL041"]


def test_the_release_can_be_read_by_another_process(app, release):
    text = json.loads((app.settings.releases_dir / "first-light" / release.digest / "release.json").read_text())
    assert text["digest"] == release.digest


DRAWN = """\
```{code-cell} python
#| variant: {spacing: [2.0, 4.0, 0.1]}
print(10 * spacing, "is ten times your spacing")
```

```{exercise} Angle
:label: angle
Write `angle`.
```

```{code-cell} python
#| exercise: angle
### BEGIN SOLUTION
angle = 2 * spacing
### END SOLUTION
```

```{code-cell} python
#| check: angle
assert angle == 2 * spacing, "Twice your spacing"
```

```{code-cell} python
#| wrong: angle
#| says: Twice your
angle = spacing
```
"""


def test_numbers_drawn_per_learner_are_in_no_output_and_each_learner_is_graded_with_their_own(publish, app, tmp_path):
    release = publish(write_course(tmp_path, DRAWN))
    store = ReleaseStore(app.settings)
    fragment = store.fragment(release, "lesson")
    assert "spacing = " + drawn_marker("spacing") in fragment
    assert "is ten times your spacing&" not in fragment.partition("run the cell")[2]
    assert "Your numbers are your own" in fragment
    bundle = store.bundle(release, "angle")

    for spacing in ("2.0", "3.3"):
        own = bundle.drawn({"spacing": spacing})
        assert app.grader.grade(own, f"angle = 2 * {spacing}").verdict == "passed"
        assert app.grader.grade(own, "angle = 2 * spacing").verdict == "passed"
        assert app.grader.grade(own, "angle = 7.4").verdict == "failed"


def test_a_solution_that_is_right_for_some_numbers_only_is_refused(publish, tmp_path):
    lesson = DRAWN.replace("angle = 2 * spacing\n###", "angle = min(2 * spacing, 7)\n###")
    with pytest.raises(CourseRefused) as refused:
        publish(write_course(tmp_path, lesson))
    [error] = [one for one in refused.value.findings if one.code == "PL050"]
    assert "with spacing = 4.0" in error.message


class Untouched:
    """An engine or a grader that nothing may be asked of but to build a book."""

    def __init__(self, engine=None):
        self.run_jailed = engine.run_jailed if engine else None


def test_what_did_not_change_is_neither_run_nor_graded_nor_built_again(app, tmp_path, monkeypatch):
    built = []
    really = building.build_book
    monkeypatch.setattr(building, "build_book", lambda folder, *rest: built.append(folder) or really(folder, *rest))
    hint = "\n```{hint}\nAdd it to itself.\n```\n"
    course = write_course(tmp_path, f"```{{code-cell}} python\nprint('once')\n```\n\n{EXERCISE}{hint}")
    store = ReleaseStore(app.settings)
    first = Publisher(None, app.settings, app.engine, app.grader, store)
    first.prepare(course)
    lesson = course / "lesson.md"
    lesson.write_text(lesson.read_text() + "\n\nA new sentence at the end.\n")

    again = Publisher(None, app.settings, Untouched(app.engine), Untouched(), store)
    release = again.prepare(course)

    fragment = store.fragment(release, "lesson")
    assert "A new sentence at the end." in fragment
    assert "once" in fragment
    assert again.costs == first.costs != []
    assert store.bundle(release, "double").checks

    assert store.bundle(release, "double").hints == ("<p>Add it to itself.</p>",)
    assert len(built) == 3, "two books, then one"

    fresh = Publisher(None, app.settings, Untouched(app.engine), Untouched(), store, fresh=True)
    with pytest.raises(AttributeError):
        fresh.check(course)


def test_a_finding_is_found_again_where_it_stands_now(app, tmp_path):
    lesson = EXERCISE.replace("#| says: twice two", "#| says: something else")
    course = write_course(tmp_path, lesson)
    check = Publisher(None, app.settings, app.engine, app.grader, ReleaseStore(app.settings)).check
    before = [(one.code, one.line) for one in check(course)]
    file = course / "lesson.md"
    file.write_text(file.read_text().replace("Text.", "Text.\n\nMore text."))
    assert [(code, line + 2) for code, line in before] == [(one.code, one.line) for one in check(course)]
    assert ("PL052", before[0][1]) in before
