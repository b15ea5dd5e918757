"""Every construct of the gallery, published and looked at: tabs, links into what is closed, axe, no other site."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from gallery import CASES, GALLERY

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def pages(site):
    site.panlearn("course", "publish", str(GALLERY))
    return f"{site.url}/courses/gallery"


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_serious_and_no_page_asks_another_site(open_context, site, pages, axe, width, scheme):
    page = open_context(width=width, scheme=scheme).new_page()
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    found = {}
    for name in CASES:
        page.goto(f"{pages}/{name}")
        page.wait_for_load_state("networkidle")
        if violations := axe(page):
            found[name] = violations
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the window"
    assert found == {}
    assert problems == []
    assert [url for url in asked if not url.startswith((site.url, "data:", "blob:"))] == []


@pytest.mark.parametrize("javascript", [True, False])
def test_tabs_are_chosen_by_arrow_keys_with_and_without_a_script(open_context, pages, javascript):
    page = open_context(javascript=javascript).new_page()
    page.goto(f"{pages}/layout")
    tabs = page.locator(".tab-set").first
    python, julia = tabs.locator(".tab").nth(0), tabs.locator(".tab").nth(1)
    expect(python).to_be_visible()
    expect(julia).to_be_hidden()
    tabs.get_by_role("radio", name="Python").focus()
    page.keyboard.press("ArrowRight")
    expect(julia).to_be_visible()
    expect(python).to_be_hidden()
    expect(tabs.get_by_role("radio", name="Julia")).to_be_checked()


def test_tabs_of_one_name_follow_each_other_and_the_choice_stays(page, pages):
    page.goto(f"{pages}/layout")
    first, second = page.locator(".tab-set").nth(0), page.locator(".tab-set").nth(1)
    expect(second.get_by_role("radio", name="Julia")).to_be_checked()
    first.get_by_text("Julia", exact=True).click()
    second.get_by_text("Python", exact=True).click()
    expect(first.get_by_role("radio", name="Python")).to_be_checked()
    page.reload()
    expect(first.get_by_role("radio", name="Python")).to_be_checked()
    expect(second.get_by_text("The first, until you choose.")).to_be_visible()
    assert page.console_problems == []


def test_a_link_opens_the_tab_and_the_dropdown_it_leads_into(page, pages):
    page.goto(f"{pages}/layout#tab-julia")
    expect(page.locator("#tab-julia")).to_be_visible()
    expect(page.locator(".tab-set").first.get_by_role("radio", name="Julia")).to_be_checked()
    page.goto(f"{pages}/proofs")
    solution = page.locator("#by-hand-solution")
    expect(solution.get_by_text("14.4°.")).to_be_hidden()
    page.get_by_role("link", name="Solution to Exercise 1").click()
    expect(solution.get_by_text("14.4°.")).to_be_visible()


def test_a_card_with_an_address_is_one_large_link(page, pages):
    page.goto(f"{pages}/layout")
    card = page.locator(".card", has_text="It leads to another page.")
    box = card.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    expect(page).to_have_url(f"{pages}/boxes")


def test_on_paper_every_tab_is_shown(page, pages):
    page.goto(f"{pages}/layout")
    page.emulate_media(media="print")
    for tab in page.locator(".tab-set .tab").all():
        expect(tab).to_be_visible()


def test_a_cell_that_is_run_shows_a_still_of_what_needs_a_script_and_says_why(page, pages):
    page.goto(f"{pages}/outputs")
    cell = page.locator(".cell", has_text="IntSlider(value=3)")
    page.get_by_role("button", name="Run all", exact=True).click()
    expect(cell.locator(".widget-note")).to_contain_text("It moves by a script", timeout=30_000)
    expect(cell.locator(".out pre")).to_have_text("IntSlider(value=3)")
    assert page.console_problems == []
