"""A full machine: the next learner reads their place in line, and runs code once somebody leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from live_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]
LESSON = "/courses/diffraction-first-steps/waves-and-bragg"


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("home"), environ={"PANLEARN_KERNELS_TOTAL": "1"})
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", "--bundled")
    site.start()
    yield site
    site.stop()


def test_a_second_learner_waits_in_line_reads_on_and_gets_the_place_that_becomes_free(small_site, open_context):
    first = open_context().new_page()
    first.goto(small_site.url + LESSON)
    expect(first.locator(".kernel").first).to_contain_text("Ready", timeout=20_000)

    second = open_context().new_page()
    second.goto(small_site.url + LESSON)
    expect(second.locator(".kernel").first).to_contain_text("1st in line", timeout=20_000)
    expect(second.get_by_text("yours starts by itself").first).to_be_visible()
    expect(second.locator("h1")).to_be_visible()

    first.evaluate(
        "() => fetch('/kernels/api/kernels').then(r => r.json()).then(all => Promise.all("
        "all.map(one => fetch('/kernels/api/kernels/' + one.id, {method: 'DELETE'}))))"
    )
    expect(second.locator(".kernel").first).to_contain_text("Ready", timeout=20_000)
