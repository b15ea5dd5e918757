import pytest

import factories
from panlearn.errors import BadInput, NotFound
from panlearn.services.enrolments import Enrolments
from panlearn.services.library import Library
from panlearn.services.releases import Releases

pytestmark = pytest.mark.databases

COURSE = factories.COURSE
NEWER = "b" * 64


@pytest.fixture
def newer(session, store, release):
    return factories.publish(store, session, factories.release(digest=NEWER, version=2))


def test_versions_count_up_and_a_release_published_again_keeps_its_own(session):
    releases = Releases(session)

    assert [releases.activate(COURSE, digest) for digest in ("one", "two", "one", "three")] == [1, 2, 1, 3]
    assert releases.current(COURSE).digest == "three"


def test_one_release_of_each_course_is_current(session):
    releases = Releases(session)
    for digest in ("one", "two"):
        releases.activate(COURSE, digest)
    releases.activate("another", "x")

    assert [(row.course_slug, row.digest) for row in releases.list()] == [("another", "x"), (COURSE, "two")]


def test_a_reader_without_work_always_sees_the_current_release(session, store, newer):
    reader = factories.guest(session)
    Enrolments(session).visit(reader, COURSE, "second")

    copy = Library(session, store).copy(COURSE, reader)

    assert (copy.release.digest, copy.other) == (NEWER, None)


def test_a_learner_stays_on_the_release_they_worked_in(session, store, release):
    reader = factories.guest(session)
    Enrolments(session).work(reader, COURSE, digest=release.digest, page="second")
    factories.publish(store, session, factories.release(digest=NEWER, version=2))

    copy = Library(session, store).copy(COURSE, reader)

    assert (copy.release.digest, copy.other.release.digest, copy.other.newer) == (release.digest, NEWER, True)


def test_moving_up_goes_on_with_the_newest(session, store, release):
    reader = factories.guest(session)
    Enrolments(session).work(reader, COURSE, digest=release.digest, page="second")
    factories.publish(store, session, factories.release(digest=NEWER, version=2))
    Enrolments(session).move_up(reader, COURSE, NEWER)

    copy = Library(session, store).copy(COURSE, reader)

    assert (copy.release.digest, copy.other) == (NEWER, None)


def test_a_learner_whose_release_is_gone_from_disk_goes_on_with_the_current_one(session, store, release):
    reader = factories.guest(session)
    Enrolments(session).work(reader, COURSE, digest="c" * 64, page="second")

    copy = Library(session, store).copy(COURSE, reader)

    assert (copy.release.digest, copy.other.release.digest, copy.other.newer) == (release.digest, release.digest, True)


def test_what_is_not_there_is_said_in_words(session, store, release):
    library = Library(session, store)

    with pytest.raises(NotFound, match="no such course"):
        library.copy("particles", None)
    with pytest.raises(NotFound, match="no such release"):
        library.published(COURSE, "c" * 64)


def test_going_back_makes_the_release_before_current_and_offers_it_to_who_worked_in_the_newer(session, store, newer):
    reader = factories.guest(session)
    Enrolments(session).work(reader, COURSE, digest=NEWER, page="second")

    chosen = Releases(session).roll_back(COURSE)

    assert (chosen.version, chosen.active) == (1, True)
    assert [(row.version, row.active) for row in Releases(session).history(COURSE)] == [(2, False), (1, True)]
    copy = Library(session, store).copy(COURSE, reader)
    assert (copy.release.digest, copy.other.version, copy.other.newer) == (NEWER, 1, False)
    assert Enrolments(session).by_release(COURSE) == {NEWER: 1}
    assert Releases(session).roll_back(COURSE, 2).digest == NEWER


@pytest.mark.parametrize(
    ("course", "version", "kind", "words"),
    [
        ("particles", None, NotFound, "No course 'particles'"),
        (COURSE, 7, NotFound, "no version 7"),
        (COURSE, None, BadInput, "no version before 1"),
    ],
)
def test_there_must_be_something_to_go_back_to(session, release, course, version, kind, words):
    with pytest.raises(kind, match=words):
        Releases(session).roll_back(course, version)


def test_notes_are_kept_with_a_release_until_there_are_others(session):
    releases = Releases(session)
    releases.activate(COURSE, "one", "Mends exercise 3.\n")
    releases.activate(COURSE, "two")
    releases.activate(COURSE, "one")
    assert [row.notes for row in releases.history(COURSE)] == ["", "Mends exercise 3."]
    releases.activate(COURSE, "one", "x" * 10_000)
    assert len(releases.current(COURSE).notes) == 4_000
