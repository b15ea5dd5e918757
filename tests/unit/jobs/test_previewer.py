"""The author's preview: every save is built, what cannot be built is told, and learners are always on the newest."""

from __future__ import annotations

import time

import pytest

import factories
from panlearn.content.findings import CourseRefused, Finding, Severity
from panlearn.errors import PlatformError
from panlearn.jobs import previewer as module
from panlearn.jobs.previewer import Previewer
from panlearn.services.enrolments import Enrolments
from panlearn.services.releases import Releases

ERROR = Finding(code="PL010", severity=Severity.ERROR, file="lesson.md", line=3, message="No.", todo="Mend it.")
NOTE = Finding(code="PL043", severity=Severity.WARNING, file="lesson.md", line=4, message="Skips.")


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "waves"
    folder.mkdir()
    (folder / "lesson.md").write_text("one")
    return folder


@pytest.fixture
def previewer(application, course, monkeypatch, store):
    """A previewer whose builds are told by the text of the lesson."""
    built = []

    class FakePublisher:
        warnings = ()

        def __init__(self, *_args, progress, **_options):
            progress("Reading")

        def prepare(self, folder):
            text = (folder / "lesson.md").read_text()
            built.append(text)
            if text == "error":
                raise CourseRefused("waves", [ERROR])
            if text == "platform":
                raise PlatformError("Nothing can be contained here.")
            if text == "bug":
                raise ZeroDivisionError
            self.warnings = (NOTE,) if text == "note" else ()
            return factories.release(digest=text * 20)

    monkeypatch.setattr(module, "Publisher", FakePublisher)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    made = Previewer(application, course)
    made.start()
    made.built = built
    yield made
    made.stop()


def wait(previewer, text, course=None):
    if course is not None:
        (course / "lesson.md").write_text(text)
    deadline = time.monotonic() + 10
    while previewer.built[-1:] != [text] or previewer.state.step:
        assert time.monotonic() < deadline, previewer.state
        time.sleep(0.01)
    return previewer.state


def test_a_save_is_built_and_becomes_current(previewer, course, application):
    assert wait(previewer, "one").release == "one" * 20
    state = wait(previewer, "two", course)
    assert (state.release, state.errors, state.first) == ("two" * 20, 0, "")
    with application.reading() as session:
        assert Releases(session).current("waves").digest == "two" * 20


def test_nothing_is_built_while_nothing_is_saved(previewer):
    wait(previewer, "one")
    time.sleep(0.3)
    assert previewer.built == ["one"]


def test_who_worked_in_it_goes_along(previewer, course, application):
    wait(previewer, "one")
    with application.writing() as session:
        learner = factories.guest(session)
        Enrolments(session).work(learner, "waves", digest="one" * 20, page="lesson")
    wait(previewer, "two", course)
    with application.reading() as session:
        assert Enrolments(session).by_release("waves") == {"two" * 20: 1}


@pytest.mark.parametrize(
    ("text", "words"), [("error", "lesson.md:3: PL010"), ("platform", "Nothing can be contained"), ("bug", "the log")]
)
def test_what_cannot_be_built_is_told_and_the_last_release_stays(previewer, course, text, words):
    wait(previewer, "one")
    state = wait(previewer, text, course)
    assert (state.release, state.errors) == ("one" * 20, 1)
    assert words in state.first
    assert wait(previewer, "three", course).errors == 0


def test_warnings_are_told_and_stand_in_no_way(previewer, course):
    state = wait(previewer, "note", course)
    assert (state.errors, state.warnings, state.findings) == (0, 1, (NOTE,))
