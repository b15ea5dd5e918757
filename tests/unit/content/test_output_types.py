"""Outputs of every type that a notebook can hold, as a page shows them without running anything."""

from __future__ import annotations

import base64
import struct

import pytest

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.outputs import OutputRenderer, latex_of
from panlearn.content.rendering.pictures import MOST_ROWS, described

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08").decode()
PLOTLY = "application/vnd.plotly.v1+json"
VEGA_LITE = "application/vnd.vegalite.v5+json"
NEEDS_A_NOTEBOOK = "Take this lesson with you as a notebook to use it."


def show(bundle, **more):
    cell = PublishedCell(id="c1", index=0, source="x", run="x", exercise=None, line=5, **more)
    renderer = OutputRenderer(file="a.md", assets=Assets(), findings=Findings())
    return renderer.render(cell, [{"output_type": "display_data", "data": bundle, "metadata": {}}]), renderer


def test_markdown_is_set_without_html_of_its_own_and_without_pictures():
    html, _ = show({"text/markdown": ["*a* <b>b</b>\n", "\n![x](https://e.org/x.png)\n", "\n[l](javascript:x)"]})
    assert "<em>a</em> &lt;b&gt;b&lt;/b&gt;" in html
    assert "<img" not in html
    assert "<a" not in html
    assert "<p>x</p>" in html


def test_json_is_indented_text():
    html, _ = show({"application/json": {"q": [1], "name": "<b>"}, "text/plain": "<JSON>"})
    assert html.startswith('<pre class="text json" tabindex="0">{\n  &quot;q&quot;')
    assert "&lt;b&gt;" in html


def test_scripts_never_run_their_text_is_shown_and_why():
    html, _ = show({"application/javascript": "alert(1)", "text/plain": "<Javascript>"})
    assert "alert" not in html
    assert html.startswith('<pre class="text" tabindex="0">&lt;Javascript&gt;</pre><p class="widget-note">')
    assert NEEDS_A_NOTEBOOK in html


def test_html_that_only_a_script_would_fill_says_so_and_html_with_text_is_shown():
    empty, _ = show({"text/html": "<div id='p'></div><script>draw()</script>", "text/plain": "Chart()"})
    assert empty.startswith('<pre class="text" tabindex="0">Chart()</pre>')
    assert NEEDS_A_NOTEBOOK in empty
    table, _ = show({"text/html": "<table><tr><td>1</td></tr></table><script>sort()</script>"})
    assert "<td>1</td>" in table
    assert "sort" not in table


def test_a_document_is_a_link_and_films_and_sounds_can_be_played():
    pdf, renderer = show({"application/pdf": base64.b64encode(b"%PDF-1.4" * 200).decode()})
    [name] = renderer.assets.files
    link = f'<a href="{{assets}}/{name}" download="c1.pdf">Download the PDF (2 KiB)</a>'
    assert pdf == f'<p class="file-out">{link}</p>'
    sound, renderer = show({"audio/wav": base64.b64encode(b"RIFF").decode()}, alt="A tone")
    assert sound.startswith('<audio src="{assets}/')
    assert 'controls preload="metadata" aria-label="A tone"' in sound
    film, _ = show({"video/mp4": base64.b64encode(b"mp4").decode()})
    assert film.startswith("<video ")


def test_a_sound_that_ipython_puts_into_html_can_be_played():
    data = base64.b64encode(b"RIFF").decode()
    html, renderer = show({"text/html": f'<audio controls><source src="data:audio/wav;base64,{data}"></audio>'})
    assert html.startswith("<audio ")
    assert list(renderer.assets.files.values()) == [b"RIFF"]


def test_a_plotly_picture_shows_its_still_where_it_has_one():
    html, _ = show({PLOTLY: {"data": []}, "image/png": PNG, "text/html": "<script>x</script>"}, alt="A line")
    assert html.startswith('<img class="plot-img"')
    assert 'alt="A line"' in html
    assert NEEDS_A_NOTEBOOK in html


def test_a_plotly_picture_without_a_still_shows_its_data():
    spec = {
        "data": [{"name": "<silicon>", "x": [1, 2], "y": [0.123456789, 5.0]}],
        "layout": {"title": {"text": "Two<br>lines"}, "xaxis": {"title": "q"}},
    }
    html, _ = show({PLOTLY: spec}, caption="What it shows")
    assert '<p class="title">Two lines</p>' in html
    assert "<caption>&lt;silicon&gt;</caption>" in html
    assert '<tr><th scope="col">q</th><th scope="col">y</th></tr>' in html
    assert "<tr><td>1</td><td>0.123457</td></tr><tr><td>2</td><td>5</td></tr>" in html
    assert html.endswith("<figcaption>What it shows</figcaption></figure>")


def test_numbers_that_plotly_packs_are_read():
    packed = {"dtype": "f8", "bdata": base64.b64encode(struct.pack("<2d", 0.5, 1.5)).decode()}
    assert "<td>0.5</td><td>3</td>" in described(PLOTLY, {"data": [{"x": packed, "y": [3, 4]}]})
    assert described(PLOTLY, {"data": [{"x": {"dtype": "f8", "bdata": "???"}}]}) == ""


def test_long_data_are_cut_and_say_how_long_they_are():
    values = [{"q": n} for n in range(MOST_ROWS + 5)]
    html = described(VEGA_LITE, {"data": {"values": values}})
    assert html.count("<tr>") == MOST_ROWS + 1
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 5} rows." in html
    many = {"data": [{"y": [1]} for _ in range(7)]}
    assert "3 more series are not listed." in described(PLOTLY, many)


@pytest.mark.parametrize(
    "spec",
    [
        {"title": "Counts", "data": {"name": "d"}, "datasets": {"d": [{"q": 0.1, "n": 2}]}},
        {"title": ["Counts"], "data": {"values": [{"q": 0.1, "n": 2}]}},
        {"title": {"text": "Counts"}, "data": [{"name": "d", "values": [{"q": 0.1, "n": 2}]}]},
    ],
)
def test_vega_pictures_show_the_data_they_carry(spec):
    html = described(VEGA_LITE, spec)
    assert '<p class="title">Counts</p>' in html
    assert "<tr><td>0.1</td><td>2</td></tr>" in html


def test_a_picture_whose_data_are_elsewhere_shows_its_text_and_asks_nobody():
    html, _ = show({VEGA_LITE: {"data": {"url": "https://example.org/d.csv"}}, "text/plain": "<VegaLite>"})
    assert "example.org" not in html
    assert "&lt;VegaLite&gt;" in html


def test_a_type_nobody_knows_is_said_on_the_page_and_warned_of():
    html, renderer = show({"application/x-unheard+json": {}})
    assert html == '<p class="widget-note">This output cannot be shown here (application/x-unheard+json).</p>'
    assert [(f.code, f.severity, f.line) for f in renderer.findings.all] == [("PL036", "warning", 5)]


def test_what_is_not_shown_as_a_formula_is_not_set_as_one():
    latex = {"text/latex": "$x$", "text/plain": "x"}
    assert latex_of({"data": latex}) == "x"
    assert latex_of({"data": {**latex, PLOTLY: {}}}) is None
    assert latex_of({"data": {**latex, "image/png": PNG}}) is None
