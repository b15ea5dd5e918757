"""From a wrong curve to a pass, from a weak check to a mended grade, from two sentences to a person's points."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect
from test_journey import type_into

from live_site import ROOT, Site

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]

LESSON = "/courses/decaying-wave/lesson"
PASSWORD = "a long enough phrase"
LATE = "def wave(x):\n    return np.exp(-x / 5) * np.cos(2 * x + 0.3)\n\nplt.plot(x, wave(x))\n"
RIGHT = "def wave(x):\n    return np.exp(-x / 4) * np.cos(2 * x)\n\nplt.plot(x, wave(x))\n"
WEAK, MENDED = "assert period(1.0) == approx(2 * np.pi)", "assert period(2.0) == approx(np.pi)"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return shutil.copytree(ROOT / "tests" / "courses" / "decaying-wave", tmp_path_factory.mktemp("c") / "decaying-wave")


@pytest.fixture(scope="module")
def own_site(tmp_path_factory, course):
    site = Site(tmp_path_factory.mktemp("home"))
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", str(course))
    site.start()
    yield site
    site.stop()


def checked(page: Page, name: str, answer: str, button: str = "Check"):
    exercise = page.locator(f"#{name}")
    type_into(page, exercise, answer)
    exercise.get_by_role("button", name=button, exact=True).click()
    return exercise


def sign_up(page: Page, site: Site, email: str, *roles: str) -> None:
    page.goto(f"{site.url}/sign-up")
    page.get_by_label("Name").fill(email.partition("@")[0].capitalize())
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/me")
    for role in roles:
        site.panlearn("user", "grant", email, role)


def test_a_wrong_curve_is_drawn_over_its_band_then_a_hint_a_pass_and_a_look_back(page, own_site):
    page.goto(own_site.url + LESSON)
    exercise = checked(page, "wave", LATE)
    expect(exercise.locator(".chip").first).to_contain_text("Not yet")
    expect(exercise).to_contain_text("Your curve leaves the accepted band at")
    picture = exercise.get_by_role("img", name="wave(x)").or_(exercise.locator("figure svg, .curve svg")).first
    expect(picture).to_be_visible()

    exercise.get_by_role("button", name="Hint").click()
    expect(exercise).to_contain_text("The decay multiplies the cosine.")

    checked(page, "wave", RIGHT)
    expect(exercise.locator(".chip").first).to_contain_text("Passed")
    exercise.get_by_role("button", name="Attempts").click()
    attempts = exercise.get_by_role("region", name="Your attempts")
    attempts.get_by_role("slider").press("ArrowLeft")
    expect(attempts.locator("pre")).to_contain_text("np.exp(-x / 5)")
    expect(attempts.locator(".chip")).to_contain_text("Not yet")


def test_a_weak_check_is_found_by_a_slip_mended_and_answers_graded_again(open_context, own_site, course):
    learner = open_context().new_page()
    sign_up(learner, own_site, "ann@example.org")
    learner.goto(own_site.url + LESSON)
    exercise = checked(learner, "period", "def period(omega):\n    return 2 * np.pi * omega\n")
    expect(exercise.locator(".chip").first).to_contain_text("Passed")

    command = [sys.executable, "-m", "panlearn", "course", "check", str(course), "--mutants", "--json"]
    said = subprocess.run(command, env=own_site.environ, capture_output=True, text=True, check=False, timeout=200)
    found = [one for one in json.loads(said.stdout)["findings"] if one["code"] == "PL055"]
    assert any("`2 * np.pi / omega` becomes `2 * np.pi * omega`" in one["message"] for one in found), found

    lesson = course / "lesson.md"
    lesson.write_text(lesson.read_text().replace(WEAK, MENDED))
    own_site.panlearn("course", "publish", str(course))

    trainer = open_context().new_page()
    sign_up(trainer, own_site, "marie@example.org", "trainer")
    trainer.goto(f"{own_site.url}/teach/decaying-wave/period/regrade")
    trainer.get_by_role("button", name="Start the dry run").click()
    expect(trainer.get_by_role("region", name="Go down")).to_contain_text("2 * np.pi * omega", timeout=60_000)
    trainer.get_by_label("Why").fill("The period falls as the frequency rises.")
    trainer.get_by_role("checkbox").check()
    trainer.get_by_role("button", name="Change the grades").click()
    expect(trainer.get_by_role("main")).to_contain_text("1 grade was changed")

    learner.goto(own_site.url + "/me")
    expect(learner.get_by_role("region", name="Graded again")).to_contain_text("The period falls")


def test_two_sentences_are_read_by_a_person_whose_points_and_comment_come_back(open_context, own_site):
    learner, trainer = open_context().new_page(), open_context().new_page()
    sign_up(trainer, own_site, "tess@example.org", "trainer")
    learner.goto(own_site.url + LESSON)
    exercise = checked(learner, "why", 'answer = "The exponential damps them."\n', "Hand in")
    expect(exercise.locator(".chip").first).to_contain_text("Handed in")
    expect(exercise).to_contain_text("A person reads your answer")

    trainer.goto(f"{own_site.url}/teach/decaying-wave/to-grade")
    trainer.get_by_role("link", name="Say why").click()
    expect(trainer.get_by_role("main")).to_contain_text("The exponential damps them.")
    trainer.get_by_label("names the damping").fill("2")
    trainer.get_by_label("says what stays the same").fill("0")
    trainer.get_by_label("Comment").fill("And the period?")
    trainer.get_by_role("button", name="Give the grade").click()
    expect(trainer.get_by_role("main")).to_contain_text("Nothing waits for a person")

    learner.reload()
    expect(exercise).to_contain_text("A person gave this answer 2 of 3 points")
    expect(exercise).to_contain_text("And the period?")


def test_a_notebook_from_elsewhere_is_handed_in(page, own_site, tmp_path):
    cells = ["#| exercise: wave\n" + RIGHT, "def period(omega):\n    return 1\n", "#| exercise: elsewhere\n1"]
    made = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
    path = tmp_path / "done.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))

    page.goto(f"{own_site.url}/courses/decaying-wave")
    page.get_by_role("link", name="Hand in one that you did elsewhere").click()
    page.get_by_label("Notebook (.ipynb)").set_input_files(path)
    page.get_by_role("button", name="Check the answers in it").click()

    main = page.get_by_role("main")
    expect(main).to_contain_text("2 answers found.", timeout=20_000)
    expect(main.get_by_role("listitem").filter(has_text="A decaying oscillation")).to_contain_text("Passed")
    expect(main.get_by_role("listitem").filter(has_text="The period")).to_contain_text("known by the names it defines")
    expect(main).to_contain_text("elsewhere")
