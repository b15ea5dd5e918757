"""A lesson checkpoint of containers, without a daemon: what it makes of the messages of the grading layer."""

from __future__ import annotations

import socket
import time

import pytest

from panlearn.errors import KernelLost
from panlearn.kernels.docker_grading import ContainerCheckpoint
from panlearn.kernels.framing import Frames
from panlearn.kernels.watchdog import Watchdog

LIMITS = {"memory_mib": 64}


def no_container():
    raise KernelLost("There is no container.")


def broken_pool():
    raise RuntimeError("what nobody thought of")


@pytest.fixture
def checkpoint(request):
    made = ContainerCheckpoint(request.param, None, Watchdog())
    yield made
    made.kill()
    made.channel.close()


@pytest.mark.parametrize("checkpoint", [no_container], indirect=True)
def test_descriptors_stay_with_their_message_however_quickly_others_come_before_it(checkpoint):
    frames = Frames(checkpoint.channel)
    sides = socket.socketpair() + socket.socketpair()
    for job in range(200):
        for ended in range(3):
            frames.send({"op": "end", "job": 1_000 + ended})
        frames.send({"op": "grade", "job": job, "limits": LIMITS}, [one.fileno() for one in sides])
    for one in sides:
        one.close()

    told = {(said["job"], said["side"]) for said in (frames.receive(time.monotonic() + 20) for _ in range(400))}

    assert told == {(job, side) for job in range(200) for side in ("learner", "checker")}


@pytest.mark.parametrize("checkpoint", [no_container, broken_pool], indirect=True)
def test_whatever_a_side_fails_of_is_told(checkpoint):
    frames = Frames(checkpoint.channel)
    sides = socket.socketpair() + socket.socketpair()
    frames.send({"op": "grade", "job": 7, "limits": LIMITS}, [one.fileno() for one in sides])
    for one in sides:
        one.close()

    said = [frames.receive(time.monotonic() + 20) for _ in range(2)]

    assert {one["side"] for one in said} == {"learner", "checker"}
    assert all((one["op"], one["job"], one["status"]) == ("exit", 7, 78) and one["reason"] for one in said)
