import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import exercise
from panlearn.domain.progress import Standing, progress_of
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import check_source, counts_as_try, solution_open
from panlearn.errors import BadInput


@pytest.mark.parametrize(
    ("policy", "passed", "tries", "open_"),
    [
        ("after-pass-or-5-tries", False, 4, False),
        ("after-pass-or-5-tries", False, 5, True),
        ("after-pass-or-5-tries", True, 1, True),
        ("after-pass-or-2-tries", False, 2, True),
        ("after-pass", False, 99, False),
        ("after-pass", True, 1, True),
        ("always", False, 0, True),
        ("never", True, 99, False),
        ("something newer", False, 99, False),
        ("something newer", True, 1, True),
    ],
)
def test_when_a_solution_opens(policy, passed, tries, open_):
    assert solution_open(policy, passed=passed, tries=tries) is open_


@pytest.mark.parametrize(
    ("verdict", "fault", "counts"),
    [
        (Verdict.PASSED, None, True),
        (Verdict.FAILED, Fault.LEARNER, True),
        (Verdict.TIMEOUT, Fault.LEARNER, True),
        (Verdict.AUTHOR_ERROR, Fault.AUTHOR, False),
        (Verdict.PLATFORM_ERROR, Fault.PLATFORM, False),
    ],
)
def test_only_what_the_learner_s_own_answer_caused_is_a_try(verdict, fault, counts):
    assert counts_as_try(verdict, fault) is counts


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_a_source_is_kept_as_it_came_or_refused_in_words(source):
    if "\0" in source or _has_surrogate(source):
        with pytest.raises(BadInput) as refused:
            check_source(source)
        assert refused.value.todo
    else:
        assert check_source(source) == source


def _has_surrogate(text: str) -> bool:
    return any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)


@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.floats(0, 10), st.floats(0, 10)),
        max_size=12,
    )
)
def test_progress_never_shows_more_than_there_is(records):
    exercises = [exercise(f"e{at}", "lesson", "c1", points=points) for at, (*_, points) in enumerate(records)]
    found = {
        f"e{at}": Standing(passed=passed, failed=failed, submitted=passed or failed, points=had)
        for at, (passed, failed, had, _) in enumerate(records)
    }

    progress = progress_of(exercises, found)

    assert 0 <= progress.points <= progress.max_points + 1e-9
    assert progress.passed == progress.arcs.count("pass") <= progress.total == len(progress.arcs)
    if progress.done:
        assert progress.points == pytest.approx(progress.max_points)
