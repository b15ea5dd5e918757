"""Answers: accepted, found again, looked back at. Grading them is `panlearn.services.gradings`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Exercise, Release
from panlearn.domain.report import Fault, Verdict
from panlearn.domain.submission import MAX_QUEUED, MAX_WAITING, SubmissionState, check_source
from panlearn.errors import BadInput, NotAllowed, TooMany
from panlearn.models import Learner, SavedCell, Submission, new_public_id
from panlearn.services.enrolments import Enrolments
from panlearn.services.line import Line
from panlearn.services.variants import drawn_for

_WAITING = (SubmissionState.QUEUED, SubmissionState.GRADING)
_SOONEST = 5
"""Seconds: nobody is told to come back sooner."""


class Submissions:
    """One learner's answers."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def accept(
        self,
        learner: Learner,
        release: Release,
        exercise: Exercise,
        source: str,
        *,
        key: str = "",
        together: bool = False,
    ) -> Submission:
        """Write an answer down as queued. It is accepted once the caller has committed.

        `together`: it came with another one in the same notebook, for which there was room.
        Who does not hear that an answer was accepted may send it again with the same `key`: it is kept once.

        Raises `BadInput` for a source that cannot be kept, `TooMany` while too many answers of this learner wait, or
        of all of them together, `NotAllowed` once the attempts that the exercise gives are used.
        """
        check_source(source)
        self._lock(learner)
        if key and (known := self._known(learner, exercise, source, key)) is not None:
            return known
        if not together:
            self._refuse_flood(learner)
        self._refuse_past_limit(learner, release, exercise)
        now = self._clock()
        submission = Submission(
            public_id=_id_for(learner, key) if key else new_public_id(),
            learner_id=learner.id,
            course_slug=release.course.slug,
            release_digest=release.digest,
            environment_digest=release.environment_digest,
            lesson=exercise.lesson,
            exercise_id=exercise.id,
            source=source,
            earlier=self.earlier(learner, release, exercise),
            drawn=self._drawn(learner, release, exercise),
            created_at=now,
            not_before=now,
        )
        self._session.add(submission)
        Enrolments(self._session, self._clock).work(
            learner, release.course.slug, digest=release.digest, page=exercise.lesson, section=exercise.id
        )
        self._session.flush()
        return submission

    def earlier(self, learner: Learner, release: Release, exercise: Exercise) -> dict[str, str]:
        """The learner's answers that this exercise builds on, by exercise.

        Of each: the latest that passed, else the latest sent, else the edited cell. One without any is left out.
        """
        needed = all_needs(release, exercise)
        answers = self._best_sources(learner, release.course.slug, needed)
        missing = [name for name in needed if name not in answers]
        return answers | self._edits(learner, release, missing)

    def _drawn(self, learner: Learner, release: Release, exercise: Exercise) -> dict[str, str]:
        page = release.page(exercise.lesson)
        return drawn_for(self._session, learner, learner.public_id, release, page) if page else {}

    def find(self, learner: Learner, public_id: str) -> Submission | None:
        """The learner's own submission with this id."""
        return self._session.scalar(
            select(Submission).where(Submission.public_id == public_id, Submission.learner_id == learner.id)
        )

    def state(self, public_id: str) -> SubmissionState | None:
        """Where a submission is, whosever it is."""
        return self._session.scalar(select(Submission.state).where(Submission.public_id == public_id))

    def attempts(self, learner: Learner, course: str, exercise: str, limit: int = 100) -> list[Submission]:
        """The learner's answers to one exercise, the newest first."""
        return list(
            self._session.scalars(
                select(Submission)
                .where(
                    Submission.learner_id == learner.id,
                    Submission.course_slug == course,
                    Submission.exercise_id == exercise,
                )
                .order_by(Submission.id.desc())
                .limit(limit)
            )
        )

    def latest(self, learner: Learner, course: str, exercises: Iterable[str]) -> dict[str, Submission]:
        """The learner's last answer to each of these exercises."""
        newest = (
            select(func.max(Submission.id))
            .where(
                Submission.learner_id == learner.id,
                Submission.course_slug == course,
                Submission.exercise_id.in_(list(exercises)),
            )
            .group_by(Submission.exercise_id)
        )
        rows = self._session.scalars(select(Submission).where(Submission.id.in_(newest)))
        return {row.exercise_id: row for row in rows}

    def _lock(self, learner: Learner) -> None:
        """Answers of one learner are accepted one after the other: what waits is counted before one is added."""
        row = select(Learner.id).where(Learner.id == learner.id).with_for_update(key_share=True)
        if self._session.scalar(row) is None:
            raise NotAllowed("You have signed in meanwhile.", todo="Reload the page, then check your answer again.")

    def _known(self, learner: Learner, exercise: Exercise, source: str, key: str) -> Submission | None:
        """The answer that was sent with this key before. Raises `BadInput` where that was another one."""
        found = self.find(learner, _id_for(learner, key))
        if found is not None and (found.exercise_id, found.source) != (exercise.id, source):
            raise BadInput("This key was sent with another answer before.", todo="Use a new key for every answer.")
        return found

    def _refuse_flood(self, learner: Learner) -> None:
        own = func.count().filter(Submission.learner_id == learner.id)
        waiting, length = self._session.execute(
            select(own, func.count()).select_from(Submission).where(Submission.state.in_(_WAITING))
        ).one()
        line = Line(self._session, self._clock)
        if waiting >= MAX_WAITING:
            raise TooMany(
                f"{waiting} of your answers are still waiting for a verdict.",
                todo="Wait until one of them is graded, then check again.",
                retry_after=max(_SOONEST, line.seconds_for(1)),
            )
        if length >= MAX_QUEUED:
            raise TooMany(
                f"{length:,} answers are waiting for a verdict: the line is full.",
                todo="Your text is kept. Check it again in a while.",
                retry_after=max(_SOONEST, line.seconds_for(length // 10)),
            )

    def _refuse_past_limit(self, learner: Learner, release: Release, exercise: Exercise) -> None:
        """What waits counts as an attempt; what failed by the author's or the platform's fault does not."""
        if not exercise.attempts.isdigit():
            return
        used = self._session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.learner_id == learner.id,
                Submission.course_slug == release.course.slug,
                Submission.exercise_id == exercise.id,
                or_(Submission.fault.is_(None), Submission.fault == Fault.LEARNER),
            )
        )
        if (used or 0) >= int(exercise.attempts):
            raise NotAllowed(
                f"Your {exercise.attempts} attempts at this exercise are used.",
                todo="You can go on running it; what you passed stays passed.",
            )

    def _best_sources(self, learner: Learner, course: str, exercises: list[str]) -> dict[str, str]:
        if not exercises:
            return {}
        passed = func.max(case((Submission.verdict == Verdict.PASSED, Submission.id)))
        chosen = (
            select(func.coalesce(passed, func.max(Submission.id)))
            .where(
                Submission.learner_id == learner.id,
                Submission.course_slug == course,
                Submission.exercise_id.in_(exercises),
            )
            .group_by(Submission.exercise_id)
        )
        rows = self._session.execute(select(Submission.exercise_id, Submission.source).where(Submission.id.in_(chosen)))
        return {row.exercise_id: row.source for row in rows}

    def _edits(self, learner: Learner, release: Release, exercises: list[str]) -> dict[str, str]:
        cells = {release.exercises[name].cell: name for name in exercises}
        if not cells:
            return {}
        rows = self._session.scalars(
            select(SavedCell).where(
                SavedCell.learner_id == learner.id,
                SavedCell.course_slug == release.course.slug,
                SavedCell.cell.in_(list(cells)),
            )
        )
        return {cells[row.cell]: row.source for row in rows if release.exercises[cells[row.cell]].lesson == row.lesson}


def _id_for(learner: Learner, key: str) -> str:
    """The public id of the answer sent with this key: the same every time, nobody else's, and not to be guessed."""
    digest = hashlib.sha256(f"{learner.public_id}\0{key}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def all_needs(release: Release, exercise: Exercise) -> list[str]:
    """The exercises this one needs, and those that they need in turn, in the release's order."""
    found: set[str] = set()
    open_ = list(exercise.needs)
    while open_:
        name = open_.pop()
        if name in found or name not in release.exercises:
            continue
        found.add(name)
        open_.extend(release.exercises[name].needs)
    found.discard(exercise.id)
    return [name for name in release.exercises if name in found]
