"""Every page of the gallery, as Jupyter Book emitted it, becomes the HTML that was read and agreed on."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from gallery import CASES, GOLDEN, rendered
from panlearn.content.rendering.nodes import known_types, walk

DATA = {case: json.loads((GOLDEN / case / "node.json").read_text()) for case in CASES}


@pytest.mark.parametrize("case", CASES)
def test_a_page_becomes_its_html(case):
    text, page = rendered(case, DATA[case])
    assert page.findings.errors == []
    assert text == (GOLDEN / case / "expected.html").read_text()


@pytest.mark.parametrize("case", CASES)
def test_no_two_elements_of_a_page_have_one_anchor_and_every_link_in_it_leads_somewhere(case):
    text, _ = rendered(case, DATA[case])
    names = Counter(re.findall(r'\bid="([^"]*)"', text))
    assert [name for name, count in names.items() if count > 1] == []
    assert [link for link in re.findall(r'href="#([^"]*)"', text) if link not in names] == []


@pytest.mark.parametrize("case", CASES)
def test_links_to_labels_of_other_pages_lead_to_anchors_there(case):
    text, _ = rendered(case, DATA[case])
    for page, name in re.findall(r'href="\{course\}/([^"#]*)#([^"]*)"', text):
        assert f'id="{name}"' in (GOLDEN / page / "expected.html").read_text()


#: Node types that only a mistake of an author, an older notebook or another program brings.
NOT_IN_THE_GALLERY = {
    "anywidget",
    "blockBreak",
    "cardFooter",
    "cardHeader",
    "genindex",
    "html",
    "inlineExpression",
    "linkBlock",
    "margin",
    "mathGroup",
    "mystComment",
    "mystDirective",
    "mystDirectiveBody",
    "mystRole",
    "mystTarget",
    "output",
    "toc",
}


def test_the_gallery_shows_every_type_that_can_be_rendered():
    shown = {node["type"] for data in DATA.values() for node in walk(data["mdast"])}
    assert known_types() - shown == NOT_IN_THE_GALLERY
