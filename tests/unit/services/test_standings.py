import pytest

import factories
from fakes import report_for
from panlearn.domain.progress import progress_of
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.services.standings import standings
from panlearn.services.submissions import Submissions

pytestmark = pytest.mark.databases

COURSE = factories.COURSE


@pytest.fixture
def learner(session):
    return factories.guest(session)


@pytest.fixture
def answer(session, clock, release, learner):
    def made(exercise: str, verdict: Verdict | None, points: float = 0.0, source: str = "x"):
        submission = Submissions(session, clock).accept(learner, release, release.exercises[exercise], source)
        if verdict is not None:
            report = report_for(factories.bundle(release.exercises[exercise]), verdict, points=points)
            submission.state, submission.verdict = SubmissionState.GRADED, verdict
            submission.fault, submission.points = report.fault, report.points
            session.flush()

    return made


def test_a_reader_without_a_row_has_no_standings(session):
    assert standings(session, None) == {}


@pytest.mark.parametrize(
    ("verdicts", "status", "tries"),
    [
        ([None], "tried", 0),
        ([Verdict.FAILED], "failed", 1),
        ([Verdict.FAILED, Verdict.TIMEOUT, Verdict.KILLED], "failed", 3),
        ([Verdict.FAILED, Verdict.PASSED], "passed", 2),
        ([Verdict.PASSED, Verdict.FAILED], "passed", 2),
        ([Verdict.PLATFORM_ERROR, Verdict.AUTHOR_ERROR], "tried", 0),
        ([Verdict.PASSED], "passed", 1),
    ],
)
def test_a_standing_follows_from_the_verdicts(session, learner, answer, verdicts, status, tries):
    for verdict in verdicts:
        answer("first", verdict)

    found = standings(session, learner, COURSE)[COURSE]["first"]

    assert (found.status, found.tries) == (status, tries)


@pytest.mark.parametrize(
    ("sent", "honest"),
    [
        ([("a", Verdict.FAILED), ("a", Verdict.FAILED), ("b", Verdict.FAILED)], 2),
        ([("a", Verdict.ERROR), ("b", Verdict.ERROR)], 0),
        ([("a", Verdict.TIMEOUT), ("b", Verdict.AUTHOR_ERROR), ("c", None)], 1),
        ([("a", Verdict.FAILED), ("b", Verdict.PASSED)], 1),
    ],
)
def test_only_different_answers_that_ran_bring_the_solution_nearer(session, learner, answer, sent, honest):
    for source, verdict in sent:
        answer("first", verdict, source=source)

    assert standings(session, learner, COURSE)[COURSE]["first"].honest == honest


def test_progress_adds_the_best_points_in_reading_order(session, learner, answer, release):
    answer("first", Verdict.PASSED, 2.0)
    answer("second", Verdict.FAILED, 1.5)
    answer("second", Verdict.FAILED, 0.5)

    progress = progress_of(release.exercises.values(), standings(session, learner)[COURSE])

    assert (progress.passed, progress.total, progress.points, progress.max_points) == (1, 3, 3.5, 5.0)
    assert progress.arcs == ("pass", "fail", "todo")
    assert progress.begun
    assert not progress.done
