"""Frames: whole or not at all, in time or not at all."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panlearn_sandbox.wire import Late, Lost, Wire

KINDS = [socket.SOCK_STREAM, socket.SOCK_SEQPACKET]


@pytest.fixture(params=KINDS, ids=["stream", "packets"])
def ends(request):
    one, other = socket.socketpair(socket.AF_UNIX, request.param)
    wires = Wire(one), Wire(other)
    yield wires
    for wire in wires:
        wire.close()


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_frames_arrive_as_they_were_sent(payloads):
    one, other = socket.socketpair()
    with one, other:
        for payload in payloads:
            Wire(one).send(payload)
        reader = Wire(other)
        assert [reader.receive(deadline=time.monotonic() + 5) for _ in payloads] == payloads


def test_a_large_frame_crosses_in_pieces(ends):
    payload = os.urandom(3_000_000)
    sender = threading.Thread(target=ends[0].send, args=(payload,))
    sender.start()

    assert ends[1].receive(deadline=time.monotonic() + 10) == payload
    sender.join()


def test_descriptors_come_with_a_frame(ends):
    reading, writing = os.pipe()
    ends[0].send_json({"op": "take"}, fds=[writing])
    os.close(writing)

    assert ends[1].receive_json() == {"op": "take"}
    (taken,) = ends[1].take_fds()
    os.write(taken, b"through")
    os.close(taken)

    assert os.read(reading, 100) == b"through"
    os.close(reading)


def test_lone_surrogates_survive_as_json(ends):
    ends[0].send_json({"source": "\ud800 and \0"})

    assert ends[1].receive_json() == {"source": "\ud800 and \0"}


def test_a_frame_that_announces_too_much_is_refused_before_it_is_read():
    one, other = socket.socketpair()
    with one, other:
        one.sendall(struct.pack("!I", 1 << 30))

        with pytest.raises(Lost, match="announced"):
            Wire(other, max_frame=1 << 20).receive()


def test_bytes_that_drip_in_do_not_extend_the_deadline():
    one, other = socket.socketpair()
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            one.send(b"\0")

    with one, other:
        thread = threading.Thread(target=drip)
        one.sendall(struct.pack("!I", 10_000))
        thread.start()
        began = time.monotonic()
        with pytest.raises(Late):
            Wire(other).receive(deadline=began + 0.3)
        assert time.monotonic() - began < 2
        stop.set()
        thread.join()


def test_a_closed_end_is_lost(ends):
    ends[0].close()

    with pytest.raises(Lost):
        ends[1].receive()


def test_what_is_not_json_is_lost(ends):
    ends[0].send(b"[" * 100_000)

    with pytest.raises(Lost):
        ends[1].receive_json()
