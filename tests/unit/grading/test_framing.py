"""The site's end of the sockets to a sandbox: the same frames as the sandbox's, and nothing taken on trust."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time

import pytest

from panlearn.kernels.framing import Closed, Frames
from panlearn_sandbox.wire import Wire


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@pytest.mark.parametrize("message", [{"op": "setup", "cells": ["x = 1"] * 3}, "\ud800", [None, 1.5], "x" * 300_000])
def test_both_ends_speak_the_same_frames(ends, message):
    site, sandbox = Frames(ends[0]), Wire(ends[1])
    sender = threading.Thread(target=site.send, args=(message,))
    sender.start()

    assert sandbox.receive_json() == message
    sender.join()
    sender = threading.Thread(target=sandbox.send_json, args=(message,))
    sender.start()
    assert site.receive(time.monotonic() + 5) == message
    sender.join()


def test_descriptors_are_handed_over(ends):
    reading, writing = os.pipe()
    Frames(ends[0]).send({"op": "grade"}, [writing])
    os.close(writing)
    sandbox = Wire(ends[1])

    assert sandbox.receive_json() == {"op": "grade"}
    (taken,) = sandbox.take_fds()
    os.close(taken)
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.mark.parametrize(
    "sent", [struct.pack("!I", 1 << 31), struct.pack("!I", 3) + b"{,}", struct.pack("!I", 9000) + b"[" * 9000, b"\0\0"]
)
def test_what_is_no_message_closes_the_connection(ends, sent):
    ends[1].sendall(sent)
    ends[1].shutdown(socket.SHUT_WR)

    with pytest.raises(Closed):
        Frames(ends[0]).receive(time.monotonic() + 5)


def test_a_message_that_does_not_come_is_late(ends):
    with pytest.raises(TimeoutError):
        Frames(ends[0]).receive(time.monotonic() + 0.05)


def test_closing_wakes_who_waits(ends):
    frames = Frames(ends[0])
    threading.Timer(0.1, frames.close).start()

    with pytest.raises(Closed):
        frames.receive()
