"""The thread that grades stored answers again when a trainer asks for it: one answer at a time, beside the pool."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from panlearn.bootstrap import Application
from panlearn.domain.exercise import GradingBundle
from panlearn.domain.report import GradeReport
from panlearn.errors import PanlearnError
from panlearn.jobs.workers import is_gone, worker_name
from panlearn.services.regrade_runs import RegradeRuns, Taken
from panlearn.services.regrading import graded_again, stored

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
TELL_SECONDS = 0.5
"""How often a run says how far it is."""
OURS = "The answers could not be graded again. Nothing was changed."


class _Stopped(Exception):
    """The site ends, or the run was taken away."""


class Regrader:
    """Start it after the schema was checked. A run that `stop` cuts off is begun anew at the next start."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Regrader:
        """Begin to look for runs."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="regrading", daemon=True)
        self._thread.start()
        return self

    def stop(self, seconds: float = 10.0) -> None:
        """Take no more; wait this long for the answer that is being graded."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None

    def _work(self) -> None:
        worker = worker_name()
        while not self._stopping.is_set():
            try:
                taken = self._claim(worker)
                if taken is not None:
                    self._run(taken)
                    continue
            except SQLAlchemyError:
                log.exception("regrade.failed")
            self._stopping.wait(POLL_SECONDS)

    def _claim(self, worker: str) -> Taken | None:
        with self._application.reading() as session:
            open_ = RegradeRuns(session, self._application.clock).open()
        if not open_:
            return None
        with self._application.writing() as session:
            runs = RegradeRuns(session, self._application.clock)
            runs.sweep(lambda name: name != worker and is_gone(name))
            return runs.claim(worker)

    def _run(self, taken: Taken) -> None:
        began = time.perf_counter()
        try:
            different = self._grade(taken)
        except _Stopped:
            log.info("regrade.stopped", course=taken.course, exercise=taken.exercise)
        except PanlearnError as error:
            self._fail(taken, str(error))
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("regrade.crashed", course=taken.course, exercise=taken.exercise)
            self._fail(taken, OURS)
        else:
            seconds = round(time.perf_counter() - began, 2)
            log.info("regrade.done", course=taken.course, exercise=taken.exercise, different=different, seconds=seconds)

    def _grade(self, taken: Taken) -> int:
        application = self._application
        release = application.store.load(taken.course, taken.release)
        bundle = application.store.bundle(release, taken.exercise)
        with application.reading() as session:
            answers = stored(session, taken.course, taken.exercise)
        different = len({(one.source, one.world) for one in answers})
        last = time.monotonic()
        ours = self._tell(taken, 0, different)

        def grade(of: GradingBundle, source: str, earlier: Mapping[str, str]) -> GradeReport:
            if self._stopping.is_set() or not ours:
                raise _Stopped
            return application.grader.grade(of, source, earlier)

        def done(count: int) -> None:
            nonlocal last, ours
            if time.monotonic() - last >= TELL_SECONDS:
                last = time.monotonic()
                ours = self._tell(taken, count, different)

        regrade = graded_again(answers, release, bundle, grade, workers=1, done=done)
        from panlearn.grading.reports import to_json  # noqa: PLC0415 (the grader's own words for its report)

        with application.writing() as session:
            RegradeRuns(session, application.clock).finish(taken, regrade, to_json)
        return different

    def _tell(self, taken: Taken, graded: int, different: int) -> bool:
        with self._application.writing() as session:
            return RegradeRuns(session, self._application.clock).progress(taken, graded, different)

    def _fail(self, taken: Taken, problem: str) -> None:
        log.warning("regrade.refused", course=taken.course, exercise=taken.exercise, why=problem)
        with self._application.writing() as session:
            RegradeRuns(session, self._application.clock).fail(taken, problem)
