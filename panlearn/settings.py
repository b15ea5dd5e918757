"""Settings: one frozen object, read from `PANLEARN_*` environment variables."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder `sandbox`, `migrations` or `courses`: beside the package in a checkout, inside it in a wheel."""
    bundled = _PACKAGE / "_data" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name


class Settings(BaseSettings):
    """Every setting, with its unit in its name or description. `PANLEARN_HOME=/srv/panlearn` sets `home`."""

    model_config = SettingsConfigDict(env_prefix="PANLEARN_", frozen=True, extra="ignore")

    home: Path = Field(Path("var"), description="instance data: database, releases, environments, keys")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the home folder")
    secret: str = Field("", description="signs cookies and tokens; empty: made once and kept in the home folder")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, description="port to listen on")
    environments: Path | None = Field(None, description="built kernel environments; default: `environments` in home")
    engine: Literal["auto", "zygote", "docker"] = Field(
        "auto", description="what runs kernels; auto: the zygote where it can contain, else Docker"
    )
    grading_engine: Literal["auto", "zygote", "docker"] = Field(
        "auto", description="what grades beside the Docker engine; auto: the zygote where it can contain, else Docker"
    )
    docker_host: str = Field("", description="the Docker daemon's unix socket; empty: DOCKER_HOST, else Docker's own")
    docker_base: str = Field("python:3.11-slim", description="image that environment images are built on")
    docker_build_network: str = Field("", description="network of image builds; `host` where the daemon has no bridge")
    docker_runtime: str = Field("", description="OCI runtime of kernels, such as runsc; empty: the daemon's own")
    docker_pool: int = Field(4, description="containers that may wait for a learner, per kind of kernel", ge=0)
    kernel_memory_mib: int = Field(1024, description="memory a kernel may take beyond what it starts with, in MiB")
    kernel_cpus: float = Field(1.0, description="processor cores one kernel may use", gt=0)
    kernel_idle_minutes: float = Field(30.0, description="an idle kernel is ended after this")
    kernels_per_learner: int = Field(4, description="live kernels one learner may hold")
    kernels_total: int = Field(200, description="live kernels on this machine")
    kernels_spare_memory_mib: int = Field(512, description="with less memory free, new kernels wait in line", ge=0)
    grading_workers: int = Field(2, description="gradings at the same time in this process")
    grading_memory_mib: int = Field(
        2048, description="memory of the lessons that are kept ready for grading; one in use may hold more", ge=0
    )
    grading_seconds: float = Field(
        10.0, description="wall time one answer may take, unless its exercise says otherwise"
    )
    https: bool = Field(False, description="served over https: cookies are marked secure")
    proxies: int = Field(0, description="reverse proxies in front whose X-Forwarded headers are believed")
    log_format: Literal["console", "json"] = Field("console", description="how log events are written")

    @property
    def home_dir(self) -> Path:
        """The home folder, absolute."""
        return self.home.expanduser().resolve()

    @property
    def environments_dir(self) -> Path:
        """Where kernel environments are built."""
        return (self.environments or self.home_dir / "environments").expanduser().resolve()

    @property
    def releases_dir(self) -> Path:
        """Published releases, private: they hold the grading bundles."""
        return self.home_dir / "releases"

    @property
    def files_dir(self) -> Path:
        """Course files and datasets by digest, public: sandboxes see parts of it, read-only."""
        return self.home_dir / "files"

    @property
    def runtime_dir(self) -> Path:
        """A short path for sockets of this instance (a unix socket's path holds 107 characters)."""
        key = hashlib.sha256(str(self.home_dir).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"panlearn-{os.getuid()}-{key}"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.home_dir / 'panlearn.sqlite'}"

    @cached_property
    def secret_key(self) -> str:
        """The signing key: the setting, else one made once and kept in the home folder for its owner's eyes only."""
        if self.secret:
            return self.secret
        path = self.home_dir / "secret_key"
        if not path.exists():
            self.home_dir.mkdir(parents=True, exist_ok=True)
            draft = self.home_dir / f".secret_key.{secrets.token_hex(4)}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            # A link is made whole or not at all, so two processes that start together agree on one key.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_text().strip()
