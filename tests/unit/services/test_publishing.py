"""What a publisher refuses before it starts anything."""

from __future__ import annotations

import fcntl
import threading

import pytest

from course_files import write_course
from panlearn.errors import BadInput
from panlearn.services.publishing import Publisher
from panlearn.settings import Settings


@pytest.fixture
def publisher(tmp_path):
    said = []
    made = Publisher(None, Settings(home=tmp_path / "home"), None, None, None, progress=said.append)
    return made, said


@pytest.mark.parametrize("name", ["gone", "x" * 250, "course.yml"])
def test_what_is_no_course_is_refused_and_leaves_nothing(publisher, tmp_path, name):
    made, said = publisher
    (tmp_path / "course.yml").write_text("")
    with pytest.raises(BadInput):
        made.check(tmp_path / name)
    assert said == []
    assert not (tmp_path / "home").exists()


def test_a_check_that_waits_for_another_one_says_so(tmp_path):
    settings = Settings(home=tmp_path / "home", environments=tmp_path / "none")
    course = write_course(tmp_path, course__yml="")
    settings.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    waits = threading.Event()
    publisher = Publisher(None, settings, None, None, None, progress=lambda text: waits.set())
    with (settings.runtime_dir / "publish-trial.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        thread = threading.Thread(target=publisher.check, args=(course,))
        thread.start()
        assert waits.wait(10)
    thread.join(30)
    assert not thread.is_alive()
