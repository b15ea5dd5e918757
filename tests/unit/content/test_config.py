from __future__ import annotations

import pytest

from course_files import COURSE_YML, MYST_YML, copy_course, line_of, write_course
from panlearn.content.book_config import read_book_config
from panlearn.content.config import read_course_config
from panlearn.content.findings import Findings
from panlearn.content.yamlfile import YamlFile
from panlearn.errors import AuthorError


def course_findings(tmp_path, text):
    course = write_course(tmp_path, course__yml=text)
    findings = Findings()
    config = read_course_config(course, findings)
    return config, findings.all


def book_findings(tmp_path, text, **files):
    course = write_course(tmp_path, myst__yml=text, **files)
    findings = Findings()
    config = read_book_config(course, findings)
    return config, findings.all


def test_a_course_says_what_the_catalogue_needs(tmp_path):
    course = copy_course(tmp_path)
    findings = Findings()
    config = read_course_config(course, findings)
    book = read_book_config(course, findings)
    assert findings.all == []
    assert config.duration == 75
    assert config.techniques == ("PaNET01189",)
    assert config.exercises.reveal == "after-pass-or-5-tries"
    assert book.title == "First light"
    assert book.licence == "CC-BY-4.0"
    assert book.authors[0].orcid == "0000-0002-1825-0097"
    assert book.authors[0].affiliation == "The Example Source"
    assert book.pages == ("index.md", "01-lines.md", "02-areas.ipynb")


@pytest.mark.parametrize(("text", "minutes"), [("3h", 180), ("45m", 45), ("1h 30m", 90), ("1.5h", 90), ("20", 20)])
def test_durations_are_read_as_minutes(tmp_path, text, minutes):
    config, findings = course_findings(tmp_path, f"summary: x\nduration: {text}\n")
    assert findings == []
    assert config.duration == minutes


def test_an_unknown_option_is_found_on_its_line_with_the_one_that_was_meant(tmp_path):
    config, findings = course_findings(tmp_path, COURSE_YML + "techniqes: [PaNET1]\n")
    assert config is None
    [finding] = findings
    assert (finding.code, finding.file, finding.line) == ("PL002", "course.yml", 4)
    assert finding.message == "Unknown option `techniqes`."
    assert finding.todo == "Did you mean `techniques`?"


def test_a_nested_value_that_cannot_be_used_is_found_on_its_own_line(tmp_path):
    text = COURSE_YML + "exercises:\n  attempts: 3\n  reveal: sometimes\n"
    _, [finding] = course_findings(tmp_path, text)
    assert finding.line == 6
    assert "exercises.reveal" in finding.message


def test_a_missing_option_is_named(tmp_path):
    _, [finding] = course_findings(tmp_path, "summary: x\n")
    assert finding.message == "`duration` is missing."


@pytest.mark.parametrize("text", ["summary: [", "a: 1\n b: 2", "summary: 'x", "\tsummary: x"])
def test_yaml_that_cannot_be_parsed_says_where(tmp_path, text):
    _, [finding] = course_findings(tmp_path, text)
    assert finding.code == "PL001"
    assert finding.line >= 1


def test_yaml_that_explodes_is_refused_before_it_is_expanded():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\n"
    with pytest.raises(AuthorError, match="aliases") as caught:
        YamlFile(bomb, "course.yml")
    assert caught.value.line == 2


def test_plugins_and_extends_are_said_not_to_be_used(tmp_path):
    text = "extends: [https://example.org/base.yml]\n" + MYST_YML + "  plugins: [evil.mjs]\n"
    config, findings = book_findings(tmp_path, text)
    assert [f.code for f in findings] == ["PL005", "PL005"]
    assert "plugins" not in config.project


@pytest.mark.parametrize("name", ["../outside.md", "/etc/passwd", "missing.md", "course.yml"])
def test_pages_outside_the_course_or_missing_are_errors_on_their_line(tmp_path, name):
    (tmp_path / "outside.md").write_text("# Outside\n")
    text = MYST_YML.replace("lesson.md", name)
    _, findings = book_findings(tmp_path, text)
    assert [(f.code, f.line) for f in findings] == [("PL006", 8)]


def test_a_page_that_is_a_link_out_of_the_course_is_not_read(tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n")
    course = write_course(tmp_path)
    (course / "lesson.md").unlink()
    (course / "lesson.md").symlink_to(tmp_path / "secret.md")
    findings = Findings()
    read_book_config(course, findings)
    assert [f.code for f in findings.all] == ["PL006"]


def test_without_a_toc_the_pages_of_the_folder_are_taken_index_first(tmp_path):
    text = MYST_YML.split("  toc:", maxsplit=1)[0]
    config, _ = book_findings(tmp_path, text, a__md="# A\n")
    assert config.pages == ("index.md", "a.md", "lesson.md")


def test_a_course_without_licence_and_author_is_warned(tmp_path):
    text = MYST_YML.replace("  license: CC-BY-4.0\n", "").replace("  authors: [{name: Ada Example}]\n", "")
    _, findings = book_findings(tmp_path, text)
    assert [(f.severity, f.code) for f in findings] == [("warning", "PL003")] * 2


def test_a_bibliography_outside_the_course_is_an_error(tmp_path):
    course = write_course(tmp_path, myst__yml=MYST_YML + "  bibliography: [../x.bib]\n")
    findings = Findings()
    read_book_config(course, findings)
    [finding] = findings.all
    assert (finding.code, finding.line) == ("PL033", line_of(course / "myst.yml", "../x.bib"))
