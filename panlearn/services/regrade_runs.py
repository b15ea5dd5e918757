"""Regrades that are asked for on a page: written down, taken up by a worker with a lease, looked at, put into force.

The grading itself is `panlearn.services.regrading`. A run changes no grade until it is put into force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, delete, func, select, update
from sqlalchemy.orm import Session, undefer

from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Release
from panlearn.domain.normal_form import without_comments
from panlearn.domain.regrading import Move, Regrade, Regraded, RunState
from panlearn.domain.report import Fault, GradeReport, Verdict
from panlearn.domain.submission import SubmissionState
from panlearn.errors import BadInput, NotFound
from panlearn.models import RegradeRun, Submission
from panlearn.services.regrading import Regrading

LEASE = timedelta(minutes=5)
"""A worker that says nothing for so long has lost its run."""
MAX_BEGINNINGS = 3
EXAMPLES = 5
MAX_REASON = 500

ToJson = Callable[[GradeReport], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A run that a worker has taken up."""

    id: int
    course: str
    exercise: str
    release: str
    worker: str


class RegradeRuns:
    """One run for each exercise: the last one asked for."""

    def __init__(self, session: Session, clock: Clock = utc_now) -> None:
        self._session = session
        self._clock = clock

    def latest(self, course: str, exercise: str) -> RegradeRun | None:
        """The run of this exercise."""
        return self._session.scalar(
            select(RegradeRun)
            .where(RegradeRun.course_slug == course, RegradeRun.exercise_id == exercise)
            .order_by(RegradeRun.id.desc())
            .limit(1)
        )

    def answers(self, course: str, exercise: str) -> int:
        """How many stored answers a run would grade."""
        query = select(func.count()).select_from(Submission)
        return self._session.scalar(query.where(*_graded(course, exercise))) or 0

    def ask(self, release: Release, exercise: str, *, by: str) -> RegradeRun:
        """Ask for a dry run with this release. One that is under way already is the one; others are forgotten."""
        course = release.course.slug
        last = self.latest(course, exercise)
        if last is not None and last.release_digest == release.digest and is_open(last):
            return last
        self._session.execute(
            delete(RegradeRun).where(RegradeRun.course_slug == course, RegradeRun.exercise_id == exercise)
        )
        run = RegradeRun(
            course_slug=course,
            exercise_id=exercise,
            release_digest=release.digest,
            asked_by=by,
            asked_at=self._clock(),
        )
        self._session.add(run)
        self._session.flush()
        return run

    def open(self) -> bool:
        """Whether any run waits or is being graded."""
        states = (RunState.QUEUED, RunState.GRADING)
        return self._session.scalar(select(RegradeRun.id).where(RegradeRun.state.in_(states)).limit(1)) is not None

    def waiting(self) -> int | None:
        """The row of the run that is next."""
        return self._session.scalar(
            select(RegradeRun.id).where(RegradeRun.state == RunState.QUEUED).order_by(RegradeRun.id).limit(1)
        )

    def claim(self, worker: str) -> Taken | None:
        """Take the next run; None when nothing waits, or another worker was first."""
        row = self.waiting()
        if row is None:
            return None
        taken = self._changed(
            update(RegradeRun)
            .where(RegradeRun.id == row, RegradeRun.state == RunState.QUEUED)
            .values(
                state=RunState.GRADING,
                worker=worker,
                lease_until=self._clock() + LEASE,
                beginnings=RegradeRun.beginnings + 1,
            )
        )
        if not taken:
            return None
        run = self._session.get_one(RegradeRun, row, populate_existing=True)
        return Taken(
            id=run.id, course=run.course_slug, exercise=run.exercise_id, release=run.release_digest, worker=worker
        )

    def progress(self, taken: Taken, graded: int, different: int) -> bool:
        """Say how far it is, and hold it longer. False: it is somebody else's now, or forgotten."""
        return self._changed(_held(taken).values(graded=graded, different=different, lease_until=self._clock() + LEASE))

    def finish(self, taken: Taken, regrade: Regrade, to_json: ToJson) -> bool:
        """Write down what the regrade would do. False: the run is somebody else's now, or forgotten."""
        moved = [one for one in regrade.answers if one.move in {Move.UP, Move.DOWN}]
        return self._changed(
            _held(taken).values(
                state=RunState.DONE,
                lease_until=None,
                ended_at=self._clock(),
                outcome=_outcome(regrade),
                moves=[_kept(one, to_json) for one in moved],
            )
        )

    def fail(self, taken: Taken, problem: str) -> bool:
        """The run cannot be done; in words for the trainer."""
        return self._changed(
            _held(taken).values(state=RunState.FAILED, lease_until=None, ended_at=self._clock(), problem=problem)
        )

    def sweep(self, gone: Callable[[str], bool] = lambda _worker: False) -> int:
        """Put back runs whose worker is gone or silent; one that ended its worker too often has failed."""
        now = self._clock()
        rows = self._session.scalars(select(RegradeRun).where(RegradeRun.state == RunState.GRADING)).all()
        lost = [run for run in rows if run.lease_until is None or run.lease_until <= now or gone(run.worker)]
        for run in lost:
            run.state = RunState.QUEUED if run.beginnings < MAX_BEGINNINGS else RunState.FAILED
            run.worker, run.lease_until = "", None
            if run.state is RunState.FAILED:
                run.problem, run.ended_at = "It was begun several times and never came to its end.", now
        self._session.flush()
        return len(lost)

    def put_in_force(
        self, public_id: str, current: Release, exercise: str, *, lower: bool, reason: str, by: str
    ) -> int:
        """Change the grades that this run moved; how many. Raises `BadInput` for a run that is no longer good."""
        run = self._ready(public_id, current, exercise)
        if len(reason) > MAX_REASON:
            raise BadInput(f"The reason is longer than {MAX_REASON} characters.", todo="Say it more shortly.")
        kept = [(_regraded(one), cast("dict[str, Any]", one["report"])) for one in run.moves or ()]
        stored = {id(one.report): report for one, report in kept}  # the reports exactly as they were made
        regrade = Regrade(
            course=run.course_slug,
            exercise=run.exercise_id,
            release=run.release_digest,
            answers=tuple(one for one, _ in kept),
        )
        changed = Regrading(self._session, self._clock).put_in_force(
            regrade, lambda report: stored[id(report)], lower=lower, reason=reason, by=by
        )
        run.applied_at, run.applied, run.reason, run.moves = self._clock(), changed, reason.strip(), None
        self._session.flush()
        return changed

    def _ready(self, public_id: str, current: Release, exercise: str) -> RegradeRun:
        run = self._session.scalar(
            select(RegradeRun)
            .options(undefer(RegradeRun.moves))
            .where(
                RegradeRun.public_id == public_id,
                RegradeRun.course_slug == current.course.slug,
                RegradeRun.exercise_id == exercise,
            )
            .with_for_update()
        )
        if run is None:
            raise NotFound("There is no such dry run.", todo="A newer one took its place: look at that one.")
        if run.state is not RunState.DONE:
            raise BadInput("This dry run has not come to its end.", todo="Wait until it has.")
        if run.applied_at is not None:
            raise BadInput("This regrade is in force already.", todo="Nothing needs to be done.")
        if run.release_digest != current.digest:
            raise BadInput("The course was published anew since this dry run.", todo="Grade the answers again first.")
        return run

    def _changed(self, statement: Update) -> bool:
        result = self._session.execute(statement)
        return isinstance(result, CursorResult) and result.rowcount == 1


