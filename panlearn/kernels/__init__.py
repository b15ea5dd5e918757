"""Sandboxed kernels: environments, the engine that contains processes, the Jupyter provisioner, the gateway."""
