"""axe-core on every page, in both schemes and at both widths, at rest and with a verdict open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]

COURSE = "/courses/diffraction-first-steps"
PAGES = [
    "/",
    "/courses",
    COURSE,
    f"{COURSE}/index",
    f"{COURSE}/waves-and-bragg",
    f"{COURSE}/lattices-and-planes",
    f"{COURSE}/powder-pattern",
    f"{COURSE}/xrays-and-neutrons",
    f"{COURSE}/counts-to-curve",
    "/me",
    "/sign-in",
    "/sign-up",
    "/about/accessibility",
    "/about/privacy",
    "/courses/there-is-no-such-course",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious_on_any_page(open_context, site, axe, width, scheme):
    page = open_context(width=width, scheme=scheme).new_page()
    found = {}
    for path in PAGES:
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        if violations := axe(page):
            found[path] = violations
    assert found == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_scrolls_sideways(open_context, site, width):
    page = open_context(width=width).new_page()
    for path in PAGES:
        page.goto(site.url + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the window"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_beside_an_open_verdict_a_hint_and_an_error(open_context, site, axe, scheme):
    page = open_context(scheme=scheme).new_page()
    page.goto(f"{site.url}{COURSE}/waves-and-bragg#bragg-angle")
    exercise = page.locator("#bragg-angle")
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("def bragg_angle(d, wavelength):\n    return wavelenght / d")
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.locator(".chip").first).to_contain_text("Not yet")
    exercise.get_by_role("button", name="Hint").click()
    expect(exercise.locator(".hint").first).to_be_visible()
    page.keyboard.press("Escape")
    assert axe(page) == []


def test_a_learner_with_a_keyboard_alone_runs_checks_and_moves_on(page, site):
    page.goto(f"{site.url}{COURSE}/waves-and-bragg#first-peak")
    exercise = page.locator("#first-peak")
    expect(exercise.get_by_role("button", name="Check")).to_be_visible()
    page.keyboard.press("j")
    exercise.locator(".cm-content").focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("two_theta = 20.7")
    page.keyboard.press("Control+Enter")
    expect(exercise.locator(".checks")).to_contain_text("smallest angle")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.activeElement.closest('.cm-editor') !== null")
    assert not inside, "Tab stays in the editor after Escape"
