"""The parts of a site in one process, started and ended together: pages, live kernels, grading."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import structlog

from panlearn.bootstrap import Application
from panlearn.cli._listen import address_of, allow_many_files
from panlearn.cli._logs import take_library_logs
from panlearn.cli._pages import MAX_BODY_BYTES, Pages
from panlearn.domain.course import Release
from panlearn.errors import NotContained, NotFound, PanlearnError
from panlearn.models import schema
from panlearn.settings import Settings

log = structlog.get_logger(__name__)

STOP_SECONDS = 20
"""After this the process ends whatever still runs: everything accepted is in the database."""
GRADING_SECONDS = 5.0
THREADS = 32
SWITCH_SECONDS = 0.001
"""How long one thread may keep the others waiting for the interpreter: Python's own 5 ms are felt in every verdict."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Which parts of the site this process runs."""

    pages: bool = True
    kernels: bool = True
    grading: bool = True


def run_site(
    settings: Settings,
    sockets: list[socket.socket],
    parts: Parts,
    say: Callable[[str], None],
    course: Path | None = None,
) -> None:
    """Serve on `sockets` until SIGTERM or SIGINT; `say` gets the one line that tells where. Raises `SchemaOutdated`.

    `course`: the site is its author's preview of this one, whose database is made as it is needed.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    take_library_logs()
    allow_many_files()
    application = Application(settings)
    try:
        if course is not None:
            schema.upgrade(application.database)
        application.check_schema()
        asyncio.run(_run(application, parts, sockets, say, course))
        log.info("site.stopped")
    finally:
        application.close()


async def _run(
    application: Application,
    parts: Parts,
    sockets: list[socket.socket],
    say: Callable[[str], None],
    course: Path | None,
) -> None:
    # Starting kernels and naming who asks are short waits, many at once when a class begins.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="kernels"))
    stop = _stop_on_signal()
    site = Site(application, parts, course)
    site.start(sockets)
    if sockets:
        say(address_of(sockets))
    threading.Thread(target=_warm, args=(application, parts), name="warm-up", daemon=True).start()
    await stop.wait()
    log.info("site.stopping")
    signal.alarm(STOP_SECONDS)
    await site.stop()


class Site:
    """The parts that run here. Make it inside a running event loop; `start` it once, `stop` it once."""

    def __init__(self, application: Application, parts: Parts, course: Path | None = None) -> None:
        self._previewer = _previewer(application, course) if course is not None else None
        app: Any = _flask(application, self._previewer) if parts.pages or parts.kernels else None
        self._pages = Pages(app) if parts.pages else None
        self._gateway = _gateway(application, app) if parts.kernels else None
        self._pool = _grading(application) if parts.grading else None
        self._regrader = _regrading(application) if parts.grading else None
        self._server: Any = None

    def start(self, sockets: list[socket.socket]) -> None:
        """Grade, and answer on `sockets`."""
        from tornado.httpserver import HTTPServer

        if self._pool is not None:
            self._pool.start()
        if self._regrader is not None:
            self._regrader.start()
        if self._previewer is not None:
            self._previewer.start()
        if sockets:
            self._server = HTTPServer(
                _routes(self._gateway, self._pages),
                max_body_size=MAX_BODY_BYTES,
                idle_connection_timeout=75,
                body_timeout=30,
            )
            self._server.add_sockets(sockets)

    async def stop(self) -> None:
        """Take no more requests, let a running grading end, end every kernel, hang up."""
        if self._server is not None:
            self._server.stop()
        if self._previewer is not None:
            await asyncio.to_thread(self._previewer.stop, GRADING_SECONDS)
        if self._pool is not None:
            await asyncio.to_thread(self._pool.stop, GRADING_SECONDS)
        if self._regrader is not None:
            await asyncio.to_thread(self._regrader.stop, GRADING_SECONDS)
        if self._gateway is not None:
            await self._gateway.close()
        if self._server is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._server.close_all_connections(), 3)
        if self._pages is not None:
            self._pages.close()


def _stop_on_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def first(number: int) -> None:
        stop.set()
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, first, number)
    return stop


def _flask(application: Application, previewer: Any) -> Any:
    from panlearn.web import create_app

    return create_app(application, previewer)


def _previewer(application: Application, course: Path) -> Any:
    from panlearn.jobs.previewer import Previewer

    return Previewer(application, course)


def _grading(application: Application) -> Any:
    from panlearn.jobs.pool import Pool

    return Pool(application)


def _regrading(application: Application) -> Any:
    from panlearn.jobs.regrader import Regrader

    return Regrader(application)


def _gateway(application: Application, app: Any) -> Any:
    from panlearn.kernels.gateway import Gateway
    from panlearn.kernels.specs import SandboxKernelSpecManager
    from panlearn.web.identity import identify

    return Gateway(
        application.settings,
        identify=identify(app),
        files_for=lambda path: _files_for(application, path),
        specs=SandboxKernelSpecManager(application.settings),
    )


def _files_for(application: Application, path: str) -> str | None:
    """The data folder of a published release, named `<course>/<digest>`."""
    from panlearn.services.library import Library

    course, _, digest = path.partition("/")
    if not course or not digest or "/" in digest:
        raise NotFound("There is no such release of a course.", todo='Expected the path "<course>/<release>".')
    with application.reading() as session:
        return Library(session, application.store).published(course, digest).files


def _routes(gateway: Any, pages: Pages | None) -> Any:
    """Tornado's application: kernels below their path, pages everywhere else."""
    from tornado.web import FallbackHandler

    if gateway is None:
        return pages
    others = [(r"/(?!kernels/).*", FallbackHandler, {"fallback": pages})] if pages is not None else []
    return gateway.application(*others)


def _warm(application: Application, parts: Parts) -> None:
    """Start what the first learner would otherwise wait for. Where nothing can be contained, say so and serve pages."""
    from panlearn.kernels.environments import find

    try:
        releases = _releases(application)
        if parts.kernels or parts.grading:
            for name in sorted({release.course.environment for release in releases}):
                application.engine.warm(find(application.settings, name))
        if parts.grading:
            for release in releases:
                _warm_first_exercise(application, release)
        log.info("site.warm", courses=len(releases))
    except NotContained as error:
        log.warning("site.not_contained", why=str(error))
    except PanlearnError as error:
        log.warning("site.not_warm", why=str(error))
    except Exception:
        log.exception("site.not_warm")


def _releases(application: Application) -> list[Release]:
    from panlearn.services.library import Library

    with application.reading() as session:
        return Library(session, application.store).courses()


def _warm_first_exercise(application: Application, release: Release) -> None:
    """Run the set-up of a course's first exercise: most who come begin with it."""
    from panlearn.grading import Grader

    exercises = [name for page in release.lessons for name in page.exercises if release.exercises[name].quiz is None]
    if exercises:
        cast("Grader", application.grader).warm(application.store.bundle(release, exercises[0]))
