"""`panlearn course preview` as an author uses it: a save, the page anew; a mistake, its report, the page as before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from course_files import EXERCISE, write_course

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(240)]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path, EXERCISE)


@pytest.fixture
def preview(tmp_path, course):
    """The address of a running preview."""
    environ = os.environ | {
        "PANLEARN_HOME": str(tmp_path / "home"),
        "PANLEARN_ENVIRONMENTS": str(ROOT / "var" / "environments"),
    }
    command = [sys.executable, "-m", "panlearn", "course", "preview", str(course), "--port", "0", "--json"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["address"].rstrip("/")
        finally:
            process.terminate()
            process.wait(30)
    assert process.returncode == 0


def wait(preview, wanted):
    deadline = time.monotonic() + 90
    while True:
        state = requests.get(f"{preview}/preview/state", timeout=10).json()
        if not state["step"] and wanted(state):
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.1)


def test_pages_follow_what_is_saved_and_mistakes_are_told(preview, course):
    first = wait(preview, lambda state: state["release"])
    page = f"{preview}/courses/trial/lesson"
    assert "data-preview" in requests.get(page, timeout=10).text

    lesson = course / "lesson.md"
    lesson.write_text(lesson.read_text().replace("Text.", "Text that was saved just now."))
    second = wait(preview, lambda state: state["release"] != first["release"])
    assert "Text that was saved just now." in requests.get(page, timeout=10).text

    lesson.write_text(lesson.read_text().replace("double(2) == 4", "double(2) == 5"))
    broken = wait(preview, lambda state: state["errors"])
    assert broken["release"] == second["release"]
    assert "PL050" in broken["first"]
    assert "PL050" in requests.get(f"{preview}/preview", timeout=10).text
