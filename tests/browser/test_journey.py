"""One learner's whole way: the first exercise wrong, hinted, right; an account; a crash; everything still there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]

EXERCISE = "first-peak"
WRONG = "two_theta = 0.2208\nshow_pattern(two_theta)"
RIGHT = "two_theta = 12.65\nshow_pattern(two_theta)"
PASSWORD = "a long enough phrase"


def type_into(page: Page, exercise: Locator, text: str) -> None:
    """Replace what an exercise's editor holds, as hands do."""
    exercise.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def open_first_exercise(page: Page, url: str) -> Locator:
    """Landing page, one click, and the exercise is in view."""
    page.goto(url)
    expect(page.locator(".first-picture img")).to_be_visible()
    page.get_by_role("link", name="Try the first exercise").click()
    exercise = page.locator(f"#{EXERCISE}")
    expect(exercise.get_by_role("button", name="Check")).to_be_visible()
    expect(exercise).to_be_in_viewport()
    return exercise


def test_a_learner_comes_tries_fails_is_helped_passes_signs_up_and_finds_everything_after_a_crash(page, site):
    exercise = open_first_exercise(page, site.url)

    exercise.get_by_role("button", name="Run").click()
    plot = exercise.locator(".out img").first
    expect(plot).to_be_visible(timeout=20_000)
    assert plot.evaluate("image => image.naturalWidth") > 300
    expect(exercise.locator(".out")).to_contain_text("Planes")

    type_into(page, exercise, WRONG)
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.locator(".chip").first).to_contain_text("Not yet")
    expect(exercise.locator(".checks")).to_contain_text("radians")

    exercise.get_by_role("button", name="Hint").click()
    expect(exercise.locator(".hint").first).to_contain_text("leftmost")

    type_into(page, exercise, RIGHT)
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.locator(".chip").first).to_contain_text("Passed")
    expect(exercise.locator(".saved")).to_contain_text("Saved")
    expect(page.locator("[data-passed]")).to_contain_text("1 of")

    page.get_by_role("link", name="Save my progress").first.click()
    page.get_by_label("Name").fill("Rosalind")
    page.get_by_label("E-mail").fill("rosalind@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_text("Rosalind").first).to_be_visible()

    page.goto("about:blank")  # a page left open would rightly say that the site is away
    site.restart()

    page.goto(f"{site.url}/me")
    expect(page.locator("main")).to_contain_text("Diffraction")
    page.goto(site.url)
    page.get_by_role("link", name="Continue where you left").click()
    exercise = page.locator(f"#{EXERCISE}")
    expect(exercise.locator(".chip").first).to_contain_text("Passed")
    expect(exercise.locator(".cm-content")).to_contain_text("12.65")
    expect(exercise.locator(".hint").first).to_contain_text("leftmost")
    assert page.console_problems == []


def test_work_is_there_again_on_another_device_after_signing_in(open_context, site):
    first = open_context().new_page()
    exercise = open_first_exercise(first, site.url)
    type_into(first, exercise, RIGHT)
    expect(exercise.locator(".saved")).to_contain_text("Saved")
    first.goto(f"{site.url}/sign-up")
    first.get_by_label("Name").fill("Dorothy")
    first.get_by_label("E-mail").fill("dorothy@example.org")
    first.get_by_label("Password", exact=True).fill(PASSWORD)
    first.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(first.get_by_text("Dorothy").first).to_be_visible()

    phone = open_context(width=390).new_page()
    phone.goto(f"{site.url}/sign-in")
    phone.get_by_label("E-mail").fill("dorothy@example.org")
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(phone).not_to_have_url(f"{site.url}/sign-in")
    phone.goto(f"{site.url}/courses/diffraction-first-steps/waves-and-bragg#{EXERCISE}")
    expect(phone.locator(f"#{EXERCISE} .cm-content")).to_contain_text("12.65")


def test_a_lesson_is_readable_without_javascript(open_context, site):
    page = open_context(javascript=False).new_page()
    page.goto(f"{site.url}/courses/diffraction-first-steps/waves-and-bragg")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waves that meet a crystal")
    assert page.locator(".cell .out img").first.evaluate("image => image.naturalWidth") > 300
    expect(page.locator(".katex").first).to_be_visible()
    assert page.locator(".ex:not(.quiz)").get_by_role("button", name="Check").count() == 0


def test_a_killed_kernel_is_said_replaced_and_the_cells_come_back(page, site):
    exercise = open_first_exercise(page, site.url)
    type_into(page, exercise, "import os\nos._exit(1)")
    exercise.get_by_role("button", name="Run").click()
    lost = page.get_by_role("button", name="Run the cells above again").first
    expect(lost).to_be_visible(timeout=20_000)
    lost.click()
    type_into(page, exercise, RIGHT)
    exercise.get_by_role("button", name="Run", exact=True).click()
    expect(exercise.locator(".out")).to_contain_text("Planes", timeout=20_000)
