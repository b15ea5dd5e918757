"""Looking back through the answers that were sent, and bringing one back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from test_journey import RIGHT, WRONG, open_first_exercise, type_into

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]


def test_a_learner_looks_back_through_the_attempts_and_brings_the_first_one_back(page, site):
    exercise = open_first_exercise(page, site.url)
    for answer, verdict in ((WRONG, "Not yet"), (RIGHT, "Passed")):
        type_into(page, exercise, answer)
        exercise.get_by_role("button", name="Check").click()
        expect(exercise.locator(".chip").first).to_contain_text(verdict)

    exercise.get_by_role("button", name="Attempts").click()
    attempts = exercise.get_by_role("region", name="Your attempts")
    expect(attempts.locator("output")).to_have_text("2 of 2")
    expect(attempts.locator("pre")).to_contain_text("12.65")

    attempts.get_by_role("slider").press("ArrowLeft")
    expect(attempts.locator("output")).to_have_text("1 of 2")
    expect(attempts.locator("pre")).to_contain_text("0.2208")
    expect(attempts.locator(".chip")).to_contain_text("Not yet")

    attempts.get_by_role("button", name="Put this answer back").click()
    expect(exercise.locator(".cm-content")).to_contain_text("0.2208")
    page.get_by_role("button", name="Undo").click()
    expect(exercise.locator(".cm-content")).to_contain_text("12.65")


def test_an_exercise_that_nobody_tried_offers_no_attempts(page, site):
    exercise = open_first_exercise(page, site.url)

    expect(exercise.get_by_role("button", name="Attempts")).to_be_hidden()
