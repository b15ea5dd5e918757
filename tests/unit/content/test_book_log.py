"""Complaints of Jupyter Book, told at the author's file and line."""

from __future__ import annotations

import pytest

from course_files import line_of, write_course
from panlearn.content.book import read_log
from panlearn.content.course_source import read_course
from panlearn.content.findings import Findings
from panlearn.content.staging import stage_lesson


@pytest.fixture
def told(tmp_path):
    def run(lesson, log):
        course = write_course(tmp_path, lesson)
        pages = {page.name: page for page in map(stage_lesson, read_course(course, Findings()).lessons)}
        findings = Findings()
        for complaint in read_log(log, pages, tmp_path):
            complaint.report(pages, findings)
        return course / "lesson.md", [(f.code, f.file, f.line) for f in findings.all]

    return run


def test_a_missing_target_without_a_line_is_found_where_it_is_named(told):
    lesson, found = told("Begone.\n\nSee {ref}`gone`.\n", "⚠️  lesson.md Cross reference target was not found: gone\n")
    assert found == [("PL032", "lesson.md", line_of(lesson, "{ref}"))]


def test_a_reference_to_nothing_is_told_once(told):
    log = '⚠️  lesson.md:5 No target for internal reference "#nope" was found.\n'
    log += "⚠️  lesson.md Cross reference text is empty for <undefined>.\n"
    _, found = told("See [](#nope).\n", log)
    assert found == [("PL032", "lesson.md", 5)]


def test_an_include_that_is_not_there_is_a_missing_file(told):
    log = '⛔️ lesson.md:5 Include Directive: Could not find "../secret.md" relative to "lesson.md"\n'
    _, found = told("```{include} ../secret.md\n```\n", log)
    assert found == [("PL033", "lesson.md", 5)]


def test_raw_html_is_ours_to_show_and_a_format_that_no_page_shows_says_which_do(told):
    log = "⚠️  lesson.md unknown format for raw content: html\n   Treating content as text\n"
    log += '⛔️ lesson.md:5 Unsupported image extension ".webm" may not correctly render.\n'
    _, found = told("![x](film.webm)\n", log)
    assert found == [("PL033", "lesson.md", 5)]
