"""Quizzes through the real build: markers in every key, and none of them in anything that is public."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_files import write_course
from panlearn.bootstrap import Application
from panlearn.content.findings import CourseRefused
from panlearn.content.release_store import ReleaseStore
from panlearn.domain.quiz.answers import read_answer
from panlearn.domain.quiz.drawing import draw
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.domain.quiz.solution import right_fields
from panlearn.services.publishing import Publisher
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20"><path d="M0 10h40"/></svg>'
LESSON = r"""
(target)=
## A section

```{quiz} What does $\theta$ do?
:label: one
kind: choice
text: See [](#target) and $\lambda = 2d\sin\theta$ {cite:p}`bragg`.
options:
  - {text: "it *grows* with $\\lambda$", correct: true, says: mkSAYS1}
  - {text: it shrinks, says: mkSAYS2}
hints: ["Look at $\\sin\\theta$ mkHINT"]
explain: "It is $\\lambda/2d$ mkEXPLAIN"
```

```{quiz} Several
:label: several
kind: choices
options: [{text: a, correct: true}, {text: b, correct: true}, {text: c, says: mkSAYS3}]
```

```{quiz} A number
:label: number
kind: number
text: At {energy} keV, not $x_{energy}$.
variant: {energy: [8, 12, 0.5]}
answer: 918273.5 / energy
unit: angstrom
figures: 3
wrong: [{answer: 554433.5, says: mkSAYS4}]
```

```{quiz} A text
:label: words
kind: text
answer: mkACCEPTED
wrong: [{answer: mkWRONG, says: mkSAYS5}]
```

```{quiz} An order
:label: order
kind: order
items: [first thing, second thing, third thing]
```

```{quiz} Pairs
:label: pairs
kind: match
pairs: [{left: "$\\theta$", right: an angle, says: mkSAYS6}, {left: d, right: a distance}]
others: [a mass]
```

```{quiz} Gaps
:label: gaps
kind: cloze
text: "Here is [[one]], **there** [[two]] and [[three]]; $[[4]]$ is none."
blanks:
  one: mkGAP
  two: {options: [{text: plane, correct: true}, {text: normal, says: mkSAYS7}]}
  three: {answer: 778899.5, unit: nm, tolerance: 1%}
  "4": x
```

```{quiz} A place
:label: place
kind: image
image: wave.svg
alt: A line across.
regions: [{at: [51.25, 50], within: 3.75, name: mkREGION}]
wrong: [{at: [10, 10], within: 5, says: mkSAYS8}]
```

