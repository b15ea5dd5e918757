"""Tables (pandas), units (pint) and uncertainties, with scattering lengths of the elements."""

from __future__ import annotations

import numpy as np
import pandas as pd
import periodictable
import pint
import pytest
from uncertainties import ufloat

from panlearn_checks import Failure, approx, assert_allclose, assert_frame, assert_quantity, assert_uncertain

UNITS = pint.UnitRegistry()
ATOMS = ["H", "D", "O", "Si"]
TABLE = pd.DataFrame({"atom": ATOMS, "b_c": [getattr(periodictable, name).neutron.b_c for name in ATOMS]})


def fails(check, *args, **options):
    with pytest.raises(Failure) as failed:
        check(*args, **options)
    return failed.value


def test_a_table_as_asked_passes():
    assert_frame(TABLE, TABLE.copy())
    assert_frame(TABLE[["b_c", "atom"]], TABLE)
    assert_frame(TABLE.iloc[::-1], TABLE, any_order=True)
    assert_frame(TABLE.assign(more=1), TABLE, extra=True)
    assert_frame(TABLE.astype({"b_c": "float32"}), TABLE, rel=1e-4)
    assert_frame(TABLE, columns=["atom", "b_c"], rows=4, kinds={"atom": "text", "b_c": "number"})
    assert_frame(TABLE["b_c"], TABLE[["b_c"]])
    assert_frame(TABLE.set_index("atom"), TABLE.set_index("atom"), index=True)
    assert_frame(pd.DataFrame({"a": [1.0, None]}), pd.DataFrame({"a": [1.0, None]}))


@pytest.mark.parametrize(
    ("actual", "said", "hint"),
    [
        (None, "Got None, expected a table (DataFrame).", "return"),
        ({"atom": ATOMS}, "Got a dict, expected a table (DataFrame).", "pd.DataFrame"),
        (TABLE.rename(columns={"b_c": "B_c "}), "The column 'b_c' is missing.", "'B_c ' is nearly it"),
        (TABLE.set_index("atom"), "The column 'atom' is missing.", "reset_index"),
        (TABLE.assign(more=1), "The column 'more' was not asked for.", ""),
        (TABLE.iloc[:3], "Your table has 3 rows, expected 4.", "one row too many or too few"),
        (TABLE.iloc[:0], "Your table has 0 rows, expected 4.", "No row is left"),
        (pd.concat([TABLE, TABLE]), "Your table has 8 rows, expected 4.", "drop_duplicates"),
        (TABLE.astype({"b_c": str}), "The column 'b_c' holds texts, expected numbers.", "pd.to_numeric"),
        (
            TABLE.assign(b_c=TABLE["b_c"].abs()),
            "The column 'b_c' differs in row 0: got 3.7409, expected −3.7409.",
            "signs",
        ),
        (
            TABLE.assign(b_c=TABLE["b_c"] / 10),
            "4 of 4 values of the column 'b_c' differ, the first in row 0",
            "1 nm is 10",
        ),
        (TABLE.iloc[::-1], "values of the column 'atom' differ", "another order"),
        (TABLE.assign(atom=[" h", "D", "O", "Si"]), "got ' h', expected 'H'", "spaces or capital letters"),
        (TABLE.assign(b_c=[np.nan, 6.671, 5.803, 4.1491]), "got NaN (missing), expected −3.7409", ""),
    ],
)
def test_what_is_wrong_with_a_table_is_told(actual, said, hint):
    found = fails(assert_frame, actual, TABLE, rel=1e-3)

    assert said in found.message
    assert hint in found.hint


def test_parts_of_a_table_are_checked_alone():
    empty = pd.DataFrame({"a": [1.0, None], "when": ["2020", "2021"]})

    assert (
        "1 value of the column 'a' is missing, the first in row 1."
        in fails(assert_frame, empty, columns=["a", "when"]).message
    )
    assert_frame(empty, columns=["a", "when"], missing=True)
    assert "expected times" in fails(assert_frame, empty, kinds={"when": "time"}).message
    assert "expected whole numbers" in fails(assert_frame, empty, kinds={"a": "whole"}).message
    assert "'b' is missing" in fails(assert_frame, empty, kinds={"b": "number"}).message
    assert (
        "(’x’)".replace("’", "'")
        in fails(assert_frame, empty.set_index(pd.Index(["y", "x"])), columns=["a", "when"]).message
    )
    with pytest.raises(ValueError, match="kinds takes"):
        assert_frame(empty, kinds={"a": "float64"})
    with pytest.raises(ValueError, match="expected takes a DataFrame"):
        assert_frame(empty, [1, 2])


