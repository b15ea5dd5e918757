"""Small courses for tests: the one in `tests/courses`, whole or changed, and lessons made of a few lines."""

from __future__ import annotations

import shutil
from pathlib import Path

FIRST_LIGHT = Path(__file__).parent / "courses" / "first-light"

COURSE_YML = "summary: A course for tests.\nduration: 10m\nenvironment: core\n"
MYST_YML = """\
version: 1
project:
  title: Trial
  authors: [{name: Ada Example}]
  license: CC-BY-4.0
  toc:
    - file: index.md
    - file: lesson.md
"""
EXERCISE = """\
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
assert double(2) == 4, "Twice two is four"
```

```{code-cell} python
#| wrong: double
#| says: twice two
def double(x):
    return x
```
"""


def copy_course(folder: Path) -> Path:
    """The whole test course, to be changed."""
    return Path(shutil.copytree(FIRST_LIGHT, folder / "first-light"))


def write_course(folder: Path, lesson: str = EXERCISE, **files: str) -> Path:
    """A course with one lesson; `files` by name, with `__` for the dot."""
    course = folder / "trial"
    course.mkdir(parents=True)
    texts = {"course.yml": COURSE_YML, "myst.yml": MYST_YML, "index.md": "# Trial\n\nHello.\n"}
    texts["lesson.md"] = f"# The lesson\n\nText.\n\n{lesson}"
    texts |= {name.replace("__", "."): text for name, text in files.items()}
    for name, text in texts.items():
        (course / name).write_text(text, encoding="utf-8")
    return course


def line_of(path: Path, text: str) -> int:
    """The line of a file that holds a text, from 1."""
    rows = path.read_text(encoding="utf-8").split("\n")
    return next(number for number, row in enumerate(rows, 1) if text in row)
