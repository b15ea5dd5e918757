"""A WSGI application inside the tornado process."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from panlearn.cli._pages import Pages


def served(application, ask, **limits):
    """What `ask(port)` returns, with `application` served on loopback."""

    async def main():
        pages = Pages(application, **limits)
        [socket] = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(pages)
        server.add_sockets([socket])
        try:
            return await asyncio.to_thread(ask, socket.getsockname()[1])
        finally:
            server.stop()
            await server.close_all_connections()
            pages.close()

    return asyncio.run(main())


def fetch(port, method="GET", path="/", **options):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, **options)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def echo(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    body = environ["wsgi.input"].read()
    said = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['QUERY_STRING']} {environ['REMOTE_ADDR']} "
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    return [said.encode(), body, forwarded.encode()]


def test_a_request_reaches_the_application_whole():
    answer, body = served(echo, lambda port: fetch(port, "POST", "/a%20b?c=d", body=b"hello"))
    assert answer.status == 201
    assert body == b"POST /a b c=d 127.0.0.1 hello"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_body_that_comes_in_chunks_has_a_length():
    def length(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["CONTENT_LENGTH"].encode()]

    _, body = served(length, lambda port: fetch(port, "POST", body=iter([b"hel", b"lo"]), encode_chunked=True))
    assert body == b"5"


def test_a_head_request_gets_the_length_and_no_body():
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello"]

    answer, body = served(application, lambda port: fetch(port, "HEAD"))
    assert (answer.headers["Content-Length"], body) == ("5", b"")


def test_an_answer_without_a_body_says_no_length():
    def application(_environ, start_response):
        start_response("304 NOT MODIFIED", [])
        return []

    answer, _ = served(application, fetch)
    assert answer.status == 304
    assert "Content-Length" not in answer.headers


def test_an_application_that_raises_is_answered_with_a_problem_and_the_next_request_is_served():
    calls = []

    def application(_environ, start_response):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("secret")
        start_response("200 OK", [])
        return [b"fine"]

    def ask(port):
        return fetch(port), fetch(port)

    (first, problem), (second, _) = served(application, ask)
    assert first.status == 500
    assert b"secret" not in problem
    assert second.status == 200


def test_the_response_is_closed_on_the_thread_that_made_it_even_if_it_breaks():
    threads = []

    class Broken:
        def __iter__(self):
            threads.append(threading.current_thread())
            yield b"x"
            raise ValueError

        def close(self):
            threads.append(threading.current_thread())

    def application(_environ, start_response):
        start_response("200 OK", [])
        return Broken()

    answer, _ = served(application, fetch)
    assert answer.status == 500
    assert len(threads) == 2
    assert threads[0] is threads[1]


def test_more_requests_than_can_wait_are_told_to_come_back():
    release = threading.Event()

    def application(_environ, start_response):
        release.wait(10)
        start_response("200 OK", [])
        return [b""]

    def ask(port):
        statuses = []
        asking = [threading.Thread(target=lambda: statuses.append(fetch(port)[0].status)) for _ in range(6)]
        for thread in asking:
            thread.start()
        deadline = time.monotonic() + 5
        while len(statuses) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        early = list(statuses)
        release.set()
        for thread in asking:
            thread.join()
        return early, statuses

    early, statuses = served(application, ask, threads=1, waiting=2)
    assert early == [503, 503, 503]
    assert sorted(statuses) == [200, 200, 200, 503, 503, 503]


def test_a_header_with_an_underscore_cannot_pass_for_another():
    answer, body = served(echo, lambda port: fetch(port, headers={"X_Forwarded_For": "10.0.0.1"}))
    assert answer.status == 201
    assert b"10.0.0.1" not in body


def test_a_host_that_is_no_host_is_a_bad_request():
    answer, _ = served(echo, lambda port: fetch(port, headers={"Host": "a:b"}))
    assert answer.status == 400
