"""A small course, and guests who work on it over HTTP."""

from __future__ import annotations

import time
import uuid

import pytest
import requests
from gateway_site import Page
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

LESSON = """\
---
title: Small lesson
kernelspec:
  name: python3
  display_name: Python 3
---

# Small lesson

```{code-cell} python
base = 2.0
```

```{exercise} Double it
:label: double
Write `double(x)`.
```

```{code-cell} python
#| exercise: double
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```{code-cell} python
#| check: double
assert double(2) == 4, "Is it twice as much?"
```

```{hint}
Add it to itself.
```

```{code-cell} python
#| wrong: double
#| says: twice
def double(x):
    return x
```
"""
RIGHT = "def double(x):\n    return 2 * x\n"
SLOW = f"import time\ntime.sleep(1.5)\n{RIGHT}"


def write_course(folder):
    folder.mkdir()
    (folder / "course.yml").write_text("summary: Small.\nlevel: beginner\nduration: 10m\nenvironment: core\n")
    (folder / "myst.yml").write_text(
        "version: 1\nproject:\n  title: Small\n  authors:\n    - name: The PaN Learn developers\n"
        "  license: CC-BY-4.0\n  toc:\n    - file: index.md\n    - file: lesson.md\n"
    )
    (folder / "index.md").write_text("# Small\n\nFront page.\n")
    (folder / "lesson.md").write_text(LESSON)
    return folder


class Learner:
    """A guest in a browser of their own. `kernels` is where kernels are, if not at the site itself."""

    def __init__(self, site, kernels=None):
        self.site = site
        self.kernels = kernels or site.url
        self.browser = requests.Session()
        self.ask("GET", "/courses/small/lesson")

    def ask(self, method, path, **options):
        return self.browser.request(method, f"{self.site.url}{path}", timeout=30, **options)

    def submit(self, source=RIGHT):
        answer = self.ask("POST", "/api/v1/courses/small/exercises/double/submissions", json={"source": source})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def graded(self, id_, seconds=60):
        """The submission, once it has its report."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            submission = self.ask("GET", f"/api/v1/submissions/{id_}").json()
            if submission["report"]:
                return submission
            time.sleep(0.1)
        pytest.fail(f"not graded in {seconds} s: {submission}")

    def start_kernel(self):
        answer = self.browser.post(f"{self.kernels}/kernels/api/kernels", json={"name": "core"}, timeout=30)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def page(self, kernel):
        session = uuid.uuid4().hex
        url = f"{self.kernels.replace('http', 'ws')}/kernels/api/kernels/{kernel}/channels?session_id={session}"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.cookies)
        return Page(await websocket_connect(HTTPRequest(url, headers={"Cookie": cookies})), session)
