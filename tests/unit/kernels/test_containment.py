"""What `doctor` and the engine say where learner code cannot be contained."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from panlearn.cli import doctor
from panlearn.errors import BadInput, NotContained
from panlearn.kernels import containment
from panlearn.kernels.engine import PORTS
from panlearn.kernels.environments import Environment
from panlearn.kernels.zygote import ZygoteEngine
from panlearn.settings import Settings, resource

MISSING = {"missing": ["user namespaces may not be made here (unshare: Operation not permitted)"], "todo": ["Do this."]}


@pytest.fixture
def uncontained(monkeypatch):
    containment.examine.cache_clear()
    said = json.dumps(MISSING).encode()
    monkeypatch.setattr(containment.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=b"noise\n" + said))
    yield
    containment.examine.cache_clear()


def test_nothing_is_run_where_it_cannot_be_contained(uncontained, tmp_path):
    engine = ZygoteEngine(Settings(home=tmp_path))
    environment = Environment(name="core", digest="x", path=tmp_path, python=tmp_path / "python")
    connection = {"ip": engine.new_address(), "key": "k", **PORTS}
    for start in (
        lambda: engine.start_kernel(environment, connection=connection),
        lambda: engine.open_checkpoint(environment),
        lambda: engine.run_jailed(["true"], readable=[], writable=tmp_path, environ={}, seconds=1, memory_mib=1),
    ):
        with pytest.raises(
            NotContained, match=r"cannot contain learner code, so none is run: user namespaces .* Do this\."
        ):
            start()
    engine.close()


def test_doctor_says_what_is_missing_and_what_to_do_and_exits_non_zero(uncontained):
    done = CliRunner().invoke(doctor.command, [], env={"PANLEARN_ENGINE": "zygote"})
    assert done.exit_code == 1
    for words in ("NOT SAFE", "user namespaces may not be made here", "Do this.", "lessons stay readable"):
        assert words in done.output
    said = json.loads(CliRunner().invoke(doctor.command, ["--json"], env={"PANLEARN_ENGINE": "zygote"}).stdout)
    assert said["contained"] is False
    assert said["missing"] == MISSING["missing"]


def test_a_trial_that_says_nothing_is_not_taken_for_a_success(monkeypatch):
    containment.examine.cache_clear()
    monkeypatch.setattr(containment.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=b""))
    assert not containment.examine().contained
    containment.examine.cache_clear()


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("linux.unshare = refuse('unshare')", "user namespaces may not be made"),
        ("linux.restrict = refuse('mount_setattr /')", "Linux 5.12"),
        ("views.processes = refuse('mount proc at /proc')", "systempaths=unconfined"),
        ("linux.loopback_up = refuse('ioctl')", "in a kernel's sandbox: start"),
        ("linux.drop_capabilities = lambda **_: None", "in a kernel's sandbox: CapEff"),
        ("seccomp.install = lambda _: linux.prctl(38, 1)", "Seccomp: 0 and not 2"),
        ("seccomp.install = lambda _: linux.prctl(38, 1)", "learner: a namespace could be made"),
    ],
    ids=lambda value: value.split(" = ")[0] if " = " in value else "",
)
def test_the_trial_finds_what_does_not_hold(broken, says):
    source = f"""
import sys
sys.path.append({str(resource("sandbox"))!r})
from panlearn_sandbox import linux, probe, seccomp, views
def refuse(what):
    def refused(*_, **__): raise OSError(1, what + ': Operation not permitted')
    return refused
{broken}
probe.run([{str(resource("sandbox"))!r}, sys.prefix, sys.base_prefix])
"""
    done = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, check=False, timeout=60)
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["missing"]
    assert says in json.dumps(said), done.stdout


@pytest.mark.parametrize("files", ["../x", "a/b", "", ".hidden", "x" * 200, "not-there"])
def test_course_files_must_be_a_digest_of_files_that_are_there(tmp_path, files):
    engine = ZygoteEngine(Settings(home=tmp_path))
    with pytest.raises(BadInput, match="no course files"):
        engine._check_files(files)
    engine.close()


@pytest.mark.sandbox
def test_a_command_is_only_shown_paths_that_exist(tmp_path):
    engine = ZygoteEngine(Settings(home=tmp_path))
    with pytest.raises(BadInput, match="should be an existing absolute path"):
        engine.run_jailed(
            ["true"], readable=[tmp_path / "none"], writable=tmp_path, environ={}, seconds=1, memory_mib=64
        )
    engine.close()
