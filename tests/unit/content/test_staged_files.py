"""Which files of a course its pages may use, and what never reaches the book."""

from __future__ import annotations

import pytest

from course_files import write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.staged_files import copy_files, may_be_used
from panlearn.content.staging import stage_lesson

LABELLED = """\
```{code-cell} python
#| label: fig-a
#| caption: "A line: it rises"
#| alt: A line
1
```
"""


@pytest.mark.parametrize("name", ["a.png", "a.svg", "film.mp4", "data.csv", "bragg.py", "part.md", "A.JSON"])
def test_pictures_films_data_and_text_may_be_used(tmp_path, name):
    (tmp_path / name).write_text("x = 1\n")
    assert may_be_used(tmp_path / name)


@pytest.mark.parametrize("name", ["a.exe", "page.html", "course.yml", "notes.ipynb", "style.css", "x.mjs"])
def test_nothing_else_may(tmp_path, name):
    (tmp_path / name).write_text("x = 1\n")
    assert not may_be_used(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n",
        "###BEGIN HIDDEN TESTS\n",
        "```{code-cell} python\n#| check: a\nassert x\n```\n",
        "#| wrong: a\n",
        "```{quiz} Which?\n- [x] this\n```\n",
        "```{hint}\nSo.\n```\n",
        ":::{exercise-start}\n",
    ],
)
def test_text_with_exercises_checks_or_keys_may_not_be_included(tmp_path, text):
    for name in ("part.md", "solution.py"):
        (tmp_path / name).write_text(text)
        assert not may_be_used(tmp_path / name)


def test_pages_are_not_copied_and_folders_are_kept(tmp_path):
    course, book = tmp_path / "course", tmp_path / "book"
    (course / "code").mkdir(parents=True)
    for name in ("index.md", "part.md", "code/bragg.py", "secret.html"):
        (course / name).write_text("text\n")
    copy_files(course, book, {"index.md"})
    assert sorted(path.relative_to(book).as_posix() for path in book.rglob("*.*")) == ["code/bragg.py", "part.md"]


def test_the_caption_of_a_labelled_cell_is_staged_so_that_its_figure_has_a_number(tmp_path):
    source = read_course(write_course(tmp_path, LABELLED), Findings())
    staged = stage_lesson(source.lessons[1])
    row = staged.rows.index('#| caption: "A line: it rises"')
    assert staged.rows[row - 1] == "#| label: fig-a"
