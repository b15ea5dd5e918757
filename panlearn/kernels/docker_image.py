"""Environment images: built from `sandbox/Dockerfile` by the daemon, named by all that is in them."""

from __future__ import annotations

import configparser
import hashlib
import io
import os
import re
import ssl
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker.errors import APIError, ImageNotFound

from panlearn.errors import PlatformError
from panlearn.kernels.definitions import definition
from panlearn.kernels.docker_daemon import REPOSITORY, Daemon
from panlearn.kernels.environments import Environment
from panlearn.settings import Settings, resource

Progress = Callable[[str], None]
_STEP = re.compile(r"^Step \d+/\d+ : ")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PIP_OPTIONS = ("index-url", "extra-index-url", "trusted-host", "timeout")


def reference(settings: Settings, environment: Environment) -> str:
    """The image's name: another lock, sandbox, Dockerfile or base is another image."""
    digest = hashlib.sha256(settings.docker_base.encode())
    for name, data in _files(definition(settings, environment.name).lock):
        digest.update(f"\0{name}\0".encode() + data)
    return f"{REPOSITORY}-{environment.name}:{environment.digest}-{digest.hexdigest()[:12]}"


def is_there(daemon: Daemon, settings: Settings, environment: Environment) -> bool:
    """Whether the daemon has the image."""
    with daemon.asked("The environment's image could not be looked up") as api:
        try:
            api.inspect_image(reference(settings, environment))
        except ImageNotFound:
            return False
    return True


def build(daemon: Daemon, settings: Settings, environment: Environment, progress: Progress = lambda _line: None) -> str:
    """Build the image unless it is there; its name. Raises `PlatformError` with the step that failed."""
    name = reference(settings, environment)
    if is_there(daemon, settings, environment):
        return name
    progress(f"Building the image {name} on {settings.docker_base}.")
    log = settings.home_dir / "log" / f"image-{environment.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with daemon.asked(f"The image of environment {environment.name!r} could not be built") as api:
        said = api.build(
            fileobj=io.BytesIO(context(definition(settings, environment.name).lock)),
            custom_context=True,
            tag=name,
            buildargs={"BASE": settings.docker_base},
            network_mode=settings.docker_build_network or None,
            rm=True,
            forcerm=True,
            decode=True,
            timeout=None,
        )
        _follow(said, log, progress, environment.name)
    return name


def prune(daemon: Daemon, settings: Settings, environment: Environment) -> list[str]:
    """Remove this environment's other images, of older locks or code; their names. One that is in use stays."""
    current, gone = reference(settings, environment), []
    with daemon.asked("Old images could not be looked up") as api:
        for one in api.images(name=f"{REPOSITORY}-{environment.name}"):
            for tag in one.get("RepoTags") or []:
                if tag != current:
                    with suppress(APIError):  # a container still runs on it
                        api.remove_image(tag)
                        gone.append(tag)
    return gone


def _follow(said: Iterable[dict[str, Any]], log: Path, progress: Progress, name: str) -> None:
    """Write what the daemon says to the log; raise with its error."""
    step, complaint = "", ""
    with log.open("w") as file:
        for message in said:
            text = _COLOURS.sub("", str(message.get("stream", message.get("error", ""))))
            file.write(text)
            if _STEP.match(text):
                step = text.strip()
                progress(step)
            for line in text.splitlines():
                if line.strip().lower().startswith("error"):
                    complaint = line.strip()
            if "error" in message:
                raise PlatformError(
                    f"The image of environment {name!r} could not be built, at {step or 'its beginning'}: "
                    f"{complaint or text.strip()}",
                    todo=f"See {log}; PANLEARN_DOCKER_BASE names another base image; then run the command again.",
                )


def context(lock: Path) -> bytes:
    """The build's context, as a tar archive that is the same whenever the files are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, data in (*_files(lock), *_pip_files()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _files(lock: Path) -> list[tuple[str, bytes]]:
    sandbox = resource("sandbox")
    code = sorted((sandbox / "panlearn_sandbox").glob("*.py"))
    checks = sorted((sandbox / "author" / "panlearn_checks").glob("*.py"))
    return [
        ("Dockerfile", (sandbox / "Dockerfile").read_bytes()),
        ("lock.txt", lock.read_bytes()),
        *((f"panlearn_sandbox/{path.name}", path.read_bytes()) for path in code),
        *((f"author/panlearn_checks/{path.name}", path.read_bytes()) for path in checks),
    ]


def _pip_files() -> list[tuple[str, bytes]]:
    """How this machine reaches its package index. It goes into the build's first stage only, not into the image."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in said.splitlines():
        key, _, value = line.partition("=")
        option = key.removeprefix(":env:.").rpartition(".")[2]
        places = [each for each in value.strip("'").split() if not each.startswith("file:")]
        if option in _PIP_OPTIONS and places:
            found[option] = " ".join(places)
    certificates = Path(os.environ.get("PIP_CERT") or ssl.get_default_verify_paths().cafile or os.devnull)
    found["cert"] = "/etc/panlearn-pip/certificates.pem"
    data = certificates.read_bytes() if certificates.is_file() else b""
    if not data:
        del found["cert"]
    config = configparser.ConfigParser(interpolation=None)
    config["global"] = found
    text = io.StringIO()
    config.write(text)
    return [("pip/pip.conf", text.getvalue().encode()), ("pip/certificates.pem", data)]
