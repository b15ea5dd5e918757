"""One container: how it is made, and the socket over which it is handed what makes it a kernel."""

from __future__ import annotations

import array
import json
import os
import secrets
import shutil
import socket
import struct
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, LogConfig, Mount, Ulimit

from panlearn.errors import KernelLost, PlatformError
from panlearn.kernels.definitions import Resources
from panlearn.kernels.docker_daemon import Daemon
from panlearn.kernels.limits import KernelLimits

INSTANCE, FOLDER = "org.panlearn.instance", "org.panlearn.folder"
"""Labels: whose container it is, and the folder that is locked as long as the process that made it lives."""
READY_SECONDS = 60.0
STACK_MIB = 192
"""What the imported scientific stack takes; a kernel's own memory is beyond it."""
_HOME, _HANDOVER = "/home/learner", "/run/panlearn"
MASKED = (
    *("/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list"),
    *("/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"),  # as Docker itself does
    *("/proc/kallsyms", "/proc/sys", "/proc/interrupts", "/proc/config.gz", "/sys"),  # a zygote's kernels have none
)
"""What a container finds empty: the machine's settings and what tells of it."""
_SCRATCH_MIB, _SHARED_MIB = 64, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that must be known before a container is made. Two kernels that want the same can take each other's."""

    image: str
    files: str | None
    limits: KernelLimits
    resources: Resources


class Container:
    """A container with its handover socket. It waits, imported and idle, until `hand_over`."""

    def __init__(self, id_: str, wanted: Wanted, folder: Path, channel: socket.socket, pidfd: int) -> None:
        self.id = id_
        self.wanted = wanted
        self.folder = folder
        self.channel = channel
        self.pidfd = pidfd

    @property
    def alive(self) -> bool:
        """Whether it still waits: it says nothing, and its end would close the socket."""
        try:
            self.channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def hand_over(self, fds: Sequence[int], message: Mapping[str, Any] | None = None) -> None:
        """Make it a kernel: the pipe with its connection, and its sockets; or what another `message` says."""
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        try:
            self.channel.sendmsg([json.dumps(message or {"op": "kernel"}).encode()], ancillary)
        except OSError as error:
            raise KernelLost(f"A container ended before it was a kernel ({error}).", todo="Try again.") from error

    def release(self) -> None:
        """Let go of the handover: the container ends itself, if it still runs."""
        self.channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """What all containers of one engine have in common."""

    daemon: Daemon
    instance: str
    runtime: Path
    files: Path
    seccomp: str

    def make(self, wanted: Wanted, identity: int) -> Container:
        """Start a container and wait until it has imported everything."""
        name = f"panlearn-{secrets.token_hex(6)}"
        folder = self.runtime / f"c{secrets.token_hex(4)}"
        folder.mkdir()
        folder.chmod(0o755)  # the folder above is ours alone; the container's user sees this one
        id_ = ""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
                listening.bind(str(folder / "h"))
                (folder / "h").chmod(0o666)
                listening.listen(1)
                with self.daemon.asked("A kernel's container could not be started", image=wanted.image) as api:
                    id_ = api.create_container_from_config(self.configuration(api, wanted, identity, folder), name)[
                        "Id"
                    ]
                    api.start(id_)
                channel = self._ready(id_, listening)
            return Container(id_, wanted, folder, channel, _pidfd(channel))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            if id_:
                self.remove(id_)
            raise

    def configuration(self, api: Any, wanted: Wanted, identity: int, folder: Path) -> Any:
        """The container as the API wants it."""
        limits = wanted.limits
        return api.create_container_config(
            image=wanted.image,
            command=[json.dumps({"limits": limits.inside})],
            hostname="sandbox",
            user=f"{identity}:{identity}",
            working_dir="/",
            labels={INSTANCE: self.instance, FOLDER: str(self.runtime)},
            network_disabled=True,
            healthcheck={"test": ["NONE"]},
            host_config=host_config(
                api, wanted, identity=identity, folder=folder, files=self.files, seccomp=self.seccomp
            ),
        )

    def _ready(self, id_: str, listening: socket.socket) -> socket.socket:
        """The container's end of the handover, once it said that it is ready."""
        deadline = time.monotonic() + READY_SECONDS
        channel: socket.socket | None = None
        listening.settimeout(0.5)
        while time.monotonic() < deadline:
            with suppress(TimeoutError):
                if channel is None:
                    channel, _ = listening.accept()
                    channel.settimeout(0.5)
                if channel.recv(1 << 12):
                    channel.settimeout(None)
                    return channel
                break
            if not self.running(id_):
                break
        if channel is not None:
            channel.close()
        raise PlatformError(f"A kernel's container did not come up: {self._said(id_)}", todo="`panlearn doctor`.")

    def _said(self, id_: str) -> str:
        with self.daemon.asked("A container's log could not be read") as api:
            lines = api.logs(id_, tail=20).decode(errors="replace").strip().splitlines()
        return str(lines[-1]) if lines else "it said nothing"

    def reap(self, living: Collection[str] = ()) -> None:
        """Remove containers of this instance whose process is gone, and dead ones of this process but the `living`.

        A dead process's folder went when this one's was made. The `living` are looked after by somebody.
        """
        with self.daemon.asked("Containers could not be listed") as api:
            found = api.containers(all=True, filters={"label": f"{INSTANCE}={self.instance}"})
        for one in found:
            folder = one["Labels"].get(FOLDER)
            dead = one["State"] in ("exited", "dead") and one["Id"] not in living
            if not folder or not Path(folder).is_dir() or (folder == str(self.runtime) and dead):
                self.remove(one["Id"])

    def sweep(self) -> None:
        """Remove every container that this process made, one whose start was cut off too."""
        with suppress(PlatformError), self.daemon.asked("Containers could not be listed") as api:
            for one in api.containers(all=True, filters={"label": f"{FOLDER}={self.runtime}"}):
                self.remove(one["Id"])

    def discard(self, container: Container) -> None:
        """End one that nobody was handed."""
        container.release()
        os.close(container.pidfd)
        self.remove(container.id)

    def running(self, id_: str) -> bool:
        """Whether the daemon takes it for alive."""
        return bool(self.state(id_)["Running"])

    def state(self, id_: str) -> Mapping[str, Any]:
        """What the daemon knows of it."""
        with self.daemon.asked("A container could not be looked at") as api:
            state: Mapping[str, Any] = api.inspect_container(id_)["State"]
        return state

    def remove(self, id_: str) -> None:
        """End it and leave nothing of it. What cannot be removed now is, when an engine starts here again."""
        with suppress(PlatformError), self.daemon.asked("A container could not be removed") as api:
            api.remove_container(id_, force=True, v=True)


