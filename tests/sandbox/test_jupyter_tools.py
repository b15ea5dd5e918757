"""Jupyter's own commands run notebooks in the sandbox, by the kernel spec that `panlearn env build` installs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from docker_site import eventually, image
from nbclient import NotebookClient

from panlearn.errors import PlatformError
from panlearn.kernels.environments import find
from panlearn.kernels.installed_specs import folder, install, installed
from panlearn.settings import Settings

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
BIN = Path(sys.prefix) / "bin"
MARKER = "marker-of-the-host-0815"
ENGINES = ["zygote", pytest.param("docker", marks=pytest.mark.docker)]
INSIDE = """
import os, socket, sys
secret, seen = os.environ.get("PANLEARN_SECRET"), [name for name in os.listdir("/proc") if name.isdigit()]
print("numpy" in sys.modules, os.getcwd(), secret, seen)
try: socket.create_connection(("192.0.2.1", 80), 2)
except OSError as error: print(type(error).__name__)
"""


@pytest.fixture(params=ENGINES)
def environ(request, tmp_path):
    """The environment of a command: a kernel spec in a folder of the test's own, and the engine that runs it."""
    if request.param == "docker":
        image()
    home = tmp_path / "home"
    install(find(Settings(), "core"), home, tmp_path / "prefix")
    return {
        **os.environ,
        "JUPYTER_PATH": str(tmp_path / "prefix" / "share" / "jupyter"),
        "PANLEARN_ENGINE": request.param,
        "PANLEARN_SECRET": MARKER,
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }


def notebook(path: Path, *sources: str) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    made.metadata["kernelspec"] = {"name": "panlearn-core", "display_name": "core", "language": "python"}
    nbformat.write(made, path)
    return path


def is_inside(text: str) -> None:
    assert text.startswith("True /home/learner None ['1']"), text
    assert "Error" in text.splitlines()[1]


def panlearn_processes() -> set[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if "panlearn_sandbox" in line}


def test_nbconvert_executes_a_notebook_in_the_sandbox_and_leaves_no_process(environ, tmp_path):
    before = panlearn_processes()
    path = notebook(tmp_path / "one.ipynb", INSIDE, "import numpy as np; np.arange(4).sum()")

    done = subprocess.run(
        ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(path)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    cells = nbformat.read(path, 4).cells
    is_inside(cells[0].outputs[0].text)
    assert cells[1].outputs[0].data["text/plain"] in ("6", "np.int64(6)")
    assert eventually(lambda: not panlearn_processes() - before)


def test_nbconvert_says_what_a_cell_raised(environ, tmp_path):
    path = notebook(tmp_path / "two.ipynb", "1 / 0")

    done = subprocess.run(
        ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(path)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stderr


def test_jupyter_run_runs_a_file_in_the_sandbox(environ, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(INSIDE)

    done = subprocess.run(
        ["jupyter", "run", "--kernel", "panlearn-core", str(script)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    is_inside(done.stdout)


def test_nbclient_executes_a_notebook_through_the_installed_spec(environ, tmp_path, monkeypatch):
    for name in ("JUPYTER_PATH", "PANLEARN_ENGINE"):
        monkeypatch.setenv(name, environ[name])
    made = nbformat.read(notebook(tmp_path / "three.ipynb", INSIDE), 4)

    NotebookClient(made, kernel_name="panlearn-core", timeout=60).execute()

    is_inside(made.cells[0].outputs[0].text)


def test_a_spec_names_the_environment_and_replaces_an_older_one(tmp_path):
    environment = find(Settings(), "core")
    place = install(environment, tmp_path / "old", tmp_path)
    again = install(environment, tmp_path / "new", tmp_path)

    assert place == again == folder(tmp_path) / "panlearn-core"
    spec = json.loads((place / "kernel.json").read_text())
    assert spec["metadata"]["environment"] == environment.digest
    assert spec["metadata"]["kernel_provisioner"]["config"]["home"] == str(tmp_path / "new")
    assert installed(tmp_path) == {"core": place}
    assert sorted(one.name for one in place.parent.iterdir()) == ["panlearn-core"]


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "share").write_text("not a folder")

    with pytest.raises(PlatformError, match="could not be written"):
        install(find(Settings(), "core"), tmp_path, tmp_path)
