import subprocess
import sys

import pytest

from panlearn.settings import resource
from panlearn_sandbox import pages

PROGRAM = """
import mmap, os
from panlearn_sandbox import pages
memory = mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, len(memory), 4096):
    memory[at : at + 8] = at.to_bytes(8, "little")
made = pages.collapse()
pid = os.fork()
memory[4096:4104] = b"changed!" if pid == 0 else (4096).to_bytes(8, "little")
kept = all(memory[at : at + 8] == at.to_bytes(8, "little") for at in range(0, len(memory), 4096) if at != 4096)
if pid == 0:
    os._exit(0 if kept else 1)
status = os.waitpid(pid, 0)[1]
print(made >= 0, kept, memory[4096:4104] == (4096).to_bytes(8, "little"), status)
"""


def test_memory_holds_what_it_held_and_is_still_copied_when_a_child_writes():
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": resource("sandbox")})

    assert done.stdout.split() == ["True", "True", "True", "0"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("55b4bee9d000-55b4c261b000 rw-p 00000000 00:00 0                          [heap]\n", True),
        ("7fc2fd98f000-7fc2fe98f000 rw-p 00000000 00:00 0 \n", True),
        ("7fc2fd98f000-7fc2fe98f000 r--p 00000000 00:00 0 \n", False),
        ("7fc2fd98f000-7fc2fe98f000 rw-s 00000000 00:01 5 /dev/zero (deleted)\n", False),
        ("7fc2fd98f000-7fc2fe98f000 rw-p 00001000 fe:00 77 /usr/lib/a library.so\n", False),
        ("7ffe1b2c1000-7ffe1b2e2000 rw-p 00000000 00:00 0                          [stack]\n", False),
    ],
)
def test_only_writable_memory_of_no_file_is_touched(line, found):
    assert (pages._own(line) is not None) is found
