"""The gateway over real sandboxed kernels."""

from __future__ import annotations

import json
import shutil
import time

import pytest
from gateway_site import ROOT, identify, idle, serve

from below import sandboxes
from panlearn.kernels import choice, containment
from panlearn.kernels.build import build
from panlearn.kernels.containment import Containment
from panlearn.kernels.engine import engine_for
from panlearn.kernels.environments import find
from panlearn.kernels.gateway import Gateway
from panlearn.kernels.specs import SandboxKernelSpecManager
from panlearn.settings import Settings

pytestmark = pytest.mark.sandbox
LOOK = "import importlib.util as u; print([n for n in ('numpy', 'undulator') if u.find_spec(n)])"
SCIENCE = {"numpy", "scipy", "matplotlib", "pandas", "h5py", "sqlalchemy"}


def contained(settings):
    files = {"small/abc": "fd1"}
    return Gateway(settings, identify=identify, files_for=files.get, specs=SandboxKernelSpecManager(settings))


@pytest.fixture
def serve_contained(tmp_path, monkeypatch):
    monkeypatch.setenv("PANLEARN_ENVIRONMENTS", str(ROOT / "var" / "environments"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "files" / "fd1"
    folder.mkdir(parents=True)
    (folder / "counts.txt").write_text("1 2 3\n")
    engines = []

    def make(settings):
        engines.append(engine_for(settings))
        return contained(settings)

    def run(scenario, **settings):
        serve(scenario, tmp_path, make=make, **settings)

    yield run
    for engine in engines:
        engine.close()


def test_a_sandboxed_kernel_runs_and_sees_its_courses_data(serve_contained):
    async def scenario(site):
        answer = await site.fetch("POST", "api/kernels", json={"name": "core", "path": "small/abc"})
        assert answer.code == 201, answer.body
        page = await site.channels(json.loads(answer.body)["id"])
        assert await page.run("print(open('data/counts.txt').read())") == "1 2 3\n\n"
        assert (
            await page.run(f"import os; print(os.getcwd(), os.path.exists('{ROOT}/pyproject.toml'))")
            == "/home/learner False\n"
        )

    serve_contained(scenario)


def test_a_kernel_that_ends_itself_says_so(serve_contained):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        await page.execute("import os; os._exit(3)")
        begun = time.monotonic()
        await page.until(lambda m: m["content"].get("execution_state") == "dead")
        assert time.monotonic() - begun < 2
        model = json.loads((await site.fetch("GET", f"api/kernels/{kernel}")).body)
        assert model["ended"] == "ended", model

    serve_contained(scenario)


def test_stop_and_reset_work_on_a_sandboxed_kernel(serve_contained):
    async def scenario(site):
        kernel = await site.start()
        page = await site.channels(kernel)
        id_ = await page.execute("x = 1\nprint('begun', flush=True)\nwhile True: pass")
        await page.until(lambda m: m["msg_type"] == "stream")
        assert (await site.fetch("POST", f"api/kernels/{kernel}/interrupt")).code == 204
        await page.until(lambda m: m["msg_type"] == "status" and idle(m) and m["parent_header"]["msg_id"] == id_)
        assert await page.run("print(x)") == "1\n"
        assert (await site.fetch("POST", f"api/kernels/{kernel}/restart", body="")).code == 200
        assert await (await site.channels(kernel)).run("print('x' in globals())") == "False\n"

    serve_contained(scenario)


def test_a_dead_zygote_is_told_and_replaced(serve_contained):
    async def scenario(site):
        page = await site.channels(await site.start())
        await page.run("print(1)")
        for process in sandboxes():
            process.kill()
        await page.until(lambda m: m["content"].get("execution_state") == "dead", 3)
        assert await (await site.channels(await site.start())).run("print(2)") == "2\n"

    serve_contained(scenario)


def test_nothing_is_left_when_the_site_stops(serve_contained, tmp_path):
    async def scenario(site):
        for _ in range(3):
            await (await site.channels(await site.start())).run("print(1)")

    before = set(sandboxes())
    serve_contained(scenario)
    assert not list(tmp_path.rglob("kernel-*.json"))
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and len(left := set(sandboxes()) - before) > 2:
        time.sleep(0.1)
    assert len(left) <= 2  # the zygote and what holds it, which the fixture's engine ends


def test_where_nothing_can_be_contained_no_kernel_starts_and_the_reason_is_told(serve_contained, monkeypatch):
    found = Containment(engine="zygote", mode="root", missing=("user namespaces are off",), todo=("Turn them on.",))
    monkeypatch.setattr(containment, "examine", lambda: found)
    monkeypatch.setattr(choice, "docker_containment", lambda _settings: found)

    async def scenario(site):
        answer = await site.fetch("POST", "api/kernels", json={"name": "core"})
        assert answer.code == 503
        problem = json.loads(answer.body)
        assert "user namespaces are off" in problem["detail"]
        assert problem["todo"] == "Turn them on."
        assert json.loads((await site.fetch("GET", "api/kernels")).body) == []

    serve_contained(scenario)


def test_kernels_of_two_environments_live_side_by_side(serve_contained, tmp_path):
    """The second is an operator's own: no numpy before it is asked for, and a package that the first has not."""
    core = find(Settings(home=tmp_path), "core")
    own = tmp_path / "environments.d"
    own.mkdir()
    (own / "optics.txt").write_text("# what the test puts there\n")
    (own / "optics.toml").write_text('title = "Optics"\n[limits]\nmemory_mib = 700\n')
    built = build(Settings(home=tmp_path), "optics")  # beside core's folder, as both are in an instance
    packages = next(built.path.glob("lib/python3*/site-packages"))
    for one in next(core.path.glob("lib/python3*/site-packages")).iterdir():
        if one.name not in SCIENCE and not (packages / one.name).exists():
            shutil.copytree(one, packages / one.name) if one.is_dir() else shutil.copy(one, packages)
    (packages / "undulator.py").write_text("PERIOD_MM = 18\n")

    async def scenario(site):
        said = []
        for name in ("core", "optics"):
            answer = await site.fetch("POST", "api/kernels", json={"name": name})
            assert answer.code == 201, answer.body
            page = await site.channels(json.loads(answer.body)["id"])
            said.append(await page.run(LOOK))
        assert said == ["['numpy']\n", "['undulator']\n"]
        alive = json.loads((await site.fetch("GET", "api/kernels")).body)
        assert sorted(one["name"] for one in alive) == ["core", "optics"]
        specs = json.loads((await site.fetch("GET", "api/kernelspecs")).body)["kernelspecs"]
        assert specs["optics"]["spec"]["display_name"] == "Python (optics)"
        digests = {name: spec["spec"]["metadata"]["environment"] for name, spec in specs.items()}
        assert digests == {"core": core.digest, "optics": built.digest}

    try:
        serve_contained(scenario)
    finally:
        shutil.rmtree(built.path)
