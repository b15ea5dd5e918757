from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.quiz.drawing import Variable, draw, every_draw, filled, marked, seed_of, shuffled

ENERGY = Variable(name="energy", low="8", high="12", step="0.5")
D = Variable(name="d", low="1", high="3", step="1")


def test_values_go_from_the_lowest_to_the_highest_with_the_decimals_of_the_step():
    assert [ENERGY.value(index) for index in range(ENERGY.count)] == [
        "8.0", "8.5", "9.0", "9.5", "10.0", "10.5", "11.0", "11.5", "12.0",
    ]  # fmt: skip


def test_a_seed_s_draw_never_changes():
    """Stored answers are graded again with it: a change here would change grades."""
    assert seed_of("ada", "wave", "a1") == "66e4b4f61801490e"
    assert draw([ENERGY, D], "0123456789abcdef") == {"energy": "8.0", "d": "1"}
    assert shuffled(["a", "b", "c", "d"], str, "0123456789abcdef") == ["b", "c", "a", "d"]


def test_parts_of_a_seed_do_not_run_into_each_other():
    assert seed_of("ab", "c") != seed_of("a", "bc")


@given(st.text(max_size=20))
def test_every_draw_is_in_range_and_on_the_grid(seed):
    drawn = Decimal(draw([ENERGY], seed)["energy"])

    assert Decimal(8) <= drawn <= Decimal(12)
    assert drawn % Decimal("0.5") == 0


def test_learners_get_different_draws():
    assert len({draw([ENERGY], seed_of(str(n), "wave", "r"))["energy"] for n in range(100)}) == 9


@given(st.lists(st.text(max_size=5), unique=True), st.text(max_size=10))
def test_shuffling_keeps_every_item(items, seed):
    assert sorted(shuffled(items, str, seed)) == sorted(items)


def test_all_draws_are_tried_where_they_are_few_and_the_corners_where_they_are_many():
    assert len(list(every_draw([ENERGY, D]))) == 27
    wide = Variable(name="n", low="0", high="9999", step="1")
    found = [one["n"] for one in every_draw([wide], most=50)]
    assert found[:2] == ["0", "9999"]
    assert len(found) == 52


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("At {energy} keV", "At 9.0 keV"),
        ("In $x_{energy}$ at {energy}", "In $x_{energy}$ at 9.0"),
        ("{other} stays", "{other} stays"),
        ("no names", "no names"),
    ],
)
def test_names_in_braces_become_numbers_outside_of_formulas(text, shown):
    assert filled(marked(text, ["energy"]), {"energy": "9.0"}) == shown
