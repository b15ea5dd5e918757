"""Answers to quizzes: graded in the transaction that writes them down, so that none ever waits."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Exercise, Release
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.quiz.answers import Fields, read_answer, stored_in
from panlearn.domain.quiz.drawing import seed_of
from panlearn.domain.quiz.grading import grade_quiz
from panlearn.domain.quiz.model import Quiz, QuizKind
from panlearn.domain.quiz.written import closed
from panlearn.domain.report import Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotAllowed, PlatformError
from panlearn.models import Learner, Submission
from panlearn.services.library import Store
from panlearn.services.standings import standings
from panlearn.services.submissions import Submissions

SEED = "seed"
"""The field that says which variant a page showed; a program may leave it out."""


class Quizzes:
    """One learner's answers to quizzes."""

    def __init__(self, session: Session, store: Store, clock: Clock = utc_now) -> None:
        self._session = session
        self._store = store
        self._clock = clock

    def answer(
        self, learner: Learner, release: Release, exercise: Exercise, fields: Fields, *, key: str = ""
    ) -> Submission:
        """Write an answer down, graded. Raises `BadInput` for one whose form is wrong: nothing is kept, no try is used.

        An answer that was given before and did not pass is such a one as well, and a text that is handed in already.
        Raises `NotAllowed` where tries are used up, or a person's grade has opened the explanation of a text.
        """
        bundle = self._store.bundle(release, exercise.id)
        if bundle.quiz is None:
            raise PlatformError(f"The release has no key for {exercise.id}.", todo="Publish the course again.")
        last = Submissions(self._session).latest(learner, release.course.slug, [exercise.id]).get(exercise.id)
        seed = seed_for(learner.public_id, release, exercise, last)
        if fields.get(SEED) and fields[SEED][0] != seed:
            todo = "Reload the page: your answer fits the numbers that you saw, not these."
            raise BadInput("This quiz has changed since you opened it.", todo=todo)
        self._refuse_closed(learner, release, exercise, bundle.quiz, last)
        source = read_answer(bundle.quiz, fields, seed).as_source()
        submission = self._accept(learner, release, exercise, source, key)
        if submission.state is not SubmissionState.GRADED:
            self._refuse_repeated(submission, last)
            self._grade(submission, bundle)
        return submission

    def _accept(self, learner: Learner, release: Release, exercise: Exercise, source: str, key: str) -> Submission:
        try:
            return Submissions(self._session, self._clock).accept(learner, release, exercise, source, key=key)
        except NotAllowed as error:
            todo = "What you handed in is kept." if exercise.by_hand else "The answer is shown below the question now."
            raise NotAllowed(error.message, todo=todo) from None

    def _refuse_closed(
        self, learner: Learner, release: Release, exercise: Exercise, quiz: Quiz, last: Submission | None
    ) -> None:
        if quiz.kind is not QuizKind.WRITTEN or last is None:
            return
        slug = release.course.slug
        passed = standings(self._session, learner, slug)[slug][exercise.id].passed
        if closed(exercise.reveal, quiz.explain, graded=last.by_hand, passed=passed):
            todo = "Read what was said of it below the question."
            raise NotAllowed("This answer is graded, so it cannot be replaced.", todo=todo)

    def _refuse_repeated(self, submission: Submission, last: Submission | None) -> None:
        """The same wrong answer again is a slip of the hand: it costs no try."""
        if last is not None and last.verdict is Verdict.HANDED_IN and last.source == submission.source:
            raise BadInput(
                "You handed this in already.", todo="It is kept. Change it first, if you want to replace it."
            )
        again = self._session.scalar(
            select(Submission).where(
                Submission.learner_id == submission.learner_id,
                Submission.course_slug == submission.course_slug,
                Submission.exercise_id == submission.exercise_id,
                Submission.source == submission.source,
                Submission.verdict == Verdict.FAILED,
                Submission.id != submission.id,
            )
        )
        if again is not None and again.by_hand:
            raise BadInput("You handed in this very text before, and it is graded.", todo="Change it first.")
        if again is not None:
            raise BadInput("You gave this answer before, and it was not right.", todo="Change it; this cost no try.")

    def _grade(self, submission: Submission, bundle: GradingBundle) -> None:
        from panlearn.grading.reports import to_json  # noqa: PLC0415 (with it comes the sandboxed grader)

        report = grade_quiz(bundle, submission.source)
        submission.state = SubmissionState.GRADED
        submission.gradings += 1
        submission.verdict, submission.fault, submission.points = report.verdict, report.fault, report.points
        submission.report, submission.author_note = to_json(report), report.author_note
        submission.graded_at = self._clock()
        self._session.flush()


def seed_for(reader: str, release: Release, exercise: Exercise, last: Submission | None) -> str:
    """What a reader's variant is drawn from: as in the last answer in this release, which may have been a guest's."""
    if last is not None and last.release_digest == release.digest:
        try:
            return stored_in(last.source).seed
        except BadInput:
            pass
    return seed_of(reader, exercise.id, release.digest)
