"""A notebook done elsewhere, handed in: each answer in it becomes a submission like any other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from panlearn.content.handed_in import Asked, HandedIn, match, read_cells
from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Release
from panlearn.errors import BadInput, NotAllowed
from panlearn.models import Learner, Submission
from panlearn.services.submissions import Submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """What came of it: a submission per answer, and why an answer was not taken, by exercise."""

    matched: HandedIn
    submissions: dict[str, Submission]
    refused: dict[str, str]


class HandingIn:
    """Takes notebooks of one learner."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def take(self, learner: Learner, release: Release, matched: HandedIn) -> Handing:
        """Send every answer that a notebook holds, in the course's order.

        Raises `TooMany` where answers of this learner still wait.
        """
        submissions: dict[str, Submission] = {}
        refused: dict[str, str] = {}
        service = Submissions(self._session, self._clock)
        for answer in matched.found:
            exercise = release.exercises[answer.exercise]
            try:
                submissions[exercise.id] = service.accept(
                    learner, release, exercise, answer.source, together=bool(submissions)
                )
            except (BadInput, NotAllowed) as error:
                refused[exercise.id] = str(error)
        return Handing(matched=matched, submissions=submissions, refused=refused)


def matched_in(release: Release, notebook: bytes) -> HandedIn:
    """The answers in a notebook. It may take a second, so no transaction waits for it.

    Raises `BadInput` for what is no notebook, or holds nothing of this course.
    """
    matched = match(read_cells(notebook), asked_of(release))
    if not matched.found:
        raise BadInput(_nothing(matched), todo="Hand in the notebook of one of this course's lessons.")
    return matched


def asked_of(release: Release) -> list[Asked]:
    """The exercises of a release that code answers, in its order."""
    starters = {cell.exercise: cell.source for page in release.pages for cell in page.cells if cell.exercise}
    return [
        Asked(id=exercise.id, names=exercise.names, starter=starters[exercise.id])
        for exercise in release.exercises.values()
        if exercise.id in starters
    ]


def _nothing(matched: HandedIn) -> str:
    if matched.untouched:
        return "Every exercise in this notebook is as it was when you got it: there is nothing to check."
    return "No cell of this notebook answers an exercise of this course."
