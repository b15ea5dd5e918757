"""Every folder in `golden` is an exercise, an answer and what the grader must say: adding one adds a test."""

from __future__ import annotations

import json

import jsonschema
import pytest
from grading_site import GOLDEN, golden, real_grader

from panlearn.grading.reports import to_json
from panlearn.settings import resource

pytestmark = pytest.mark.sandbox

FOLDERS = sorted(folder for folder in GOLDEN.iterdir() if (folder / "expected.json").is_file())


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    with real_grader(tmp_path_factory.mktemp("golden")) as made:
        yield made


@pytest.fixture(scope="module")
def schema():
    return json.loads((resource("sandbox") / "report.schema.json").read_text())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_says_what_the_golden_folder_expects(folder, grader, schema):
    bundle, answer, earlier, expected = golden(folder)

    report = grader.grade(bundle, answer, earlier)

    said = to_json(report)
    jsonschema.validate(said, schema)
    everything = json.dumps(said, ensure_ascii=False) + report.author_note
    assert said["verdict"] == expected["verdict"], everything
    assert said["fault"] == expected["fault"], everything
    assert said["points"] == expected.get("points", 0 if said["verdict"] != "passed" else said["max_points"]), (
        everything
    )
    if "checks" in expected:
        assert [check["status"] for check in said["checks"]] == expected["checks"], everything
    for text in expected.get("says", []):
        assert text in _readable(said), everything
    for text in expected.get("never", []):
        assert text not in _readable(said), everything
    for text in expected.get("note", []):
        assert text in report.author_note, everything
    if "output" in expected:
        assert said["output"] == expected["output"]
    if "curves" in expected:
        assert [_curve(check) for check in said["checks"]] == expected["curves"], everything
    assert said["message"] or said["verdict"] == "passed", "every verdict but passed carries a message"


def _curve(check):
    """What a picture is told apart by: its points, where it begins and ends, its labels, points outside the band."""
    curve = check.get("curve")
    if curve is None:
        return None
    rows = zip(curve["low"], curve["yours"], curve["high"], strict=True)
    outside = sum(yours is None or not low <= yours <= high for low, yours, high in rows)
    ends = [curve["x"][0], curve["x"][-1]]
    return {"points": len(curve["x"]), "ends": ends, "labels": [curve["x_label"], curve["y_label"]], "outside": outside}


def _readable(said):
    """All that a learner reads, as one text."""
    parts = [said["message"], said["output"], said["traceback"]]
    for check in said["checks"]:
        parts += [check[name] for name in ("name", "message", "got", "accepted", "off", "hint")]
    return "\n".join(parts)


def test_there_are_golden_folders_for_every_verdict_and_fault():
    expectations = [json.loads((folder / "expected.json").read_text()) for folder in FOLDERS]

    assert len(FOLDERS) >= 35
    assert {one["verdict"] for one in expectations} >= {
        "passed", "failed", "error", "timeout", "memory", "killed", "author-error",
    }  # fmt: skip
    assert {one["fault"] for one in expectations} >= {None, "learner", "author"}
