"""Hidden checks that are open to all once a day has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from test_pacing import bundle

from panlearn.domain.disclosure import opened, opens_after


def shown(shows):
    made = bundle()
    return replace(made, checks=tuple(replace(check, shows=shows) for check in made.checks))


@pytest.mark.parametrize(
    ("shows", "today", "hidden"),
    [
        ("full-after-2027-01-31", date(2027, 1, 31), 1),
        ("full-after-2027-01-31", date(2027, 2, 1), 0),
        ("idea", date(2030, 1, 1), 1),
        ("points", date(2030, 1, 1), 1),
    ],
)
def test_they_open_the_day_after(shows, today, hidden):
    assert sum(check.hidden for check in opened(shown(shows), today).checks) == hidden


def test_until_then_a_learner_reads_the_idea():
    assert shown("full-after-2027-01-31").checks[1].public_name == "below zero"


def test_a_day_that_no_calendar_has_is_an_error():
    with pytest.raises(ValueError, match="day"):
        opens_after("full-after-2027-02-31")
    assert opens_after("idea") is None
