"""Control groups: memory, processes and processor time of a kernel with all it started, held by Linux itself.

One group per kernel, below a group of this process, below the group that this process was started in. Version 1 has
one tree per controller, each of which may or may not be writable; version 2 has one tree. Where no group for memory
can be made, a watchdog looks instead.

Sources: Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst of Linux.
"""

from __future__ import annotations

import errno
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from panlearn.kernels.limits import KernelLimits

CONTROLLERS = ("memory", "pids", "cpu")
_PREFIX = "panlearn-"
_MIB = 1 << 20
_PERIOD = 100_000
_OWN_MIB = 32
"""What Linux itself keeps for a kernel's processes, page tables first of all."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One mounted hierarchy and the folder in it that belongs to this process's own group."""

    version: int
    controllers: frozenset[str]
    own: Path


@dataclass(frozen=True, slots=True)
class Group:
    """One kernel's groups, a folder for each tree."""

    folders: dict[str, Path] = field(default_factory=dict)
    version: int = 1

    def add(self, pid: int) -> None:
        """Move a process in, before it has started others."""
        for folder in set(self.folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def killed_for_memory(self) -> bool:
        """Whether Linux ended one of its processes because the group was full."""
        folder = self.folders.get("memory")
        if folder is None:
            return False
        name = "memory.events" if self.version == 2 else "memory.oom_control"  # noqa: PLR2004  the second version
        with suppress(OSError, ValueError):
            for line in (folder / name).read_text().splitlines():
                key, _, value = line.partition(" ")
                if key == "oom_kill":
                    return int(value) > 0
        return False

    def remove(self) -> None:
        """Remove the folders. The last process may take a moment to leave them."""
        for folder in set(self.folders.values()):
            _remove(folder)


class Groups:
    """Makes groups for the kernels of one engine; `instance` tells whose they are."""

    def __init__(self, instance: str, trees: list[Tree] | None = None) -> None:
        self._trees = _trees() if trees is None else trees
        self._name = f"{_PREFIX}{instance}-{os.getpid()}"
        self.trees, self.why = self._usable()
        self._sweep()

    @property
    def controllers(self) -> frozenset[str]:
        """What is held by groups here."""
        return frozenset().union(*(tree.controllers for tree in self.trees)) & frozenset(CONTROLLERS)

    def new(self, limits: KernelLimits) -> Group:
        """A group with these limits, empty."""
        name = secrets.token_hex(6)
        folders: dict[str, Path] = {}
        version = 1
        try:
            for tree in self.trees:
                folder = tree.own / self._name / name
                folder.mkdir()
                version = tree.version
                folders |= dict.fromkeys(tree.controllers, folder)
                _limit(folder, tree, limits)
        except OSError:
            Group(folders, version).remove()
            raise
        return Group(folders, version)

    def close(self) -> None:
        """Remove this process's own folders."""
        for tree in self.trees:
            for folder in _below(tree.own / self._name):
                _remove(folder)
            _remove(tree.own / self._name)

    def _usable(self) -> tuple[list[Tree], str]:
        found, why = [], ""
        for tree in self._trees:
            try:
                _enable(tree.own, tree)
                (tree.own / self._name).mkdir(exist_ok=True)
                _enable(tree.own / self._name, tree)
                found.append(tree)
            except OSError as error:
                why = why or f"{', '.join(sorted(tree.controllers))}: {error.strerror} at {tree.own}"
        if not self._trees:
            why = "no control groups are mounted"
        return found, why

    def _sweep(self) -> None:
        """Remove what processes left that are no more, of whatever instance."""
        for tree in self.trees:
            for folder in tree.own.glob(f"{_PREFIX}*"):
                pid = folder.name.rpartition("-")[2]
                if pid.isdigit() and not Path(f"/proc/{pid}").exists():
                    for one in _below(folder):
                        _remove(one)
                    _remove(folder)


def describe(instance: str = "probe") -> tuple[frozenset[str], str]:
    """What control groups hold here, and why not more: for `panlearn doctor`."""
    groups = Groups(f"{instance}-{secrets.token_hex(3)}")
    try:
        return groups.controllers, groups.why
    finally:
        groups.close()


def _limit(folder: Path, tree: Tree, limits: KernelLimits) -> None:
    """Write the limits. What is written into a sandbox's home and /tmp counts as memory too: it is."""
    memory = (limits.memory_mib + _OWN_MIB) * _MIB if limits.memory_mib else 0
    quota = int(limits.cpus * _PERIOD)
    for controller in tree.controllers:
        if controller == "memory" and memory:
            _write(folder, "memory.max" if tree.version == 2 else "memory.limit_in_bytes", str(memory))  # noqa: PLR2004
            with suppress(OSError):  # not there where swap is not counted
                swap = ("memory.swap.max", "0") if tree.version == 2 else ("memory.memsw.limit_in_bytes", str(memory))  # noqa: PLR2004
                _write(folder, *swap)
            if tree.version == 2:  # noqa: PLR2004
                _write(folder, "memory.oom.group", "1")
        elif controller == "pids":
            _write(folder, "pids.max", str(limits.processes))
        elif controller == "cpu" and limits.cpus:
            if tree.version == 2:  # noqa: PLR2004
                _write(folder, "cpu.max", f"{quota} {_PERIOD}")
            else:
                _write(folder, "cpu.cfs_period_us", str(_PERIOD))
                _write(folder, "cpu.cfs_quota_us", str(quota))


def _write(folder: Path, name: str, value: str) -> None:
    fd = os.open(folder / name, os.O_WRONLY)  # never made: a group that has no such file is not one
    try:
        os.write(fd, value.encode())
    finally:
        os.close(fd)


def _enable(folder: Path, tree: Tree) -> None:
    """Version 2: let the groups below have the controllers."""
    if tree.version == 2 and folder.is_dir():  # noqa: PLR2004
        wanted = " ".join(f"+{controller}" for controller in sorted(tree.controllers))
        try:
            _write(folder, "cgroup.subtree_control", wanted)
        except OSError as error:
            if error.errno != errno.EBUSY or not _make_room(folder):
                raise
            _write(folder, "cgroup.subtree_control", wanted)


def _make_room(folder: Path) -> bool:
    """A group with controllers for those below holds no process itself: move ours into a group of their own.

    Only where nobody else's are among them, as in a service whose group was delegated to it.
    """
    mine = {os.getpid(), os.getppid()}
    pids = {int(line) for line in (folder / "cgroup.procs").read_text().split()}
    if not pids <= mine:
        return False
    leaf = folder / f"{_PREFIX}site"
    leaf.mkdir(exist_ok=True)
    for pid in pids:
        _write(leaf, "cgroup.procs", str(pid))
    return True


def _below(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [one for one in folder.iterdir() if one.is_dir()]
    return []


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY:
                return
            time.sleep(0.01)
        else:
            return


def _trees(mounts: Path = Path("/proc/self/mountinfo"), groups: Path = Path("/proc/self/cgroup")) -> list[Tree]:
    """The hierarchies with a controller that is wanted, and this process's own place in each."""
    own = dict(_own_groups(groups))
    found: list[Tree] = []
    for root, point, kind, options in _cgroup_mounts(mounts):
        if kind == "cgroup2":
            controllers = _version_2(point / _relative(own.get("", "/"), root))
            place = own.get("", "/")
        else:
            controllers = frozenset(CONTROLLERS) & set(options.split(","))
            place = next((own[name] for name in controllers if name in own), "/")
        folder = point / _relative(place, root)
        if controllers and folder.is_dir():
            found.append(Tree(2 if kind == "cgroup2" else 1, controllers, folder))
    return found


def _version_2(folder: Path) -> frozenset[str]:
    with suppress(OSError):
        return frozenset(CONTROLLERS) & set((folder / "cgroup.controllers").read_text().split())
    return frozenset()


def _own_groups(path: Path) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    with suppress(OSError):
        for line in path.read_text().splitlines():
            _, controllers, place = line.split(":", 2)
            rows += [(name, place) for name in controllers.split(",")]
    return rows


def _cgroup_mounts(path: Path) -> list[tuple[str, Path, str, str]]:
    """Root, mount point, kind and options of each mounted hierarchy."""
    rows = []
    with suppress(OSError):
        for line in path.read_text().splitlines():
            first, _, second = line.partition(" - ")
            fields_, (kind, _, options) = first.split(), second.split(" ", 2)
            if kind in ("cgroup", "cgroup2"):
                rows.append((fields_[3], Path(fields_[4]), kind, options))
    return rows


def _relative(place: str, root: str) -> str:
    """A group's path below a mount whose own root is `root`; the mount itself where it is not below."""
    if root != "/" and place.startswith(root):
        place = place[len(root) :]
    return place.lstrip("/") if ".." not in place else ""
