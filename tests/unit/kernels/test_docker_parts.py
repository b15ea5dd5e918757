"""The Docker engine's parts that need no daemon."""

from __future__ import annotations

import io
import socket
import tarfile
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from docker.errors import APIError, ImageNotFound

from panlearn.cli import doctor
from panlearn.errors import NotContained, PlatformError
from panlearn.kernels import choice, containment, docker_image
from panlearn.kernels.containment import Containment
from panlearn.kernels.definitions import definition
from panlearn.kernels.docker import DockerEngine
from panlearn.kernels.docker_checks import _judged
from panlearn.kernels.docker_daemon import explained, unreachable
from panlearn.kernels.docker_pool import BURST_SECONDS, FORGET_SECONDS, Demand, Pool
from panlearn.settings import Settings
from panlearn_sandbox.docker_profile import docker_profile
from panlearn_sandbox.policy import Policy

GOOD = {
    "MemoryLimit": True,
    "PidsLimit": True,
    "CpuCfsQuota": True,
    "OSType": "linux",
    "SecurityOptions": ["name=seccomp,profile=default"],
    "Runtimes": {"runc": {}},
    "CgroupVersion": "2",
}


class FakeContainer:
    def __init__(self, wanted):
        self.wanted = wanted
        self.alive = True


@pytest.fixture
def pool():
    made, discarded = [], []

    def make(wanted):
        made.append(FakeContainer(wanted))
        return made[-1]

    pool = Pool(make, discarded.append, 2)
    pool.made, pool.discarded = made, discarded
    yield pool
    pool.close()


def test_as_many_wait_as_were_wanted_lately_and_at_most_the_most():
    demand = Demand(3)
    assert demand.target(0) == 0
    demand.add(0)
    assert demand.target(1) == 1
    demand.add(2)
    assert demand.target(3) == 2
    for now in range(3, 10):
        demand.add(now)
    assert demand.target(10) == 3
    assert demand.target(10 + BURST_SECONDS) == 1
    assert demand.target(10 + FORGET_SECONDS) == 0


def test_a_waiting_container_is_taken_and_replaced(pool):
    pool.want("core")
    assert pool.wait_ready("core", 1, 5)
    taken = pool.take("core")
    assert taken in pool.made
    assert pool.wait_ready("core", 2, 5)


def test_one_that_died_while_it_waited_is_not_handed_out(pool):
    pool.want("core")
    assert pool.wait_ready("core", 1, 5)
    dead = pool.made[0]
    dead.alive = False
    assert pool.take("core") is not dead
    assert dead in pool.discarded


def test_closing_discards_what_waits(pool):
    pool.want("core")
    assert pool.wait_ready("core", 1, 5)
    pool.close()
    assert set(pool.made) == set(pool.discarded)


def test_the_first_who_comes_waits_for_the_one_in_the_making():
    going, made = threading.Event(), []

    def make(wanted):
        made.append(wanted)
        assert going.wait(5)
        return FakeContainer(wanted)

    pool = Pool(make, lambda _container: None, 1)
    pool.want("core")
    while not made:
        threading.Event().wait(0.01)
    taken = []
    thread = threading.Thread(target=lambda: taken.append(pool.take("core")))
    thread.start()
    thread.join(0.1)
    assert len(made) == 1
    going.set()
    thread.join(5)
    assert len(taken) == 1
    pool.close()


def test_a_failure_to_make_one_ahead_is_told_to_who_wants_it():
    def make(_wanted):
        raise PlatformError("no room")

    pool = Pool(make, lambda _container: None, 1)
    with pytest.raises(PlatformError, match="no room"):
        pool.take("core")
    pool.close()


def test_why_nobody_answers_is_said_in_plain_words(tmp_path):
    path = tmp_path / "docker.sock"
    assert unreachable(f"unix://{path}")[0] == f"there is no Docker socket at {path}"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    assert "nobody answers" in unreachable(f"unix://{path}")[0]
    assert "is not a unix socket" in unreachable("tcp://127.0.0.1:1")[0]


