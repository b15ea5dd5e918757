"""The renderer: each node type, what must be escaped, what must be refused."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.assets import Assets, image_size
from panlearn.content.rendering.nodes import ExerciseFace, Page, known_types
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


def test_image_sizes_are_read_from_their_headers():
    assert image_size(SVG) == (4, 2)
    assert image_size(b'<svg width="90pt" height="60pt">') == (120, 80)
    assert image_size(b'<svg viewBox="0 0 30 20">') == (30, 20)
    assert image_size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08") == (5, 7)
    assert image_size(b"GIF89a\x05\0\x07\0\0") == (5, 7)
    assert image_size(b"nothing") is None


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = set()
        self.attributes = []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.attributes += attrs


KINDS = sorted(known_types() - {"inlineMath", "math"})  # whose HTML is KaTeX's own
nodes = st.recursive(
    st.builds(text, st.text(max_size=20)),
    lambda inner: st.builds(
        lambda kind, children, extra: {**extra, "type": kind, "children": children},
        st.sampled_from(KINDS),
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["value", "url", "title", "kind", "class", "label", "html_id", "lang", "alt", "name", "identifier"]
            ),
            st.one_of(
                st.text(max_size=20),
                st.just("javascript:alert(1)"),
                st.just('"><script>'),
                st.just("<script>x</script>"),
            ),
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(nodes)
def test_no_tree_brings_a_script_a_handler_or_an_address_that_is_not_allowed(tmp_path_factory, tree):
    html, _ = render(tmp_path_factory.getbasetemp(), tree)
    parser = _Tags()
    parser.feed(html)
    assert not parser.seen & {"script", "iframe", "object", "embed", "style", "form"}
    for name, value in parser.attributes:
        assert not name.startswith("on")
        if name in {"href", "src"}:
            assert not (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
