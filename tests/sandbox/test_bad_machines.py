"""Machines that lack something, made for real: what `doctor` and `env build` say there, and what they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_site import NOBODY, ROOT, readable_python

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make such a machine"),
]
PANLEARN = [sys.executable, "-m", "panlearn"]


def run(command: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    places = {"PANLEARN_ENVIRONMENTS": str(ROOT / "var" / "environments")}
    return subprocess.run(
        command, env={**os.environ, **places, **environ}, capture_output=True, text=True, timeout=250, check=False
    )


def within(script: str, *command: str, namespaces: str = "--mount", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command after a shell script changed the machine, in namespaces of its own."""
    shell = f'{script}\nexec "$@"'
    return run(["unshare", *namespaces.split(), "sh", "-ec", shell, "sh", *command], **environ)


def test_a_full_disk_is_called_that_by_env_build(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()

    done = within(
        f"mount -t tmpfs -o size=12m tmpfs {disk}",
        *(*PANLEARN, "env", "build", "core", "--no-kernelspec"),
        PANLEARN_HOME=str(disk),
        PANLEARN_ENVIRONMENTS=str(disk / "environments"),
    )

    assert done.returncode == 3
    assert "the disk is full" in done.stderr
    assert "run the command again" in done.stderr
    assert "mistake" not in done.stderr


def test_a_home_that_cannot_be_written_is_said_with_what_to_set(tmp_path):
    done = within(
        f"mount --bind {tmp_path} {tmp_path}; mount -o remount,bind,ro {tmp_path}",
        *(*PANLEARN, "env", "build", "core", "--no-kernelspec"),
        PANLEARN_HOME=str(tmp_path / "home"),
        PANLEARN_ENVIRONMENTS=str(tmp_path / "environments"),
    )

    assert done.returncode == 3
    assert "Read-only file system" in done.stderr
    assert "PANLEARN_HOME" in done.stderr


def test_without_user_namespaces_doctor_says_so_and_nothing_runs(tmp_path):
    none = "echo 0 > /proc/sys/user/max_user_namespaces"
    inside = "--user --map-root-user --mount"
    notebook = tmp_path / "one.md"
    notebook.write_text("---\nkernelspec: {name: python3, display_name: Python}\n---\n```{code-cell}\n1\n```\n")

    doctor = within(none, *PANLEARN, "doctor", namespaces=inside, PANLEARN_ENGINE="zygote")
    attempt = within(
        none,
        *(*PANLEARN, "run", str(notebook), "--output", str(tmp_path / "out.ipynb")),
        namespaces=inside,
        PANLEARN_ENGINE="zygote",
    )

    assert doctor.returncode == 1
    assert "NOT SAFE" in doctor.stdout
    assert "user namespaces" in doctor.stdout
    assert "to do:" in doctor.stdout
    assert attempt.returncode == 3
    assert "so none is run" in attempt.stderr
    assert not (tmp_path / "out.ipynb").exists()


def test_control_groups_that_cannot_be_written_leave_a_watchdog_that_is_named(tmp_path):
    # Each hierarchy of version 1 is a mount of its own.
    script = "findmnt -rno TARGET -t cgroup,cgroup2 | while read at; do mount -o remount,bind,ro $at; done"

    doctor = within(script, *PANLEARN, "doctor", PANLEARN_ENGINE="zygote")
    said = json.loads(within(script, *PANLEARN, "doctor", "--json", PANLEARN_ENGINE="zygote").stdout)

    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "[watched]" in doctor.stdout
    assert "Delegate=yes" in doctor.stdout
    assert said["contained"] is True
    assert said["control_groups"]["held"] == []
    assert said["control_groups"]["why"]


@pytest.mark.docker
def test_a_docker_socket_without_permission_is_named_with_its_group():
    somebody = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", readable_python()]
    packages = next(Path(sys.prefix).glob("lib/python3.*/site-packages"))
    environ = {"PYTHONPATH": f"{ROOT}:{packages}", "HOME": "/tmp", "PANLEARN_ENGINE": "docker"}

    doctor = run([*somebody, "-m", "panlearn", "doctor"], **environ)

    assert doctor.returncode == 1
    assert "may not use the Docker socket" in doctor.stdout
    assert "group `docker`" in doctor.stdout


@pytest.mark.docker
def test_a_base_image_that_is_not_there_fails_the_build_with_its_step(tmp_path):
    done = run(
        [*PANLEARN, "env", "build", "core", "--engine", "docker", "--no-kernelspec"],
        PANLEARN_HOME=str(tmp_path),
        PANLEARN_DOCKER_BASE="panlearn-no-such-base:1",
    )

    assert done.returncode == 3
    assert "could not be built, at Step 1/" in done.stderr or "could not be built, at Step 2/" in done.stderr
    assert "PANLEARN_DOCKER_BASE" in done.stderr
    assert (tmp_path / "log" / "image-core.log").read_text()


def test_nothing_of_a_failed_build_is_called_built(tmp_path):
    folder = tmp_path / "environments.d"
    folder.mkdir()
    (folder / "wrong.txt").write_text("panlearn-no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    environ = {"PANLEARN_HOME": str(tmp_path), "PANLEARN_ENVIRONMENTS": str(tmp_path / "environments")}

    build = run([*PANLEARN, "env", "build", "wrong"], **environ)
    listed = json.loads(run([*PANLEARN, "env", "list", "--json"], **environ).stdout)

    assert build.returncode == 3
    assert "wrong.txt could not be installed" in build.stderr
    assert {row["name"]: row["built"] for row in listed} == {"core": False, "wrong": False}
    assert (tmp_path / "log" / "environment-wrong.log").exists()
