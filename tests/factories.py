"""Things that tests begin with: a small course published by hand, learners, submissions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from panlearn.content.release_store import ReleaseContent, ReleaseStore
from panlearn.domain.course import Author, Cell, Course, Exercise, Level, Page, PublicCheck, Release, Section
from panlearn.domain.exercise import Check, GradingBundle
from panlearn.models import Learner, new_public_id
from panlearn.services.releases import Releases

COURSE = "waves"
DIGEST = "a" * 64
SOLUTION = "the_solution = 'nobody reads this early'"
HIDDEN = "assert the_hidden_check"

FRAGMENT = """\
<h2 id="begin">Begin</h2><p>See <a href="{{course}}/second">the second</a>.</p>
<figure class="fig"><img src="{{assets}}/wave.svg" alt="A wave" width="10" height="10"></figure>
<div class="cell" id="c1" data-cell="c1"><div class="code"><pre tabindex="0"><code>x = 1</code></pre></div></div>
{exercises}
"""
SECTION = """\
<section class="ex" id="{id}" data-exercise="{id}" data-cell="{cell}"><header><h3>{title}</h3></header>
<div class="task"><p>Do <b>{id}</b>.</p><div class="nested">More.</div></div>
<div class="ed"><pre><code>...</code></pre></div>
</section>"""


def course(slug: str = COURSE, **changes: object) -> Course:
    """A course for beginners."""
    made = Course(
        slug=slug,
        title="Waves",
        summary="What waves do.",
        level=Level.BEGINNER,
        language="en",
        duration=90,
        environment="core",
        licence="CC-BY-4.0",
        authors=(Author(name="Ada", orcid="0000-0002-1825-0097", affiliation="A laboratory"),),
        techniques=("PaNET01100",),
        outcomes=("tell a wave from a particle",),
        tools=("numpy",),
    )
    return replace(made, **changes)


def exercise(name: str, lesson: str, cell: str, **changes: object) -> Exercise:
    """An exercise with one open and one hidden check, and two hints."""
    made = Exercise(
        id=name,
        lesson=lesson,
        title=name.capitalize(),
        cell=cell,
        points=2.0,
        names=(name,),
        checks=(
            PublicCheck(name="it is right", hidden=False, points=1.0),
            PublicCheck(name="", hidden=True, points=1.0),
        ),
        hints=2,
    )
    return replace(made, **changes)


def bundle(made: Exercise) -> GradingBundle:
    """The private side of an exercise."""
    return GradingBundle(
        exercise=made.id,
        title=made.title,
        lesson=made.lesson,
        points=made.points,
        environment="core",
        files=None,
        setup=("x = 1",),
        steps=(),
        names=made.names,
        starter="...",
        solution=SOLUTION,
        checks=(Check(name="", source=HIDDEN, hidden=True, points=2.0, idea="it holds for all"),),
        hints=tuple(f"<p>Hint {number} at <a href='{{course}}/second'>the second</a>.</p>" for number in (1, 2)),
        needs=made.needs,
    )


def release(slug: str = COURSE, digest: str = DIGEST, version: int = 1, **changes: object) -> Release:
    """Two lessons, three exercises: `first` alone, `third` needs `second`, which needs `first`."""
    exercises = {
        "first": exercise("first", "first-lesson", "c2"),
        "second": exercise("second", "second", "c2", needs=("first",)),
        "third": exercise("third", "second", "c3", needs=("second",), points=1.0),
    }
    return Release(
        digest=digest,
        version=version,
        published_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        course=course(slug, **changes),
        environment_digest="core-0123456789ab",
        files=None,
        pages=(
            _page("index", None, ()),
            _page("first-lesson", 1, ("first",)),
            _page("second", 2, ("second", "third")),
        ),
        exercises=exercises,
    )


def _page(slug: str, number: int | None, exercises: tuple[str, ...]) -> Page:
    cells = [Cell(id="c1", source="x = 1")] if number else []
    cells += [Cell(id=f"c{at}", source="...", exercise=name) for at, name in enumerate(exercises, start=2)]
    return Page(
        slug=slug,
        title=slug.replace("-", " ").capitalize(),
        summary=f"About {slug}.",
        number=number,
        minutes=20 if number else 0,
        sections=(Section(id="begin", title="Begin"),),
        exercises=exercises,
        cells=tuple(cells),
        fragment=f"pages/{slug}.html",
        notebook=f"downloads/{slug}.ipynb" if number else None,
    )


def publish(store: ReleaseStore, session: object, made: Release | None = None) -> Release:
    """Write a release to disk and make it current, as publishing does at its end."""
    made = made or release()
    fragments = {}
    for page in made.pages:
        sections = [SECTION.format(id=name, cell=made.exercises[name].cell, title=name) for name in page.exercises]
        fragments[page.slug] = FRAGMENT.format(exercises="\n".join(sections))
    store.write(
        made,
        ReleaseContent(
            fragments=fragments,
            assets={"wave.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"},
            notebooks={page.slug: '{"cells": []}' for page in made.lessons},
            bundles={name: bundle(one) for name, one in made.exercises.items()},
        ),
    )
    Releases(session).activate(made.course.slug, made.digest)
    return made


def guest(session: object) -> Learner:
    """A guest with a row."""
    made = Learner(public_id=new_public_id())
    session.add(made)
    session.flush()
    return made
