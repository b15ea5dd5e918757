"""Builds a course again whenever one of its files is saved, for its author to see it as learners will."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from panlearn.bootstrap import Application
from panlearn.content.digests import course_files
from panlearn.content.findings import CourseRefused, Finding
from panlearn.content.release_store import ReleaseStore
from panlearn.errors import PanlearnError
from panlearn.services.enrolments import Enrolments
from panlearn.services.publishing import Publisher
from panlearn.services.releases import Releases

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.25
_OURS = "The course could not be built; the log of `panlearn course preview` says why."


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewState:
    """How the last build went. `release`: what is shown, empty before the first; `step`: what is being done now."""

    course: str
    release: str = ""
    step: str = ""
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    problem: str = ""

    @property
    def errors(self) -> int:
        """Findings for which what is shown is not what was saved last."""
        return sum(finding.severity == "error" for finding in self.findings) + bool(self.problem)

    @property
    def warnings(self) -> int:
        """Findings that the author should weigh."""
        return sum(finding.severity != "error" for finding in self.findings)

    @property
    def first(self) -> str:
        """The first of what stands in the way, as one line."""
        return self.problem or next((str(one) for one in self.findings if one.severity == "error"), "")


class Previewer:
    """Watches one course. `start` it once, `stop` it once; `state` may be read by anybody at any time."""

    def __init__(self, application: Application, folder: Path) -> None:
        self._application = application
        self._folder = folder
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="previewer", daemon=True)
        self.state = PreviewState(course=folder.name, step="Reading")

    def start(self) -> None:
        """Begin to watch; the first build begins at once."""
        self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Build no more."""
        self._stopping.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        seen: dict[Path, tuple[int, int]] | None = None
        while not self._stopping.is_set():
            now = _snapshot(self._folder)
            if now != seen:
                seen = now
                self._build()
            self._stopping.wait(LOOK_SECONDS)

    def _build(self) -> None:
        began = time.perf_counter()
        findings: tuple[Finding, ...] = ()
        release, problem = self.state.release, ""
        try:
            release, findings = self._published()
        except CourseRefused as refused:
            findings = tuple(refused.findings)
        except PanlearnError as error:
            problem = str(error)
        except Exception:
            log.exception("preview.failed", course=self._folder.name)
            problem = _OURS
        seconds = round(time.perf_counter() - began, 2)
        self.state = PreviewState(
            course=self._folder.name, release=release, seconds=seconds, findings=findings, problem=problem
        )
        log.info("preview.built", seconds=seconds, errors=self.state.errors, release=release)

    def _published(self) -> tuple[str, tuple[Finding, ...]]:
        application = self._application
        publisher = Publisher(
            None,
            application.settings,
            application.engine,
            application.grader,
            ReleaseStore(application.settings),
            progress=self._tell,
        )
        made = publisher.prepare(self._folder)
        with application.writing() as session:
            Releases(session, application.clock).activate(made.course.slug, made.digest)
            Enrolments(session, application.clock).move_all(made.course.slug, made.digest)
        return made.digest, tuple(publisher.warnings)

    def _tell(self, step: str) -> None:
        self.state = replace(self.state, step=step)


def _snapshot(folder: Path) -> dict[Path, tuple[int, int]]:
    """The course's files with their times and sizes; one that goes away meanwhile is left out."""
    found = {}
    try:
        for path in course_files(folder):
            status = path.stat()
            found[path] = status.st_mtime_ns, status.st_size
    except OSError:
        return {}
    return found
