"""Jupyter's own tools on sandboxed kernels: nbclient, kernel managers, and the commands made of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import nbformat
import pytest
from click.testing import CliRunner
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from panlearn.bench import kernels as bench
from panlearn.cli import panlearn
from panlearn.kernels.engine import engine_at, engine_for
from panlearn.kernels.environments import find
from panlearn.kernels.limits import KernelLimits
from panlearn.kernels.notebooks import CellFailed, execute
from panlearn.kernels.specs import SandboxKernelSpecManager
from panlearn.settings import Settings

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("home"), environments=Settings().environments_dir)


@pytest.fixture(scope="module")
def engine(settings):
    engine = engine_for(settings)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def environment(settings):
    return find(settings, "core")


def notebook(*sources):
    return new_notebook(cells=[new_markdown_cell("Text"), *map(new_code_cell, sources)])


def test_there_is_one_engine_per_instance(settings, engine, tmp_path):
    assert engine_for(settings) is engine is engine_at(settings.home_dir)
    other = engine_for(Settings(home=tmp_path))
    assert other is not engine
    other.close()


def test_a_notebook_runs_and_each_cell_is_told_of(engine, environment):
    done = []
    ran = execute(
        notebook("x = 2", "x * 21"), environment=environment, engine=engine, on_cell=lambda ran: done.append(ran.index)
    )
    assert ran.cells[2].outputs[0].data["text/plain"] == "42"
    assert done == [1, 2]


def test_a_cell_that_raises_is_named_and_its_error_stays_in_the_notebook(engine, environment):
    ran = notebook("1", "1 / 0", "3")
    with pytest.raises(CellFailed, match=r"Cell 3 failed with ZeroDivisionError: division by zero") as caught:
        execute(ran, environment=environment, engine=engine)
    assert (caught.value.index, caught.value.ename) == (2, "ZeroDivisionError")
    assert ran.cells[2].outputs[0].ename == "ZeroDivisionError"
    assert ran.cells[3].outputs == []


def test_errors_can_be_allowed(engine, environment):
    ran = execute(notebook("1 / 0", "3"), environment=environment, engine=engine, allow_errors=True)
    assert ran.cells[2].outputs[0].data["text/plain"] == "3"


@pytest.mark.parametrize(
    ("source", "name", "says"),
    [
        ("while True: pass", "TimeoutError", "longer than 1 second"),
        ("import os; os._exit(1)", "KernelEnded", "its process ended"),
    ],
)
def test_a_cell_that_ends_its_kernel_or_never_ends_is_named(engine, environment, source, name, says):
    ran = notebook("1", source)
    with pytest.raises(CellFailed, match=says) as caught:
        execute(ran, environment=environment, engine=engine, seconds_per_cell=1)
    assert (caught.value.index, caught.value.ename) == (2, name)
    assert ran.cells[2].outputs[-1].ename == name


def test_a_cell_that_floods_is_named_and_its_output_is_cut(engine, environment):
    ran = notebook("1", "for _ in range(40): print('x' * (1 << 20))")
    with pytest.raises(CellFailed, match="more than 16 MiB") as caught:
        execute(ran, environment=environment, engine=engine)
    assert caught.value.index == 2
    assert sum(len(output.get("text", "")) for output in ran.cells[2].outputs) <= 16 << 20


def test_what_a_cell_draws_is_among_its_outputs(engine, environment):
    ran = execute(
        notebook("import matplotlib.pyplot as plt", "fig, ax = plt.subplots()\nax.plot([1, 2]);"),
        environment=environment,
        engine=engine,
    )
    assert ran.cells[2].outputs[0].data["image/png"].startswith("iVBOR")


def test_a_kernel_manager_starts_restarts_and_ends_a_kernel(settings, engine):
    async def go():
        manager = AsyncKernelManager(kernel_name="core", kernel_spec_manager=SandboxKernelSpecManager(settings))
        await manager.start_kernel(limits=KernelLimits(home_mib=1))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=20)
        address = manager.ip
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=20)
        assert manager.ip == address
        client.execute("while True: pass")
        await asyncio.sleep(0.3)
        await manager.interrupt_kernel()
        reply = await client.get_shell_msg(timeout=10)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert await manager.is_alive()
        os.kill(manager.provisioner.process.pid, signal.SIGKILL)
        for _ in range(40):
            if not await manager.is_alive():
                break
            await asyncio.sleep(0.05)
        assert manager.provisioner.reason == "killed"
        client.stop_channels()
        await manager.shutdown_kernel(now=True)

    asyncio.run(go())


def test_no_key_is_written_anywhere(settings, engine, environment):
    execute(notebook("1"), environment=environment, engine=engine)
    assert not [path for path in settings.home_dir.rglob("*.json") if "key" in path.read_text(errors="replace")]


# ---- commands


@pytest.fixture
def command(settings, monkeypatch):
    monkeypatch.setenv("PANLEARN_HOME", str(settings.home_dir / "commands"))
    monkeypatch.setenv("PANLEARN_ENVIRONMENTS", str(settings.environments_dir))
    return lambda *arguments: CliRunner().invoke(panlearn, list(map(str, arguments)))


def test_run_writes_the_notebook_with_its_outputs(command, tmp_path):
    nbformat.write(notebook("6 * 7"), tmp_path / "in.ipynb")
    done = command("run", tmp_path / "in.ipynb", "--output", tmp_path / "out.ipynb", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["error"] is None
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[1].outputs[0].data["text/plain"] == "42"


def test_run_exits_with_1_where_a_cell_raised_and_writes_the_error(command, tmp_path):
    nbformat.write(notebook("1 / 0"), tmp_path / "in.ipynb")
    done = command("run", tmp_path / "in.ipynb", "--output", tmp_path / "out.ipynb", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"] == {"cell": 1, "name": "ZeroDivisionError", "message": "division by zero"}
    assert nbformat.read(tmp_path / "out.ipynb", 4).cells[1].outputs[0].ename == "ZeroDivisionError"


def test_run_says_what_is_wrong_with_its_input(command, tmp_path):
    (tmp_path / "bad.ipynb").write_text("{")
    (tmp_path / "good.ipynb").write_text(nbformat.writes(notebook("1")))
    for arguments, says in (
        (("none.ipynb", "--output", "out.ipynb"), "There is no notebook"),
        (("bad.ipynb", "--output", "out.ipynb"), "could not be read as a notebook"),
        (("good.ipynb", "--output", "nowhere/out.ipynb"), "does not exist"),
        (("good.ipynb", "--output", "out.ipynb", "--environment", "nope"), "no kernel environment 'nope'"),
    ):
        paths = [str(tmp_path / each) if each.endswith(".ipynb") else each for each in arguments]
        done = command("run", *paths)
        assert says in str(done.exception)
    assert not (tmp_path / "out.ipynb").exists()


def test_doctor_says_that_learner_code_is_contained_here(command):
    done = command("doctor", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["contained"] is True
    assert said["missing"] == []
    assert said["mode"] == ("root" if os.geteuid() == 0 else "user")


def test_env_list_names_environments_and_packages(command):
    rows = json.loads(command("env", "list", "--packages", "--json").stdout)
    core = next(row for row in rows if row["name"] == "core")
    assert core["built"] is True
    assert {"numpy", "scipy", "pandas"} <= set(core["packages"])


def test_bench_kernels_prints_what_it_promises(settings):
    home = Settings(home=settings.home_dir / "bench", environments=settings.environments_dir)
    said = bench.run(home, starts=3, alive=3, learners=4, cold=1)

    said.pop("docker", None)  # beside it where a daemon has the image; test_docker looks at it
    assert set(said) == {
        *("engine", "mode", "start_ms", "first_result_ms", "round_trip_ms", "pss_mib_per_kernel", "alive"),
        *("idle_percent_of_a_core", "end_all_ms", "class", "baseline", "ratio", "machine"),
    }
    assert set(said["start_ms"]) == {"p50", "p95", "min", "n"}
    assert said["start_ms"]["n"] == said["alive"] == 3
    assert (said["class"]["learners"], said["class"]["failed"]) == (4, 0)
    assert 0 < said["class"]["first_result_s"]["p50"] <= said["class"]["last_s"]
    assert said["ratio"] > 1
    assert 1 < said["pss_mib_per_kernel"] < 200
