"""Spectra, peaks and fits: on a powder pattern measured at APS 11-BM (the bundled course has it) and X-ray tables."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import xraydb
from scipy.optimize import curve_fit
from uncertainties import correlated_values

from panlearn_checks import Failure, approx, assert_fit, assert_peak, assert_spectrum
from panlearn_checks.fit import chi_square

DATA = Path(__file__).parents[3] / "courses" / "diffraction-first-steps" / "data" / "nac_11bm.h5"
ENERGY = np.linspace(4.0, 20.0, 321)  # keV
LABELS = {"x_label": "photon energy (keV)", "y_label": "µ (1/µm)"}
PEAK = {"within": (7.28, 7.36), "background": "line", "x_label": "2θ (°)", "y_label": "intensity"}


def mu(energy):
    """Absorption coefficient of copper, 1/µm."""
    return xraydb.mu_elam("Cu", 1000 * np.asarray(energy)) * 8.96e-4


@pytest.fixture(scope="module")
def pattern():
    with h5py.File(DATA) as file:
        data = file["entry/data"]
        return tuple(data[name][:].astype(float) for name in ("two_theta", "intensity", "intensity_errors"))


def fails(check, *args, **options):
    with pytest.raises(Failure) as failed:
        check(*args, **options)
    return failed.value


def test_a_curve_within_its_band_passes():
    assert_spectrum(mu(ENERGY) * 1.01, mu, ENERGY, rel=0.02)
    assert_spectrum((ENERGY[::-1], mu(ENERGY)[::-1]), mu(ENERGY), ENERGY, rel=1e-6)
    assert_spectrum(mu(ENERGY), band=(0.9 * mu(ENERGY), 1.1 * mu(ENERGY)), x=ENERGY)
    assert_spectrum(np.where(ENERGY < 5, 99, mu(ENERGY)), mu, ENERGY, rel=0.02, within=(5, 20))
    assert_spectrum(np.where(ENERGY == 4, 99, mu(ENERGY)), mu, ENERGY, rel=0.02, outside=0.01)


def test_where_a_curve_leaves_its_band_is_told():
    found = fails(assert_spectrum, np.where(ENERGY < 6, 0, mu(ENERGY)), mu, ENERGY, rel=0.02, **LABELS)

    assert found.message.startswith("Your curve leaves the accepted band at 40 of 321 points, up to 5.95 keV.")
    assert found.got == "0 1/µm at 4 keV"
    assert len(found.curve["x"]) == 321
    assert found.curve["residual"][0] == pytest.approx(-mu(4.0))
    assert (
        "from 19 keV on" in fails(assert_spectrum, mu(ENERGY) + (ENERGY > 18.99), mu, ENERGY, abs=0.1, **LABELS).message
    )
    middle = (ENERGY > 9.99) & (ENERGY < 11.01)
    assert (
        "between 10 keV and 11 keV"
        in fails(assert_spectrum, mu(ENERGY) + middle, mu, ENERGY, abs=0.1, **LABELS).message
    )
    two = (ENERGY == 10) | (ENERGY == 15)
    said = fails(assert_spectrum, mu(ENERGY) + two, mu, ENERGY, abs=0.1, **LABELS).message
    assert "the first at 10 keV, the last at 15 keV" in said


def test_an_edge_at_another_energy_is_named_a_shift():
    assert "shifted by 0.5" in fails(assert_spectrum, mu(ENERGY - 0.5), mu, ENERGY, rel=0.02).hint


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (None, "Your curve: got None"),
        (ENERGY[:-1], "Your curve has 320 values, expected 321 values."),
        (np.ones((321, 2)), "Your curve: got an array with 321 rows and 2 columns"),
        (np.full(321, np.nan), "321 of 321 values are no finite number"),
        ((ENERGY, ENERGY[1:]), "they should be as long"),
        ((ENERGY[5:], ENERGY[5:]), "Your x runs from 4.25 to 20, expected at least 4 to 20."),
        ("mu", "Your curve: got a text"),
        (3.0, "Your curve: got one number"),
    ],
)
def test_what_is_no_curve_is_said_in_words(actual, said):
    found = fails(assert_spectrum, actual, mu, ENERGY, rel=0.02)

    assert said in found.message
    assert found.curve is None


@pytest.mark.parametrize(
    "options",
    [
        {"expected": mu},
        {"expected": mu, "x": ENERGY},
        {"expected": mu, "x": ENERGY, "rel": -1},
        {"x": ENERGY, "rel": 1},
        {"x": ENERGY, "band": (1.0, 0.0)},
        {"x": [1.0, np.nan], "expected": [1, 2], "rel": 1},
        {"x": ENERGY, "expected": mu, "rel": 1, "within": (30, 40)},
    ],
)
def test_a_spectrum_that_cannot_be_meant_is_the_authors_mistake(options):
    with pytest.raises(ValueError, match=r"."):
        assert_spectrum(mu(ENERGY), **options)


def test_a_measured_peak_has_its_position_width_and_height(pattern):
    x, y, _ = pattern

    assert_peak(x, y, position=(7.3201, 0.0005), width=(0.0052, 0.0002), height=approx(155_500, rel=0.01), **PEAK)
    assert_peak(x[::-1], y[::-1], position=7.3201, width=0.0052, **PEAK)


def test_what_is_wrong_with_a_peak_is_told(pattern):
    x, y, _ = pattern
    found = fails(assert_peak, x, y, position=(3.6602, 0.001), width=(0.0022, 0.0001), **PEAK)

    assert found.message.startswith(
        "The peak is at 7.32°, expected 3.6602 ± 0.001°; the full width at half maximum is 0.0052"
    )
    assert "factor 2" in found.hint
    assert found.got == "7.32°"
    assert len(found.curve["x"]) <= 400
    assert found.curve["x"][0] < 3.66 < found.curve["x"][-1]


@pytest.mark.parametrize("shape", ["gauss", "lorentz"])
@pytest.mark.parametrize("width", [0.3, 1.0])
def test_the_width_is_that_at_half_maximum(shape, width):
    x = np.concatenate([np.linspace(-20, -2, 500), np.linspace(-1.99, 20, 4000)])
    u = 2 * (x - 0.123) / width
    y = np.exp(-np.log(2) * u**2) if shape == "gauss" else 1 / (1 + u**2)

    assert_peak(x, 7 + 3 * y, position=(0.123, 1e-4), width=(width, 2e-3 * width), height=(3, 1e-3), background=7)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (ENERGY, None, "Your curve: got None"),
        (None, ENERGY, "The x values: got None"),
        (ENERGY, ENERGY[:-1], "they should be as long"),
        (ENERGY, ENERGY, "has no peak in this range: it is highest at its end, at 20"),
        (ENERGY, -ENERGY, "it does not rise above the background"),
        (ENERGY, 10 - abs(ENERGY - 5), "does not fall to half its height left of its highest point"),
        (ENERGY, ENERGY * np.nan, "no finite number"),
        ([1, 2], [1, 2], "too few for a peak"),
    ],
)
def test_a_curve_without_a_peak_is_said_in_words(x, y, said):
    assert said in fails(assert_peak, x, y, position=10).message


def test_a_range_without_points_and_a_wrong_background():
    assert "between 30 and 40, too few" in fails(assert_peak, ENERGY, ENERGY, position=1, within=(30, 40)).message
    with pytest.raises(ValueError, match="background"):
        assert_peak(ENERGY, ENERGY, position=1, background="spline")
    with pytest.raises(ValueError, match="position takes a number"):
        assert_peak(ENERGY, np.exp(-((ENERGY - 10) ** 2)), position="here")


def gauss(x, height, centre, width, background):
    return background + height * np.exp(-4 * np.log(2) * ((x - centre) / width) ** 2)


@pytest.fixture(scope="module")
def fluorite(pattern):
    """The peak of CaF2 in the pattern, and a fit of it."""
    near = np.abs(pattern[0] - 7.5221) < 0.03
    x, y, s = (column[near] for column in pattern)
    best, covariance = curve_fit(gauss, x, y, p0=[y.max(), 7.522, 0.006, 200], sigma=s, absolute_sigma=True)
    errors = np.sqrt(np.diag(covariance))
    names = ("height", "centre", "width", "background")
    expected = {name: (float(one), float(error)) for name, one, error in zip(names, best, errors, strict=True)}
    return x, y, s, best, covariance, expected


def test_a_fit_to_measured_points_passes(fluorite):
    x, y, s, best, covariance, expected = fluorite
    errors = np.sqrt(np.diag(covariance))

    assert_fit(best, expected, errors=covariance, model=gauss, x=x, y=y, sigma=s, chi2=60)
    assert_fit(dict(zip(expected, best, strict=True)), expected, errors=errors)
    assert_fit(correlated_values(best, covariance), expected)
    total, freedom = chi_square(gauss, best, x, y, s)
    assert freedom == x.size - 4
    assert total / freedom == pytest.approx(np.sum(((y - gauss(x, *best)) / s) ** 2) / (x.size - 4))


def test_what_is_wrong_with_a_fit_is_told(fluorite):
    x, y, s, best, covariance, expected = fluorite
    data = {"model": gauss, "x": x, "y": y, "sigma": s, "x_label": "2θ (°)", "y_label": "intensity"}
    wrong = best * [1, 1, 1.2, 1]
    errors = np.sqrt(np.diag(covariance))

    found = fails(assert_fit, wrong, expected, **data)
    assert found.message.startswith("The parameter width is 0.00")
    assert len(found.curve["x"]) == x.size
    assert "variance" in fails(assert_fit, best[:1], {"a": (best[0], 10.0)}, errors=[100.0]).hint
    assert "expected a positive number" in fails(assert_fit, best, expected, errors=np.full(4, np.inf)).message
    assert "absolute_sigma" in fails(assert_fit, best, expected, errors=7 * errors).hint
    found = fails(assert_fit, wrong, **data, chi2=60)
    assert "degrees of freedom), expected at most 60" in found.message
    assert found.curve["low"][0] == pytest.approx(y[0] - s[0])
    assert "too large" in fails(assert_fit, best, **data, chi2=(100, 200)).hint


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "The parameters: got None"),
        ([1.0], "Got 1 parameters, expected 2 (slope, offset)."),
        ({"slope": 1}, "The parameter 'offset' is missing."),
        ([1.0, np.nan], "no finite number"),
        ((np.ones(2), np.ones((2, 2))), "of two arrays, expected the parameters"),
        ([5.0, 3.0], "The parameter slope is 5, expected 3 ± 0.3; the parameter offset is 3, expected 5 ± 0.3."),
        ("3, 5", "The parameters: got a text"),
    ],
)
def test_parameters_that_are_none_are_said_in_words(parameters, said):
    assert said in fails(assert_fit, parameters, {"slope": (3, 0.1), "offset": (5, 0.1)}).message


def test_uncertainties_that_are_none_are_said_in_words():
    expected = {"slope": (3, 0.1), "offset": (5, 0.1)}

    assert "got None for the uncertainties" in fails(assert_fit, [3, 5], expected, errors=None).message.replace(
        "Got", "got"
    )
    assert "Got 3 values of uncertainties, expected 2." in fails(assert_fit, [3, 5], expected, errors=[1, 1, 1]).message
    assert "another order" in fails(assert_fit, [5, 3], expected).hint


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (([1.0],), {}),
        (([1.0],), {"chi2": 1}),
        (([1.0], {"a": "b"}), {}),
        (([1.0],), {"chi2": 1, "model": lambda x, a: a * x, "x": [1], "y": [1], "sigma": [1]}),
        (([1.0],), {"chi2": 1, "model": lambda x, a: a * x, "x": [1, 2], "y": [1, 2], "sigma": [1, 0]}),
    ],
)
def test_a_fit_that_cannot_be_meant_is_the_authors_mistake(args, options):
    with pytest.raises((ValueError, TypeError)):
        assert_fit(*args, **options)


def test_a_model_of_the_learner_that_gives_no_curve_is_told():
    options = {"chi2": 1, "x": [1.0, 2.0], "y": [1.0, 2.0], "sigma": [1.0, 1.0]}

    assert "Your model: got None" in fails(assert_fit, [1.0], model=lambda x, a: None, **options).message
    assert (
        "Your model gives 1 value, expected 2 values."
        in fails(assert_fit, [1.0], model=lambda x, a: [a], **options).message
    )
