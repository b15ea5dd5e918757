"""Pictures of curves: taken only if they are some, never of a hidden check."""

from __future__ import annotations

import json
import math

import jsonschema
import pytest

from panlearn.domain.exercise import Check, GradingBundle, Limits
from panlearn.domain.report import Curve, Verdict
from panlearn.grading import verdicts
from panlearn.grading.curves import curve_of
from panlearn.grading.reports import to_json
from panlearn.settings import resource

SOUND = {
    "x": [1, 2.5],
    "yours": [1.0, None],
    "low": [0.5, 0.5],
    "high": [1.5, 1.5],
    "residual": [0.0, None],
    "x_label": "Q (1/Å)",
    "y_label": "I",
}


def test_a_curve_is_taken_as_it_is():
    found = curve_of(SOUND)

    assert found == Curve(
        x=(1, 2.5),
        yours=(1.0, None),
        low=(0.5, 0.5),
        high=(1.5, 1.5),
        residual=(0.0, None),
        x_label="Q (1/Å)",
        y_label="I",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"x": [1]},
        {"x": [1, None]},
        {"low": [math.nan, 1]},
        {"yours": [1.0, math.inf]},
        {"yours": [1.0, "2"]},
        {"yours": [1.0, True]},
        {"high": None},
        {"residual": "01"},
        {name: [1.0] * 401 for name in ("x", "yours", "low", "high", "residual")},
        {name: [1.0] for name in ("x", "yours", "low", "high", "residual")},
    ],
)
def test_what_is_no_curve_is_left_out(change):
    assert curve_of(SOUND | change) is None


@pytest.mark.parametrize("said", [None, [], "curve", {}, 3])
def test_what_is_not_even_a_dict_of_columns_is_left_out(said):
    assert curve_of(said) is None


def test_labels_are_short_and_printable():
    found = curve_of(SOUND | {"x_label": "a\x00b" * 100, "y_label": 7})

    assert (len(found.x_label), "\x00" in found.x_label, found.y_label) == (80, False, "")


def graded(*, hidden, shows="idea", broken=()):
    check = Check(name="the curve", source="", hidden=hidden, points=1.0, idea="an idea", shows=shows)
    bundle = GradingBundle(
        exercise="curve", title="", lesson="", points=1.0, environment="core", files=None, setup=(), steps=(), names=(),
        starter="", solution="", checks=(check,), limits=Limits(),
    )  # fmt: skip
    said = {"status": "failed", "message": "It leaves the band.", "curve": SOUND}
    checks = verdicts.results(bundle, [said], frozenset(broken))
    return to_json(verdicts.report(bundle, Verdict.FAILED, "Not yet.", checks=checks, seconds={"total": 0.0}))


def test_a_visible_check_carries_its_curve_in_the_schemas_form():
    said = graded(hidden=False)

    assert said["checks"][0]["curve"] == SOUND
    schema = json.loads((resource("sandbox") / "report.schema.json").read_text())
    jsonschema.validate(said, schema)
    assert "NaN" not in json.dumps(said)
    said["checks"][0]["hidden"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(said, schema)


@pytest.mark.parametrize(
    "options", [{"hidden": True}, {"hidden": True, "shows": "message"}, {"hidden": False, "broken": [0]}]
)
def test_a_hidden_or_broken_check_carries_none(options):
    assert "curve" not in graded(**options)["checks"][0]
