"""Hints are built again when their text changes, or what they could refer to; not for prose elsewhere."""

from __future__ import annotations

import pytest

from course_files import EXERCISE, write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.kept_hints import hints_key
from panlearn.content.staging import stage_hints, stage_lesson
from panlearn.services.kept_results import KeptResults

HINT = "\n```{hint}\nSee {eq}`eq-one`.\n```\n"
LESSON = f"## Part\n\nProse.\n\n$$\na = b\n$$ (eq-one)\n\n{EXERCISE}{HINT}"


def key(folder, lesson=LESSON, **files):
    source = read_course(write_course(folder, lesson, **files), Findings())
    hints, _ = stage_hints(source)
    return hints_key(KeptResults(None), source, [stage_lesson(one) for one in source.lessons], hints)


def test_other_prose_changes_nothing(tmp_path):
    assert key(tmp_path / "a") == key(tmp_path / "b", LESSON.replace("Prose.", "Other prose.\n\nAnd more.")) != ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("See {eq}", "Look at {eq}"),
        ("## Part", "## Another part"),
        ("Prose.", "$$\nc = d\n$$ (eq-zero)"),
        ("Prose.", "(here)=\nProse."),
        ("Prose.", "```{figure} x.png\n:name: one\nA\n```"),
        ("Prose.", "Prose [@Bragg1913]."),
    ],
)
def test_what_hints_could_refer_to_changes_it(tmp_path, old, new):
    assert key(tmp_path / "a") != key(tmp_path / "b", LESSON.replace(old, new)) != ""


def test_the_bibliography_counts(tmp_path):
    assert key(tmp_path / "a") != key(tmp_path / "b", refs__bib="@book{x, title={X}}\n")


@pytest.mark.parametrize("hint", ["![alt](x.png)", "Get {download}`x.csv`.", "Read [it](other.md)."])
def test_hints_that_show_files_are_always_built(tmp_path, hint):
    assert key(tmp_path, LESSON.replace("See {eq}`eq-one`.", hint)) == ""
