"""Listening, or a sentence that says why not."""

from __future__ import annotations

import socket

import pytest

from panlearn.cli._listen import address_of, listen
from panlearn.errors import BadInput


def test_a_port_in_use_is_said_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"Port {port} is in use.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"), [("192.0.2.7", 0), ("127.0.0.1", 99999), ("127.0.0.1", -1), ("no such host", 0)]
)
def test_an_address_that_cannot_be_is_said(host, port):
    with pytest.raises(BadInput, match=r"--host|--port"):
        listen(host, port)


def test_the_address_is_one_a_browser_can_open():
    sockets = listen("127.0.0.1", 0)
    try:
        assert address_of(sockets) == f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"
    finally:
        for one in sockets:
            one.close()
