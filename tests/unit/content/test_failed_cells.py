from __future__ import annotations

import pytest

from panlearn.content.failed_cells import why_failed


@pytest.mark.parametrize(
    ("ename", "evalue", "what", "todo"),
    [
        ("TimeoutError", "it ran longer than 60 seconds", "did not end within 60 seconds", "loop"),
        ("TimeoutError", "the beamline was busy", "raised TimeoutError: the beamline was busy.", "raises-exception"),
        ("MemoryError", "", "more than the 1024 MiB of memory", "less"),
        ("KernelEnded", "it needed more memory than a kernel may use", "more than the 1024 MiB of memory", "less"),
        ("KernelEnded", "its process ended (ended)", "ended the process", "exit()"),
        ("StdinNotImplementedError", "raw_input was called, but ...", "`input()`", "Assign"),
        ("ZeroDivisionError", "division by zero", "raised ZeroDivisionError: division by zero.", "raises-exception"),
        ("KeyboardInterrupt", "", "raised KeyboardInterrupt.", "raises-exception"),
    ],
)
def test_a_failed_cell_is_told_in_an_authors_words(ename, evalue, what, todo):
    found = why_failed(ename, evalue, seconds=60, memory_mib=1024)
    assert what in found[0]
    assert todo in found[1]


def test_a_long_message_is_cut():
    assert len(why_failed("ValueError", "x" * 10_000, seconds=60, memory_mib=1024)[0]) < 500
