"""Every example of the author's README: it runs, and the learner reads what stands under it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import panlearn_checks
from panlearn_checks import Failure, source

README = Path(panlearn_checks.__file__).parents[1] / "README.md"
sys.path.append(str(README.parents[1]))

from panlearn_sandbox.asserts import NAME, Ask, rewrite  # noqa: E402
from panlearn_sandbox.bridge import Log  # noqa: E402
from panlearn_sandbox.explain import Explainer  # noqa: E402

EXAMPLE = re.compile(r"^## (.+?)$.*?^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = EXAMPLE.findall(README.read_text())


@pytest.mark.parametrize(("heading", "example", "text"), EXAMPLES, ids=[heading for heading, *_ in EXAMPLES])
def test_an_example_says_what_the_readme_says(heading, example, text):
    answer, check = example.split("# check\n")
    namespace = {name: getattr(panlearn_checks, name) for name in panlearn_checks.__all__}
    exec(answer, namespace)
    source.submit(answer, namespace)
    rewritten = rewrite(check, "<check>")
    names = frozenset(re.findall(r"^def (\w+)", answer, re.MULTILINE))
    namespace[NAME] = Ask(rewritten.found, rewritten.operators, Explainer(names, Log(), {}))

    with pytest.raises(Failure) as failed:
        exec(rewritten.code, namespace)

    said = failed.value.message + (f"\nTry: {failed.value.hint}" if failed.value.hint else "")
    assert said == text.strip()


def test_every_helper_has_an_example_and_a_row():
    helpers = set(panlearn_checks.__all__) - {"Approx", "Failure"}
    headings = " ".join(heading for heading, *_ in EXAMPLES)
    rows = {*re.findall(r"^\| `(\w+)\(", README.read_text(), re.MULTILINE), "requires"}

    assert helpers <= set(re.findall(r"\w+", headings))
    assert helpers <= rows
