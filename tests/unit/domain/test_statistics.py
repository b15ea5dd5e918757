import pytest

from panlearn.domain.report import CheckStatus, Fault, Verdict
from panlearn.domain.statistics import (
    Answer,
    Figures,
    attention,
    flickers,
    median,
    stops,
    ways_through,
    wrong_answers,
)

P, F, S, E = CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.SKIPPED, CheckStatus.ERROR


def sent(learner: int, verdict: Verdict = Verdict.FAILED, **about) -> Answer:
    faults = {
        Verdict.PASSED: None,
        Verdict.AUTHOR_ERROR: Fault.AUTHOR,
        Verdict.PLATFORM_ERROR: Fault.PLATFORM,
    }
    given = {"source": "x", "world": "", "fault": faults.get(verdict, Fault.LEARNER)} | about
    return Answer(learner=learner, verdict=verdict, **given)


def passed(learner: int, **about) -> Answer:
    return sent(learner, Verdict.PASSED, **about)


@pytest.mark.parametrize(
    ("counts", "middle"),
    [({}, None), ({3: 1}, 3), ({1: 1, 2: 1}, 1.5), ({1: 2, 5: 1}, 1), ({1: 5, 2: 5}, 1.5), ({1: 1, 2: 0, 9: 2}, 9)],
)
def test_the_median_of_counted_numbers(counts, middle):
    assert median(counts) == middle


def test_rates_are_shares_of_those_who_tried_and_unknown_without_any():
    found = Figures(tried=8, passed=6, gave_up=1, tries={1: 4, 2: 1, 9: 1})

    assert (found.pass_rate, found.drop_out, found.median_tries) == (0.75, 0.125, 1)
    assert Figures().pass_rate is None
    assert Figures().drop_out is None
    assert Figures().median_tries is None


def test_the_chart_of_tries_counts_the_long_ones_together():
    assert Figures(tries={1: 4, 3: 2, 7: 1, 12: 3}).tries_chart == [
        ("1", 4),
        ("2", 0),
        ("3", 2),
        ("4", 0),
        ("5", 0),
        ("6", 0),
        ("7+", 4),
    ]


def test_the_exercise_that_most_gave_up_comes_first_and_the_untried_last():
    lost = Figures(tried=100, passed=90, gave_up=10)
    hard = Figures(tried=10, passed=2, gave_up=1)
    easy = Figures(tried=10, passed=9, gave_up=1)
    untried = Figures()

    assert sorted([untried, easy, hard, lost], key=attention) == [lost, hard, easy, untried]


def test_messages_are_grouped_by_check_with_numbers_aside_and_followed_to_the_next_try():
    failing = {"checks": (("width", P), ("angle", F))}
    answers = [
        sent(1, message="expected 38.48, got 0.67", **failing),
        sent(2, message="expected 38.48, got 0.71", **failing),
        sent(1, message="expected 38.48, got 0.67", **failing),
        passed(1),
        sent(2, Verdict.ERROR, message="twotheta is not defined"),
        sent(3, message="expected 38.48, got -1e-3", **failing),
    ]

    first, second = stops(answers)

    assert (first.check, first.message) == ("angle", "expected 38.48, got 0.67")
    assert (first.shown, first.learners, first.again, first.passed) == (4, 3, 3, 1)
    assert first.helps == pytest.approx(1 / 3)
    assert (second.check, second.shown, second.again, second.helps) == ("", 1, 0, None)


def test_a_grading_that_was_not_the_learners_fault_is_neither_a_stop_nor_the_next_try():
    answers = [sent(1), sent(1, Verdict.AUTHOR_ERROR), sent(1, Verdict.PLATFORM_ERROR), passed(1)]

    (stop,) = stops(answers)

    assert (stop.shown, stop.again, stop.passed) == (1, 1, 1)


def test_wrong_answers_are_counted_by_what_they_do_and_shown_without_comments():
    answers = [
        sent(1, source="y = 2  # Ann", message="no"),
        sent(2, source="y=2", message="no"),
        sent(2, source="y=2", message="no"),
        sent(3, source="y = 3"),
        sent(3, source="y = 3"),
        passed(4, source="y = 4"),
    ]

    first, second = wrong_answers(answers, ["y"])

    assert (first.source, first.sent, first.learners, first.message) == ("y=2", 3, 2, "no")
    assert (second.source, second.sent, second.learners) == ("y = 3", 2, 1)


def test_a_check_flickers_if_it_says_two_things_of_the_same_answer():
    answers = [
        passed(1, checks=(("a", P), ("b", P))),
        sent(2, checks=(("a", P), ("b", F))),
        sent(3, checks=(("a", P), ("b", E))),
        sent(4, source="other", checks=(("a", F), ("b", S))),
    ]

    (found,) = flickers(answers)

    assert (found.check, found.answers, found.outcomes, found.source) == ("b", 1, {"passed": 1, "failed": 2}, "x")


def test_two_checks_of_one_name_do_not_make_a_flicker():
    both = (("hidden", P), ("hidden", F))

    assert flickers([sent(1, checks=both), sent(2, checks=both)]) == []


def test_verdicts_that_differ_without_a_check_are_told_too():
    skipped = (("a", S),)
    (found,) = flickers([passed(1, checks=(("a", P),)), sent(2, Verdict.TIMEOUT, checks=skipped)])

    assert (found.check, found.outcomes) == ("", {"passed": 1, "timeout": 1})


@pytest.mark.parametrize(
    "other",
    [
        sent(2, world="another release"),
        sent(2, source="another"),
        sent(2, Verdict.PLATFORM_ERROR),
        sent(2, changed=True),
    ],
)
def test_what_differs_for_a_known_reason_does_not_flicker(other):
    assert flickers([passed(1), other]) == []


def test_ways_through_count_people_that_passed_each_check_once():
    answers = [
        sent(1, checks=(("a", P), ("b", F))),
        sent(1, checks=(("a", F), ("b", S))),
        sent(2, checks=(("a", F), ("b", S))),
        sent(3, Verdict.ERROR),
        passed(4, checks=(("a", P), ("b", P))),
    ]

    assert ways_through(answers) == [("Tried", 4), ("a", 2), ("b", 1), ("Passed all", 1)]
    assert ways_through([]) == [("Tried", 0), ("Passed all", 0)]
