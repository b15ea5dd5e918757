"""How soon an answer has its verdict: `panlearn bench grade`.

A site in a process of its own is sent right answers to one small exercise, as a page would send them: the time is from
the POST to the answer that carries the verdict, both sides of the grading isolated. The baseline is what a grader of
whole notebooks does: nbclient, a plain ipykernel, the same lesson's cells up to the exercise, the same answer, the same
checks. Lessons are warm on our side (the first answers are thrown away); so is the page cache on the other.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from panlearn.bench.site import published_home, running_site
from panlearn.bench.statistics import summary
from panlearn.content.release_store import ReleaseStore
from panlearn.domain.exercise import GradingBundle
from panlearn.errors import PanlearnError, PlatformError
from panlearn.kernels.environments import Environment, find
from panlearn.settings import Settings, resource

WARM_UP = 5
ANSWERS = 100
RATE_SECONDS = 5.0
BASELINES = 5
_PER_GUEST = 100
"""Answers that one guest sends, below the limit on what one visitor may write in a minute."""


@dataclass(frozen=True, slots=True)
class Target:
    """The exercise that is answered, where, and its right answer."""

    course: str
    bundle: GradingBundle

    @property
    def path(self) -> str:
        """Where answers are sent."""
        return f"/api/v1/courses/{self.course}/exercises/{self.bundle.exercise}/submissions"


def run(settings: Settings, *, answers: int = ANSWERS, baselines: int = BASELINES) -> dict[str, Any]:
    """What the command prints, in milliseconds. Raises `PlatformError` where an answer does not pass."""
    with published_home(settings) as home:
        own = settings.model_copy(update={"home": home, "environments": settings.environments_dir})
        target = _small_exercise(own)
        with running_site(settings, home) as port:
            client = _Client(port, target)
            for _ in range(WARM_UP):
                client.answer()
            times = [client.answer() for _ in range(answers)]
            rates = {str(clients): _rate(port, target, clients) for clients in (1, 2)}
        environment = find(own, target.bundle.environment)
        _notebook_milliseconds(own, target.bundle, environment)
        base = [_notebook_milliseconds(own, target.bundle, environment) for _ in range(baselines)]
    checked, baseline = summary(times), summary(base)
    return {
        "check_ms": checked,
        "gradings_per_s": rates,
        "baseline": {"nbclient_ms": baseline},
        "ratio": round(baseline["p50"] / checked["p50"], 1),
        "exercise": f"{target.course}/{target.bundle.exercise}",
        "measured": "from POST to verdict over loopback, lesson warm, both sides isolated",
    }


def _small_exercise(settings: Settings) -> Target:
    """The first exercise of a published course that asks for one function and builds on no other."""
    store = ReleaseStore(settings)
    for path in sorted(settings.releases_dir.glob("*/*/release.json")):
        release = store.load(path.parent.parent.name, path.parent.name)
        for exercise in release.exercises:
            bundle = store.bundle(release, exercise)
            if (
                bundle.quiz is None
                and not bundle.needs
                and bundle.solution.lstrip().startswith("def ")
                and len(bundle.names) == 1
            ):
                return Target(release.course.slug, bundle)
    raise PlatformError("No published course has an exercise that asks for one function.")


class _Client:
    """One page's connection, kept alive; a new guest now and then."""

    def __init__(self, port: int, target: Target) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._target = target
        self._body = json.dumps({"source": target.bundle.solution})
        self._headers: dict[str, str] = {}
        self._sent = 0

    def answer(self) -> float:
        """Send the right answer; milliseconds to its verdict."""
        if self._sent % _PER_GUEST == 0:
            self._headers = {"Content-Type": "application/json"}
        self._sent += 1
        begun = time.perf_counter()
        said = self._ask("POST", self._target.path, self._body)
        while "id" in said and not said.get("report"):
            time.sleep(0.01)
            said = self._ask("GET", f"/api/v1/submissions/{said['id']}")
        took = 1000 * (time.perf_counter() - begun)
        verdict = (said.get("report") or {}).get("verdict", said)
        if verdict != "passed":
            raise PlatformError(f"A right answer to {self._target.bundle.exercise} was not passed: {verdict}")
        return took

    def _ask(self, method: str, path: str, body: str | None = None) -> dict[str, Any]:
        self._connection.request(method, path, body, self._headers)
        reply = self._connection.getresponse()
        said: dict[str, Any] = json.loads(reply.read())
        if cookie := reply.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.split(";", 1)[0]
        return said

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _rate(port: int, target: Target, clients: int) -> float:
    """Verdicts per second while this many pages send answers, each waiting for its own."""
    counts, troubles = [0] * clients, []
    end = time.perf_counter() + RATE_SECONDS

    def send_on(number: int) -> None:
        client = _Client(port, target)
        try:
            while time.perf_counter() < end:
                client.answer()
                counts[number] += 1
        except PanlearnError as error:
            troubles.append(error)
        finally:
            client.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=send_on, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]
    return round(sum(counts) / (time.perf_counter() - begun), 1)


class _Plain(KernelSpecManager):
    """Knows the plain ipykernel of one environment."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._argv = [str(environment.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=self._argv, display_name=kernel_name, language="python")


def _notebook_milliseconds(settings: Settings, bundle: GradingBundle, environment: Environment) -> float:
    """Milliseconds that nbclient takes for the lesson up to the exercise, the answer, and its checks."""
    helpers = f"import sys; sys.path.append({str(resource('sandbox') / 'author')!r}); from panlearn_checks import *"
    sources = [*bundle.setup, bundle.solution, helpers, *(check.source for check in bundle.checks)]
    blank: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**blank, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    written = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    notebook = nbformat.reads(written, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="panlearn-bench-") as folder:
        if bundle.files:
            shutil.copytree(settings.files_dir / bundle.files, Path(folder) / "data")
        manager = AsyncKernelManager(
            kernel_name="plain", kernel_spec_manager=_Plain(environment), transport="ipc", ip=f"{folder}/k"
        )
        client = NotebookClient(notebook, km=manager, timeout=120, resources={"metadata": {"path": folder}})
        begun = time.perf_counter()
        try:
            client.execute(env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
            return 1000 * (time.perf_counter() - begun)
        finally:
            _end(manager)


def _end(manager: Any) -> None:
    """End the kernel; nbclient leaves one that it did not make itself."""
    asyncio.run(manager.shutdown_kernel(now=True))
