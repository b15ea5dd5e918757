"""Quizzes for tests: as a course's Markdown, and published by hand without a build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import factories
from course_files import write_course
from panlearn.content.course_source import CourseSource, read_course
from panlearn.content.findings import Findings
from panlearn.content.release_store import ReleaseContent, ReleaseStore
from panlearn.domain.course import Exercise, Release
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.marks import quiz_mark
from panlearn.domain.quiz.model import FaceOption, QuizFace
from panlearn.services.releases import Releases

CHOICE = """\
```{quiz} What does a longer wavelength do to the angle?
:label: longer
:attempts: 2
kind: choice
options:
  - text: it grows
    correct: true
    says: saysRIGHT
  - text: it shrinks
    says: saysSHRINKS
  - text: it stays
    says: saysSTAYS
hints: [hintONE, hintTWO]
explain: explainIT
```
"""
NUMBER = """\
```{quiz} How long is the wave?
:label: wave
:points: 2
kind: number
text: The energy is {energy} keV.
variant: {energy: [8, 12, 0.5]}
answer: h * c / (energy * 1e3 * e) * 1e10
unit: angstrom
tolerance: 1%
wrong:
  - {answer: 12.398 * energy, says: "saysTIMES {energy}"}
explain: explainWAVE {energy}
```
"""
ORDER = """\
```{quiz} Lowest energy first
:label: spectrum
kind: order
items: [radio, visible light, X-rays]
```
"""
WRITTEN = """\
```{quiz} Why are there peaks only at some angles?
:label: why
kind: written
text: The crystal is seen at {energy} keV.
variant: {energy: [8, 12, 0.5]}
words: [3, 8]
rubric: {names the planes: 2, gives the law: 1}
hints: [hintPLANES, hintLAW]
explain: explainWHY {energy}
```
"""
FREE = """\
```{quiz} What would you measure next?
:label: next
:points: 4
kind: written
```
"""
SECRETS = ("saysRIGHT", "saysSHRINKS", "saysSTAYS", "hintONE", "hintTWO", "explainIT", "saysTIMES", "explainWAVE")
SECRETS_OF_KEYS = ("12.398", "1e10", "correct")


def read_quizzes(folder: Path, lesson: str) -> tuple[CourseSource, Findings, Path]:
    """A course with one lesson of quizzes, read."""
    course = write_course(folder, lesson)
    findings = Findings()
    source = read_course(course, findings)
    assert source is not None
    return source, findings, course / "lesson.md"


def face_of(source: CourseSource, name: str) -> QuizFace:
    """What a build would publish of a quiz, its texts as they are."""
    quiz = source.quizzes[name]

    def options(role: str) -> tuple[FaceOption, ...]:
        return tuple(FaceOption(key=p.key, html=p.text, text=p.text) for p in quiz.parts if p.role == role)

    key = quiz.quiz.key
    text = next((part.text for part in quiz.parts if part.role == "text"), "")
    return QuizFace(
        kind=quiz.quiz.kind,
        title=quiz.title,
        html=f"<p>{text}</p>" if text else "",
        options=options("option"),
        targets=options("target"),
        unit_asked=bool(getattr(key, "unit", "")),
        words=getattr(key, "words", None),
        variant=quiz.quiz.variant,
    )


def publish_quizzes(folder: Path, store: ReleaseStore, session: object, lesson: str = CHOICE + NUMBER) -> Release:
    """A release of quizzes alone, made current without Jupyter Book."""
    source, findings, _ = read_quizzes(folder, lesson)
    assert findings.errors == []
    exercises: dict[str, Exercise] = {}
    bundles: dict[str, GradingBundle] = {}
    for name, quiz in source.quizzes.items():
        explain = f"<p>{quiz.explain.text}</p>" if quiz.explain else ""
        bundle = source.bundles[name]
        hints = tuple(f"<p>{hint.text}</p>" for hint in quiz.hints)
        bundles[name] = replace(bundle, hints=hints, quiz=replace(quiz.quiz, explain=explain))
        exercises[name] = Exercise(
            id=name,
            lesson="lesson",
            title=quiz.title,
            cell="",
            points=quiz.points,
            names=(),
            checks=(),
            hints=len(hints),
            attempts=quiz.attempts,
            reveal=quiz.reveal,
            by_hand=quiz.by_hand,
            rubric=quiz.rubric,
            quiz=face_of(source, name),
        )
    base = factories.release()
    page = replace(base.pages[1], slug="lesson", exercises=tuple(exercises), cells=(), notebook=None)
    made = replace(base, pages=(base.pages[0], page), exercises=exercises)
    fragments = {"index": "<p>Hello.</p>", "lesson": "<p>Text.</p>" + "".join(quiz_mark(name) for name in exercises)}
    store.write(made, ReleaseContent(fragments=fragments, bundles=bundles))
    Releases(session).activate(made.course.slug, made.digest)  # type: ignore[arg-type]
    return made


def option(source_or_release: object, exercise: str, text: str) -> str:
    """The key that stands for an option."""
    face = source_or_release.exercises[exercise].quiz  # type: ignore[attr-defined]
    return next(one.key for one in (*face.options, *face.targets) if one.text == text)
