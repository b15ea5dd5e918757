"""Why a cell of a lesson failed when it was run, in an author's words."""

from __future__ import annotations

LONGEST = 400
_EXPECTED = "Mend it, or give it `#| tags: [raises-exception]` if it is meant to raise."


def why_failed(ename: str, evalue: str, *, seconds: int, memory_mib: int) -> tuple[str, str]:
    """What happened to a cell that ended with this error, and what to do. Cells may use `seconds` and `memory_mib`."""
    if ename == "TimeoutError" and evalue.startswith("it ran longer than"):
        todo = "Is there a loop without an end? Otherwise compute less, or keep results that take long in data/."
        return f"This cell did not end within {seconds} seconds.", todo
    if ename == "MemoryError" or (ename == "KernelEnded" and "memory" in evalue):
        return f"This cell asked for more than the {memory_mib} MiB of memory it may use.", "Work on less at a time."
    if ename == "KernelEnded":
        todo = "Leave out `exit()`, `os._exit()` and whatever else ends or crashes Python."
        return "This cell ended the process that ran it.", todo
    if ename == "StdinNotImplementedError":
        return "This cell waits for `input()`, and nobody is there to answer.", "Assign the value in the code instead."
    said = " ".join(evalue.split())[:LONGEST].rstrip(".")
    return f"This cell raised {ename}: {said}." if said else f"This cell raised {ename}.", _EXPECTED