def test_a_socket_without_permission_names_the_group(monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    what, todo = unreachable("unix:///var/run/docker.sock")
    assert what == "this user may not use the Docker socket /var/run/docker.sock"
    assert "group `docker`" in todo


def test_what_the_sdk_raises_becomes_a_sentence(monkeypatch):
    monkeypatch.setattr("panlearn.kernels.docker_daemon.unreachable", lambda _url: None)
    missing = explained(ImageNotFound("x"), "It failed", "unix:///x", "panlearn-environment-core:1")
    assert str(missing) == "It failed: its image is not built. Run `panlearn env build core --engine docker`."
    assert "Docker said: no space" in str(explained(APIError("x", explanation="no space"), "It failed", "unix:///x"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, None),
        ({"MemoryLimit": False}, "memory cannot be limited"),
        ({"PidsLimit": False}, "the number of processes cannot be limited"),
        ({"SecurityOptions": []}, "the Docker daemon has no seccomp"),
        ({"OSType": "windows"}, "the Docker daemon does not run Linux containers"),
    ],
)
def test_a_daemon_that_cannot_contain_is_not_used(changed, says):
    found = _judged({**GOOD, **changed}, "20.10", Settings())
    assert found.missing == ((says,) if says else ())
    assert found.contained is not says
    assert "Docker Engine 20.10 (cgroup v2)" in found.why


def _contains(engine, able):
    return Containment(engine=engine, mode="x", missing=() if able else ("something",))


@pytest.mark.parametrize(
    ("asked", "zygote", "docker", "engine"),
    [
        ("auto", True, True, "zygote"),
        ("auto", True, False, "zygote"),
        ("auto", False, True, "docker"),
        ("auto", False, False, "zygote"),
        ("docker", True, False, "docker"),
        ("zygote", False, True, "zygote"),
    ],
)
def test_the_zygote_is_preferred_where_it_can_contain(asked, zygote, docker, engine, monkeypatch):
    monkeypatch.setattr(containment, "examine", lambda: _contains("zygote", zygote))
    monkeypatch.setattr(choice, "docker_containment", lambda _settings: _contains("docker", docker))
    assert choice.chosen(Settings(engine=asked)) == engine
    assert choice.both(Settings(engine=asked))[0].engine == engine


def test_doctor_tells_of_both_engines(tmp_path):
    said = CliRunner().invoke(
        doctor.command, [], env={"PANLEARN_ENGINE": "docker", "PANLEARN_DOCKER_HOST": f"unix://{tmp_path}/none"}
    )
    assert said.exit_code == 1
    assert f"missing: there is no Docker socket at {tmp_path}/none" in said.output
    assert "[other] engine zygote" in said.output


def test_gradings_are_refused_where_only_the_zygote_may_grade_and_cannot_contain(tmp_path, monkeypatch):
    def refuse():
        raise NotContained("No namespaces.", todo="Do something.")

    monkeypatch.setattr("panlearn.kernels.docker.require_zygote", refuse)
    engine = DockerEngine(Settings(home=tmp_path, grading_engine="zygote"))
    with pytest.raises(NotContained, match="Gradings need the zygote engine"):
        engine.open_checkpoint(None)
    engine.close()


def test_the_context_of_a_build_holds_what_the_dockerfile_copies():
    with tarfile.open(fileobj=io.BytesIO(docker_image.context(definition(Settings(), "core").lock))) as archive:
        names = archive.getnames()
    copied = {"lock.txt", "panlearn_sandbox/kernel.py", "pip/pip.conf", "pip/certificates.pem"}
    assert {"Dockerfile", *copied} <= set(names)
    assert "author/panlearn_checks/__init__.py" in names
    assert not any(name.startswith("/") for name in names)


def test_a_failed_build_names_its_step(tmp_path):
    said = [
        {"stream": "Step 6/16 : RUN pip install\n"},
        {"stream": "\x1b[91mERROR: No matching distribution found for x==1\n\x1b[0m"},
        {"error": "The command returned a non-zero code: 1"},
    ]
    with pytest.raises(PlatformError, match=r"at Step 6/16 : RUN pip install: ERROR: No matching distribution found"):
        docker_image._follow(said, tmp_path / "log", lambda _line: None, "core")
    assert "non-zero" in Path(tmp_path / "log").read_text()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_profile_allows_what_the_policy_allows_and_nothing_else(machine):
    policy = Policy(network=True)
    profile = docker_profile(policy, machine)
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    plain = [entry for entry in profile["syscalls"] if "args" not in entry]
    allowed = {name for entry in plain if entry["action"] == "SCMP_ACT_ALLOW" for name in entry["names"]}
    assert allowed <= policy.calls
    assert not allowed & {"ptrace", "unshare", "mount", "bpf", "io_uring_setup", "memfd_create", "keyctl", "clone"}
    conditional = {name for entry in profile["syscalls"] if "args" in entry for name in entry["names"]}
    assert conditional <= {rule.call for rule in policy.rules}
    families = [e["args"][0]["valueTwo"] for e in profile["syscalls"] if e["names"] == ["socket"]]
    assert sorted(families) == sorted([socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK])
    refused = [e for e in profile["syscalls"] if e["action"] == "SCMP_ACT_ERRNO"]
    assert refused == [{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]
