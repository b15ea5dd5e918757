"""What each kind of sandboxed process may see and use."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from panlearn_sandbox.policy import Policy

HOME = "/home/learner"
DATA = "/srv/data"
"""Where a zygote sees all course files; a process that it makes sees its own, as `data` in its home."""
FIRST_IDENTITY = 1000
"""The user and group id that sandboxed code sees itself as."""


class Home(StrEnum):
    """Where a process's home folder comes from."""

    FRESH = "fresh"  # an empty one of its own
    COPY = "copy"  # one of its own, with what its parent's holds
    READ_ONLY = "read-only"  # its parent's, which it cannot change


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one process and what it starts. Memory is what it may take beyond what it starts with; 0: no limit."""

    memory_mib: int = 1024
    processes: int = 128
    open_files: int = 1024
    file_mib: int = 256
    home_mib: int = 256
    home_files: int = 20_000
    cpu_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of sandboxed process. `dataclasses.replace` sets `files` (a digest), `identity` and `limits` of one.

    `spawns`: keeps the capabilities of a user namespace of its own, to make sandboxes in turn. `dumpable`: its memory
    may be read by another process of the same sandbox. `address_space`: limit address space and not only private
    memory (Node reserves far more address space than it uses).
    """

    name: str
    policy: Policy = field(default_factory=Policy)
    home: Home = Home.FRESH
    network: bool = False
    terminal: bool = False
    spawns: bool = False
    dumpable: bool = True
    address_space: bool = True
    files: str | None = None
    identity: int | None = None
    limits: Limits = field(default_factory=Limits)


KERNEL = Profile(name="kernel", policy=Policy(network=True), network=True, terminal=True)
"""A learner's live kernel: loopback of its own, a terminal for `!command`."""

CHECKPOINT = Profile(name="checkpoint", policy=Policy(spawning=True), spawns=True)
"""A lesson's set-up, run once: learner and checker are forked from it."""

LEARNER = Profile(name="learner", home=Home.COPY)
"""The learner's side of a grading: no sockets but those handed in."""

CHECKER = Profile(name="checker", home=Home.READ_ONLY, dumpable=False)
"""The checker's side of a grading: no sockets but those handed in, nothing it can write to but a small /tmp."""

COMMAND = Profile(name="command", policy=Policy(network=True), network=True, terminal=True, address_space=False)
"""A command of the site (Node, Jupyter Book) that works on what an author wrote."""