def test_the_same_quantity_in_another_unit_passes():
    assert_quantity(0.154 * UNITS.nm, 1.54 * UNITS.angstrom)
    assert_quantity(np.array([1, 2]) * UNITS.nm, np.array([10, 20]) * UNITS.angstrom)
    assert_quantity(1.549 * UNITS.angstrom, 1.54 * UNITS.angstrom, abs=1 * UNITS.pm)
    assert_quantity(1.54 * UNITS.angstrom, 1.54 * UNITS.angstrom, unit="angstrom")
    assert_allclose(np.array([1, 2]) * UNITS.nm, np.array([10, 20]) * UNITS.angstrom)
    assert approx(8048 * UNITS.eV) == 8.048 * UNITS.keV


@pytest.mark.parametrize(
    ("actual", "said", "hint"),
    [
        (None, "Got None, expected a number in Å.", "return"),
        (1.54, "Got 1.54 without a unit, expected one in Å.", "without `.magnitude`"),
        (1 / (1.54 * UNITS.angstrom), "Got a number in 1/Å, expected one in Å.", "one over"),
        ((1.54 * UNITS.angstrom) ** 2, "Got a number in Å², expected one in Å.", "square"),
        (1.54 * UNITS.eV, "Got a number in eV, expected one in Å.", ""),
        (1.54 * UNITS.nm, "Got 1.54 nm, which is 15.4 Å, expected 1.54 ± 1.5e−06 Å.", "1 nm is 10"),
        (np.array([1.54, 3]) * UNITS.angstrom, "expected 1.54", ""),
        (1.54j * UNITS.angstrom, "complex", ""),
    ],
)
def test_what_is_wrong_with_a_quantity_is_told(actual, said, hint):
    found = fails(assert_quantity, actual, 1.54 * UNITS.angstrom)

    assert said in found.message
    assert hint in found.hint


def test_units_that_were_asked_for_and_authors_mistakes():
    assert "expected in Å" in fails(assert_quantity, 0.154 * UNITS.nm, 1.54 * UNITS.angstrom, unit="angstrom").message
    with pytest.raises(ValueError, match="expected takes a number with a unit"):
        assert_quantity(1.54 * UNITS.nm, 1.54)
    with pytest.raises(ValueError, match="abs is a number with a unit"):
        assert_quantity(1.54 * UNITS.nm, 1.54 * UNITS.nm, abs=0.1)
    assert "Got 1 without a unit" in fails(assert_allclose, 1, 1 * UNITS.nm).message


def test_a_number_with_its_uncertainty_passes():
    net = ufloat(400, 20) - ufloat(225, 15)

    assert_uncertain(net, (175, 25))
    assert_uncertain((177, 26), ufloat(175, 25))
    assert net == approx(ufloat(175, 25))


@pytest.mark.parametrize(
    ("actual", "said", "hint"),
    [
        (None, "Got None, expected a number with its uncertainty.", "return"),
        (175.0, "Got 175, expected a number with its uncertainty.", "ufloat"),
        (ufloat(180, 25), "The value is 180, expected 175 ± 2.5.", ""),
        (ufloat(175, 625), "The standard uncertainty is 625, expected 25 ± 2.5.", "variance"),
        (ufloat(175, 25 / 175), "The standard uncertainty is 0.1429", "relative"),
        (ufloat(175, 35), "The standard uncertainty is 35", "add as squares"),
        (ufloat(float("nan"), 25), "The value is NaN", ""),
        ((175, 0), "The standard uncertainty is 0", "lost on the way"),
    ],
)
def test_what_is_wrong_with_an_uncertain_number_is_told(actual, said, hint):
    found = fails(assert_uncertain, actual, (175, 25))

    assert said in found.message
    assert hint in found.hint


def test_approx_tells_value_and_uncertainty_apart():
    wanted = approx(ufloat(175, 25), rel=0.01)

    assert wanted.difference(ufloat(175, 30)).message == "the standard uncertainty: got 30, expected 25 ± 0.25"
    assert wanted.difference(ufloat(170, 25)).message == "the value: got 170, expected 175 ± 1.8"
    assert "expected a number with its uncertainty, 175 ± 25" in wanted.difference(175.0).message
    with pytest.raises(ValueError, match="expected takes"):
        assert_uncertain(1, 2)
