"""Why a kernel ended, in a sentence for its learner."""

from __future__ import annotations

from panlearn.kernels.limits import KernelLimits, SessionLimits

_ON = "and went on although it was stopped"


def sentence(reason: str, limits: KernelLimits, session: SessionLimits) -> str:
    """The sentence that follows "This kernel has ended:". `reason` is `KernelProcess.reason`, or a limit's name."""
    sentences = {
        "memory": f"your code used more than {limits.memory_mib} MiB of memory.",
        "cpu": f"your code used more than {limits.cpu_seconds} s of processor time.",
        "time": f"a cell ran for more than {length(session.cell_seconds)}, {_ON}.",
        "output": f"a cell printed more than {session.cell_output_mib} MiB, {_ON}.",
        "messages": f"a cell sent more than {session.cell_messages} messages, {_ON}.",
        "idle": f"nothing was run in it for {session.idle_minutes:g} minutes.",
        "lifetime": f"it was {session.lifetime_hours:g} hours old, which is as old as a kernel gets.",
        "killed": "its process was killed.",
        "ended": "its process ended: exit() does that, and so does a crash.",
        "room": "another lesson needed its place.",
    }
    return sentences.get(reason, "what it ran in has ended; your code is not at fault.")


def stopped(reason: str, session: SessionLimits) -> str:
    """What stands in a cell's output when it was interrupted for a limit and the kernel lives on."""
    sentences = {
        "time": f"Stopped: a cell may run for {length(session.cell_seconds)}.",
        "messages": f"Stopped: a cell may send {session.cell_messages} messages. Print less, or print a summary.",
        "output": f"Stopped: a cell may print {session.cell_output_mib} MiB. Print less, or print a summary.",
    }
    return sentences[reason]


def length(seconds: float) -> str:
    """A length of time, in the unit that suits it."""
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"  # noqa: PLR2004  two minutes
