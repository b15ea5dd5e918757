"""The pages of a preview: only there on a preview, with the report, and a bar on every page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from panlearn.content.findings import Finding, Severity
from panlearn.web import create_app

ERROR = Finding(
    code="PL051", severity=Severity.ERROR, file="a<b>.md", line=3, message="It <i>passes</i>.", todo="Add a check."
)


@pytest.fixture
def preview(application, release):
    state = SimpleNamespace(
        course="waves",
        release=release.digest,
        step="",
        seconds=1.2,
        findings=(),
        problem="",
        errors=0,
        warnings=0,
        first="",
    )
    return SimpleNamespace(state=state)


@pytest.fixture
def client(application, preview):
    return create_app(application, preview).test_client()


def test_the_report_names_what_was_found_where_and_what_to_do(client, preview):
    preview.state.findings, preview.state.errors, preview.state.first = (ERROR,), 1, str(ERROR)
    page = client.get("/preview").text
    assert "1 error" in page
    assert "a&lt;b&gt;.md:3" in page
    assert "It &lt;i&gt;passes&lt;/i&gt;." in page
    assert "Add a check." in page
    assert "The pages show what was saved before." in page
    told = client.get("/preview/state").json
    assert (told["errors"], told["warnings"], told["first"]) == (1, 0, str(ERROR))


def test_every_page_has_the_bar_and_its_script(client, preview):
    page = client.get("/courses/waves").text
    assert f'data-preview="{preview.state.release}"' in page
    assert "preview-" in page
    assert 'href="/preview"' in page


def test_before_the_first_build_there_is_nothing_to_open(client, preview):
    preview.state.release, preview.state.step = "", "Reading"
    page = client.get("/preview").text
    assert "Reading …" in page
    assert "Open the course" not in page


def test_a_site_that_is_no_preview_has_none_of_it(visitor):
    assert visitor.get("/preview").status_code == 404
    assert visitor.get("/preview/state").status_code == 404
    assert "data-preview" not in visitor.get("/courses/waves").text
