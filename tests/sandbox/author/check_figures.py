"""Figures: as matplotlib draws them, and as the checker gets them from the learner's side."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

import panlearn_checks
from panlearn_checks import Failure, assert_figure

sys.path.append(str(Path(panlearn_checks.__file__).parents[2]))

from panlearn_sandbox import codec, codec_arrays, codec_figures  # noqa: F401

Q = np.linspace(0.01, 0.5, 50)
INTENSITY = 100 / (1 + (20 * Q) ** 2) ** 2
ALL = {
    "xlabel": "Q", "x_unit": "1/Å", "ylabel": "intensity", "yscale": "log", "xscale": "linear", "xlim": (0, 0.5),
    "title": "silica", "lines": [{"x": Q, "y": INTENSITY, "label": "measured"}], "legend": ["measured"],
}  # fmt: skip


class Pretending:
    """Answers as axes would."""

    def get_xlabel(self):
        return "Q (1/Å)"


def drawn(**changes):
    """A figure that is as `ALL` asks, but for the changes."""
    options = {"xlabel": "Q (Å⁻¹)", "ylabel": "Intensity (a.u.)", "yscale": "log", "xlim": (0, 0.5), "title": "Silica"}
    options |= {name: value for name, value in changes.items() if name not in {"x", "y", "label", "legend", "plot"}}
    figure, axes = plt.subplots()
    plot = getattr(axes, changes.get("plot", "plot"))
    plot(changes.get("x", Q), changes.get("y", INTENSITY), label=changes.get("label", "measured"))
    axes.set(**options)
    if changes.get("legend", True):
        axes.legend()
    return figure, axes


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(params=["drawn", "crossed"])
def make(request):
    """The figure itself, and what the checker's side gets of it."""
    codec_arrays.register()

    def cross(**changes):
        axes = drawn(**changes)[1]
        return axes if request.param == "drawn" else codec.decode(codec.encode(axes))

    return cross


def test_a_figure_as_asked_passes(make):
    assert_figure(make(), **ALL)
    assert_figure(drawn()[0], axes=0, lines=1, legend=True, xlabel="", ylabel="")
    assert_figure(make(plot="scatter"), lines=[(Q[::-1], INTENSITY[::-1])])
    assert_figure(make(plot="errorbar"), lines=[(Q, INTENSITY)])


@pytest.mark.parametrize(
    "label",
    [
        "Q (1/Å)",
        "Q [Å^-1]",
        r"$Q$ ($\mathrm{\AA}^{-1}$)",
        "Q / Å⁻¹",
        "Q (inverse angstrom)",
        "Q in 1/angstrom",
        "Q (A^-1)",
    ],
)
def test_a_unit_counts_in_every_spelling(make, label):
    assert_figure(make(xlabel=label), **ALL)


@pytest.mark.parametrize(
    ("changes", "said", "hint"),
    [
        ({"xlabel": ""}, "The horizontal axis has no label.", "set_xlabel"),
        ({"xlabel": "Q"}, "The label of the horizontal axis is 'Q', without a unit.", "in brackets"),
        ({"xlabel": "Q (nm⁻¹)"}, "names the unit nm⁻¹, expected 1/Å.", "label is wrong"),
        ({"xlabel": "2θ (degrees)"}, "is '2θ (degrees)', expected one that names Q.", ""),
        ({"ylabel": "counts"}, "The label of the vertical axis is 'counts', expected one that names intensity.", ""),
        ({"yscale": "linear"}, "The vertical axis has the scale 'linear', expected 'log'.", "set_yscale"),
        ({"xlim": (0, 0.6)}, "The horizontal axis runs from 0 to 0.6, expected 0 to 0.5.", "set_xlim"),
        ({"xlim": (0.5, 0)}, "runs from 0.5 to 0", "backwards"),
        ({"title": ""}, "Your axes have no title.", "set_title"),
        ({"title": "Alumina"}, "The title is 'Alumina', expected one that names silica.", ""),
        ({"legend": False}, "Your axes have no legend.", "label="),
        ({"label": "simulated"}, "The label of this curve is 'simulated', expected one that names measured.", "label="),
        ({"y": 2 * INTENSITY}, "The curve 'measured': 50 of 50 y values differ", "twice"),
        ({"x": Q[1:], "y": INTENSITY[1:]}, "The curve 'measured': it has 49 points, expected 50 points.", ""),
        ({"x": 10 * Q}, "The curve 'measured': 50 of 50 x values differ", "1 nm is 10"),
        ({"x": INTENSITY, "y": Q}, "x values differ", "The axes are exchanged"),
        ({"y": INTENSITY * np.where(Q > 0.3, np.nan, 1)}, "its y values: 20 of 50 values are no finite number", ""),
    ],
)
def test_what_is_wrong_with_a_figure_is_told(make, changes, said, hint):
    with pytest.raises(Failure) as failed:
        assert_figure(make(**changes), **ALL)

    assert said in failed.value.message
    assert hint in failed.value.hint


def test_data_that_differ_make_a_picture(make):
    with pytest.raises(Failure) as failed:
        assert_figure(make(y=INTENSITY + 1), **ALL)

    assert (failed.value.curve["x_label"], len(failed.value.curve["x"])) == ("Q (Å⁻¹)", 50)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (None, "Got None, expected a figure."),
        (3, "Got a whole number, expected a figure or its axes."),
        ([1], "Got a list, expected a figure or its axes."),
        (plt.Figure(), "Your figure has no axes, expected 1."),
        (Pretending(), "Got an object of type Pretending, expected a figure or its axes."),
    ],
)
def test_what_is_no_figure_is_said_in_words(figure, said):
    with pytest.raises(Failure) as failed:
        assert_figure(figure, xlabel="Q")

    assert failed.value.message == said


def test_counts_and_free_edges(make):
    assert_figure(make(), xlim=(None, 0.5), ylim=(None, None))
    with pytest.raises(Failure, match="show 1 curve, expected at least 2"):
        assert_figure(make(), lines=2)
    with pytest.raises(Failure, match="expected none"):
        assert_figure(make(), legend=False)
    with pytest.raises(Failure, match="no entry that names fitted"):
        assert_figure(make(), legend=["fitted"])
    with pytest.raises(Failure, match="show no curve"):
        assert_figure(plt.subplots()[1], lines=[(Q, Q)])
