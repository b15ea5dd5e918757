"""What the cells of a course cost whoever runs them: time and memory, as the publish measured them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panlearn.content.findings import Findings

LONG_SECONDS = 20.0
MUCH = 0.5
"""Of a kernel's memory: a cell after which it is half full leaves little for what learners try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCost:
    """Seconds that a cell took, and MiB that its kernel held when it had run, beyond what it started with."""

    file: str
    line: int
    seconds: float
    memory_mib: float


def note_costs(costs: Sequence[CellCost], kernel_memory_mib: int, findings: Findings) -> None:
    """Warn of cells that learners wait for long, and of the first after which memory is short."""
    for one in costs:
        if one.seconds > LONG_SECONDS:
            message = f"This cell took {one.seconds:.0f} s: each learner waits as long."
            findings.warn("PL042", one.file, one.line, message, "Compute less, or put the result into `data/`.")
    full = next((one for one in costs if one.memory_mib > MUCH * kernel_memory_mib), None)
    if full is not None:
        message = f"After this cell the kernel holds {full.memory_mib:.0f} of its {kernel_memory_mib} MiB of memory."
        findings.warn("PL042", full.file, full.line, message, "Use smaller arrays, or delete those no longer needed.")


def dearest(costs: Sequence[CellCost]) -> str:
    """One line on the longest cell and the most memory; empty where nothing ran."""
    if not costs:
        return ""
    longest = max(costs, key=lambda one: one.seconds)
    fullest = max(costs, key=lambda one: one.memory_mib)
    return (
        f"{len(costs)} cells ran in {sum(one.seconds for one in costs):.1f} s; "
        f"longest {longest.file}:{longest.line}, {longest.seconds:.1f} s; "
        f"most memory after {fullest.file}:{fullest.line}, {fullest.memory_mib:.0f} MiB."
    )
