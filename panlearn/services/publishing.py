"""Publish a course: read, run, grade, build, write, make current. What fails leaves everything as it was."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from panlearn.content.costs import CellCost
from panlearn.content.digests import DATA_FOLDER, release_digest
from panlearn.content.findings import Finding, Findings
from panlearn.content.release_store import ReleaseStore
from panlearn.domain.clock import Clock, utc_now
from panlearn.domain.course import Release
from panlearn.errors import BadInput, PlatformError
from panlearn.kernels.engine import Engine
from panlearn.kernels.environments import Environment
from panlearn.services.kept_results import KeptResults
from panlearn.services.proving import GradesAnswers
from panlearn.services.releases import Releases
from panlearn.settings import Settings

if TYPE_CHECKING:
    from panlearn.content.building import BuiltCourse
    from panlearn.content.course_source import CourseSource

Progress = Callable[[str], None]


class Publisher:
    """Checks and publishes courses. `session` None: releases are written, none is made current.

    `slips`: so many wrong variants of each solution are tried on its checks. `warnings` are those of the last release,
    `costs` what its cells took. `fresh`: run and grade again what was run and graded before.
    """

    def __init__(
        self,
        session: Session | None,
        settings: Settings,
        engine: Engine,
        grader: GradesAnswers,
        store: ReleaseStore,
        *,
        progress: Progress = lambda _: None,
        clock: Clock = utc_now,
        slips: int = 0,
        fresh: bool = False,
    ) -> None:
        self._session = session
        self._settings = settings
        self._engine = engine
        self._grader = grader
        self._store = store
        self._progress = progress
        self._clock = clock
        self._slips = slips
        self._kept = KeptResults(None if fresh else settings.home_dir / "cache" / "trials")
        self.warnings: list[Finding] = []
        self.costs: list[CellCost] = []

    def check(self, path: Path) -> list[Finding]:
        """Everything that is wrong with a course, by file and line. Nothing is published and nothing is left behind."""
        from panlearn.content.course_source import course_folder  # noqa: PLC0415 - slow: not for what is current already

        findings = Findings()
        with self._alone(course_folder(path)):
            self._make(path, findings, keep=False)
        return findings.all

    def prepare(self, path: Path) -> Release:
        """The release of a course as it is now, written to disk but not made current. Raises `CourseRefused`."""
        digest = digest_of(path, self._settings)
        slug = path.resolve().name
        with self._alone(path.resolve()):
            if digest and self._store.has(slug, digest):
                return self._store.load(slug, digest)
            findings = Findings()
            release = self._make(path, findings, keep=True)
            findings.refuse(slug)
            self.warnings = findings.all
            if release is None:
                raise PlatformError(f"The course {slug} was not built.", todo="Look at the log.")
            return release

    def publish(self, path: Path) -> Release:
        """Publish a course and make it current; nothing happens where nothing changed. Raises `CourseRefused`."""
        release = self.prepare(path)
        if self._session is not None:
            Releases(self._session, self._clock).activate(release.course.slug, release.digest)
        return release

    def _make(self, path: Path, findings: Findings, *, keep: bool) -> Release | None:
        from panlearn.content.course_source import read_course  # noqa: PLC0415 - slow: not for what is current already

        self._progress("Reading")
        source = read_course(path, findings)
        environment = self._environment(source, findings) if source else None
        if source is None or environment is None:
            return None
        digest = release_digest(source.folder, environment.digest)
        made = bool(source.files) and self._store.keep_files(source.files or "", source.folder / DATA_FOLDER)
        done = False
        try:
            built = self._build(source, environment, findings)
            if built is None or findings.errors or not keep:
                return None
            release = self._release(source, built, environment, digest)
            self._progress("Writing")
            self._store.write(release, built.content)
            done = True
            return self._store.load(source.slug, digest)
        finally:
            if made and not done:
                self._store.drop_files(source.files or "")

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """Two publishes of one course wait for each other, in any number of processes of this instance."""
        self._settings.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._settings.runtime_dir / f"publish-{folder.name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._progress("Waiting for another check or publish of this course to end")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _build(self, source: CourseSource, environment: Environment, findings: Findings) -> BuiltCourse | None:
        from panlearn.content.building import build_course  # noqa: PLC0415
        from panlearn.services.trials import Trials  # noqa: PLC0415

        trials = Trials(source, environment, self._settings, self._kept, findings)
        self._progress("Running the lessons")
        outputs = trials.run_lessons(self._engine, self._progress)
        self.costs = trials.costs
        self._progress("Grading")
        source.bundles.update(trials.prove_exercises(self._grader, self._slips))
        if len(source.lessons) < len(source.book.pages):
            return None  # a page could not be read: the book would only complain of the hole it leaves
        self._progress("Building the book")
        with _workspace(self._settings) as folder:
            return build_course(
                source, outputs, jail=self._engine, workspace=folder, findings=findings, kept=self._kept
            )

    def _environment(self, source: CourseSource, findings: Findings) -> Environment | None:
        from panlearn.content.config import COURSE_FILE  # noqa: PLC0415
        from panlearn.kernels import environments  # noqa: PLC0415

        try:
            return environments.find(self._settings, source.config.environment)
        except BadInput as error:
            findings.error("PL004", COURSE_FILE, source.environment_line, error.message, error.todo)
            return None

    def _release(self, source: CourseSource, built: BuiltCourse, environment: Environment, digest: str) -> Release:
        return Release(
            digest=digest,
            version=self._store.next_version(source.slug),
            published_at=self._clock(),
            course=source.course(),
            environment_digest=environment.digest,
            files=source.files,
            pages=built.pages,
            exercises=built.exercises,
        )


def digest_of(path: Path, settings: Settings) -> str | None:
    """What a release of this course, as it is now, would be addressed by. None where the course is not readable."""
    from panlearn.content.config import read_course_config  # noqa: PLC0415
    from panlearn.kernels import environments  # noqa: PLC0415

    config = read_course_config(path.resolve(), Findings())
    if config is None:
        return None
    try:
        environment = environments.find(settings, config.environment)
    except (BadInput, PlatformError):
        return None
    return release_digest(path.resolve(), environment.digest)


@contextmanager
def _workspace(settings: Settings) -> Iterator[Path]:
    """A folder that goes when the block ends. Locked meanwhile: what a killed publish leaves, the engine removes."""
    settings.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="publish-", dir=settings.runtime_dir) as folder:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield Path(folder)
        finally:
            os.close(lock)
