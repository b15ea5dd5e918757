"""Live kernels over HTTP and websocket: who may reach which, and how each ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time

import pytest
from gateway_site import idle, serve
from tornado.httpclient import HTTPClientError


def test_it_runs_code_and_answers_over_the_websocket(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        assert await page.run("print(6 * 7)") == "42\n"

    serve(scenario, tmp_path)


def test_nobody_without_a_name_reaches_anything(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        for method, path in [
            ("GET", "api/kernels"),
            ("POST", "api/kernels"),
            ("GET", f"api/kernels/{kernel}"),
            ("DELETE", f"api/kernels/{kernel}"),
            ("GET", "api/kernelspecs"),
        ]:
            answer = await site.fetch(method, path, learner=None)
            assert answer.code == 403, path
            assert answer.headers["Content-Type"] == "application/problem+json"
        with pytest.raises(HTTPClientError, match="403"):
            await site.channels(kernel, learner=None)

    serve(scenario, tmp_path)


def test_another_learners_kernel_is_not_there(tmp_path):
    async def scenario(site):
        kernel = await site.start("ada")
        missing = "00000000-0000-0000-0000-000000000000"
        for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/interrupt"), ("POST", "/restart")]:
            theirs = await site.fetch(method, f"api/kernels/{kernel}{path}", learner="bob")
            none = await site.fetch(method, f"api/kernels/{missing}{path}", learner="bob")
            assert (theirs.code, theirs.body) == (none.code, none.body)
            assert theirs.code == 404
        for id_ in (kernel, missing):
            with pytest.raises(HTTPClientError, match="404"):
                await site.channels(id_, learner="bob")
        assert json.loads((await site.fetch("GET", "api/kernels", learner="bob")).body) == []
        assert [k["id"] for k in json.loads((await site.fetch("GET", "api/kernels")).body)] == [kernel]
        taken = await site.fetch("POST", "api/kernels", learner="bob", json={"name": "core", "kernel_id": kernel})
        assert json.loads(taken.body)["id"] != kernel

    serve(scenario, tmp_path)


def test_a_page_of_another_site_is_refused(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        for headers in [
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ]:
            for method, path in [("POST", "api/kernels"), ("DELETE", f"api/kernels/{kernel}")]:
                answer = await site.fetch(method, path, headers=headers, body='{"name": "core"}')
                assert answer.code == 403, headers
            with pytest.raises(HTTPClientError, match="403"):
                await site.channels(kernel, headers=headers)
        own = {"Origin": f"http://127.0.0.1:{site.port}", "Sec-Fetch-Site": "same-origin"}
        assert await (await site.channels(kernel, headers=own)).run("print(1)") == "1\n"
        assert (await site.fetch("DELETE", f"api/kernels/{kernel}", headers=own)).code == 204

    serve(scenario, tmp_path)


def test_a_token_serves_other_clients_and_never_falls_back_to_the_cookie(tmp_path):
    async def scenario(site):
        for scheme in ("token", "Bearer"):
            answer = await site.fetch(
                "GET", "api/kernels", learner=None, headers={"Authorization": f"{scheme} ada-token"}
            )
            assert answer.code == 200
        wrong = await site.fetch("GET", "api/kernels", learner="ada", headers={"Authorization": "token stolen"})
        assert wrong.code == 403
        in_query = await site.fetch("GET", "api/kernels?token=ada-token", learner=None)
        assert in_query.code == 403
        kernel = await site.start()
        page = await site.channels(kernel, learner=None, query="&token=ada-token")
        assert await page.run("print(2)") == "2\n"

    serve(scenario, tmp_path)


def test_jupyters_other_interfaces_are_not_there(tmp_path):
    async def scenario(site):
        for path in [
            "",
            "api",
            "api/contents",
            "api/sessions",
            "api/terminals",
            "api/shutdown",
            "api/config/x",
            "files/x",
        ]:
            for method in ("GET", "POST"):
                answer = await site.fetch(method, path, body="{}" if method == "POST" else None)
                assert answer.code == 404, path
        specs = json.loads((await site.fetch("GET", "api/kernelspecs")).body)
        assert list(specs["kernelspecs"]) == ["core"]

    serve(scenario, tmp_path)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("[" * 8000, 400),
        ('{"name": 7}', 400),
        ('{"name": "../core"}', 400),
        ('{"name": "core", "path": 7}', 400),
        ('{"name": "core", "x": "' + 20000 * "x" + '"}', 400),
        ('{"name": "python3"}', 404),
        ('{"name": "uncontained"}', 503),
    ],
)
def test_a_start_that_makes_no_sense_is_told_what_was_expected(tmp_path, body, status):
    async def scenario(site):
        answer = await site.fetch("POST", "api/kernels", body=body)
        assert answer.code == status
        problem = json.loads(answer.body)
        assert problem["detail"]
        assert "Traceback" not in answer.body.decode()

    serve(scenario, tmp_path)


def test_a_kernel_that_dies_is_noticed_within_two_seconds(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        pid = int(await page.run("import os; print(os.getpid())"))
        os.kill(pid, signal.SIGKILL)
        begun = time.monotonic()
        await page.until(lambda m: m["content"].get("execution_state") == "dead")
        assert time.monotonic() - begun < 2
        assert await page.closed() == 1001
        model = json.loads((await site.fetch("GET", f"api/kernels/{kernel}")).body)
        assert model["execution_state"] == "dead"
        assert model["reason"]
        assert (await site.fetch("GET", f"api/kernels/{kernel}", learner="bob")).code == 404
        assert json.loads((await site.fetch("GET", "api/kernels")).body) == []
        for path in ("/interrupt", "/restart"):
            assert (await site.fetch("POST", f"api/kernels/{kernel}{path}")).code == 410
        with pytest.raises(HTTPClientError, match="410"):
            await site.channels(kernel)
        assert (await site.fetch("DELETE", f"api/kernels/{kernel}")).code == 204
        assert (await site.fetch("GET", f"api/kernels/{kernel}")).code == 404
        assert await (await site.channels(await site.start())).run("print(3)") == "3\n"

    serve(scenario, tmp_path)


def test_an_endless_loop_is_interrupted_and_a_restart_forgets(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        id_ = await page.execute("x = 1\nprint('begun', flush=True)\nwhile True: pass")
        await page.until(lambda m: m["msg_type"] == "stream")
        assert (await site.fetch("POST", f"api/kernels/{kernel}/interrupt")).code == 204
        read = await page.until(lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_)
        assert any(m["content"].get("ename") == "KeyboardInterrupt" for m in read)
        restarted = await site.fetch("POST", f"api/kernels/{kernel}/restart", body="")
        assert restarted.code == 200
        await asyncio.sleep(1.2)  # two sweeps: neither takes the restart for a death
        assert await (await site.channels(kernel)).run("print('x' in globals())") == "False\n"

    serve(scenario, tmp_path)


def test_a_learner_over_the_limit_loses_the_kernel_left_longest_or_is_asked_to_wait(tmp_path):
    async def scenario(site):
        now = [0.0]
        site.gateway.kernels._clock = site.gateway.kernels._watch._clock = lambda: now[0]
        first, second = await site.start(), await site.start()
        refused = await site.fetch("POST", "api/kernels", json={"name": "core"})
        assert refused.code == 429  # both are new: their pages may be about to connect
        assert int(refused.headers["Retry-After"]) > 0
        page = await site.channels(first)
        now[0] = 20
        third = await site.start()
        alive = {k["id"] for k in json.loads((await site.fetch("GET", "api/kernels")).body)}
        assert alive == {first, third}
        gone = json.loads((await site.fetch("GET", f"api/kernels/{second}")).body)
        assert gone["ended"] == "room"
        assert (await site.start("bob")) not in alive
        page.socket.close()

    serve(scenario, tmp_path, kernels_per_learner=2)


def test_a_full_machine_says_so_and_when_to_come_back(tmp_path):
    async def scenario(site):
        await site.channels(await site.start("ada"))
        refused = await site.fetch("POST", "api/kernels", learner="bob", json={"name": "core"})
        assert refused.code == 503
        assert refused.headers["Retry-After"]
        assert "in use" in json.loads(refused.body)["detail"]

    serve(scenario, tmp_path, kernels_total=1)


def test_an_idle_kernel_ends_and_says_why(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        await page.run("print(1)")
        await page.until(lambda m: m["content"].get("execution_state") == "dead", 6)
        model = json.loads((await site.fetch("GET", f"api/kernels/{kernel}")).body)
        assert model["ended"] == "idle"

    serve(scenario, tmp_path, kernel_idle_minutes=2 / 60)


def test_what_a_kernel_said_while_its_page_was_away_is_told_when_it_returns(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel, session="same")
        await page.run("print('ready')")
        id_ = await page.execute("import time; time.sleep(0.5); print('late')")
        await page.until(lambda m: m["msg_type"] == "execute_input")
        page.socket.close()
        await asyncio.sleep(1.2)
        again = await site.channels(kernel, session="same")
        read = await again.until(lambda m: m["msg_type"] == "execute_reply")
        assert any(m["content"].get("text") == "late\n" and m["parent_header"]["msg_id"] == id_ for m in read)

    serve(scenario, tmp_path)


def test_stopping_the_site_ends_every_kernel(tmp_path):
    pids = []

    async def scenario(site):
        for _ in range(2):
            page = await site.channels(await site.start())
            pids.append(int(await page.run("import os; print(os.getpid())")))

    serve(scenario, tmp_path)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
