"""Which engine runs kernels here, and why."""

from __future__ import annotations

from panlearn.kernels import containment
from panlearn.kernels.containment import Containment
from panlearn.kernels.environments import Environment
from panlearn.settings import Settings


def chosen(settings: Settings) -> str:
    """The engine's name. `auto` takes the zygote where it can contain, else Docker where that can, else the zygote.

    The last refuses to run anything, and says why.
    """
    if settings.engine != "auto":
        return settings.engine
    if containment.examine().contained:
        return "zygote"
    return "docker" if docker_containment(settings).contained else "zygote"


def docker_containment(settings: Settings) -> Containment:
    """What Docker offers here. Its SDK is imported only where it is asked."""
    from panlearn.kernels.docker_checks import examine  # noqa: PLC0415  takes a fifth of a second

    return examine(settings)


def docker_is_ready(settings: Settings, environment: Environment) -> bool:
    """Whether Docker could start a kernel of this environment at once: it can contain, and has the image."""
    if not docker_containment(settings).contained:
        return False
    from panlearn.kernels.docker_checks import images  # noqa: PLC0415  as above

    return images(settings).get(environment.name, False)


def both(settings: Settings) -> tuple[Containment, Containment]:
    """What each engine can do here, the one that runs kernels first."""
    zygote, docker = containment.examine(), docker_containment(settings)
    return (docker, zygote) if chosen(settings) == "docker" else (zygote, docker)
