"""Kernel environments: names, digests, builds that fail, and what is called built."""

from __future__ import annotations

import json

import pytest

from panlearn.errors import BadInput, PlatformError
from panlearn.kernels import build as builds
from panlearn.kernels import definitions, environments
from panlearn.kernels.specs import SandboxKernelSpecManager
from panlearn.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def locks(tmp_path, monkeypatch):
    """A sandbox folder with a small environment of its own."""
    folder = tmp_path / "sandbox" / "environments"
    folder.mkdir(parents=True)
    (folder / "small.txt").write_text("# nothing\n")
    monkeypatch.setattr(definitions, "resource", lambda name: tmp_path / name)
    return folder


def test_an_unknown_environment_is_named_beside_those_that_are_known(settings):
    with pytest.raises(BadInput, match="'nope'; known: core"):
        environments.find(settings, "nope")


@pytest.mark.parametrize("name", ["../core", "", "core.txt", "Core", "a" * 60])
def test_names_are_names_and_not_paths(settings, name):
    with pytest.raises(BadInput):
        environments.find(settings, name)


def test_one_that_is_not_built_says_how_to_build_it(settings):
    with pytest.raises(PlatformError, match="panlearn env build core"):
        environments.find(settings, "core")


def test_another_lock_is_another_environment(settings, locks):
    before = environments.place(settings, "small")
    (locks / "small.txt").write_text("# something\n")
    assert environments.place(settings, "small").path != before.path


def test_it_is_built_once_and_has_a_kernel_spec(settings, locks):
    said = []
    built = builds.build(settings, "small", said.append)
    assert any("Installing" in line for line in said)
    assert environments.find(settings, "small") == built
    assert json.loads((built.path / environments.MARKER).read_text())["digest"] == built.digest
    assert {"pip"} <= set(environments.packages(built))
    before = (built.path / environments.MARKER).stat().st_mtime_ns
    assert builds.build(settings, "small") == built
    assert (built.path / environments.MARKER).stat().st_mtime_ns == before
    specs = SandboxKernelSpecManager(settings)
    assert list(specs.find_kernel_specs()) == ["small"]
    assert specs.get_kernel_spec("small").metadata["kernel_provisioner"]["config"]["digest"] == built.digest


def test_what_an_interrupted_build_left_is_not_called_built_and_is_replaced(settings, locks):
    place = environments.place(settings, "small")
    (place.path / "bin").mkdir(parents=True)
    (place.path / "bin" / "python").touch()
    assert not environments.is_built(place)
    builds.build(settings, "small")
    assert environments.is_built(place)


@pytest.mark.parametrize(
    "lock",
    ["panlearn-no-such-package==1.0 --hash=sha256:" + "0" * 64, "numpy==1.0", "%%% not a requirement"],
    ids=["unknown", "without a hash", "not a lock"],
)
def test_a_lock_that_cannot_be_installed_says_so_and_where_to_look(settings, locks, lock, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (locks / "small.txt").write_text(lock + "\n")
    with pytest.raises(PlatformError, match=r"small\.txt could not be installed: .+See .*environment-small\.log"):
        builds.build(settings, "small")
    assert not environments.is_built(environments.place(settings, "small"))


def test_everything_in_it_can_be_read_by_a_sandbox(settings, tmp_path):
    folder = tmp_path / "tree"
    (folder / "bin").mkdir(parents=True, mode=0o700)
    (folder / "bin" / "run").touch(mode=0o700)
    (folder / "text").touch(mode=0o600)
    (folder / "link").symlink_to("/nowhere")
    builds._make_readable(folder)
    assert (folder / "bin").stat().st_mode & 0o777 == 0o755
    assert (folder / "bin" / "run").stat().st_mode & 0o777 == 0o755
    assert (folder / "text").stat().st_mode & 0o777 == 0o644
