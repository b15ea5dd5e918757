import threading
import time

from panlearn.services.queue import InProcessQueue


def test_whoever_waits_for_a_verdict_is_told():
    queue = InProcessQueue()

    with queue.waiting_for("a") as event:
        queue.graded("b")
        assert not event.is_set()
        queue.graded("a")
        assert event.is_set()


def test_nobody_waits_for_a_verdict_that_came_before_or_after():
    queue = InProcessQueue()
    queue.graded("a")
    with queue.waiting_for("a") as event:
        assert not event.is_set()
    queue.graded("a")
    assert queue._events == {}


def test_past_the_limit_nobody_waits():
    queue = InProcessQueue(max_waiting=1)

    with queue.waiting_for("a") as first, queue.waiting_for("b") as second:
        assert (first.is_set(), second.is_set()) == (False, True)
    with queue.waiting_for("c") as third:
        assert not third.is_set()


def test_a_worker_is_woken_by_what_was_sent():
    queue = InProcessQueue()
    since = queue.rung
    threading.Timer(0.05, queue.sent, ["a"]).start()
    began = time.monotonic()

    queue.rest(10, since)

    assert time.monotonic() - began < 5


def test_what_was_sent_before_a_worker_rests_is_not_missed():
    queue = InProcessQueue()
    since = queue.rung
    queue.sent("a")
    began = time.monotonic()

    queue.rest(10, since)

    assert time.monotonic() - began < 5
