"""The in-process pool: threads that take submissions from the table, grade them, and write the reports."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from panlearn.bootstrap import Application
from panlearn.domain.report import GradeReport, Verdict
from panlearn.domain.submission import MAX_BEGINNINGS, MAX_GRADINGS
from panlearn.jobs.workers import is_gone, worker_name
from panlearn.services.grade_one import given_up, grade_one
from panlearn.services.gradings import Grading, Gradings

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
"""How often an idle worker looks at the table by itself: a try that was put off, or a row from another process."""
SWEEP_SECONDS = 5.0
WRITE_AGAIN_SECONDS = 0.5
"""A report that the database did not take is written again after this, until the lease is over."""
SETUP_SECONDS = 120.0
"""What a lease allows beside the answer itself: starting an environment, running a lesson's set-up, a second try."""


class Pool:
    """Start it after the schema was checked; `stop` lets running gradings end and loses none."""

    def __init__(self, application: Application, workers: int | None = None) -> None:
        self._application = application
        self._workers = workers or application.settings.grading_workers
        self._lease = timedelta(seconds=SETUP_SECONDS + 6 * application.settings.grading_seconds)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> Pool:
        """Put back what a former process left half done, then start the threads."""
        self._sweep()
        self._stopping.clear()
        names = [f"grading-{number}" for number in range(1, self._workers + 1)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        self._threads.append(threading.Thread(target=self._watch, name="grading-sweep", daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, seconds: float = 10.0) -> None:
        """Take no more; wait this long for what runs. A grading that is cut off is taken up again at the next start."""
        self._stopping.set()
        self._application.queue.wake_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads = []

    @property
    def alive(self) -> bool:
        """Whether every thread runs."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        worker, unsure, heard = worker_name(), False, 0
        while not self._stopping.is_set():
            rung = self._application.queue.rung
            try:
                if unsure:
                    self._let_go(worker)
                    unsure = False
                grading = self._claim(worker, called=rung != heard)
                heard = rung
                if grading is None:
                    self._application.queue.rest(POLL_SECONDS, rung)
                else:
                    self._grade(grading)
            except Exception:
                log.exception("grading.failed")
                unsure = True
                self._stopping.wait(POLL_SECONDS)

    def _watch(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            self._sweep()

    def _sweep(self) -> None:
        try:
            with self._application.writing() as session:
                lost = Gradings(session, self._application.clock).sweep(is_gone)
        except SQLAlchemyError:
            log.exception("grading.sweep_failed")
            return
        if lost:
            log.warning("grading.put_back", submissions=lost)
            self._application.queue.wake_all()

    def _let_go(self, worker: str) -> None:
        """After a failure this worker does not know whether it holds a submission: somebody else may have it."""
        with self._application.writing() as session:
            lost = Gradings(session, self._application.clock).let_go(worker)
        if lost:
            log.warning("grading.let_go", submissions=lost)
            self._application.queue.wake_all()

    def _claim(self, worker: str, *, called: bool) -> Grading | None:
        """Take a submission. Who was not called looks first, and takes the write lock only where one waits."""
        if not called:
            with self._application.reading() as session:
                if not Gradings(session, self._application.clock).waiting():
                    return None
        with self._application.writing() as session:
            return Gradings(session, self._application.clock).claim(worker, self._lease)

    def _grade(self, grading: Grading) -> None:
        began = time.perf_counter()
        report = self._report(grading)
        seconds = round(time.perf_counter() - began, 4)
        again = report.verdict is Verdict.PLATFORM_ERROR and grading.number < MAX_GRADINGS
        kept = self._write(grading, report, again=again)
        if not kept:
            log.warning("submission.lease_lost", submission=grading.submission)
        elif again:
            log.warning("submission.put_off", submission=grading.submission, number=grading.number)
        else:
            log.info(
                "submission.graded",
                submission=grading.submission,
                exercise=grading.exercise,
                verdict=report.verdict.value,
                seconds=seconds,
            )
            self._application.queue.graded(grading.submission)

    def _write(self, grading: Grading, report: GradeReport, *, again: bool) -> bool:
        """Write what came of a grading. A database that went away costs time, not the grading: it is asked again."""
        deadline = time.monotonic() + self._lease.total_seconds()
        while True:
            try:
                with self._application.writing() as session:
                    gradings = Gradings(session, self._application.clock)
                    return gradings.put_back(grading) if again else gradings.finish(grading, report, _as_json(report))
            except (OperationalError, InterfaceError) as error:
                if time.monotonic() > deadline or self._stopping.wait(WRITE_AGAIN_SECONDS):
                    raise
                log.warning("grading.write_again", submission=grading.submission, why=type(error.orig).__name__)

    def _report(self, grading: Grading) -> GradeReport:
        if grading.number > MAX_BEGINNINGS:
            return given_up(grading)
        return grade_one(grading, self._application.store, self._application.grader, self._application.clock)


def _as_json(report: GradeReport) -> dict[str, Any]:
    from panlearn.grading.reports import to_json  # noqa: PLC0415 (the grader's own words for its report)

    return to_json(report)
