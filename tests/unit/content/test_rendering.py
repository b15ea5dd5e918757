"""The renderer: each node type, what must be escaped, what must be refused."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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


GOLDEN = [
    (node("paragraph", "a < b & ", node("strong", "c")), "<p>a &lt; b &amp; <strong>c</strong></p>"),
    (node("paragraph", node("emphasis", "e"), {"type": "inlineCode", "value": "<x>"}), "<p><em>e</em><code>&lt;x&gt;</code></p>"),
    (node("paragraph", node("subscript", "2"), node("superscript", "3"), node("keyboard", "K")),
     "<p><sub>2</sub><sup>3</sup><kbd>K</kbd></p>"),
    (node("paragraph", node("abbreviation", "XRD", title='"X"')), '<p><abbr title="&quot;X&quot;">XRD</abbr></p>'),
    (node("paragraph", node("link", "x", url="https://example.org/?a=1&b=2")),
     '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">x</a></p>'),
    (node("paragraph", node("link", "x", url="/other#s", internal=True)), '<p><a href="{course}/ours#s">x</a></p>'),
    (node("paragraph", node("crossReference", "(1)", html_id="eq", resolved=True)), '<p><a href="#eq">(1)</a></p>'),
    (node("paragraph", node("crossReference", "(1)", html_id="eq", resolved=True, remote=True, url="/other")),
     '<p><a href="{course}/ours#eq">(1)</a></p>'),
    (node("heading", "Two", depth=3, html_id="two"), '<h2 id="two">Two</h2>'),
    (node("list", node("listItem", node("paragraph", "a")), ordered=True, start=3), '<ol start="3"><li>a</li></ol>'),
    (node("definitionList", node("definitionTerm", "T"), node("definitionDescription", "D")), "<dl><dt>T</dt><dd>D</dd></dl>"),
    (node("blockquote", node("paragraph", "q")), "<blockquote><p>q</p></blockquote>"),
    ({"type": "thematicBreak"}, "<hr>"),
    (node("admonition", node("admonitionTitle", "Note"), node("paragraph", "n"), kind="note"),
     '<aside class="admonition note"><p class="title">Note</p><p>n</p></aside>'),
    (node("admonition", node("admonitionTitle", "More"), node("paragraph", "n"), kind="tip", **{"class": "dropdown"}),
     '<details class="admonition tip"><summary class="title">More</summary><p>n</p></details>'),
    (node("details", node("summary", "S"), node("paragraph", "d")), "<details><summary>S</summary><p>d</p></details>"),
    ({"type": "math", "value": "x", "html": "<span>KATEX</span>", "enumerator": "1", "html_id": "eq-x"},
     '<div class="eq" id="eq-x" tabindex="0" role="group" aria-label="Equation"><span>KATEX</span><span class="eqno">(1)</span></div>'),
    (node("container", {"type": "image", "url": "/dot-1.svg", "alt": "A dot", "width": "42%"},
          node("caption", node("paragraph", node("captionNumber", "Figure ", "1", ":"), "Dot.")),
          kind="figure", html_id="fig"),
     '<figure class="fig" id="fig"><img src="ASSET" alt="A dot" class="w-40" width="4" height="2" loading="lazy">'
     "<figcaption><b>Figure 1.</b> Dot.</figcaption></figure>"),
    (node("container", node("table", node("tableRow", node("tableCell", "h", header=True)), node("tableRow", node("tableCell", "1",
     align="right"))), node("caption", node("paragraph", node("captionNumber", "Table 1:"), "Cap")), kind="table", html_id="t"),
     '<div class="table-wrap" tabindex="0" role="region" aria-label="Table 1:Cap" id="t"><table><caption><b>Table 1.</b> Cap</caption>'
     '<thead><tr><th>h</th></tr></thead><tbody><tr><td class="align-right">1</td></tr></tbody></table></div>'),
    (node("grid", node("card", node("cardTitle", "C"), url="https://e.org")),
     '<div class="cards"><div class="card"><p class="title">C</p><p class="more"><a href="https://e.org">Open</a></p></div></div>'),
    (node("tabSet", node("tabItem", node("paragraph", "1"), title="One")),
     '<div class="tab-set"><section class="tab" aria-label="One"><p class="title">One</p><p>1</p></section></div>'),
    ({"type": "code", "lang": "python", "value": "def f(): return 'x' # <c>"},
     '<div class="listing"><pre tabindex="0"><code class="language-python"><span class="k">def</span> <span class="fn">f</span>(): '
     '<span class="k">return</span> <span class="s">&#x27;x&#x27;</span> <span class="c"># &lt;c&gt;</span></code></pre></div>'),
    ({"type": "comment", "value": "secret"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("given_node", "expected"), GOLDEN, ids=[f"{i}-{g[0]['type']}" for i, g in enumerate(GOLDEN)])
def test_every_node_becomes_its_html(tmp_path, given_node, expected):
    html, page = render(tmp_path, given_node)
    assert page.findings.errors == []
    assert re.sub(r"\{assets\}/[0-9a-f]{20}\.svg", "ASSET", html) == expected


def test_a_heading_that_repeats_the_title_goes_and_the_others_move_up(tmp_path):
    html, page = render(
        tmp_path,
        node("heading", "Bragg's law", depth=2, html_id="b"),
        node("heading", "First", depth=3, html_id="f"),
        node("heading", "Inside", depth=4, html_id="i"),
        title="Bragg’s law",
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
        "exercise", node("admonitionTitle", "Find ", {"type": "inlineMath", "html": "<i>a</i>"}), node("paragraph", "Do."), html_id="e1"
    )
    page = make_page(
        tmp_path, cells=[cell], exercises={"e1": ExerciseFace(title="Find a", points=1.5, hints=2, needs=("e0", "e9"))}
    )
    code = {"type": "code", "value": "a = ...", "lang": "python"}
    tree = {"type": "root", "children": [node("block", exercise), node("block", code, kind="notebook-code")]}
    assert render_page(page, tree, "T") == (
        '<section class="ex" id="e1" data-exercise="e1" data-cell="x-e1" data-points="1.5" data-hints="2" data-needs="e0 e9" '
        'aria-labelledby="e1-title"><div class="node"><span class="st"></span></div>'
        '<header><h3 id="e1-title">Find <i>a</i></h3><span class="chip points">1.5 points</span></header>'
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
    [b"<svg><script>x</script></svg>", b"<svg onload='x'></svg>", b"<svg><a href='javascript:x'/></svg>", b"<svg><foreignObject/></svg>"],
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
            st.sampled_from(["value", "url", "title", "kind", "class", "label", "html_id", "lang", "alt", "name", "identifier"]),
            st.one_of(st.text(max_size=20), st.just("javascript:alert(1)"), st.just('"><script>'), st.just("<script>x</script>")),
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
