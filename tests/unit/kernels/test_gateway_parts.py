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
from panlearn.kernels.gateway_meter import GRACE_SECONDS, CellMeter
from panlearn.kernels.gateway_problems import KernelEnded, MachineFull, problem, status_of
from panlearn.kernels.limits import SessionLimits


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


LIMITS = SessionLimits(cell_seconds=60, cell_output_mib=1, cell_messages=100)
MIB = 1 << 20


def test_a_cell_is_stopped_once_for_what_it_says_and_ended_if_it_goes_on():
    meter = CellMeter(LIMITS, clock=lambda: 0.0)
    meter.add(MIB, busy=True)
    assert meter.exceeded() == ""
    meter.add(1, busy=True)
    assert meter.exceeded() == "output"
    assert meter.stop()
    assert not meter.stop()
    assert not meter.goes_on()
    meter.add(MIB, busy=True)
    assert meter.goes_on()


def test_the_next_cell_begins_anew():
    meter = CellMeter(LIMITS, clock=lambda: 0.0)
    meter.add(2 * MIB, busy=True)
    meter.add(10, busy=False)
    meter.add(10, busy=True)
    assert meter.exceeded() == ""
    assert meter.stop()


def test_a_cell_that_runs_too_long_is_stopped_and_then_ended():
    now = [0.0]
    meter = CellMeter(LIMITS, clock=lambda: now[0])
    meter.add(10, busy=True)
    now[0] = 61.0
    assert meter.exceeded() == "time"
    assert meter.stop()
    now[0] += GRACE_SECONDS
    assert not meter.goes_on()
    now[0] += 1
    assert meter.goes_on()


def test_a_kernel_that_rests_is_never_out_of_time():
    now = [0.0]
    meter = CellMeter(LIMITS, clock=lambda: now[0])
    meter.add(10, busy=True)
    meter.add(10, busy=False)
    now[0] = 1e6
    assert meter.exceeded() == ""


def test_many_small_messages_are_a_flood_as_well():
    meter = CellMeter(LIMITS, clock=lambda: 0.0)
    for _ in range(101):
        meter.add(1, busy=True)
    assert meter.exceeded() == "messages"


def test_without_limits_a_cell_may_do_all():
    meter = CellMeter(SessionLimits(cell_seconds=0, cell_output_mib=0, cell_messages=0), clock=lambda: 0.0)
    meter.add(1 << 40, busy=True)
    assert meter.exceeded() == ""
