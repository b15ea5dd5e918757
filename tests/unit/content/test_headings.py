"""Headings: no level may be missing for who listens to a page."""

from __future__ import annotations

import pytest

from course_files import line_of, write_course
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings


def found(folder, text):
    findings = Findings()
    course = write_course(folder, text)
    read_course(course, findings)
    return [(one.line, one.message) for one in findings.all if one.code == "PL043"], course / "lesson.md"


def test_a_level_that_is_skipped_is_a_warning_on_its_line(tmp_path):
    notes, file = found(tmp_path, "## One\n\n#### Deep\n\n## Two\n\n### Fine\n")
    assert notes == [(line_of(file, "#### Deep"), "This heading skips from level 2 to level 4.")]


def test_a_second_title_is_a_warning(tmp_path):
    notes, file = found(tmp_path, "# Another\n")
    assert notes == [(line_of(file, "# Another"), "This is a second title of the page.")]


@pytest.mark.parametrize(
    "text",
    [
        "```python\n#### a comment\n```\n\n## Fine\n",
        "````{note}\n```\n#### x\n```\n#### in a block\n````\n",
        ":::{tip}\n#### in a block\n:::\n\n## Fine\n",
        "~~~\n#### x\n```\n#### y\n~~~\n",
        "#hashtag and ####### seven\n",
        "```{code-cell} python\n#### a comment\n```\n",
    ],
)
def test_what_is_no_heading_of_the_page_is_none(tmp_path, text):
    assert found(tmp_path, text)[0] == []