def is_open(run: RegradeRun) -> bool:
    """Whether a run waits or is being graded."""
    return run.state in {RunState.QUEUED, RunState.GRADING}


def _graded(course: str, exercise: str) -> tuple[ColumnElement[bool], ...]:
    """What `panlearn.services.regrading.stored` reads."""
    return (
        Submission.course_slug == course,
        Submission.exercise_id == exercise,
        Submission.state == SubmissionState.GRADED,
        Submission.verdict != Verdict.PLATFORM_ERROR,
    )


def _held(taken: Taken) -> Update:
    return update(RegradeRun).where(
        RegradeRun.id == taken.id, RegradeRun.state == RunState.GRADING, RegradeRun.worker == taken.worker
    )


def _outcome(regrade: Regrade) -> dict[str, Any]:
    return {
        "answers": len(regrade.answers),
        "counts": regrade.counts,
        "learners": {move.value: regrade.learners(move) for move in Move},
        "examples": {move.value: [_example(one) for one in regrade.examples(move, EXAMPLES)] for move in Move},
    }


def _example(one: Regraded) -> dict[str, Any]:
    return {
        "source": without_comments(one.source),
        "before": {"verdict": one.verdict.value, "points": one.points},
        "after": {"verdict": one.report.verdict.value, "points": one.report.points},
        "message": one.report.message,
        "note": one.report.author_note,
    }


def _kept(one: Regraded, to_json: ToJson) -> dict[str, Any]:
    return {
        "row": one.row,
        "verdict": one.verdict.value,
        "points": one.points,
        "report": to_json(one.report),
        "note": one.report.author_note,
    }


def _regraded(kept: dict[str, Any]) -> Regraded:
    """What is needed of a kept move to put it into force."""
    report = kept["report"]
    return Regraded(
        row=kept["row"],
        learner="",
        source="",
        verdict=Verdict(kept["verdict"]),
        points=kept["points"],
        report=GradeReport(
            exercise=report["exercise"],
            verdict=Verdict(report["verdict"]),
            fault=Fault(report["fault"]) if report["fault"] else None,
            points=report["points"],
            max_points=report["max_points"],
            checks=(),
            message=report["message"],
            author_note=kept["note"],
        ),
    )
