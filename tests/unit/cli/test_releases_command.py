"""`panlearn course releases` and `rollback` on a site with two releases."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

import factories
from panlearn import cli
from panlearn.services.enrolments import Enrolments
from panlearn.services.releases import Releases

NEWER = "b" * 64


@pytest.fixture
def run(application, settings, monkeypatch, capsys, release):
    made = factories.release(digest=NEWER, version=2)
    made = replace(made, exercises=made.exercises | {"first": replace(made.exercises["first"], points=5.0)})
    with application.writing() as session:
        learner = factories.guest(session)
        Enrolments(session).work(learner, factories.COURSE, digest=release.digest, page="second")
        factories.publish(application.store, session, made)
        Releases(session).activate(factories.COURSE, NEWER, "Mends the first exercise.")
    monkeypatch.setenv("PANLEARN_HOME", str(settings.home))

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(["course", *arguments])
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return call


def test_releases_are_listed_with_learners_notes_and_changes(run):
    status, said, _ = run("releases", "waves")
    rows = said.splitlines()
    assert status == 0
    assert rows[0].startswith("2  ")
    assert rows[0].endswith("0 learners on it, current")
    assert rows[1:3] == ["   Mends the first exercise.", "   The exercise “First” gives 5 points instead of 2."]
    assert rows[3].endswith("1 learner on it")


def test_the_list_is_there_as_json(run):
    status, said, _ = run("releases", "waves", "--json")
    newest, oldest = json.loads(said)["releases"]
    assert (status, newest["version"], newest["current"], oldest["learners"]) == (0, 2, True, 1)
    assert oldest["changes"] == []


def test_rollback_goes_back_and_says_where_it_is(run, application):
    status, said, _ = run("rollback", "waves")
    assert (status, said.startswith("waves is at version 1.")) == (0, True)
    with application.reading() as session:
        assert Releases(session).current("waves").version == 1
    assert run("rollback", "waves", "2")[0] == 0


def test_what_cannot_be_gone_back_to_is_said_in_words(run, application, store):
    status, _, said = run("rollback", "waves", "9")
    assert (status, "no version 9" in said) == (2, True)
    status, _, said = run("releases", "particles")
    assert (status, "No course 'particles' is published" in said) == (2, True)
    shutil.rmtree(store._root / "waves" / factories.DIGEST)
    status, _, said = run("rollback", "waves")
    assert status != 0
    with application.reading() as session:
        assert Releases(session).current("waves").version == 2, "a release whose folder is gone is not made current"
    assert "on it" in run("releases", "waves")[1]
