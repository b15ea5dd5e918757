"""The renderer: each node type, what must be escaped, what must be refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.assets import Assets, image_size
from panlearn.content.rendering.nodes import ExerciseFace, Page
from panlearn.content.rendering.page import render_page
from panlearn.content.staging import StagedPage

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"></svg>'


def text(value):
    return {"type": "text", "value": value}


def node(kind, /, *children, **attributes):
    return {"type": kind, "children": [text(c) if isinstance(c, str) else c for c in children], **attributes}


def make_page(tmp_path, **more):
    (tmp_path / "dot-1.svg").write_bytes(SVG)
    rows = tuple("" for _ in range(20))
    staged = StagedPage(name="a.md", rows=rows, origins=tuple(("a.md", 100 + n) for n in range(1, 21)))
    return Page(
        staged=staged,
        addresses={"index": "index", "other": "ours"},
        public=tmp_path,
        assets=Assets(),
        findings=Findings(),
        references={"cite": {"data": {"bragg": {"html": "Bragg <i>1913</i><script>x</script>"}}}},
        **more,
    )


def render(tmp_path, *children, title="T", **more):
    page = make_page(tmp_path, **more)
    html = render_page(page, {"type": "root", "children": [node("block", *children)]}, title)
    return html, page


GOLDEN = json.loads((Path(__file__).parent / "golden" / "nodes.json").read_text())
"""One row per node type: a node as Jupyter Book emits it, and the HTML it becomes."""


@pytest.mark.parametrize("row", GOLDEN, ids=[f"{n}-{row['node']['type']}" for n, row in enumerate(GOLDEN)])
def test_every_node_becomes_its_html(tmp_path, row):
    html, page = render(tmp_path, row["node"])
    assert page.findings.errors == []
    assert re.sub(r"\{assets\}/[0-9a-f]{20}\.svg", "ASSET", html) == row["html"]


def test_a_heading_that_repeats_the_title_goes_and_the_others_move_up(tmp_path):
    html, page = render(
        tmp_path,
        node("heading", "Bragg's law", depth=2, html_id="b"),
        node("heading", "First", depth=3, html_id="f"),
        node("heading", "Inside", depth=4, html_id="i"),
        title="Bragg\u2019s law",
    )
    assert html == '<h2 id="f">First</h2><h3 id="i">Inside</h3>'
    assert [(s.id, s.title) for s in page.sections] == [("f", "First")]


def test_citations_and_notes_are_listed_at_the_end_in_the_order_they_are_called(tmp_path):
    html, page = render(
        tmp_path,
        node(
            "paragraph",
            node("citeGroup", node("cite", "Bragg, 1913", label="bragg"), kind="parenthetical"),
            {"type": "footnoteReference", "identifier": "b"},
            {"type": "footnoteReference", "identifier": "a"},
        ),
        node("footnoteDefinition", node("paragraph", "A"), identifier="a"),
        node("footnoteDefinition", node("paragraph", "B"), identifier="b"),
    )
    assert '(<a href="#ref-bragg" class="cite">Bragg, 1913</a>)' in html
    assert '<li id="ref-bragg">Bragg <i>1913</i></li>' in html
    assert html.index('id="fn-b"') < html.index('id="fn-a"')
    assert page.sections[-1].title == "References"


def test_an_exercise_and_its_answer_cell_become_one_section(tmp_path):
    cell = PublishedCell(id="x-e1", index=1, source="a = ...", run="a = 1", exercise="e1", line=7)
    exercise = node(
        "exercise",
        node("admonitionTitle", "Find ", {"type": "inlineMath", "html": "<i>a</i>"}),
        node("paragraph", "Do."),
        html_id="e1",
    )
    page = make_page(
        tmp_path, cells=[cell], exercises={"e1": ExerciseFace(title="Find a", points=1.5, hints=2, needs=("e0", "e9"))}
    )
    code = {"type": "code", "value": "a = ...", "lang": "python"}
    tree = {"type": "root", "children": [node("block", exercise), node("block", code, kind="notebook-code")]}
    assert render_page(page, tree, "T") == (
        '<section class="ex" id="e1" data-exercise="e1" data-cell="x-e1" data-points="1.5" data-hints="2" '
        'data-needs="e0 e9" aria-labelledby="e1-title"><div class="node"><span class="st"></span></div>'
        '<header><h3 id="e1-title" aria-level="2">Find <i>a</i></h3>'
        '<span class="chip points">1.5 points</span></header>'
        '<div class="task"><p>Do.</p></div><div class="ed"><pre tabindex="0"><code class="language-python">a = ...'
        "</code></pre></div></section>"
    )


REFUSED = [
    (node("wonderfulNew"), "PL035"),
    (node("mystDirective", name="dataset"), "PL030"),
    (node("mystRole", name="nope"), "PL031"),
    (node("link", "x", url="javascript:alert(1)"), "PL039"),
    (node("link", "x", url=" JavaScript:alert(1)"), "PL039"),
    (node("link", "x", url="data:text/html,x"), "PL039"),
    (node("link", "x", url="missing.md"), "PL032"),
    (node("link", "x", url="../../etc/passwd"), "PL032"),
    (node("crossReference", label="gone", resolved=False), "PL032"),
    (node("cite", label="gone", error="not found"), "PL032"),
    ({"type": "footnoteReference", "identifier": "gone"}, "PL032"),
    ({"type": "image", "url": "/gone.png", "urlSource": "images/gone.png"}, "PL033"),
    ({"type": "image", "url": "https://example.org/x.png"}, "PL033"),
    ({"type": "image", "url": "/../a.svg"}, "PL033"),
    ({"type": "inlineMath", "value": "\\nope"}, "PL034"),
    (node("block", {"type": "code", "value": "x"}, kind="notebook-code"), "PL014"),
    (node("embed", source={"label": "gone"}), "PL032"),
    (node("card", url="gone.md"), "PL032"),
    (node("iframe", src="javascript:alert(1)"), "PL039"),
    (node("iframe", src="film.mp4"), "PL039"),
    (node("anywidget", esm="/x.mjs"), "PL035"),
    (node("inlineExpression", value="1 + 1"), "PL035"),
    ({"type": "si", "error": True, "value": "4 metres"}, "PL034"),
]


@pytest.mark.parametrize(("given_node", "code"), REFUSED, ids=[f"{i}-{g[1]}" for i, g in enumerate(REFUSED)])
def test_what_cannot_be_shown_is_an_error_at_its_place_in_the_authors_file(tmp_path, given_node, code):
    _, page = render(tmp_path, given_node | {"position": {"start": {"line": 7}}})
    assert [(f.code, f.file, f.line) for f in page.findings.errors] == [(code, "a.md", 107)]


def test_an_image_without_a_text_alternative_is_warned(tmp_path):
    _, page = render(tmp_path, {"type": "image", "url": "/dot-1.svg"})
    assert [f.code for f in page.findings.all] == ["PL038"]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg><script>x</script></svg>",
        b"<svg onload='x'></svg>",
        b"<svg><a href='javascript:x'/></svg>",
        b"<svg><foreignObject/></svg>",
    ],
)
def test_an_svg_image_with_a_script_is_refused(tmp_path, content):
    page = make_page(tmp_path)
    (tmp_path / "dot-1.svg").write_bytes(content)
    render_page(page, node("root", {"type": "image", "url": "/dot-1.svg", "alt": "x"}), "T")
    assert [f.code for f in page.findings.errors] == ["PL039"]


def test_blocks_that_stand_in_each_other_too_deeply_are_an_error_of_the_course(tmp_path):
    deep = node("paragraph", "x")
    for _ in range(3000):
        deep = node("blockquote", deep)
    html, page = render(tmp_path, deep)
    assert html == ""
    assert [(f.code, f.file) for f in page.findings.errors] == [("PL034", "a.md")]


def test_html_that_loses_something_is_warned_of_and_the_rest_is_shown(tmp_path):
    html, page = render(tmp_path, {"type": "raw", "lang": "html", "value": "<b onclick='x'>a</b><script>y</script>"})
    assert html == '<div class="html-out"><b>a</b></div>'
    assert [(f.code, f.message) for f in page.findings.all] == [
        ("PL036", "HTML loses what pages do not take: <script>, onclick.")
    ]


def test_what_is_wrong_in_an_included_file_is_told_at_the_place_that_includes_it(tmp_path):
    inside = node("link", "x", url="gone.md") | {"position": {"start": {"line": 3}}}
    _, page = render(tmp_path, node("include", inside, file="part.md") | {"position": {"start": {"line": 9}}})
    assert [f.line for f in page.findings.errors] == [109]


def test_an_embedded_cell_shows_its_outputs_without_their_caption_and_is_not_taken_for_the_cell(tmp_path):
    shown = '<figure class="fig"><img src="a"><figcaption>Its own</figcaption></figure>'
    embed = node("embed", {"type": "outputs", "id": "x"}, source={"label": "Fig-A"})
    html, page = render(tmp_path, embed, labelled={"fig-a": shown})
    assert html == '<div class="embedded"><div class="out"><img src="a"></div></div>'
    assert page.embedded == ""


def test_a_placeholder_gives_way_to_outputs_and_stays_without_them(tmp_path):
    placeholder = {"type": "image", "url": "/dot-1.svg", "alt": "x", "placeholder": True}
    figure = node("container", {"type": "outputs"}, placeholder, kind="figure", source={"label": "a"})
    with_outputs, _ = render(tmp_path, figure, labelled={"a": "<pre>1</pre>"})
    assert with_outputs == '<figure class="fig"><div class="out"><pre>1</pre></div></figure>'
    without, _ = render(tmp_path, figure)
    assert "<img" in without


def test_a_reference_to_a_graded_exercise_says_its_title_and_one_with_words_of_its_own_keeps_them(tmp_path):
    def reference(said):
        shared = {"label": "e1", "kind": "exercise", "enumerator": "3", "resolved": True, "html_id": "e1"}
        return node("crossReference", said, **shared)

    titles = {"e1": "Bragg's law"}
    html, _ = render(tmp_path, reference("Exercise\xa03"), reference("this one"), titles=titles)
    assert html == '<a href="#e1">Bragg&#x27;s law</a><a href="#e1">this one</a>'


def test_references_are_listed_once_where_the_author_wants_them(tmp_path):
    cite = node("cite", "Bragg", label="bragg")
    html, page = render(tmp_path, node("bibliography"), node("paragraph", cite))
    assert html.count('id="ref-bragg"') == 0  # nothing is cited before the list, and Jupyter Book names no order
    page = make_page(tmp_path)
    page.references["cite"]["order"] = ["bragg"]
    tree = {"type": "root", "children": [node("block", node("bibliography"), node("paragraph", cite))]}
    html = render_page(page, tree, "T")
    assert html.count('id="ref-bragg"') == 1
    assert page.sections == []


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"width": "200px"}, 'width="200" height="100"'),
        ({"height": "50px"}, 'width="100" height="50"'),
        ({"width": "2em"}, 'width="38" height="19"'),
        ({"width": "9999px"}, 'width="2000" height="1000"'),
        ({"width": "50%"}, 'class="w-50" width="4" height="2"'),
        ({"width": "50vw; color: red"}, 'width="4" height="2"'),
    ],
)
def test_pictures_are_as_large_as_asked_for_in_their_proportions(tmp_path, asked, size):
    html, _ = render(tmp_path, {"type": "image", "url": "/dot-1.svg", "alt": "x", **asked})
    assert html.endswith(f' alt="x" {size} loading="lazy">')


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (["kilo", "metre", "per", "second"], "km s<sup>−1</sup>"),
        (["metre", "per", "second", "squared"], "m s<sup>−2</sup>"),
        (["square", "milli", "metre"], "mm<sup>2</sup>"),
        (["per", "angstrom"], "Å<sup>−1</sup>"),
        (["furlong"], "furlong"),
    ],
)
def test_units_have_their_powers(tmp_path, units, shown):
    html, _ = render(tmp_path, {"type": "si", "number": "-4", "units": units})
    assert html == f'<span class="si">−4\xa0{shown}</span>'.replace(" s<", "\xa0s<")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("H2O", "H<sub>2</sub>O"),
        ("H_2O", "H<sub>2</sub>O"),
        ("2 H2", "2 H<sub>2</sub>"),
        ("Ca(OH)2", "Ca(OH)<sub>2</sub>"),
        ("SO4^2-", "SO<sub>4</sub><sup>2−</sup>"),
        ("Fe^{3+}", "Fe<sup>3+</sup>"),
        ("^{235}U", "<sup>235</sup>U"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_chemical_formulas_have_their_numbers_below_and_above(tmp_path, formula, shown):
    html, _ = render(tmp_path, {"type": "chemicalFormula", "value": formula})
    assert html == f'<span class="chem">{shown}</span>'


def test_links_in_the_title_of_what_opens_stand_inside_of_it(tmp_path):
    title = node("admonitionTitle", "Solution to ", node("crossReference", "1", html_id="e", resolved=True))
    html, _ = render(tmp_path, node("solution", title, node("paragraph", "x"), **{"class": "dropdown"}))
    assert html == (
        '<details class="admonition solution"><summary class="title">Solution to 1</summary>'
        '<p class="see"><a href="#e">1</a></p><p>x</p></details>'
    )


def test_what_an_author_hides_leaves_only_its_anchor(tmp_path):
    for kind in ("exercise", "solution"):
        html, _ = render(tmp_path, node(kind, node("paragraph", "secret"), hidden=True, html_id="e"))
        assert html == '<span id="e"></span>'


def test_image_sizes_are_read_from_their_headers():
    assert image_size(SVG) == (4, 2)
    assert image_size(b'<svg width="90pt" height="60pt">') == (120, 80)
    assert image_size(b'<svg viewBox="0 0 30 20">') == (30, 20)
    assert image_size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08") == (5, 7)
    assert image_size(b"GIF89a\x05\0\x07\0\0") == (5, 7)
    lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + ((5 - 1) | (7 - 1) << 14).to_bytes(4, "little") + b"\0" * 6
    assert image_size(lossless) == (5, 7)
    extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x04\0\0\x06\0\0"
    assert image_size(extended) == (5, 7)
    lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x05\0\x07\0"
    assert image_size(lossy) == (5, 7)
    assert image_size(b"RIFF\0\0\0\0WEBPVP8X") is None
    assert image_size(b"nothing") is None
