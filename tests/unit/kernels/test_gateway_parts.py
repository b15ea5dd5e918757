"""The small pieces of the gateway."""

from __future__ import annotations

import json

import pytest
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError

from panlearn.errors import BadInput, NotContained, NotFound, TooMany
from panlearn.kernels.gateway_access import is_cross_site
from panlearn.kernels.gateway_buffer import BoundedBuffer
from panlearn.kernels.gateway_kernel import REMEMBERED, EndedKernels
from panlearn.kernels.gateway_meter import END_BYTES, STOP_BYTES, WINDOW_SECONDS, Flood, OutputMeter
from panlearn.kernels.gateway_problems import KernelEnded, MachineFull, problem, status_of


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Origin": "http://learn.example:8000"}, False),
        ({"Origin": "HTTP://LEARN.example:8000"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://learn.example"}, True),
        ({"Origin": "http://learn.example.evil:8000"}, True),
        ({"Origin": "http://evil.example:8000"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "learn.example:8000"}, True),
        ({"Sec-Websocket-Origin": "http://evil.example"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy.example"}, False),
    ],
)
def test_a_request_for_another_sites_page_is_known_by_its_headers(headers, refused):
    assert is_cross_site(HTTPHeaders({"Host": "learn.example:8000", **headers})) is refused


def test_a_proxys_word_for_the_host_counts_only_where_there_is_a_proxy():
    headers = HTTPHeaders(
        {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "learn.example", "Origin": "https://learn.example"}
    )
    assert is_cross_site(headers)
    assert not is_cross_site(headers, proxies=1)
    assert is_cross_site(headers, proxies=2)
    assert is_cross_site(HTTPHeaders({"Origin": "null", "X-Forwarded-Host": ""}), proxies=1)


def test_a_full_buffer_lets_the_oldest_go_and_keeps_the_newest():
    buffer = BoundedBuffer(max_bytes=10_000)
    for i in range(1000):
        buffer.append(("iopub", [b"%d" % i, b"x" * 100]))
    buffer.append(("shell", [b"reply"]))
    assert buffer[-1] == ("shell", [b"reply"])
    assert sum(200 + sum(map(len, frames)) for _, frames in buffer) <= 10_000
    assert len(buffer) > 20


def test_one_message_over_the_limit_is_still_kept():
    buffer = BoundedBuffer(max_bytes=10)
    buffer.append(("iopub", [b"x" * 100]))
    assert len(buffer) == 1


def test_only_the_owner_is_told_how_a_kernel_ended_and_not_for_ever():
    ended = EndedKernels()
    ended.remember("k", name="core", owner="ada", kind="memory", reason="too much.")
    assert ended.of("bob", "k") is None
    assert ended.of("ada", "k").model()["reason"] == "too much."
    for i in range(REMEMBERED):
        ended.remember(f"k{i}", name="core", owner="bob", kind="idle", reason="idle.")
    assert ended.of("ada", "k") is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("x"), 400),
        (NotFound("x"), 404),
        (KernelEnded("x"), 410),
        (TooMany("x"), 429),
        (MachineFull("x"), 503),
        (NotContained("x"), 503),
        (HTTPError(405), 405),
        (ValueError("secret"), 500),
    ],
)
def test_an_error_becomes_a_problem_with_its_status(error, status):
    assert status_of(error, 405 if isinstance(error, HTTPError) else 500) == status


def test_a_problem_tells_our_words_and_nobody_elses():
    headers, body = problem(429, TooMany("Too many.", todo="Wait.", retry_after=2.4))
    assert headers["Retry-After"] == "2"
    assert json.loads(body)["todo"] == "Wait."
    assert b"secret" not in problem(500, ValueError("secret"))[1]


def test_a_flood_is_stopped_then_ends_the_kernel_and_a_pause_is_forgiven():
    now = [0.0]
    meter = OutputMeter(clock=lambda: now[0])
    assert meter.add(STOP_BYTES) is Flood.NO
    assert meter.add(1) is Flood.STOP
    assert meter.add(1) is Flood.NO
    assert meter.add(STOP_BYTES) is Flood.STOP
    assert meter.add(END_BYTES) is Flood.END
    now[0] = WINDOW_SECONDS + 1
    assert meter.add(STOP_BYTES) is Flood.NO
    assert meter.add(1) is Flood.STOP