```{quiz} A text
:label: prose
kind: written
text: Write of $\lambda$ at {energy} keV.
variant: {energy: [8, 12, 0.5]}
words: [1, 50]
rubric: {"names the planes": 2, says why: 1}
hints: [mkASKED]
explain: "Since $n$ planes mkMODEL"
```
"""
MARKERS = (
    "mkSAYS",
    "mkHINT",
    "mkEXPLAIN",
    "mkACCEPTED",
    "mkWRONG",
    "mkGAP",
    "mkREGION",
    "mkASKED",
    "mkMODEL",
    "918273",
    "554433",
    "778899",
)
BIB = "@article{bragg, title={The reflection of X-rays}, author={Bragg, W. L.}, year={1913}}\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    application = Application(
        Settings(home=tmp_path_factory.mktemp("home"), environments=ROOT / "var" / "environments")
    )
    yield application
    application.close()


def prepare(app, course):
    return Publisher(None, app.settings, app.engine, app.grader, ReleaseStore(app.settings)).prepare(course)


def course_of(folder, lesson):
    return write_course(folder, lesson, wave__svg=SVG, refs__bib=BIB)


@pytest.fixture(scope="module")
def release(app, tmp_path_factory):
    lesson = LESSON.replace("; $[[4]]$ is none", "").replace('  "4": x\n', "")
    return prepare(app, course_of(tmp_path_factory.mktemp("course"), lesson))


def test_no_public_file_of_a_release_holds_anything_of_a_key(app, release):
    folder = app.settings.releases_dir / "trial" / release.digest
    public = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "grading"]

    assert len(public) > 3
    for path in public:
        text = path.read_bytes().decode("utf-8", "replace")
        assert [marker for marker in MARKERS if marker in text] == [], path
    private = "".join(path.read_text() for path in (folder / "grading").iterdir())
    assert [marker for marker in MARKERS if marker not in private] == []


def test_the_texts_of_a_quiz_are_set_as_the_page_s_own(release):
    one = release.exercises["one"].quiz
    assert 'class="katex"' in one.title
    assert 'href="#target"' in one.html
    assert "#ref-bragg" in one.html
    assert {option.text for option in one.options} == {"it grows with λ", "it shrinks"}
    assert any("<em>grows</em>" in option.html for option in one.options)
    number = release.exercises["number"].quiz
    assert "\ue000energy\ue001 keV" in number.html
    assert number.html.count("\ue000") == 1
    assert release.exercises["place"].quiz.image.startswith("<img")
    assert [blank.name for blank in release.exercises["gaps"].quiz.blanks] == ["one", "two", "three"]


def test_a_page_of_quizzes_is_a_lesson_with_its_marks_in_order(app, release):
    page = release.page("lesson")
    fragment = ReleaseStore(app.settings).fragment(release, "lesson")

    assert (page.number, page.cells, page.notebook) == (1, (), None)
    assert page.exercises == ("one", "several", "number", "words", "order", "pairs", "gaps", "place", "prose")
    assert sorted(page.exercises, key=lambda name: fragment.index(f"<!--quiz:{name}-->")) == list(page.exercises)


def test_every_kind_is_graded_from_its_stored_bundle(app, release):
    store = ReleaseStore(app.settings)
    for name in release.exercises:
        bundle = store.bundle(release, name)
        if name == "prose":
            continue
        answer = read_answer(bundle.quiz, right_fields(bundle.quiz.key, draw(bundle.quiz.variant, "s")), "s")
        assert grade_quiz(bundle, answer.as_source()).verdict == "passed", name


def test_a_text_waits_for_a_person_with_its_rubric_and_its_explanation_rendered(app, release):
    bundle = ReleaseStore(app.settings).bundle(release, "prose")
    answer = read_answer(bundle.quiz, {"text": ["planes are dense"]}, "s")

    assert grade_quiz(bundle, answer.as_source()).verdict == "handed-in"
    assert "katex" in bundle.quiz.explain
    prose = release.exercises["prose"]
    assert [(one.text, one.points) for one in prose.rubric] == [("names the planes", 2.0), ("says why", 1.0)]
    assert (prose.by_hand, prose.points, prose.quiz.words) == (3.0, 3.0, (1, 50))


def test_hints_and_explanations_come_rendered(app, release):
    bundle = ReleaseStore(app.settings).bundle(release, "one")

    assert len(bundle.hints) == 1
    assert "katex" in bundle.hints[0]
    assert "mkEXPLAIN" in bundle.quiz.explain


@pytest.mark.parametrize(
    ("lesson", "says"),
    [
        (LESSON, "[[4]] stands in a formula"),
        (
            "```{quiz} A\n:label: a\nkind: cloze\ntext: See ![a [[n]] b](wave.svg).\nblanks: {n: x}\n```\n",
            "stands where no field can be",
        ),
        ("```{quiz} A\n:label: a\nkind: order\nitems:\n  - '- a'\n  - b\n```\n", "more than one paragraph"),
        ("```{quiz} A\n:label: a\nkind: text\nanswer: x\ntext: See [](nowhere.md)\n```\n", "nowhere"),
    ],
)
def test_what_the_build_finds_in_a_quiz_is_told_at_its_line(app, tmp_path, lesson, says):
    course = course_of(tmp_path, lesson)

    with pytest.raises(CourseRefused) as refused:
        prepare(app, course)

    [finding] = [one for one in refused.value.findings if says in one.message]
    assert finding.file == "lesson.md"
    assert finding.line > 4
