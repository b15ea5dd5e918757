"""`panlearn env`: kernel environments."""

from __future__ import annotations

import json
from typing import Any

import click


@click.group("env")
def command() -> None:
    """Build and list kernel environments.

    Each is an installation of its own, made of the exact lock in sandbox/environments, apart from the site's.
    """


@command.command("build")
@click.argument("names", nargs=-1)
@click.option(
    "--engine",
    type=click.Choice(["zygote", "docker"]),
    default="zygote",
    show_default=True,
    help="docker: the image for the Docker engine too.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def build(names: tuple[str, ...], *, engine: str, as_json: bool) -> None:
    """Build the environments NAMES; without names, all of them. What is built and current stays as it is.

    The image of an environment is built from sandbox/Dockerfile on PANLEARN_DOCKER_BASE.
    """
    from panlearn.kernels.build import build as build_environment
    from panlearn.kernels.definitions import names as known
    from panlearn.settings import Settings

    settings = Settings()
    rows = []
    for name in names or known(settings):
        environment = build_environment(settings, name, lambda line: click.echo(line, err=True))
        row = {"name": name, "digest": environment.digest, "path": str(environment.path)}
        if engine == "docker":
            row["image"] = _build_image(settings, environment)
        rows.append(row)
        if not as_json:
            image = f", and as the image {row['image']}" if "image" in row else ""
            click.echo(f"{name} is built at {environment.path}{image}.")
    if as_json:
        click.echo(json.dumps(rows))


def _build_image(settings: Any, environment: Any) -> str:
    from panlearn.kernels import docker_image
    from panlearn.kernels.docker_daemon import Daemon

    daemon = Daemon(settings)
    try:
        return docker_image.build(daemon, settings, environment, lambda line: click.echo(line, err=True))
    finally:
        daemon.close()


@command.command("list")
@click.option("--packages", "with_packages", is_flag=True, help="Name the packages of each, with versions.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, with_packages: bool, as_json: bool) -> None:
    """List the environments that can be built, and whether they are."""
    from panlearn.kernels.definitions import names as known
    from panlearn.kernels.environments import is_built, packages, place
    from panlearn.settings import Settings

    settings = Settings()
    rows: list[dict[str, Any]] = []
    for name in known(settings):
        environment = place(settings, name)
        built = is_built(environment)
        row: dict[str, Any] = {
            "name": name,
            "digest": environment.digest,
            "path": str(environment.path),
            "built": built,
        }
        if built and with_packages:
            row["packages"] = packages(environment)
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['digest']}  {'built' if row['built'] else 'not built'}")
        for package, version in row.get("packages", {}).items():
            click.echo(f"  {package} {version}")
