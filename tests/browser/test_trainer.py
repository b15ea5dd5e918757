"""A trainer's way: from the figures of a course to a regrade in force; the learner concerned reads why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

import classroom
from classroom import Kind
from panlearn.bootstrap import Application
from panlearn.domain.report import Verdict
from panlearn.services.accounts import Accounts
from panlearn.services.enrolments import Enrolments
from panlearn.services.library import Library
from panlearn.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.timeout(300)]

COURSE, EXERCISE = "diffraction-first-steps", "bragg-angle"
TEACH = f"/teach/{COURSE}/{EXERCISE}"
PASSWORD = "a long enough phrase"
REASON = "The check compared with a rounded wavelength."
HEAD = "def bragg_angle(d, wavelength):\n"
RIGHT = Kind(source=f"{HEAD}    return np.degrees(np.arcsin(wavelength / (2 * d)))\n", verdict=Verdict.PASSED)
FAILED_WRONGLY = Kind(
    source=f"{HEAD}    return np.arcsin(wavelength / (2 * d)) * 180 / np.pi\n", message="expected 14.20, got 14.22"
)
PASSED_WRONGLY = Kind(source=f"{HEAD}    return 14.2\n", verdict=Verdict.PASSED)
WRONG = [
    Kind(source=f"{HEAD}    return np.arcsin(wavelength / (2 * d))\n", message="Is your angle in degrees?"),
    Kind(source=f"{HEAD}    theta = np.arcsin(wavelength / (2 * d))\n", message="Your function gives nothing back."),
    Kind(source=f"{HEAD}    return 1 +\n", verdict=Verdict.ERROR, message="Line 2 cannot be read."),
]


@pytest.fixture(scope="module")
def trainer_account(site) -> str:
    """A trainer, and a class of sixty whose answers an older check graded; Ann's right answer failed."""
    site.panlearn("db", "upgrade")
    application = Application(Settings(home=site.home))
    now = datetime.now(UTC)
    with application.writing() as session:
        release = Library(session, application.store).copy(COURSE, None).release
        exercise = release.exercises[EXERCISE]
        classroom.fill(session, release, exercise, wrong=WRONG, right=[RIGHT], people=60, now=now)
        accounts = Accounts(session)
        ann = accounts.sign_up(name="Ann", email="ann@example.org", password=PASSWORD)
        other = accounts.sign_up(name="Bob", email="bob@example.org", password=PASSWORD)
        accounts.sign_up(name="Marie", email="marie@example.org", password=PASSWORD)
        accounts.grant("marie@example.org", "trainer")
        for learner in (ann, other):
            Enrolments(session).work(learner, COURSE, digest=release.digest, page=exercise.lesson)
        classroom.answer(session, release, exercise, ann, FAILED_WRONGLY, now - timedelta(days=1))
        classroom.answer(session, release, exercise, other, PASSED_WRONGLY, now - timedelta(days=1))
    application.close()
    return "marie@example.org"


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me")


def test_a_trainer_reads_the_figures_regrades_and_the_learner_is_told(page, open_context, site, trainer_account):
    sign_in(page, site.url, trainer_account)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Teach").click()
    page.get_by_role("link", name="Diffraction").click()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Bragg angle")
    expect(page.get_by_role("region", name="Where answers fail")).to_contain_text("Is your angle in degrees?")
    expect(page.get_by_role("region", name="Most frequent wrong answers")).to_contain_text("np.arcsin(wavelength")

    page.get_by_role("link", name="Grade stored answers again").click()
    page.get_by_role("button", name="Start the dry run").click()
    expect(page.get_by_role("heading", name="Put it into force")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("region", name="Go up")).to_contain_text("180 / np.pi")
    expect(page.get_by_role("region", name="Go down")).to_contain_text("return 14.2")
    page.get_by_label("Why").fill(REASON)
    page.get_by_role("button", name="Raise 1 grade").click()
    expect(page.get_by_role("main")).to_contain_text("1 grade was changed")
    expect(page.get_by_role("heading", name="Put it into force")).to_have_count(0)
    assert page.console_problems == []

    ann = open_context().new_page()
    sign_in(ann, site.url, "ann@example.org")
    told = ann.get_by_role("region", name="Graded again")
    expect(told).to_contain_text(REASON)
    told.get_by_role("link", name="The Bragg angle").click()
    expect(ann.locator(f"#{EXERCISE} .regraded")).to_contain_text(f"from 0 to 2 points: {REASON}")

    bob = open_context().new_page()
    sign_in(bob, site.url, "bob@example.org")
    expect(bob.get_by_role("main")).not_to_contain_text("Graded again")


def test_a_dry_run_needs_no_javascript(open_context, site, trainer_account):
    page = open_context(javascript=False).new_page()
    sign_in(page, site.url, trainer_account)
    page.goto(f"{site.url}{TEACH}/regrade")
    page.get_by_role("button").filter(has_text="dry run").or_(
        page.get_by_role("button", name="Grade the answers again")
    ).click()
    expect(page.get_by_role("region", name="Go down")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    open_context, site, axe, trainer_account, width, scheme
):
    page = open_context(width=width, scheme=scheme).new_page()
    sign_in(page, site.url, trainer_account)
    found = {}
    for path in ("/teach", f"/teach/{COURSE}", TEACH, f"{TEACH}/regrade"):
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        if violations := axe(page):
            found[path] = violations
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    assert found == {}
