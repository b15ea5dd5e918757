"""The course page offers another release to who works in one that is not current, and says what is different."""

from __future__ import annotations

import shutil
from dataclasses import replace

import factories
from panlearn.services.releases import Releases

NEWER = "b" * 64


def publish_newer(application, notes=""):
    made = factories.release(digest=NEWER, version=2)
    made = replace(made, exercises=made.exercises | {"first": replace(made.exercises["first"], points=5.0)})
    with application.writing() as session:
        factories.publish(application.store, session, made)
        Releases(session).activate(factories.COURSE, NEWER, notes)


def test_who_worked_in_the_older_release_reads_what_changed_and_moves_up(visitor, application):
    visitor.answer("first", "first = 1")
    publish_newer(application, "Mends <b>the</b> first exercise.")

    page = visitor.get("/courses/waves").text

    assert "Release 2 of this course is out; you are on release 1." in page
    assert "Mends &lt;b&gt;the&lt;/b&gt; first exercise." in page
    assert "The exercise “First” gives 5 points instead of 2." in page
    visitor.form("/courses/waves", to="/courses/waves/release")
    page = visitor.get("/courses/waves").text
    assert "is out; you are on" not in page
    assert page.count("current") >= 1
    assert "All releases" in page


def test_who_worked_in_a_release_that_was_taken_back_is_offered_the_older_one(visitor, application):
    publish_newer(application)
    visitor.answer("first", "first = 1")
    with application.writing() as session:
        Releases(session).roll_back(factories.COURSE)

    page = visitor.get("/courses/waves").text

    assert "The course went back to release 1; you are on release 2." in page
    assert "Move to it" in page


def test_who_has_no_work_there_is_offered_nothing(visitor, application):
    publish_newer(application)
    assert "you are on release" not in visitor.get("/courses/waves").text


def test_a_current_release_that_is_gone_from_disk_leaves_others_their_own(visitor, application):
    visitor.answer("first", "first = 1")
    publish_newer(application)
    shutil.rmtree(application.settings.releases_dir / factories.COURSE / NEWER)
    application.store._releases.clear()

    assert visitor.get("/courses/waves/first-lesson").status_code == 200
    assert "you are on release" not in visitor.get("/courses/waves").text


def test_a_release_whose_grading_cannot_be_read_is_offered_without_what_changed(visitor, application):
    visitor.answer("first", "first = 1")
    publish_newer(application)
    folder = application.settings.releases_dir / factories.COURSE / factories.DIGEST / "grading"
    (folder / "second.json").write_text("{half")
    application.store._bundles.clear()

    page = visitor.get("/courses/waves")

    assert page.status_code == 200
    assert "Release 2 of this course is out" in page.text
    assert "What is different" not in page.text
