"""Live kernels over HTTP and websocket: who may reach which, and how each ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from dataclasses import replace

import pytest
from gateway_site import between, idle, serve
from tornado.httpclient import HTTPClientError

from panlearn.kernels.gateway_line import Cohort


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


def model_of(answer) -> dict:
    return json.loads(answer.body)


async def ask(site, kernel: str, learner: str = "ada") -> dict:
    return model_of(await site.fetch("GET", f"api/kernels/{kernel}", learner=learner))


async def wait_for(site, kernel: str, learner: str = "ada") -> dict:
    """The kernel's description once it has a place."""
    async with asyncio.timeout(15):
        while "queue" in (model := await ask(site, kernel, learner)):  # noqa: ASYNC110  what a page does
            await asyncio.sleep(0.1)
    return model


def test_a_learner_over_the_limit_loses_the_kernel_left_longest_or_waits(tmp_path):
    async def scenario(site):
        now = [0.0]
        site.gateway.kernels._clock = site.gateway.kernels._watch._clock = lambda: now[0]
        first, second = await site.start(), await site.start()
        waits = await site.start()  # both are new: their pages may be about to connect
        assert (await ask(site, waits))["queue"]["position"] == 1
        assert (await site.fetch("DELETE", f"api/kernels/{waits}")).code == 204
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


def test_a_full_machine_lets_people_wait_in_order_and_starts_their_kernels(tmp_path):
    async def scenario(site):
        first = await site.start("ada")
        page = await site.channels(first)
        second, third = await site.start("bob"), await site.start("eve")
        assert (await ask(site, second, "bob"))["queue"] == {"position": 1, "estimated_seconds": None}
        assert (await ask(site, third, "eve"))["queue"]["position"] == 2
        assert [one["id"] for one in model_of(await site.fetch("GET", "api/kernels", learner="bob"))] == [second]
        page.socket.close()
        await site.fetch("DELETE", f"api/kernels/{first}")
        assert (await wait_for(site, second, "bob"))["name"] == "core"
        assert await (await site.channels(second, learner="bob")).run("print(4)") == "4\n"
        assert (await ask(site, third, "eve"))["queue"]["position"] == 1

    serve(scenario, tmp_path, kernels_total=1)


def test_a_socket_of_a_waiting_kernel_opens_when_it_has_its_place_and_runs_code(tmp_path):
    async def scenario(site):
        first = await site.start("ada")
        held = await site.channels(first)
        second = await site.start("bob")
        opening = asyncio.ensure_future(site.channels(second, learner="bob"))
        await asyncio.sleep(1)
        assert not opening.done()
        held.socket.close()
        await site.fetch("DELETE", f"api/kernels/{first}")
        assert await (await opening).run("print(5)") == "5\n"

    serve(scenario, tmp_path, kernels_total=1)


def test_a_place_in_line_belongs_to_who_waits(tmp_path):
    async def scenario(site):
        await site.channels(await site.start("ada"))
        waits = await site.start("bob")
        for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/interrupt"), ("POST", "/restart")]:
            answer = await site.fetch(method, f"api/kernels/{waits}{path}", learner="eve", body="" if path else None)
            assert answer.code == 404, path
        with pytest.raises(HTTPClientError, match="404"):
            await site.channels(waits, learner="eve")
        refused = await site.fetch("POST", f"api/kernels/{waits}/interrupt", learner="bob", body="")
        assert refused.code == 409
        assert "no place yet" in model_of(refused)["detail"]
        assert (await site.fetch("DELETE", f"api/kernels/{waits}", learner="bob")).code == 204
        assert (await site.fetch("GET", f"api/kernels/{waits}", learner="bob")).code == 404

    serve(scenario, tmp_path, kernels_total=1)


