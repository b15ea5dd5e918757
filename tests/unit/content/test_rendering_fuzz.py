"""Any tree and any output, with hostile text wherever text can be: no crash, and nothing in the page that could act."""

from __future__ import annotations

import base64
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from panlearn.content.findings import Findings
from panlearn.content.published import PublishedCell
from panlearn.content.rendering.assets import Assets
from panlearn.content.rendering.nodes import Page, known_types
from panlearn.content.rendering.outputs import OutputRenderer
from panlearn.content.rendering.page import render_page
from panlearn.content.staging import StagedPage

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"></svg>'
_ELEMENTS = """
a abbr aside audio b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure
h1 h2 h3 h4 h5 h6 header hr i img input kbd label li mark ol p pre q s samp section small span strong sub summary sup
table tbody td tfoot th thead tr u ul var video
"""
_ATTRIBUTES = """
alt aria-label aria-labelledby aria-level checked class colspan controls data-cell data-exercise data-hints data-n
data-needs data-points data-sync disabled download for form height href id loading name open preload rel role rowspan
scope src start tabindex title type width
"""
_KEYS = """
align alt checked class colspan columns data depth emphasizeLines enumerator error esm executable filename header height
hidden html_id icon identifier internal kind label lang message name number open ordered part placeholder resolved
result rowspan selected showLineNumbers source src start startingLineNumber static subcontainer sync title units
url urlSource value visibility width
"""
ELEMENTS, ATTRIBUTES, KEYS = set(_ELEMENTS.split()), set(_ATTRIBUTES.split()), sorted(_KEYS.split())
HOSTILE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "data:text/html,<script>1</script>",
            "//example.org/x",
            "https://example.org/<script>",
            '"><script>alert(1)</script>',
            "' onload='alert(1)",
            '" onmouseover="alert(1)',
            "</code></pre><script>alert(1)</script>",
            "<svg/onload=alert(1)>",
            "<iframe src=x></iframe>",
            "&lt;script&gt;",
            "/dot-1.svg",
            "dropdown hint ex",
            "50%",
            "html",
            "\x00\x1b[31m\u202e\ud7ff",
        ]
    ),
)
VALUES = st.one_of(
    HOSTILE,
    st.booleans(),
    st.none(),
    st.integers(-3, 40),
    st.lists(st.one_of(HOSTILE, st.integers(-3, 40)), max_size=3),
    st.dictionaries(st.sampled_from(["label", "part", "data", "text/html", "text/plain"]), HOSTILE, max_size=2),
)
NODES = st.recursive(
    st.builds(lambda value: {"type": "text", "value": value}, HOSTILE),
    lambda inner: st.builds(
        lambda kind, children, extra: {**extra, "type": kind, "children": children},
        st.sampled_from(sorted(known_types() - {"math", "inlineMath"})),  # whose HTML is KaTeX's own
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    ),
    max_leaves=14,
)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, attrs))


def assert_harmless(html):
    reader = _Reader()
    reader.feed(html)
    for element, attributes in reader.elements:
        assert element in ELEMENTS, (element, html)
        for name, value in attributes:
            assert name in ATTRIBUTES, (name, html)
            if name in {"href", "src"}:
                start = (value or "").strip().lower()
                assert start.startswith(("#", "{course}", "{assets}", "http:", "https:", "mailto:")), (value, html)


@given(NODES)
def test_no_tree_crashes_the_renderer_or_brings_what_could_act(tmp_path_factory, tree):
    folder = tmp_path_factory.getbasetemp()
    (folder / "dot-1.svg").write_bytes(SVG)
    page = Page(
        staged=StagedPage(name="a.md", rows=("",), origins=(("a.md", 1),)),
        addresses={"index": "index"},
        public=folder,
        assets=Assets(),
        findings=Findings(),
        references={"cite": {"data": {}}},
        labelled={"": "<p>out</p>"},
    )
    assert_harmless(render_page(page, {"type": "root", "children": [tree]}, "T"))


MIMES = st.sampled_from(
    [
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/svg+xml",
        "application/json",
        "application/javascript",
        "application/pdf",
        "audio/wav",
        "video/mp4",
        "application/vnd.plotly.v1+json",
        "application/vnd.vega.v5+json",
        "application/vnd.vegalite.v5+json",
        "application/vnd.jupyter.widget-view+json",
        "application/x-unheard-of+json",
    ]
)
JSON = st.recursive(
    st.one_of(HOSTILE, st.integers(), st.floats(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["data", "layout", "title", "text", "x", "y", "name", "values", "datasets", "dtype", "bdata"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=10,
)
BUNDLES = st.dictionaries(MIMES, st.one_of(HOSTILE, JSON, st.just(base64.b64encode(b"GIF89a").decode())), max_size=4)


@given(st.lists(BUNDLES, max_size=3), st.booleans())
def test_no_output_crashes_the_renderer_or_brings_what_could_act(bundles, captioned):
    cell = PublishedCell(
        id="c", index=0, source="", run="", exercise=None, line=1, caption='"><script>' if captioned else ""
    )
    renderer = OutputRenderer(file="a.md", assets=Assets(), findings=Findings())
    outputs = [{"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles]
    assert_harmless(renderer.render(cell, outputs))
