"""`variant:` of code cells: numbers drawn per learner, from the author's option to the grading bundle."""

from __future__ import annotations

import json

import pytest

from course_files import EXERCISE, line_of, write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.published import published_cells
from panlearn.content.staging import stage_lesson
from panlearn.content.student import student_notebook
from panlearn.content.variants import read_variant, with_draw
from panlearn.domain.exercise import Step
from panlearn.domain.quiz.drawing import draw, filled, marker

DRAWN = """\
```{code-cell} python
#| variant: {spacing: [2.0, 4.0, 0.1], seed: [1, 9999, 1]}
import random
counts = random.Random(seed).randrange(100)
```

```{code-cell} python
plain = 3
```

```{code-cell} python
shown = counts + plain
print(shown)
```

```{exercise} Angle
:label: angle
Write `angle`, from your `spacing`.
```

```{code-cell} python
#| exercise: angle
### BEGIN SOLUTION
angle = 2 * spacing
### END SOLUTION
```

```{code-cell} python
#| check: angle
assert angle == 2 * spacing
```

```{exercise} More
:label: more
More.
```

```{code-cell} python
#| exercise: more
### BEGIN SOLUTION
more = angle + shown
### END SOLUTION
```

```{code-cell} python
#| check: more
assert more == angle + shown
```
"""
FIRST = f"spacing, seed = {marker('spacing')}, {marker('seed')}  # drawn for you"


def read(folder, lesson=DRAWN):
    findings = Findings()
    course = write_course(folder, lesson)
    return read_course(course, findings), findings, course / "lesson.md"


def test_the_cell_that_draws_and_what_uses_it_run_on_both_sides_and_are_no_set_up(tmp_path):
    source, findings, _ = read(tmp_path)
    assert findings.errors == []
    angle, more = source.bundles["angle"], source.bundles["more"]
    draws = Step(source=f"{FIRST}\nimport random\ncounts = random.Random(seed).randrange(100)", both=True)
    shown = Step(source="shown = counts + plain\nprint(shown)", both=True)
    assert angle.setup == ("plain = 3",)
    assert angle.steps == (draws,)
    assert more.steps == (draws, shown, Step(exercise="angle"))
    assert [one.name for one in angle.variant] == ["spacing", "seed"]
    assert more.needs == ("angle",)


def test_an_exercise_that_uses_no_drawn_number_has_no_variant(tmp_path):
    lesson = DRAWN.replace("angle = 2 * spacing", "angle = 2").replace("angle == 2 * spacing", "angle == 2")
    source, _, _ = read(tmp_path, lesson)
    assert (source.bundles["angle"].variant, source.bundles["angle"].steps) == ((), ())


def test_a_bundle_is_filled_with_a_learners_numbers_and_an_examples_where_some_are_missing(tmp_path):
    source, _, _ = read(tmp_path)
    bundle = source.bundles["angle"]
    drawn = bundle.drawn({"spacing": "2.7", "seed": "42", "other": "1"})
    assert drawn.steps[0].source.startswith("spacing, seed = 2.7, 42  # drawn for you\n")
    assert drawn.variant == ()
    assert marker("seed") not in bundle.drawn({"spacing": "2.7"}).steps[0].source
    assert bundle.drawn({}) == bundle.drawn({}), "an example is the same every time"


def test_pages_and_notebooks_hold_markers_and_only_the_run_an_example(tmp_path):
    source, _, _ = read(tmp_path)
    lesson = source.lessons[1]
    cell = published_cells(lesson)[0]
    assert cell.source.startswith(FIRST)
    assert cell.run.startswith("spacing, seed = ")
    assert marker("seed") not in cell.run
    assert f"{FIRST}\n" in "\n".join(stage_lesson(lesson).rows)
    assert FIRST in student_notebook(lesson, "The lesson", source.folder)["cells"][1]["source"]
    assert lesson.variant == source.bundles["angle"].variant
    assert source.drawn == {("lesson", lesson.page.cells.index(c)) for c in lesson.page.cells if "counts" in c.body}


