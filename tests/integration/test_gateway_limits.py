"""What a page, or a learner's code, sends too much of, or wrongly: only that socket, only that cell."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid

import pytest
from gateway_site import idle, serve
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from panlearn.kernels.gateway_frames import MAX_FRAME_BYTES, V1
from panlearn.kernels.gateway_handlers import MAX_SOCKETS_PER_KERNEL


@pytest.mark.parametrize(
    "frame", ["not json", "{}", "[]", b"\xff\xff\xff\xff", b"", '{"header": {"msg_type": "x"}, "channel": 7}']
)
def test_a_malformed_message_closes_its_socket_and_no_other(tmp_path, frame):
    async def scenario(site):
        kernel = await site.start()
        good, bad = await site.channels(kernel), await site.channels(kernel)
        await bad.socket.write_message(frame, binary=isinstance(frame, bytes))
        assert await bad.closed() == 1007
        assert await good.run("print('alive')") == "alive\n"
        assert await (await site.channels(kernel)).run("print('again')") == "again\n"

    serve(scenario, tmp_path)


def test_a_frame_that_is_no_websocket_frame_closes_its_socket_and_no_other(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        good, bad = await site.channels(kernel), await site.channels(kernel)
        await bad.socket.protocol.stream.write(b"\xff\xff\xff\xff" * 8)
        await bad.closed()
        assert await good.run("print('alive')") == "alive\n"

    serve(scenario, tmp_path)


def test_a_message_over_the_limit_closes_its_socket_and_no_other(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        good, bad = await site.channels(kernel), await site.channels(kernel)
        with contextlib.suppress(WebSocketClosedError):  # it may close before all of it is sent
            await bad.socket.write_message(json.dumps(bad.message("execute_request", {"code": "#" * MAX_FRAME_BYTES})))
        await bad.closed()
        assert await good.run("print('alive')") == "alive\n"

    serve(scenario, tmp_path)


def test_a_kernel_takes_so_many_pages_and_no_more(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        for _ in range(MAX_SOCKETS_PER_KERNEL):
            await site.channels(kernel)
        with pytest.raises(HTTPClientError, match="429"):
            await site.channels(kernel)

    serve(scenario, tmp_path)


def test_a_session_name_that_cannot_be_used_is_refused(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        with pytest.raises(HTTPClientError, match="400"):
            await site.channels(kernel, session="x" * 300)

    serve(scenario, tmp_path)


def test_the_newer_encoding_is_spoken(tmp_path):
    async def scenario(site):
        page = await site.channels(await site.start(), subprotocols=[V1])
        assert page.socket.selected_subprotocol == V1
        message = page.message("execute_request", {"code": "print('v1')", "silent": False})
        parts = [json.dumps(message[key]).encode() for key in ("header", "parent_header", "metadata", "content")]
        await page.socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        text = ""
        while "v1" not in text:
            _, read = deserialize_msg_from_ws_v1(await asyncio.wait_for(page.socket.read_message(), 10))
            text += json.loads(read[3]).get("text", "")

    serve(scenario, tmp_path)


def test_a_flood_of_output_is_cut_with_a_line_that_says_so_and_the_next_cell_runs(tmp_path):
    async def scenario(site):
        page = await site.channels(await site.start())
        id_ = await page.execute("for i in range(200): print('x' * 100_000, flush=True)")
        read = await page.until(
            lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_, 30
        )
        text = "".join(m["content"]["text"] for m in read if m["msg_type"] == "stream")
        assert "some of it is left out" in text
        assert "ServerApp" not in text
        assert len(text) < 10_000_000
        assert await page.run("print('next')", 30) == "next\n"

    serve(scenario, tmp_path)


def test_a_loop_that_prints_without_end_is_stopped_and_keeps_its_variables(tmp_path):
    async def scenario(site):
        page = await site.channels(await site.start())
        id_ = await page.execute("kept = 7\nwhile True: print('x' * 100_000, flush=True)")
        read = await page.until(
            lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_, 40
        )
        assert any(m["content"].get("ename") == "KeyboardInterrupt" for m in read)
        assert await page.run("print(kept)", 30) == "7\n"

    serve(scenario, tmp_path)


def test_one_output_too_large_is_replaced_by_a_line_that_says_so(tmp_path):
    async def scenario(site):
        page = await site.channels(await site.start())
        id_ = await page.execute("display({'text/plain': 'x' * 12_000_000}, raw=True)")
        read = await page.until(
            lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_, 30
        )
        assert not [m for m in read if m["msg_type"] == "display_data"]
        assert any("too large to show" in m["content"].get("text", "") for m in read)

    serve(scenario, tmp_path)


def test_a_kernel_that_writes_nonsense_on_its_own_sockets_harms_nobody(tmp_path):
    forge = """
from ipykernel.kernelapp import IPKernelApp
no_json = [b"<IDS|MSG>", b"", b"{", b"{", b"{", b"{"]
not_signed = [b"status", b"<IDS|MSG>", b"0" * 64, b"[]", b"{}", b"{}", b"{}"]
for parts in ([b""], [b"x"], no_json, not_signed):
    IPKernelApp.instance().iopub_socket.send_multipart(parts)
print("sent")
"""

    async def scenario(site):
        kernel, other = await site.start(), await site.start("bob")
        page = await site.channels(kernel)
        assert "sent" in await page.run(forge)
        assert await page.run("print('still here')") == "still here\n"
        neighbour = await site.channels(other, learner="bob")
        assert await neighbour.run("print('unharmed')") == "unharmed\n"

    serve(scenario, tmp_path)


def test_many_starts_at_once_never_pass_the_limit(tmp_path):
    async def scenario(site):
        starts = [site.fetch("POST", "api/kernels", json={"name": "core"}) for _ in range(6)]
        answers = await asyncio.gather(*starts)
        assert [answer.code for answer in answers] == 6 * [201]
        waiting = sorted(model["queue"]["position"] for a in answers if "queue" in (model := json.loads(a.body)))
        assert waiting == [1, 2, 3, 4]
        assert len(site.gateway.kernels.live()) == 2

    serve(scenario, tmp_path, kernels_per_learner=2)


def test_no_log_line_holds_a_token(tmp_path, capfd, caplog):
    token = f"{uuid.uuid4().hex}-token"

    async def scenario(site):
        await site.fetch("GET", f"api/kernels?token={token}", learner=None)
        kernel = await site.start("ada")
        with pytest.raises(HTTPClientError):
            await site.channels(kernel, learner=None, query=f"&token={token}")

    serve(scenario, tmp_path)
    out, err = capfd.readouterr()
    assert "kernels.request" in out + err
    assert token not in out + err + caplog.text
