"""The golden pages hold what Jupyter Book really emits: one build of the gallery, in the jail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gallery
from panlearn.bootstrap import Application
from panlearn.content.rendering.nodes import known_types, walk
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    application = Application(Settings(home=home, environments=ROOT / "var" / "environments"))
    yield gallery.build(application.engine, tmp_path_factory.mktemp("gallery"))
    application.close()


@pytest.mark.parametrize("lesson", gallery.SOURCE.lessons, ids=gallery.CASES)
def test_a_page_is_built_as_its_golden_case_holds_it(book, lesson):
    built = book.pages[lesson.page.file]
    assert gallery.case(built) == json.loads((gallery.GOLDEN / lesson.slug / "node.json").read_text())
    assert {node["type"] for node in walk(built.tree)} <= known_types()
