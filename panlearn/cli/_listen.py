"""A listening socket, or a sentence that says why not."""

from __future__ import annotations

import errno
import resource
import socket
from typing import Any

from panlearn.errors import BadInput

BACKLOG = 512
MAX_PORT = 65535
_WHY = {
    errno.EADDRINUSE: ("Port {port} is in use.", "Stop what uses it, or choose another with --port."),
    errno.EACCES: ("This user may not listen on port {port}.", "Choose one above 1023 with --port."),
    errno.EADDRNOTAVAIL: ("This machine has no address {host}.", "Choose another with --host."),
}


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address of `host`; port 0 takes a free one. Raises `BadInput`."""
    if not 0 <= port <= MAX_PORT:
        raise BadInput(f"There is no port {port}.", todo="Choose one from 1 to 65535 with --port.")
    sockets: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            taken = sockets[0].getsockname()[1] if sockets else port  # all on the one that was free
            sockets.append(_listening(family, (address[0], taken, *address[2:])))
    except (OSError, UnicodeError) as error:
        for one in sockets:
            one.close()
        message, todo = _WHY.get(
            getattr(error, "errno", None) or 0,
            ("{host}:{port} cannot be listened on: {error}.", "Check --host and --port."),
        )
        raise BadInput(message.format(host=host, port=port, error=error), todo=todo) from error
    return sockets


def _addresses(host: str, port: int) -> list[tuple[int, tuple[Any, ...]]]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return sorted({(family.value, address) for family, _, _, _, address in found})


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setblocking(False)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def address_of(sockets: list[socket.socket]) -> str:
    """Where a browser on this machine finds the first of `sockets`."""
    host, port = sockets[0].getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def allow_many_files() -> None:
    """Take as many open files as this user may have: a live kernel uses a dozen."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
