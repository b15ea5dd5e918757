"""A new course: a front page and a lesson with one exercise, which can be published as they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from panlearn.content.importing.course import checked_destination, one_line

_COURSE = """\
summary: What this course teaches, in one sentence.
level: beginner
language: en
duration: 15m
environment: core
"""
_INDEX = """\
# {title}

What learners find here, and what they can do afterwards.

- [](./first-lesson.md)
"""
_LESSON = '''\
---
kernelspec:
  name: python3
  display_name: Python 3
---

# A first lesson

Text is [MyST Markdown](https://mystmd.org). Cells run in the page:

```{code-cell} python
import numpy as np

PLANCK_TIMES_C = 12.398  # keV ångström
```

```{exercise} The wavelength of a photon
:label: wavelength
Write `wavelength(energy)`: the wavelength in ångström of a photon whose energy is given in keV, $\\lambda = hc/E$.
```

```{code-cell} python
#| exercise: wavelength
def wavelength(energy):
    """Wavelength in ångström of a photon of `energy` keV."""
    ### BEGIN SOLUTION
    return PLANCK_TIMES_C / energy
    ### END SOLUTION
```

```{code-cell} python
#| check: wavelength
assert wavelength(12.398) == approx(1.0), "A photon of 12.398 keV has a wavelength of 1 ångström"
### BEGIN HIDDEN TESTS
#| idea: it works for an array of energies
assert wavelength(np.array([6.199, 24.796])) == approx([2.0, 0.5])
### END HIDDEN TESTS
```

```{hint}
A higher energy means a shorter wave, so the energy divides.
```

```{code-cell} python
#| wrong: wavelength
#| says: wavelength of 1 ångström
def wavelength(energy):
    return PLANCK_TIMES_C * energy
```
'''


def new_course(destination: Path, *, title: str = "", licence: str = "", authors: Sequence[str] = ()) -> Path:
    """Write a new course to the folder `destination`, which must not hold anything; its path. Raises `BadInput`."""
    target = checked_destination(destination)
    title = one_line(title, "title") or target.name.replace("-", " ").capitalize()
    project = {
        "title": title,
        "authors": [{"name": one_line(author, "author")} for author in authors],
        "license": one_line(licence, "licence"),
        "toc": [{"file": "index.md"}, {"file": "first-lesson.md"}],
    }
    kept = {key: value for key, value in project.items() if value}
    texts = {
        "course.yml": _COURSE,
        "myst.yml": yaml.safe_dump({"version": 1, "project": kept}, sort_keys=False, allow_unicode=True),
        "index.md": _INDEX.format(title=title),
        "first-lesson.md": _LESSON,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.parent / f".{target.name}.new-{os.getpid()}"
    making.mkdir()
    try:
        for name, text in texts.items():
            (making / name).write_text(text, encoding="utf-8")
        making.rename(target)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    return target
