from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.ansi import overwrite, plain, to_html
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.html import sanitise
from panlearn.content.rendering.outputs import MAX_TEXT, OutputRenderer, latex_of

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08").decode()


def cell(**more):
    return PublishedCell(id="c1", index=0, source="x", run="x", exercise=None, line=5, **more)


def render(*outputs, formulas=None, **more):
    renderer = OutputRenderer(file="a.md", assets=Assets(), findings=Findings(), formulas=formulas or {})
    return renderer.render(cell(**more), outputs), renderer


def data(**bundle):
    return {"output_type": "display_data", "data": {k.replace("__", "/"): v for k, v in bundle.items()}, "metadata": {}}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def test_streams_are_merged_by_neighbours_and_keep_their_colours():
    html, _ = render(stream("a\n"), stream(["b", "\x1b[31mred\x1b[0m\n"]), stream("w", "stderr"))
    assert html == (
        '<pre class="stream stdout" tabindex="0">a\nb<span class="ansi-red-fg">red</span></pre>'
        '<pre class="stream stderr" tabindex="0">w</pre>'
    )


def test_the_richest_form_is_shown_and_html_is_sanitised():
    html, _ = render(
        data(text__plain="x", text__html="<table class='dataframe btn'><tr><td onclick='x'>1</td></tr></table>")
    )
    assert html == (
        '<div class="html-out" tabindex="0" role="region" aria-label="Output">'
        '<table class="dataframe"><tbody><tr><td>1</td></tr></tbody></table></div>'
    )


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>body{display:none}</style>",
        "<iframe src='https://example.org'></iframe>",
        "<form action='/sign-out'><button>x</button></form>",
        "<div style='position:fixed'>x</div>",
        "<svg><use href='#x'/></svg>",
        "<div class='ex admonition'>x</div>",
    ],
)
def test_html_of_outputs_loses_what_could_act(evil):
    clean = sanitise(evil)
    for word in (
        "script",
        "onerror",
        "javascript",
        "style",
        "iframe",
        "form",
        "button",
        "svg",
        "admonition",
        "display",
    ):
        assert word not in clean


def test_images_become_assets_with_the_authors_alt_and_their_size():
    html, renderer = render(data(image__png=PNG, text__plain="<Figure>"), alt='A "line"')
    [name] = renderer.assets.files
    assert html == (
        f'<img class="plot-img" src="{{assets}}/{name}" alt="A &quot;line&quot;" width="5" height="7" loading="lazy">'
    )
    assert renderer.findings.all == []


def test_a_plot_without_a_text_alternative_is_warned_at_its_cell():
    _, renderer = render(data(image__png=PNG))
    assert [(f.code, f.severity, f.line) for f in renderer.findings.all] == [("PL037", "warning", 5)]


def test_a_caption_makes_a_figure_and_serves_as_alternative():
    html, renderer = render(data(image__png=PNG), caption="A line")
    assert html.startswith('<figure class="fig"><img')
    assert html.endswith("<figcaption>A line</figcaption></figure>")
    assert renderer.findings.all == []


def test_errors_are_short_first():
    html, _ = render(
        {"output_type": "error", "ename": "NameError", "evalue": "<x>", "traceback": ["\x1b[0;31mline\x1b[0m"]}
    )
    assert html.startswith(
        '<div class="error"><p class="bad">NameError: &lt;x&gt;</p><details><summary>Full traceback</summary>'
    )
    assert 'ansi-red-fg">line</span>' in html


def test_formulas_are_found_in_latex_outputs_and_shown_as_they_were_set():
    output = data(text__latex="$\\displaystyle x$", text__plain="x")
    assert latex_of(output) == "\\displaystyle x"
    assert latex_of(data(text__html="x", text__latex="$x$")) is None
    html, _ = render(output, formulas={("c1", 0): "<span>KATEX</span>"})
    assert html == '<div class="eq"><span>KATEX</span></div>'


def test_long_outputs_are_cut_and_say_so():
    html, _ = render(stream("x" * (MAX_TEXT + 7)))
    assert "7 more characters" in html
    assert len(html) < MAX_TEXT + 200


def test_widgets_say_what_to_do():
    output = {
        "output_type": "display_data",
        "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "S()"},
    }
    html, _ = render(output)
    assert html.startswith('<pre class="text" tabindex="0">S()</pre><p class="widget-note">')
    assert "as a notebook" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("\x1b[1;32mok\x1b[0m", '<span class="ansi-bold ansi-green-fg">ok</span>'),
        ("\x1b[38;5;9mx\x1b[39my", '<span class="ansi-red-intense-fg">x</span>y'),
        ("\x1b[38;2;1;2;3mx", "x"),
        ("\x1b[44mx\x1b[m", '<span class="ansi-blue-bg">x</span>'),
        ("\x1b]8;;https://e.org\x07x\x1b]8;;\x07", "x"),
        ("\x1b[2Ka\x07b", "ab"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_colours_become_classes(text, html):
    assert to_html(text) == html


def test_progress_bars_show_their_last_state():
    assert overwrite("10%\r50%\r100%\ndone") == "100%\ndone"
    assert overwrite("a\r\nb\r") == "a\nb"


@given(st.text(alphabet="\x1b[]m;:0123456789<>&\r\n\x07aK", max_size=80))
def test_any_terminal_text_is_escaped(text):
    html = to_html(text)
    assert "\x1b" not in html
    assert "<" not in html.replace('<span class="ansi-', "").replace("</span>", "")
    assert "<" in plain(text) or "&lt;" not in html
