"""Every kind of quiz, answered with a mouse, with keys alone, and without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]

RIDDLES = Path(__file__).resolve().parents[1] / "courses" / "riddles"
LESSON = "/courses/riddles/lesson"


@pytest.fixture(scope="module")
def lesson(site) -> str:
    site.panlearn("course", "publish", str(RIDDLES))
    return site.url + LESSON


def quiz(page: Page, name: str) -> Locator:
    return page.locator(f"section#{name}")


def check(one: Locator) -> None:
    one.get_by_role("button", name="Check").click()


def wavelength(one: Locator) -> str:
    energy = re.search(r"set to ([\d.]+) keV", one.inner_text())
    assert energy
    return f"{1.239841984 / float(energy[1]):.5f}"


BY_FIELDS = ("longer-wavelength", "charged", "wave-length", "law", "partners", "gaps", "turn")


def give(page: Page, name: str) -> None:
    """Fill the right answer in."""
    if name == "longer-wavelength":
        quiz(page, name).get_by_label("it grows").check()
    elif name == "charged":
        for label in ("the electron", "the proton"):
            quiz(page, name).get_by_label(label).check()
    elif name == "wave-length":
        quiz(page, name).get_by_label("Value").fill(f"{wavelength(quiz(page, name))} nm")
    elif name == "law":
        quiz(page, name).get_by_role("textbox").fill("Bragg law")
    elif name == "partners":
        pairs = {
            "position": "distance between planes",
            "width": "size of the crystals",
            "height": "what the cell holds",
        }
        for left, right in pairs.items():
            quiz(page, name).get_by_label(re.compile(left)).select_option(label=right)
    elif name == "gaps":
        quiz(page, name).get_by_label("Gap 1").fill("order")
        quiz(page, name).get_by_label("Gap 2").select_option(label="plane")
        quiz(page, name).get_by_label("Gap 3", exact=True).fill("0.154 nm")
    else:
        quiz(page, name).get_by_label("Across, %").fill("50")
        quiz(page, name).get_by_label("Down, %").fill("68")


def test_a_learner_fails_is_helped_and_passes_without_leaving_the_page(page, lesson):
    page.goto(lesson)
    one = quiz(page, "longer-wavelength")
    one.get_by_text("it shrinks").click()
    check(one)

    expect(one.locator(".chip")).to_contain_text("Not yet · 0 of 1 point")
    expect(one.locator(".checks")).to_contain_text("again")
    expect(one.locator(".hint")).to_contain_text("Hint 1 of 2")
    expect(one.locator(".saved")).to_have_text("2 tries left")
    expect(one.locator(".qkey")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("Not yet.")

    one.get_by_text("it grows").click()
    check(one)

    expect(one.locator(".chip")).to_contain_text("Passed · 1 of 1 point")
    expect(one.locator(".qkey")).to_contain_text("The sine grows")
    expect(one.get_by_role("button", name="Check")).to_have_count(0)
    expect(one.get_by_role("link", name="Next exercise")).to_be_visible()
    expect(page.locator("[data-passed]")).to_have_text("1 of 9")
    page.reload()
    expect(quiz(page, "longer-wavelength").locator(".chip")).to_contain_text("Passed")
    assert page.console_problems == []


def test_the_ring_has_an_arc_for_each_exercise_in_reading_order(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    give(page, "law")
    check(quiz(page, "law"))
    expect(page.locator("[data-passed]")).to_have_text("1 of 9")

    arcs = page.locator("[data-ring-large] .arc").evaluate_all("arcs => arcs.map(arc => arc.classList[1])")
    assert arcs == ["todo", "todo", "todo", "pass", "todo", "todo", "todo", "todo", "todo"]
    expect(quiz(page, "law").get_by_role("link", name="Next exercise")).to_have_attribute("href", "#spectrum")


def test_the_exercises_of_a_page_are_counted_in_reading_order(open_context, site):
    page = open_context().new_page()
    page.goto(f"{site.url}/courses/diffraction-first-steps/waves-and-bragg")
    expect(page.locator("#lowest-energy .st")).to_contain_text("6")
    numbers = [text.split("\n")[0].strip()[:1] for text in page.locator(".ex .st").all_inner_texts()]
    assert numbers == ["1", "2", "3", "4", "5", "6"]


def test_a_wrong_unit_is_told_and_costs_no_try(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    wave = quiz(page, "wave-length")
    wave.get_by_label("Value").fill("1.2")
    wave.get_by_label("Unit").fill("keV")
    wave.get_by_label("Unit").press("Enter")

    expect(wave.locator(".verdict.warn")).to_contain_text("the answer is a length")
    expect(wave.locator(".saved")).to_have_text("4 tries left")
    expect(wave.get_by_label("Value")).to_have_value("1.2")


def test_every_kind_is_passed(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    for name in BY_FIELDS:
        give(page, name)
        check(quiz(page, name))
        expect(quiz(page, name).locator(".chip")).to_contain_text("Passed")
    expect(page.locator("[data-passed]")).to_have_text("7 of 9")


def test_items_are_put_in_order_with_keys_alone(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    one = quiz(page, "spectrum")
    right = ["radio", "infrared", "visible light", "X-rays", "gamma rays"]
    for at, name in enumerate(right):
        for _ in range(len(right)):
            if one.locator(".qtext").all_inner_texts().index(name) == at:
                break
            button = one.get_by_role("button", name=f"Move up {name}")
            button.focus()
            page.keyboard.press("Enter")
            expect(button).to_be_focused()
    page.keyboard.press("Control+Enter")

    expect(one.locator(".chip")).to_contain_text("Passed")


def test_items_are_put_in_order_by_dragging(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    items = quiz(page, "spectrum").locator(".qorder > li")
    before = items.locator(".qtext").all_inner_texts()

    items.nth(0).drag_to(items.nth(2))

    after = items.locator(".qtext").all_inner_texts()
    assert after == [before[1], before[2], before[0], *before[3:]]
    assert items.nth(2).locator("select").evaluate("select => select.value") == "3"


def test_a_place_is_marked_by_a_click_and_moved_with_arrows(open_context, lesson):
    page = open_context().new_page()
    page.goto(lesson)
    one = quiz(page, "turn")
    image = one.locator(".qimage")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    image.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.4})
    down = one.get_by_label("Down, %")
    assert abs(float(down.input_value()) - 40) < 1
    for _ in range(28):
        down.press("ArrowDown")
    assert abs(float(down.input_value()) - 68) < 1
    expect(one.locator(".mark")).to_have_count(1)
    check(one)

    expect(one.locator(".chip")).to_contain_text("Passed")


def test_without_a_script_every_kind_is_passed_from_a_plain_form(open_context, lesson):
    page = open_context(javascript=False).new_page()
    page.goto(lesson)
    for name in BY_FIELDS:
        give(page, name)
        check(quiz(page, name))
        expect(quiz(page, name).locator(".chip")).to_contain_text("Passed")
    one = quiz(page, "spectrum")
    for place, name in enumerate(["radio", "infrared", "visible light", "X-rays", "gamma rays"], 1):
        one.get_by_label(name).select_option(str(place))
    check(one)
    expect(quiz(page, "spectrum").locator(".chip")).to_contain_text("Passed")


def give_grade(site, open_context, submission: str) -> None:
    """A trainer gives one text part of its points."""
    page = open_context().new_page()
    page.goto(f"{site.url}/sign-up")
    address = f"trainer-{submission.lower()}@example.org".replace("_", "-")
    page.get_by_label("Name").fill("Trainer")
    page.get_by_label("E-mail").fill(address)
    page.locator("input[type=password]").first.fill("correct horse battery staple")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "sign-up" not in url)
    site.panlearn("user", "grant", address, "trainer")
    page.goto(f"{site.url}/teach/riddles/answers/{submission}")
    expect(page.locator(".qwritten")).to_contain_text("planes")
    for at, points in enumerate(("2", "1", "1")):
        page.locator(f"#criterion-{at}").fill(points)
    page.get_by_label("Comment").fill("Say why nothing is seen in between.")
    page.get_by_role("button", name="Give the grade").click()
    expect(page.locator(".flash")).to_contain_text("in force")


def submission_of(page: Page, site) -> str:
    told = page.request.get(f"{site.url}/api/v1/courses/riddles/exercises/why-peaks/submissions").json()
    return told["submissions"][0]["id"]


TEXT = "The atoms lie in planes.\n\nWaves add up <b>where</b> one is a whole wavelength behind."


def test_a_text_is_handed_in_replaced_and_read_with_its_grade(open_context, lesson, site, axe):
    page = open_context().new_page()
    page.goto(lesson)
    one = quiz(page, "why-peaks")
    one.get_by_role("textbox").fill("too short")
    expect(one.locator(".qcount")).to_have_text("2 words · not handed in yet")
    one.get_by_role("button", name="Hand in").click()
    expect(one.locator(".verdict.warn")).to_contain_text("2 words; at least 5")
    one.get_by_role("button", name="Hint").click()
    expect(one.locator(".hint")).to_contain_text("Hint 1 of 2")
    expect(one.get_by_role("textbox")).to_have_value("too short")

    page.reload()
    expect(one.get_by_role("textbox")).to_have_value("too short")

    one.get_by_role("textbox").fill("all of this is going to be replaced")
    one.get_by_role("button", name="Hand in").click()
    expect(one.locator(".chip")).to_have_text("Handed in")
    one.get_by_role("textbox").fill(TEXT)
    one.get_by_role("button", name="Replace").click()
    expect(one.locator(".verdict")).to_contain_text("Handed in, 15 words: a person reads it.")
    expect(page.get_by_role("status")).to_contain_text("a person reads it")
    page.reload()
    expect(one.get_by_role("textbox")).to_have_value(TEXT)
    expect(one.locator(".qcount")).to_have_text("15 words")
    expect(one.locator(".qkey")).to_have_count(0)
    assert axe(page) == []

    give_grade(site, open_context, submission_of(page, site))
    page.reload()
    expect(one.locator(".chip")).to_contain_text("Graded · 4 of 5 points")
    expect(one.locator(".hand.given")).to_contain_text("nothing is seen in between")
    expect(one.locator(".qwritten")).to_contain_text("<b>where</b>")
    expect(one.locator(".qkey")).to_contain_text("whole wavelengths")
    expect(one.get_by_role("button")).to_have_count(0)
    assert axe(page) == []


def test_without_a_script_a_text_is_handed_in_and_a_hint_keeps_what_is_written(open_context, lesson):
    page = open_context(javascript=False).new_page()
    page.goto(lesson)
    one = quiz(page, "why-peaks")
    one.get_by_role("textbox").fill(TEXT)
    one.get_by_role("button", name="Hint").click()
    expect(one.locator(".hint")).to_contain_text("Hint 1 of 2")
    expect(one.get_by_role("textbox")).to_have_value(TEXT)
    one.get_by_role("button", name="Hand in").click()

    expect(one.locator(".verdict")).to_contain_text("Handed in")
    expect(one.get_by_role("textbox")).to_have_value(TEXT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious_before_and_beside_verdicts(open_context, lesson, axe, width, scheme):
    page = open_context(width=width, scheme=scheme).new_page()
    page.goto(lesson)
    page.wait_for_load_state("networkidle")
    assert axe(page) == []
    quiz(page, "longer-wavelength").get_by_label("it shrinks").check()
    check(quiz(page, "longer-wavelength"))
    check(quiz(page, "law"))
    quiz(page, "charged").get_by_label("the electron").check()
    check(quiz(page, "charged"))
    expect(quiz(page, "charged").locator(".checks")).to_be_visible()
    expect(quiz(page, "law").locator(".verdict")).to_be_visible()

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
