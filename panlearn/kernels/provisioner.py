"""A sandboxed kernel as Jupyter starts one: nbclient, nbconvert and Jupyter Server use it unchanged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Unicode

from panlearn.kernels.engine import PORTS, Engine, KernelProcess, engine_at
from panlearn.kernels.environments import Environment
from panlearn.kernels.limits import KernelLimits


class SandboxProvisioner(KernelProvisionerBase):
    """Starts a kernel of `environment` with the engine of the instance at `home`, both from the kernel spec.

    A kernel manager's `start_kernel` takes `files` (the digest of the course files that the kernel sees as `data`),
    `limits`, and, in place of what the spec says, an `engine` and a built `environment`.
    """

    environment = Unicode(config=True, help="name of the kernel environment")
    digest = Unicode(config=True, help="digest of the kernel environment")
    path = Unicode(config=True, help="folder of the kernel environment")
    home = Unicode(config=True, help="home folder of the panlearn instance")

    process: KernelProcess | None = None
    reason = ""
    """Why the last process ended, as `KernelProcess.reason` says it."""

    @property
    def has_process(self) -> bool:
        """Whether there is a process that has not been waited for."""
        return self.process is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel manager the address that the kernel will answer at; the same one on a restart."""
        engine: Engine | None = kwargs.get("engine")
        if engine is None:
            engine = await asyncio.to_thread(self._engine)
        manager: Any = self.parent
        if not (manager.transport == "ipc" and manager.shell_port):
            manager.transport, manager.ip = "ipc", engine.new_address()
            for name, port in PORTS.items():
                setattr(manager, name, port)
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel. `cmd` is not used: the engine knows what a kernel is."""
        del cmd
        wanted = {name: kwargs.get(name) for name in ("engine", "environment", "files", "limits")}
        self.process = await asyncio.to_thread(self._start, **wanted)
        self.reason = ""
        return self.connection_info

    def _engine(self) -> Engine:
        return engine_at(Path(self.home))

    def _start(
        self, engine: Engine | None, environment: Environment | None, files: str | None, limits: KernelLimits | None
    ) -> KernelProcess:
        if environment is None:
            path = Path(self.path)
            environment = Environment(
                name=self.environment, digest=self.digest, path=path, python=path / "bin" / "python"
            )
        engine = engine or self._engine()
        return engine.start_kernel(environment, connection=self.connection_info, files=files, limits=limits)

    async def poll(self) -> int | None:
        """None while the kernel runs, else its exit status."""
        if self.process is None:
            return 0
        status = self.process.poll()
        if status is not None:
            self.reason = self.process.reason
        return status

    async def wait(self) -> int | None:
        """Wait for the kernel's end."""
        if self.process is None:
            return 0
        await asyncio.to_thread(self.process.wait)
        status = await self.poll()
        self.process = None
        return status

    async def send_signal(self, signum: int) -> None:
        """Send a signal; 0 only asks."""
        if self.process is not None and signum:
            self.process.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all it started."""
        del restart
        if self.process is not None:
            self.process.kill()

    async def terminate(self, restart: bool = False) -> None:
        """As `kill`: a kernel keeps nothing that would need saving."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Nothing stays: the engine removes what it made when the process ends."""
        del restart

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What describes this kernel."""
        info: dict[str, Any] = await super().get_provisioner_info()
        info["pid"] = self.process.pid if self.process else None
        return info
