"""What a sandbox may send to the grader: anything. Only a message or `Closed` comes of it, soon, and within bounds."""

from __future__ import annotations

import json
import socket
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panlearn.kernels.framing import Closed, Frames

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)


def receive(data: bytes):
    """What comes of these bytes and the end of the connection."""
    ours, theirs = socket.socketpair()
    frames = Frames(ours)
    try:
        theirs.sendall(data)
        theirs.close()
        return frames.receive(time.monotonic() + 5)
    finally:
        frames.close()


@given(st.binary(max_size=500))
@settings(max_examples=300, deadline=None)
def test_bytes_at_random_are_a_message_or_the_end(data):
    try:
        message = receive(data)
    except Closed:
        return
    length = struct.unpack("!I", data[:4])[0]
    assert message == json.loads(data[4 : 4 + length])


@given(json_values, st.integers(min_value=0), st.integers(min_value=0, max_value=255))
@settings(max_examples=300, deadline=None)
def test_a_damaged_frame_never_raises_anything_else(value, at, byte):
    payload = json.dumps(value).encode()
    data = bytearray(struct.pack("!I", len(payload)) + payload)
    data[at % len(data)] = byte
    try:
        receive(bytes(data))
    except Closed:
        return


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_what_is_sent_arrives_whole(value):
    ours, theirs = socket.socketpair()
    one, two = Frames(ours), Frames(theirs)
    try:
        one.send(value)
        assert two.receive(time.monotonic() + 5) == value
    finally:
        one.close()
        two.close()


def test_a_message_that_announces_more_than_is_allowed_is_not_waited_for():
    with pytest.raises(Closed, match="was announced"):
        receive(struct.pack("!I", 2**32 - 1))


def test_nesting_without_end_is_no_message():
    payload = b"[" * 200_000
    with pytest.raises(Closed):
        receive(struct.pack("!I", len(payload)) + payload)
