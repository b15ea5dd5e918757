"""The connection to the Docker daemon of this machine, and what went wrong with it in plain words."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import requests
import urllib3
from docker.errors import APIError, DockerException, ImageNotFound

from panlearn.errors import PanlearnError, PlatformError
from panlearn.settings import Settings

REPOSITORY = "panlearn-environment"
"""Names of images begin with it; the environment's own follows."""
DEFAULT = "unix:///var/run/docker.sock"
_API = "1.41"  # Docker Engine 20.10
_SECONDS = 60
_ANSWER_SECONDS = 5.0


class Daemon:
    """Talks with one daemon. Safe to use from several threads: each block has a connection of its own while it lasts.

    No socket is kept between blocks: the SDK would hold one for each of the last 25 paths asked.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = address(settings)
        self._lock = threading.Lock()
        self._free: list[Any] = []
        self._used: list[Any] = []

    @contextmanager
    def asked(self, what: str, *, image: str = "") -> Iterator[Any]:
        """A connection; what goes wrong in the block is raised as `PlatformError` saying that `what` failed.

        `image` is an environment's that the block needs.
        """
        with self._lock:
            client = self._free.pop() if self._free else None
        try:
            if client is None:  # nothing is sent before it is used
                client = docker.APIClient(base_url=self.url, version=_API, timeout=_SECONDS)
            with self._lock:
                self._used.append(client)
            yield client
        except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise explained(error, what, self.url, image) from error
        finally:
            self._give_back(client)

    def _give_back(self, client: Any) -> None:
        if client is not None:
            client.close()  # its sockets; it opens others when it is asked again
        with self._lock:
            if client in self._used:
                self._used.remove(client)
                self._free.append(client)

    def close(self) -> None:
        """Close every connection, those in use too."""
        with self._lock:
            clients, self._free, self._used = self._free + self._used, [], []
        for client in clients:
            client.close()


def address(settings: Settings) -> str:
    """Where the daemon listens: the setting, else DOCKER_HOST, else where Docker puts it."""
    return settings.docker_host or os.environ.get("DOCKER_HOST") or DEFAULT


def unreachable(url: str) -> tuple[str, str] | None:
    """Why nobody answers at the address and what to do about it; None where somebody does."""
    if not url.startswith("unix://"):
        return (
            f"{url} is not a unix socket",
            "Only a Docker daemon of this machine can run kernels: set PANLEARN_DOCKER_HOST to unix:///…/docker.sock.",
        )
    path = url.removeprefix("unix://")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.settimeout(_ANSWER_SECONDS)
            one.connect(path)
    except OSError as error:
        return _said_no(error, path)
    return None


def _said_no(error: OSError, path: str) -> tuple[str, str]:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return (
            f"there is no Docker socket at {path}",
            "Install Docker Engine (Debian, Ubuntu: apt install docker.io), start it, or set PANLEARN_DOCKER_HOST.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"this user may not use the Docker socket {path}",
            "Add the user to the group `docker` (as good as root) and sign in again, or use the zygote engine.",
        )
    if error.errno == errno.ECONNREFUSED:
        return (f"nobody answers at the Docker socket {path}", "Start the Docker daemon: `systemctl start docker`.")
    return (f"the Docker socket {path} cannot be used ({error.strerror or error})", "Look at the daemon's log.")


def explained(error: Exception, what: str, url: str, image: str = "") -> PanlearnError:
    """An error of the SDK as ours."""
    if (why := unreachable(url)) is not None:
        return PlatformError(f"{what}: {why[0]}.", todo=why[1])
    if isinstance(error, ImageNotFound):
        name = image.partition(":")[0].removeprefix(f"{REPOSITORY}-") or "NAME"
        return PlatformError(
            f"{what}: its image is not built.", todo=f"Run `panlearn env build {name} --engine docker`."
        )
    if isinstance(error, APIError):
        said = str(error.explanation or error).strip()
        return PlatformError(f"{what}: Docker said: {said}", todo="`panlearn doctor` says what is missing.")
    return PlatformError(
        f"{what}: Docker did not answer ({type(error).__name__}: {error}).", todo="Look at the Docker daemon's log."
    )
