"""An engine of containers for tests, in a process of its own, and what the daemon knows of its containers."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import docker
from kernel_site import EngineProcess, running_engine

from panlearn.kernels import docker_image
from panlearn.kernels.docker_daemon import Daemon, address
from panlearn.kernels.environments import find
from panlearn.settings import Settings

NAMES = ("PANLEARN_DOCKER_BASE", "PANLEARN_DOCKER_BUILD_NETWORK", "PANLEARN_DOCKER_HOST", "DOCKER_HOST", "TMPDIR")


@functools.cache
def image() -> str:
    """The image of `core`, built where it is not there."""
    settings = Settings()
    daemon = Daemon(settings)
    try:
        return docker_image.build(daemon, settings, find(settings, "core"))
    finally:
        daemon.close()


@contextmanager
def running_docker(**settings: str) -> Iterator[EngineProcess]:
    """A Docker engine in another process; settings as environment variables."""
    image()
    environ = {name: os.environ[name] for name in NAMES if name in os.environ}
    mode = "root" if os.geteuid() == 0 else "user"
    with running_engine(mode, environ={"PANLEARN_ENGINE": "docker", **environ, **settings}) as site:
        yield site


def containers(site: EngineProcess) -> list[dict[str, Any]]:
    """All containers of the site's instance, dead ones too."""
    instance = Settings(home=site.home).runtime_dir.name
    client = docker.APIClient(base_url=address(Settings()), version="1.41")
    try:
        return client.containers(all=True, filters={"label": f"org.panlearn.instance={instance}"})
    finally:
        client.close()


def eventually(what: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while not (true := what()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return true
