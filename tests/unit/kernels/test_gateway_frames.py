"""What a page may send over a kernel's websocket."""

from __future__ import annotations

import contextlib
import json
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import serialize_binary_message, serialize_msg_to_ws_v1

from panlearn.errors import BadInput
from panlearn.kernels.gateway_frames import V1, check_frame, check_session


def message(**changes):
    whole = {
        "header": {"msg_type": "execute_request", "msg_id": "1"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": "1"},
        "channel": "shell",
    }
    return whole | changes


def v1(parts=None, channel="shell"):
    sent = parts or [json.dumps(message()[key]).encode() for key in ("header", "parent_header", "metadata", "content")]
    return serialize_msg_to_ws_v1(sent, channel)


def test_what_jupyter_sends_is_let_through():
    check_frame(v1(), V1)
    check_frame(v1([*[b"{}"] * 0, b'{"msg_type": "comm_msg"}', b"{}", b"{}", b"{}", b"\x00buffer", b""]), V1)
    check_frame(json.dumps(message()), None)
    check_frame(serialize_binary_message(message(buffers=[b"abc", b""])), None)
    check_session("b3f0-41_a.c")
    check_session(None)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00",
        "text",
        v1(channel="iopub"),
        v1(channel="nonsense"),
        v1()[:-1],
        v1() + b"x",
        v1([b"not json", b"{}", b"{}", b"{}"]),
        v1([b"[]", b"{}", b"{}", b"{}"]),
        v1([b'{"msg_type": 7}', b"{}", b"{}", b"{}"]),
        v1([b'{"msg_type": "x"}', b"{}", b"{}", b"7"]),
        v1([b'{"msg_type": "x"}', b"{}", b"{}"]),
        v1([b'{"msg_type": "x"}', b"{}", b"{}", b"[" * 100_000]),
    ],
)
def test_what_is_no_message_of_the_newer_encoding_is_refused(frame):
    with pytest.raises(BadInput):
        check_frame(frame, V1)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "7",
        "[]",
        "null",
        '"text"',
        "{}",
        json.dumps(message(header=None)),
        json.dumps(message(header={"msg_type": ""})),
        json.dumps(message(channel=["shell"])),
        json.dumps(message(content="text")),
        json.dumps(message(channel="iopub")),
        b"\x00\x00\x00\x05abc",
        struct.pack("!i", -1) + b"x" * 40,
        struct.pack("!iI", 1, 3) + b"{}",
        "[" * 100_000,
    ],
)
def test_what_is_no_message_of_the_older_encoding_is_refused(frame):
    with pytest.raises(BadInput):
        check_frame(frame, None)


def test_a_count_of_parts_that_is_not_true_costs_no_time():
    begun = time.monotonic()
    for frame, protocol in [(b"\xff" * 8 + b"x" * 64, V1), (b"\x7f\xff\xff\xff" + b"x" * 64, None)]:
        with pytest.raises(BadInput):
            check_frame(frame, protocol)
    assert time.monotonic() - begun < 0.1


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)), st.sampled_from([V1, None]))
def test_any_frame_is_taken_or_refused_and_nothing_else(frame, protocol):
    with contextlib.suppress(BadInput):
        check_frame(frame, protocol)


@given(st.integers(0, len(v1()) - 1), st.integers(0, 255))
def test_a_message_with_any_byte_changed_is_taken_or_refused(position, byte):
    frame = bytearray(v1())
    frame[position] = byte
    with contextlib.suppress(BadInput):
        check_frame(bytes(frame), V1)


@pytest.mark.parametrize("session", ["a" * 101, "a b", "a/b", "\x00", "é"])
def test_a_session_that_sockets_cannot_bear_is_refused(session):
    with pytest.raises(BadInput):
        check_session(session)
