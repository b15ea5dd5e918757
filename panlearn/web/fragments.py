"""Published HTML made ready for a page, once per release: kept in memory, since a release never changes."""

from __future__ import annotations

import re
from collections import OrderedDict
from html.parser import HTMLParser
from threading import Lock

from markupsafe import Markup

from panlearn.domain.course import Exercise, Page, Release
from panlearn.services.library import Store

KEPT = 512
_PLOT = re.compile(r'<img class="plot-img"[^>]*>')
_Key = tuple[str, str, str]


def localise(html: str, release: Release) -> str:
    """Put the addresses of this course and of this release's pictures in."""
    slug = release.course.slug
    return html.replace("{assets}", f"/courses/{slug}/releases/{release.digest}/assets").replace(
        "{course}", f"/courses/{slug}"
    )


class Fragments:
    """Bodies of pages and texts of tasks, the least used dropped first."""

    def __init__(self, store: Store, kept: int = KEPT) -> None:
        self._store = store
        self._kept = kept
        self._bodies: OrderedDict[_Key, Markup] = OrderedDict()
        self._lock = Lock()

    def body(self, release: Release, page: Page) -> Markup:
        """The page's HTML as it goes into the template."""
        key = (release.course.slug, release.digest, page.slug)
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
                return self._bodies[key]
        made = Markup(localise(self._store.fragment(release, page.slug), release))  # noqa: S704 (rendered and sanitised at publish)
        self._keep(key, made)
        return made

    def task(self, release: Release, page: Page, exercise: Exercise) -> Markup:
        """The text of one exercise's task, out of its page."""
        key = (release.course.slug, release.digest, f"{page.slug}#{exercise.id}")
        with self._lock:
            if key in self._bodies:
                return self._bodies[key]
        made = Markup(_task_in(self.body(release, page), exercise.id))  # noqa: S704 (a part of the same)
        self._keep(key, made)
        return made

    def picture(self, release: Release, page: Page, exercise: Exercise) -> Markup:
        """The last plot that the page shows before an exercise, empty where there is none."""
        before = self.body(release, page).partition(f'data-exercise="{exercise.id}"')[0]
        return Markup((_PLOT.findall(before) or [""])[-1])  # noqa: S704 (a part of the same)

    def _keep(self, key: _Key, made: Markup) -> None:
        with self._lock:
            self._bodies[key] = made
            while len(self._bodies) > self._kept:
                self._bodies.popitem(last=False)


class _TaskFinder(HTMLParser):
    """Finds where the content of `div.task` inside `section[data-exercise=…]` begins and ends."""

    def __init__(self, text: str, exercise: str) -> None:
        super().__init__(convert_charrefs=False)
        self._exercise = exercise
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._inside = False
        self._depth = 0
        self.begin = self.end = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "section":
            self._inside = found.get("data-exercise") == self._exercise
        elif tag == "div" and self._depth:
            self._depth += 1
        elif tag == "div" and self._inside and not self.end and "task" in (found.get("class") or "").split():
            self._depth = 1
            self.begin = self._here() + len(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._depth:
            self._depth -= 1
            if not self._depth:
                self.end = self._here()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _task_in(body: str, exercise: str) -> str:
    finder = _TaskFinder(body, exercise)
    return body[finder.begin : finder.end]
