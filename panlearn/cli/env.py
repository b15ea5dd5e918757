"""`panlearn env`: kernel environments."""

from __future__ import annotations

import json
from dataclasses import asdict
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
@click.option("--kernelspec/--no-kernelspec", default=True, help="Let other Jupyter tools find its kernels.")
@click.option("--json", "as_json", is_flag=True, help="Print what was built as JSON.")
def build(names: tuple[str, ...], *, engine: str, kernelspec: bool, as_json: bool) -> None:
    """Build the environments NAMES; without names, all of them. What is built and current stays as it is.

    A kernel spec panlearn-NAME is installed beside panlearn, so that `jupyter nbconvert --execute`, `jupyter run` and
    Jupyter Server run notebooks in the sandbox. The image of an environment is built from sandbox/Dockerfile on
    PANLEARN_DOCKER_BASE.
    """
    from panlearn.kernels.build import build as build_environment
    from panlearn.kernels.definitions import names as known
    from panlearn.settings import Settings

    settings = Settings()
    rows = []
    for name in names or known(settings):
        environment = build_environment(settings, name, lambda line: click.echo(line, err=True))
        row = {"name": name, "digest": environment.digest, "path": str(environment.path)}
        if kernelspec:
            row["kernelspec"] = _install_spec(settings, environment)
        if engine == "docker":
            row["image"] = _build_image(settings, environment)
        rows.append(row)
        if not as_json:
            image = f", and as the image {row['image']}" if "image" in row else ""
            click.echo(f"{name} is built at {environment.path}{image}.")
    if as_json:
        click.echo(json.dumps(rows))


def _install_spec(settings: Any, environment: Any) -> str:
    """The spec's folder; empty, and a sentence on stderr, where it cannot be written: the site needs none."""
    from panlearn.errors import PlatformError
    from panlearn.kernels.installed_specs import install

    try:
        return str(install(environment, settings.home_dir))
    except PlatformError as error:
        click.echo(str(error), err=True)
        return ""


def _build_image(settings: Any, environment: Any) -> str:
    from panlearn.kernels import docker_image
    from panlearn.kernels.docker_daemon import Daemon

    daemon = Daemon(settings)
    try:
        name = docker_image.build(daemon, settings, environment, lambda line: click.echo(line, err=True))
        for old in docker_image.prune(daemon, settings, environment):
            click.echo(f"Removed the older image {old}.", err=True)
        return name
    finally:
        daemon.close()


@command.command("list")
@click.option("--packages", "with_packages", is_flag=True, help="Name the packages of each, with versions.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, with_packages: bool, as_json: bool) -> None:
    """List the environments that can be built, and whether they are."""
    from panlearn.kernels.definitions import definition
    from panlearn.kernels.definitions import names as known
    from panlearn.kernels.environments import is_built, packages, place
    from panlearn.kernels.installed_specs import installed
    from panlearn.settings import Settings

    settings = Settings()
    specs = installed()
    rows: list[dict[str, Any]] = []
    for name in known(settings):
        environment, defined = place(settings, name), definition(settings, name)
        built = is_built(environment)
        row: dict[str, Any] = {
            "name": name,
            "title": defined.title,
            "description": defined.description,
            "digest": environment.digest,
            "path": str(environment.path),
            "built": built,
            "kernelspec": str(specs.get(name, "")),
            "limits": asdict(defined.limits),
            "session": asdict(defined.session),
        }
        if built and with_packages:
            row["packages"] = packages(environment)
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = "built" if row["built"] else "not built"
        memory = row["limits"]["memory_mib"]
        click.echo(f"{row['name']}  {row['digest']}  {state}  {memory} MiB per kernel  {row['title']}")
        for package, version in row.get("packages", {}).items():
            click.echo(f"  {package} {version}")
