"""What one kernel may use: limits that its sandbox holds, and limits that whoever relays for it holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelLimits:
    """Limits of one sandboxed process and what it starts. Memory is beyond what it starts with; 0 seconds: no limit.

    `cpus` are cores (a share of processor time, where a control group can hold it).
    """

    memory_mib: int = 1024
    cpus: float = 1.0
    processes: int = 128
    open_files: int = 1024
    file_mib: int = 256
    home_mib: int = 256
    home_files: int = 20_000
    cpu_seconds: int = 0

    @property
    def inside(self) -> dict[str, int]:
        """What the sandbox itself sets (`sandbox/panlearn_sandbox/profiles.py`, `Limits`): all but the cores."""
        return {name: value for name, value in asdict(self).items() if name != "cpus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """Limits of one learner's session with a kernel; 0: no limit.

    One cell may run so long, say so much and send so many messages; the kernel may be idle and live so long.
    """

    cell_seconds: float = 1800.0
    cell_output_mib: int = 64
    cell_messages: int = 50_000
    idle_minutes: float = 30.0
    lifetime_hours: float = 24.0
