"""Every kind of quiz, graded: what passes, what is said of what does not, what costs no try."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.answers import Stored, fields_of, read_answer, stored_in
from panlearn.domain.quiz.drawing import BEGIN, END, Variable, draw
from panlearn.domain.quiz.grading import NOT_THIS, grade_quiz
from panlearn.domain.quiz.model import (
    Blank,
    ChoiceKey,
    ClozeKey,
    ImageKey,
    MatchKey,
    NumberKey,
    Option,
    OrderKey,
    Pair,
    Quiz,
    QuizKind,
    Region,
    TextKey,
    WrongNumber,
    WrongText,
)
from panlearn.domain.quiz.solution import right_fields, right_words
from panlearn.domain.report import CheckStatus, Fault, Verdict
from panlearn.errors import BadInput

GROWS = Option(key="g", text="it grows", correct=True, says="Well seen.")
SHRINKS = Option(key="s", text="it shrinks", says="Look at sin θ.")
STAYS = Option(key="t", text="it stays")
CHOICE = Quiz(kind=QuizKind.CHOICE, key=ChoiceKey(options=(GROWS, SHRINKS, STAYS)))
CHOICES = Quiz(
    kind=QuizKind.CHOICES,
    key=ChoiceKey(options=(GROWS, SHRINKS, Option(key="b", text="it bends", correct=True)), many=True),
)
ENERGY = Variable(name="energy", low="8", high="12", step="0.5")
WAVELENGTH = "h * c / (energy * 1e3 * e) * 1e10"
NUMBER = Quiz(
    kind=QuizKind.NUMBER,
    key=NumberKey(
        answer=WAVELENGTH,
        unit="angstrom",
        relative=0.01,
        wrong=(WrongNumber(answer="12.398 * energy", says=f"The energy {BEGIN}energy{END} divides."),),
    ),
    variant=(ENERGY,),
)
TEXT = Quiz(
    kind=QuizKind.TEXT,
    key=TextKey(
        accept=("Bragg's law", "Bragg law"), typos=1, wrong=(WrongText(answer="Laue's law", says="Not Laue."),)
    ),
)
ORDER = Quiz(kind=QuizKind.ORDER, key=OrderKey(items=(GROWS, SHRINKS, STAYS)))
MATCH = Quiz(
    kind=QuizKind.MATCH,
    key=MatchKey(pairs=(Pair(left=GROWS, right="x"), Pair(left=SHRINKS, right="y")), rights=(
        Option(key="x", text="X"), Option(key="y", text="Y"), Option(key="z", text="Z"),
    )),
)  # fmt: skip
CLOZE = Quiz(
    kind=QuizKind.CLOZE,
    key=ClozeKey(
        blanks=(
            Blank(name="n", key=TextKey(accept=("order",))),
            Blank(name="from", key=ChoiceKey(options=(GROWS, SHRINKS))),
            Blank(name="length", key=NumberKey(answer="1.5406", unit="angstrom", figures=3)),
        )
    ),
)
IMAGE = Quiz(
    kind=QuizKind.IMAGE,
    key=ImageKey(
        regions=(Region(name="one", x=20, y=20, rx=5, ry=10), Region(name="two", x=80, y=80, rx=5, ry=5)),
        wrong=(Region(name="", x=50, y=50, rx=5, ry=5, says="This is the middle."),),
    ),
)
ALL = [CHOICE, CHOICES, NUMBER, TEXT, ORDER, MATCH, CLOZE, IMAGE]
SEED = "seed"


def bundle(quiz, points=2.0):
    return GradingBundle(
        exercise="q", title="Q", lesson="l", points=points, environment="core", files=None, setup=(), steps=(),
        names=(), starter="", solution="", checks=(), quiz=quiz,
    )  # fmt: skip


def graded(quiz, points=2.0, **fields):
    lists = {name.replace("_", "-"): value if isinstance(value, tuple) else (value,) for name, value in fields.items()}
    return grade_quiz(bundle(quiz, points), read_answer(quiz, lists, SEED).as_source())


def refused(quiz, **fields):
    with pytest.raises(BadInput) as caught:
        graded(quiz, **fields)
    assert caught.value.todo
    return caught.value.message


@pytest.mark.parametrize("quiz", ALL, ids=lambda quiz: quiz.kind)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_the_right_answer_passes_with_all_points(quiz, seed):
    fields = right_fields(quiz.key, draw(quiz.variant, seed))
    report = grade_quiz(bundle(quiz), read_answer(quiz, fields, seed).as_source())

    assert (report.verdict, report.fault, report.points, report.max_points) == (Verdict.PASSED, None, 2.0, 2.0)
    assert report.message == ""
    assert "total" in report.seconds


@pytest.mark.parametrize("quiz", ALL, ids=lambda quiz: quiz.kind)
def test_an_empty_answer_is_refused_in_words_and_costs_no_try(quiz):
    assert refused(quiz)


@pytest.mark.parametrize("quiz", ALL, ids=lambda quiz: quiz.kind)
@pytest.mark.parametrize("source", ["", "x = 1", "{}", "[]", '{"seed": 1, "answer": {"a": {}}}', "[" * 5000])
def test_a_stored_text_that_is_no_answer_gets_a_verdict_not_an_exception(quiz, source):
    report = grade_quiz(bundle(quiz), source)

    assert (report.verdict, report.points) == (Verdict.ERROR, 0.0)


@given(st.dictionaries(st.sampled_from(["choice", "number", "unit", "text", "place-g", "match-g", "blank-n", "x-1"]),
                       st.lists(st.text(max_size=12), max_size=3)))  # fmt: skip
def test_any_fields_give_a_report_or_a_sentence(fields):
    for quiz in ALL:
        try:
            source = read_answer(quiz, fields, SEED).as_source()
        except BadInput:
            continue
        assert grade_quiz(bundle(quiz), source).verdict in {Verdict.PASSED, Verdict.FAILED}


def test_a_choice_says_what_belongs_to_it_and_nothing_of_the_others():
    report = graded(CHOICE, choice="s")

    assert (report.verdict, report.fault, report.points) == (Verdict.FAILED, Fault.LEARNER, 0.0)
    [check] = report.checks
    assert (check.name, check.message) == ("it shrinks", "Look at sin θ.")
    assert "grows" not in str(report)
    assert graded(CHOICE, choice="t").message == NOT_THIS
    assert graded(CHOICE, choice="g").checks[0].message == "Well seen."


def test_only_one_option_may_be_chosen_and_it_must_be_one_of_them():
    assert "More than one" in refused(CHOICE, choice=("g", "s"))
    assert "no such answer" in refused(CHOICE, choice="zz")


def test_choices_tell_of_each_that_was_chosen_and_that_something_is_missing():
    report = graded(CHOICES, choice=("g", "s"))

    assert report.verdict is Verdict.FAILED
    assert [(check.name, check.status, check.max_points) for check in report.checks] == [
        ("it grows", CheckStatus.PASSED, 0.0),
        ("it shrinks", CheckStatus.FAILED, 0.0),
        ("All that are right are chosen, and no other", CheckStatus.FAILED, 2.0),
    ]
    assert "bends" not in str(report)
    assert graded(CHOICES, choice=("b", "g")).verdict is Verdict.PASSED
    assert graded(CHOICES, choice="g").checks[-1].message == "Something that belongs to it is not chosen yet."


def wavelength(unit=1.0):
    return 12.39841984 / float(draw([ENERGY], SEED)["energy"]) * unit


@pytest.mark.parametrize(
    ("value", "unit"),
    [(wavelength(), "Å"), (wavelength(0.1), "nm"), (wavelength(1e-10), "m"), (wavelength(100), "pm")],
)
def test_a_number_counts_in_any_unit_that_fits(value, unit):
    assert graded(NUMBER, number=f"{value:.6g}", unit=unit).verdict is Verdict.PASSED
    assert graded(NUMBER, number=f"{value:.6g} {unit}").verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.009, "passed"), (0.991, "passed"), (1.011, "failed"), (0.989, "failed")]
)
def test_the_tolerance_is_a_part_of_the_value(factor, verdict):
    assert graded(NUMBER, number=f"{wavelength(factor):.8g}", unit="Å").verdict == verdict


def test_a_wrong_unit_a_missing_one_and_a_comma_cost_no_try():
    assert "unit of an energy; the answer is a length" in refused(NUMBER, number="1.5", unit="keV")
    assert "has no unit" in refused(NUMBER, number="1.5")
    assert "furlong" in refused(NUMBER, number="1.5", unit="furlong")
    assert "two things" in refused(NUMBER, number="1,5", unit="Å")
    assert "not a number" in refused(NUMBER, number="about one", unit="Å")


def test_a_known_mistake_is_answered_with_its_own_words_and_the_learner_s_numbers():
    energy = draw([ENERGY], SEED)["energy"]
    report = graded(NUMBER, number=str(12.398 * float(energy)), unit="Å")

    assert report.message == f"The energy {energy} divides."


def test_a_slip_in_the_power_of_ten_is_named_and_nothing_else_is_given_away():
    assert "power of ten" in graded(NUMBER, number=f"{wavelength():.5g}", unit="nm").message
    report = graded(NUMBER, number="7", unit="Å")
    assert f"{wavelength():.3f}"[:4] not in str(report)


def test_significant_figures_are_asked_for_and_held_to():
    quiz = Quiz(kind=QuizKind.NUMBER, key=NumberKey(answer="3.1356", figures=3))

    assert "fewer figures" in refused(quiz, number="3.1")
    assert graded(quiz, number="3.14").verdict is Verdict.PASSED
    assert graded(quiz, number="3.1356").verdict is Verdict.PASSED
    assert graded(quiz, number="3.13").verdict is Verdict.FAILED


def test_a_plain_number_takes_no_unit_and_one_that_is_shown_need_not_be_written():
    plain = Quiz(kind=QuizKind.NUMBER, key=NumberKey(answer="2", absolute=0.1))
    shown = Quiz(kind=QuizKind.NUMBER, key=NumberKey(answer="2", unit="keV", unit_shown=True, absolute=0.1))

    assert "plain number" in refused(plain, number="2", unit="m")
    assert graded(shown, number="2").verdict is Verdict.PASSED
    assert graded(shown, number="2000 eV").verdict is Verdict.PASSED


@pytest.mark.parametrize("text", ["Bragg's law", "bragg's  LAW.", "Braggs law", "Bragg-law", "“Bragg law”"])
def test_a_text_is_taken_as_a_kind_reader_would(text):
    assert graded(TEXT, text=text).verdict is Verdict.PASSED


def test_a_text_that_is_another_one_is_not():
    assert graded(TEXT, text="Laue's law").message == "Not Laue."
    assert graded(TEXT, text="Brag law it").message == NOT_THIS
    strict = Quiz(kind=QuizKind.TEXT, key=TextKey(accept=("NaCl",), case=True))
    assert graded(strict, text="nacl").message == "Capital and small letters matter here."


def test_an_order_says_how_many_are_in_place():
    assert graded(ORDER, place_g="1", place_s="3", place_t="2").message.startswith("One is in its place.")
    assert "same place" in refused(ORDER, place_g="1", place_s="1", place_t="2")
    assert "same place" in refused(ORDER, place_g="1", place_s="2", place_t="7")


def test_pairs_count_one_by_one():
    report = graded(MATCH, match_g="x", match_s="z")

    assert (report.verdict, report.points) == (Verdict.FAILED, 1.0)
    assert [check.status for check in report.checks] == [CheckStatus.PASSED, CheckStatus.FAILED]
    assert report.checks[1].got == "Z"
    assert report.checks[1].message == "Look at sin θ."
    assert "One has no partner" in refused(MATCH, match_g="x")


def test_gaps_count_one_by_one():
    report = graded(CLOZE, 3.0, blank_n="orders", blank_from="g", blank_length="1.54", unit_length="Å")

    assert [check.status for check in report.checks] == [CheckStatus.FAILED, CheckStatus.PASSED, CheckStatus.PASSED]
    assert report.points == 2.0
    assert "Gap 2 is empty" in refused(CLOZE, blank_n="order")
    assert "Gap 3: " in refused(CLOZE, blank_n="order", blank_from="g", blank_length="1.54", unit_length="kg")


def test_points_find_each_region_once_in_any_order():
    assert graded(IMAGE, x_1="80", y_1="81", x_2="21.5", y_2="28").verdict is Verdict.PASSED
    twice = graded(IMAGE, x_1="20", y_1="20", x_2="21", y_2="20")
    assert [check.status for check in twice.checks] == [CheckStatus.PASSED, CheckStatus.FAILED]
    assert graded(IMAGE, x_1="50", y_1="50", x_2="20", y_2="20").message == "This is the middle."
    assert "not on the image" in refused(IMAGE, x_1="120", y_1="50", x_2="1", y_2="1")
    assert "Point 2 is not marked" in refused(IMAGE, x_1="20", y_1="20")


def test_an_answer_keeps_its_seed_and_only_the_fields_of_its_quiz():
    answer = read_answer(CHOICE, {"choice": ["g"], "seed": ["forged"], "more": ["x"]}, SEED)

    assert json.loads(answer.as_source()) == {"seed": SEED, "answer": {"choice": ["g"]}}
    assert stored_in(answer.as_source()) == answer


def test_grading_again_says_the_same():
    source = Stored("another", {"number": ("1.2",), "unit": ("Å",)}).as_source()

    first, second = grade_quiz(bundle(NUMBER), source), grade_quiz(bundle(NUMBER), source)
    assert (first.verdict, first.checks) == (second.verdict, second.checks)


@pytest.mark.parametrize("source", ["x", "[]", "3", '{"a": {"b": 1}}', '{"a": [null]}', '{"a": true}'])
def test_what_is_no_set_of_fields_is_refused_in_words(source):
    with pytest.raises(BadInput) as caught:
        fields_of(source)
    assert caught.value.todo


def test_programs_may_send_single_values_and_numbers():
    assert fields_of('{"number": 1.5, "unit": "nm", "choice": ["a", "b"]}') == {
        "number": ("1.5",),
        "unit": ("nm",),
        "choice": ("a", "b"),
    }


def test_the_right_answer_is_said_in_words_for_who_may_read_it():
    drawn = draw([ENERGY], SEED)

    assert right_words(CHOICE, {}) == ["it grows"]
    assert right_words(NUMBER, drawn) == [f"{wavelength():.3f} angstrom"]
    assert right_words(MATCH, {}) == ["it grows: X", "it shrinks: Y"]
    assert right_words(CLOZE, {}) == ["Gap 1: order", "Gap 2: it grows", "Gap 3: 1.54 angstrom"]
