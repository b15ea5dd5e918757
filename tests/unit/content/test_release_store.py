from __future__ import annotations

from datetime import UTC, datetime

import pytest

from panlearn.content.release_store import ReleaseContent, ReleaseStore
from panlearn.domain.course import Course, Level, Page, Release
from panlearn.domain.exercise import Check, GradingBundle, Step, WrongAnswer
from panlearn.errors import NotFound, PlatformError
from panlearn.settings import Settings

BUNDLE = GradingBundle(
    exercise="e1",
    title="E",
    lesson="a",
    points=1.0,
    environment="core",
    files=None,
    setup=("x = 1",),
    steps=(Step(exercise="e0"),),
    names=("y",),
    starter="...",
    solution="y = x",
    checks=(Check(name="n", source="assert y", hidden=True, points=1.0, idea="i", file="a.md", line=3),),
    wrong=(WrongAnswer(source="y = 0", says="no"),),
)


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


def release(digest="d1", version=1):
    course = Course(
        slug="c",
        title="C",
        summary="s",
        level=Level.BEGINNER,
        language="en",
        duration=5,
        environment="core",
        licence="CC",
    )
    return Release(
        digest=digest,
        version=version,
        published_at=datetime(2026, 1, 2, tzinfo=UTC),
        course=course,
        environment_digest="env",
        files=None,
        pages=(Page(slug="a", title="A", fragment="pages/a.html", notebook="a.ipynb"),),
        exercises={},
    )


CONTENT = ReleaseContent(
    fragments={"a": "<p>ä</p>"}, assets={"0.svg": b"<svg/>"}, notebooks={"a": "{}\n"}, bundles={"e1": BUNDLE}
)


def test_what_was_written_is_read_back_by_another_store(settings):
    ReleaseStore(settings).write(release(), CONTENT)
    store = ReleaseStore(settings)
    found = store.load("c", "d1")
    assert found == release()
    assert store.fragment(found, "a") == "<p>ä</p>"
    assert store.bundle(found, "e1") == BUNDLE
    assert store.asset_path(found, "0.svg").read_bytes() == b"<svg/>"
    assert store.download_path(found, "a") == store.download_path(found, "a.ipynb")
    assert store.next_version("c") == 2


@pytest.mark.parametrize(
    "name", ["../release.json", "..", "/etc/passwd", "x/../../release.json", "", ".hidden", "a\0b", "gone"]
)
def test_no_name_leads_out_of_the_release(settings, name):
    store = ReleaseStore(settings)
    store.write(release(), CONTENT)
    for read in (store.asset_path, store.download_path, store.bundle, store.fragment):
        with pytest.raises(NotFound):
            read(release(), name)
    with pytest.raises(NotFound):
        store.load("c", name)
    assert not store.has("c", name)


def test_a_link_among_the_assets_is_not_followed(settings, tmp_path):
    store = ReleaseStore(settings)
    store.write(release(), CONTENT)
    (settings.releases_dir / "c" / "d1" / "assets" / "x.svg").symlink_to("/etc/passwd")
    with pytest.raises(NotFound):
        store.asset_path(release(), "x.svg")


def test_a_write_that_fails_leaves_nothing(settings):
    store = ReleaseStore(settings)
    with pytest.raises(NotFound):
        store.write(release(), ReleaseContent(assets={"../evil": b"x"}))
    assert list((settings.releases_dir / "c").iterdir()) == []
    assert not (settings.releases_dir / "evil").exists()


def test_a_release_that_is_there_is_never_changed(settings):
    store = ReleaseStore(settings)
    store.write(release(), CONTENT)
    store.write(release(version=9), ReleaseContent())
    assert ReleaseStore(settings).load("c", "d1").version == 1
    assert [path.name for path in (settings.releases_dir / "c").iterdir()] == ["d1"]


def test_a_damaged_release_is_ours_and_says_what_to_do(settings):
    ReleaseStore(settings).write(release(), CONTENT)
    (settings.releases_dir / "c" / "d1" / "release.json").write_text("{")
    with pytest.raises(PlatformError, match="Publish the course again"):
        ReleaseStore(settings).load("c", "d1")


def test_course_files_are_kept_once_without_links_and_readable_for_sandboxes(settings, tmp_path):
    data = tmp_path / "data"
    (data / "sub").mkdir(parents=True)
    (data / "sub" / "a.csv").write_text("1")
    (data / "a.csv").write_text("2")
    (data / "a.csv").chmod(0o600)
    (data / "link").symlink_to("/etc/passwd")
    store = ReleaseStore(settings)
    assert store.keep_files("f1", data)
    assert not store.keep_files("f1", data)
    kept = settings.files_dir / "f1"
    assert sorted(path.name for path in kept.rglob("*")) == ["a.csv", "a.csv", "sub"]
    assert (kept / "a.csv").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in settings.files_dir.iterdir()] == ["f1"]
    store.drop_files("f1")
    assert not kept.exists()
