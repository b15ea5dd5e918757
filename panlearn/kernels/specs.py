"""Kernel specs made on the fly: one for each built environment, each run in a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

from panlearn.errors import PanlearnError
from panlearn.kernels.environments import Environment, built, find
from panlearn.settings import Settings

PROVISIONER = "panlearn-provisioner"


class SandboxKernelSpecManager(KernelSpecManager):
    """Knows the instance's environments and no other kernel of this machine."""

    def __init__(self, settings: Settings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._settings = settings

    def find_kernel_specs(self) -> dict[str, str]:
        """Names of environments, each with its folder."""
        return {environment.name: str(environment.path) for environment in built(self._settings)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The spec of a built environment. Raises `NoSuchKernel`."""
        try:
            environment = find(self._settings, kernel_name)
        except PanlearnError as error:
            raise NoSuchKernel(kernel_name) from error
        return kernel_spec(environment, home=self._settings.home_dir)

    def get_all_specs(self) -> dict[str, Any]:
        """All specs, as the kernels API lists them."""
        return {
            name: {"resource_dir": folder, "spec": self.get_kernel_spec(name).to_dict()}
            for name, folder in self.find_kernel_specs().items()
        }


def kernel_spec(environment: Environment, *, home: Path | None = None) -> KernelSpec:
    """The spec of an environment's kernels; `home` is the instance whose engine starts them, unless it is handed in."""
    return KernelSpec(
        argv=["panlearn-sandbox", "{connection_file}"],  # the provisioner starts it, no command does
        display_name=f"Python ({environment.name})",
        language="python",
        interrupt_mode="signal",
        metadata={
            "environment": environment.digest,
            "kernel_provisioner": {
                "provisioner_name": PROVISIONER,
                "config": {
                    "environment": environment.name,
                    "digest": environment.digest,
                    "path": str(environment.path),
                    "home": str(home or ""),
                },
            },
        },
        resource_dir=str(environment.path),
    )
