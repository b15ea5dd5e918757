"""Markers in a hidden check, an expected value, a solution, a wrong answer: only the grader ever meets them."""

from __future__ import annotations

import http.cookiejar
import json
import re
import struct
import time
import urllib.error
import urllib.request

import pytest

from live_site import Site

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

SOLUTION = "mkSOLUTION7c1"
HIDDEN = "mkHIDDEN9d4"
EXPECTED = 918273.645546372
WRONG = "mkWRONG2e8"
MARKERS = (SOLUTION, HIDDEN, str(EXPECTED), WRONG)

COURSE_YML = """\
summary: A course that holds things nobody may find.
level: beginner
duration: 10m
environment: core
"""
MYST_YML = """\
version: 1
project:
  title: Marked
  authors:
    - name: The PaN Learn developers
  license: CC-BY-4.0
  toc:
    - file: index.md
    - file: lesson.md
"""
LESSON = f"""\
---
title: Marked lesson
kernelspec:
  name: python3
  display_name: Python 3
---

# Marked lesson

Text.

```{{code-cell}} python
base = 2.0
```

```{{exercise}} The marked one
:label: marked
Write `marked(x)`.
```

```{{code-cell}} python
#| exercise: marked
#| timeout: 90
def marked(x):
    ### BEGIN SOLUTION
    {SOLUTION} = {EXPECTED}
    return {SOLUTION} * x
    ### END SOLUTION
```

```{{code-cell}} python
#| check: marked
assert marked(0.0) == 0.0, "Nothing of nothing is nothing"
### BEGIN HIDDEN TESTS
#| idea: it scales
{HIDDEN} = {EXPECTED}
assert abs(marked(1.0) - {HIDDEN}) < 1e-6, "{HIDDEN} says no"
### END HIDDEN TESTS
```

```{{hint}}
Think of a number.
```

```{{code-cell}} python
#| wrong: marked
#| says: scales
def marked(x):
    {WRONG} = 1
    return {WRONG}
```

```{{code-cell}} python
print("the end")
```
"""


def pattern(text: bytes) -> str:
    """A pattern that finds `text` and does not hold it: the searcher must not find its own needle."""
    return "".join(f"[\\x{byte:02x}]" for byte in text)


NEEDLES = [pattern(marker.encode()) for marker in MARKERS] + [pattern(struct.pack("<d", EXPECTED))]
NOSY_ANSWER = f"""
import gc, re
needles = [re.compile(text.encode()) for text in {NEEDLES!r}]
found = []

def look(text):
    found.extend(needle.pattern for needle in needles if needle.search(text))

def marked(x):
    for thing in gc.get_objects():
        try:
            look(repr(thing)[:2000].encode("utf-8", "replace"))
        except Exception:
            pass
    looked = 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if not rights.startswith("rw"):
                continue
            for place in range(start, end, 1 << 22):
                try:
                    memory.seek(place)
                    look(memory.read(min((1 << 22) + 64, end - place)))
                    looked += 1 << 22
                except (OSError, ValueError, OverflowError):
                    pass
    assert looked > 1 << 24
    print("found", len(found))
    return x
"""


@pytest.fixture(scope="module")
def marked_site(tmp_path_factory):
    course = tmp_path_factory.mktemp("courses") / "marked"
    course.mkdir()
    (course / "course.yml").write_text(COURSE_YML)
    (course / "myst.yml").write_text(MYST_YML)
    (course / "index.md").write_text("# Marked\n\nFront page.\n")
    (course / "lesson.md").write_text(LESSON)
    site = Site(tmp_path_factory.mktemp("home"))
    site.panlearn("db", "upgrade")
    site.panlearn("course", "publish", str(course))
    site.start()
    yield site
    site.stop()


class Visitor:
    """A visitor who keeps cookies and every byte of every answer."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seen: list[bytes] = []
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path: str, body: dict[str, object] | None = None) -> bytes:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(f"{self.site.url}{path}", data=data, headers=headers)
        try:
            with self.opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        self.seen.append(text)
        return text


def test_a_visitor_who_follows_every_link_and_calls_every_api_meets_no_marker(marked_site):
    visitor = Visitor(marked_site)
    visitor.ask("/api/v1/courses/marked/exercises/marked/submissions", {"source": "def marked(x):\n    return 1\n"})
    visitor.ask("/api/v1/courses/marked/exercises/marked/hints", {})
    to_visit = [
        "/",
        "/api/v1/courses/marked/lessons/lesson/state",
        "/api/v1/courses/marked/exercises/marked/submissions",
    ]
    to_visit += ["/api/v1/courses/marked/exercises/marked/solution", "/courses/marked/downloads/lesson.ipynb"]
    visited: set[str] = set()
    while to_visit:
        path = to_visit.pop()
        if path in visited:
            continue
        visited.add(path)
        text = visitor.ask(path).decode("utf-8", "replace")
        to_visit += [link for link in re.findall(r'(?:href|src)="(/[^"#?]*)', text) if link not in visited]
    assert "/courses/marked/lesson" in visited
    everything = b"\n".join(visitor.seen).decode("utf-8", "replace")
    assert "Marked lesson" in everything
    assert [marker for marker in MARKERS if marker in everything] == []


def test_an_answer_that_searches_its_own_process_finds_nothing(marked_site):
    visitor = Visitor(marked_site)
    answer = visitor.ask("/api/v1/courses/marked/exercises/marked/submissions", {"source": NOSY_ANSWER})
    submission = json.loads(answer)
    while not submission["report"]:
        time.sleep(0.5)
        submission = json.loads(visitor.ask(f"/api/v1/submissions/{submission['id']}"))
    report = submission["report"]
    assert report["verdict"] == "failed", report
    assert [marker for marker in MARKERS if marker in json.dumps(report)] == []
    assert "found 0" in report["output"], report


def test_no_log_line_holds_a_marker(marked_site):
    logs = [marked_site.log, *(marked_site.home / "log").glob("*")]
    text = "\n".join(log.read_text(errors="replace") for log in logs)
    assert [marker for marker in MARKERS if marker in text] == []


def test_private_folders_are_closed_to_others(marked_site):
    for folder in (marked_site.home / "releases").glob("*/*/grading"):
        assert folder.stat().st_mode & 0o077 == 0