def test_one_learner_cannot_fill_the_line(tmp_path):
    async def scenario(site):
        await site.channels(await site.start("ada"))
        for _ in range(4):
            await site.start("bob")
        refused = await site.fetch("POST", "api/kernels", learner="bob", json={"name": "core"})
        assert refused.code == 429
        assert int(refused.headers["Retry-After"]) > 0
        await site.start("eve")

    serve(scenario, tmp_path, kernels_total=1)


def test_a_page_that_went_away_loses_its_place_in_line(tmp_path):
    async def scenario(site):
        await site.channels(await site.start("ada"))
        waits = await site.start("bob")
        line = site.gateway.kernels.line
        line.of("bob", waits).seen -= 100
        async with asyncio.timeout(5):
            while waits in line:  # noqa: ASYNC110  the gateway looks twice a second
                await asyncio.sleep(0.1)
        assert (await site.fetch("GET", f"api/kernels/{waits}", learner="bob")).code == 404

    serve(scenario, tmp_path, kernels_total=1)


def test_a_cohort_shares_its_places_and_others_go_past(tmp_path):
    school = Cohort(id="school", kernels=1)

    async def scenario(site):
        await site.channels(await site.start("ada"))
        waits = await site.start("bob")
        assert (await ask(site, waits, "bob"))["queue"]["position"] == 1
        other = await site.start("eve")
        assert "queue" not in await wait_for(site, other, "eve")
        assert "queue" in await ask(site, waits, "bob")

    serve(scenario, tmp_path, cohort_of=lambda owner: school if owner in ("ada", "bob") else None)


def test_with_too_little_memory_left_new_kernels_wait(tmp_path):
    async def scenario(site):
        waits = await site.start("ada")
        assert (await ask(site, waits))["queue"]["position"] == 1

    serve(scenario, tmp_path, kernels_spare_memory_mib=1 << 40)


def test_a_cell_beyond_its_time_is_stopped_with_a_word_and_its_kernel_lives(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        live = site.gateway.kernels._kernels[kernel]
        live.definition = replace(live.definition, session=replace(live.definition.session, cell_seconds=1.0))
        meter, _ = site.gateway.kernels._watch._meters[kernel]
        meter._limits = live.definition.session
        id_ = await page.execute("kept = 1\nprint('begun', flush=True)\nwhile True: pass")
        read = await page.until(lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_)
        texts = [m["content"].get("text", "") for m in read if m["msg_type"] == "stream"]
        assert any("Stopped: a cell may run for 1 seconds." in text for text in texts), texts
        assert await page.run("print(kept)") == "1\n"

    serve(scenario, tmp_path)


def test_a_kernel_that_lived_long_enough_ends_and_says_so(tmp_path):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        site.gateway.kernels._kernels[kernel].started_at -= 25 * 3600
        await page.until(lambda m: m["content"].get("execution_state") == "dead", 6)
        assert (await ask(site, kernel))["ended"] == "lifetime"

    serve(scenario, tmp_path)


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


@pytest.mark.parametrize("noticed", [True, False], ids=["broken", "swallowed"])
def test_nothing_is_lost_when_a_connection_breaks_in_the_midst_of_output(tmp_path, noticed):
    async def scenario(site):
        kernel = await site.start()
        async with between(site.port) as line:
            page = await site.channels(kernel, session="same", port=line.port)
            id_ = await page.execute("import time\nfor at in range(150): print(at, flush=True); time.sleep(0.01)")
            read = await page.until(lambda m: m["msg_type"] == "stream")
            line.swallow()  # sent, and never to arrive; nobody is told
            await asyncio.sleep(0.4)
            if noticed:
                line.cut()
                await asyncio.sleep(0.2)
            again = await site.channels(kernel, session="same")
            read += await page.rest()
            read += await again.until(lambda m: idle(m) and m["parent_header"].get("msg_id") == id_)
        said = {m["header"]["msg_id"]: m["content"]["text"] for m in read if m["msg_type"] == "stream"}
        assert "".join(said.values()).split() == [str(at) for at in range(150)]

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
