"""A site that serves the bundled courses, and Chromium to look at it with."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from live_site import ROOT, Site

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("home"))
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", "--bundled")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def chromium():
    """Chromium; not for the whole session, since Playwright's event loop would run under every other test."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "the browser tests need Chromium (Debian, Ubuntu: apt install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium: Browser):
    """Make a visitor: a fresh context, with the width, colour scheme and scripting asked for."""
    contexts: list[BrowserContext] = []

    def make(*, width: int = 1440, scheme: str = "light", javascript: bool = True) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context, site) -> Page:
    """A visitor at a desk; whatever the page's console calls an error fails the test."""
    page = open_context().new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.console_problems = problems
    return page


@pytest.fixture
def axe():
    """Run axe-core on a page; the violations it calls serious or critical."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        return [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
            for violation in result["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]

    return run