def host_config(api: Any, wanted: Wanted, *, identity: int, folder: Path, files: Path, seccomp: str) -> Any:
    """What contains it."""
    limits, given = wanted.limits, wanted.resources
    memory = f"{STACK_MIB + limits.memory_mib}m" if limits.memory_mib else None
    own = f"uid={identity},gid={identity},mode=700"
    mounts = [Mount(_HANDOVER, str(folder), type="bind", read_only=True)]
    if wanted.files is not None:
        mounts.append(Mount(f"{_HOME}/data", str(files / wanted.files), type="bind", read_only=True))
    made = api.create_host_config(
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={seccomp}"],
        mem_limit=memory,
        memswap_limit=memory,  # the same: no swap beside it
        pids_limit=limits.processes,
        nano_cpus=int(limits.cpus * 1e9),
        ipc_mode="private",
        shm_size=f"{_SHARED_MIB}m",
        tmpfs={
            _HOME: f"{own},size={limits.home_mib}m,nr_inodes={limits.home_files}",
            "/tmp": f"{own},size={_SCRATCH_MIB}m,nr_inodes={limits.home_files}",  # noqa: S108  its own
        },
        mounts=mounts,
        ulimits=[Ulimit(name="core", soft=0, hard=0)],
        log_config=LogConfig(type="json-file", config={"max-size": "64k", "max-file": "1"}),
        runtime=given.runtime or None,
        device_requests=[DeviceRequest(count=given.gpus, capabilities=[["gpu"]])] if given.gpus else None,
    )
    made["MaskedPaths"] = list(MASKED)  # the SDK has no argument for it
    return made


def _pidfd(channel: socket.socket) -> int:
    """A descriptor of the process at the other end: the socket knows its id as it is here, wherever the daemon is."""
    pid, _, _ = struct.unpack("3i", channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if not pid:
        channel.close()
        raise PlatformError(
            "The processes of containers cannot be seen from here.",
            todo="Run panlearn in the machine's own process namespace (in a container: --pid=host).",
        )
    return os.pidfd_open(pid)