def test_lines_of_a_staged_page_stay_those_of_the_file(tmp_path):
    source, _, file = read(tmp_path)
    staged = stage_lesson(source.lessons[1])
    row = staged.rows.index("shown = counts + plain") + 1
    assert staged.origin(row)[1] in {line_of(file, "shown = counts"), line_of(file, "shown = counts") + 1}


def test_a_cell_of_nothing_but_its_variant_is_a_cell(tmp_path):
    lesson = DRAWN.replace("import random\ncounts = random.Random(seed).randrange(100)\n", "").replace("counts", "seed")
    source, findings, _ = read(tmp_path, lesson)
    assert findings.errors == []
    assert published_cells(source.lessons[1])[0].source == FIRST


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("variant: {Spacing: [1, 2, 1]}", "cannot be the name"),
        ("variant: {lambda: [1, 2, 1]}", "cannot be the name"),
        ("variant: {spacing: [2, 1, 1], seed: [1, 2, 1]}", "no range"),
        ("variant: {spacing: [1, 2, 0], seed: [1, 2, 1]}", "no range"),
        ("variant: {spacing: [1, 2], seed: [1, 2, 1]}", "no range"),
        ("variant: {spacing: [1, 2, .nan], seed: [1, 2, 1]}", "no range"),
        ("variant: {spacing: [0, 1, 0.0000001], seed: [1, 2, 1]}", "no range"),
        ("variant: {}", "names no variable"),
        ("variant: spacing", "names no variable"),
    ],
)
def test_a_variant_that_cannot_be_drawn_is_a_finding_on_its_line(tmp_path, option, words):
    _, findings, file = read(tmp_path, DRAWN.replace("variant: {spacing: [2.0, 4.0, 0.1], seed: [1, 9999, 1]}", option))
    error = next(one for one in findings.errors if one.code == "PL013")
    assert words in error.message
    assert error.line == line_of(file, "#| variant")


def test_the_same_name_drawn_twice_is_a_finding(tmp_path):
    _, findings, _ = read(tmp_path, DRAWN.replace("plain = 3", "#| variant: {seed: [1, 2, 1]}\nplain = 3"))
    [error] = findings.errors
    assert "drawn already" in error.message


@pytest.mark.parametrize("option", ["#| exercise: double", "#| check: double", "#| wrong: double"])
def test_answers_and_checks_draw_nothing(tmp_path, option):
    lesson = EXERCISE.replace(option, f"{option}\n#| variant: {{seed: [1, 2, 1]}}")
    _, findings, _ = read(tmp_path, lesson)
    assert [one.code for one in findings.errors] == ["PL013"]


def test_numbers_keep_their_decimals_and_are_known_again():
    spacing, seed = read_variables()
    assert draw([spacing, seed], "one") == draw([spacing, seed], "one") != draw([spacing, seed], "two")
    for number in range(50):
        drawn = draw([spacing, seed], str(number))
        assert len(drawn["spacing"]) == 3
        assert spacing.has(drawn["spacing"])
        assert seed.has(drawn["seed"])
    assert not any(spacing.has(text) for text in ("1.9", "4.1", "2.05", "2", "", "x", "nan", "1e400", "-1"))


def read_variables():
    return read_variant({"spacing": [2.0, 4.0, 0.1], "seed": [1, 9999, 1]})


def test_the_first_line_survives_a_notebook(tmp_path):
    """What is written into a notebook's JSON is filled there as a text."""
    [spacing, seed] = read_variables()
    source, _, _ = read(tmp_path)
    text = with_draw(source.lessons[1].page.cells[1], (spacing, seed))
    drawn = {"spacing": "2.5", "seed": "7"}
    assert json.loads(filled(json.dumps(text, ensure_ascii=False), drawn)).startswith("spacing, seed = 2.5, 7 ")
