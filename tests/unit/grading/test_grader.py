"""The grader with a scripted sandbox: what it makes of every way a grading can end."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from panlearn.domain.exercise import Check, GradingBundle, Limits, Step
from panlearn.errors import KernelLost, NotContained
from panlearn.grading import Grader
from panlearn.grading.reports import to_json
from panlearn.kernels.environments import Environment
from panlearn.settings import Settings, resource
from panlearn_sandbox.wire import Lost, Wire

ENVIRONMENT = Environment(name="core", digest="d", path=Path("/nowhere"), python=Path("/nowhere/python"))
BUNDLE = GradingBundle(
    exercise="bragg-angle",
    title="Bragg's law",
    lesson="waves",
    points=3.0,
    environment="core",
    files=None,
    setup=("import numpy as np",),
    steps=(),
    names=("f",),
    starter="...",
    solution="SOLUTION",
    checks=(
        Check(name="doubles", source="CHECK", hidden=False, points=1.0, file="lesson.md", line=12),
        Check(name="idea", idea="also for arrays", source="HIDDEN", hidden=True, points=2.0, file="lesson.md", line=20),
    ),
    limits=Limits(seconds=0.2),
)
PASSED = {"status": "passed", "message": "", "got": "", "accepted": "", "off": "", "hint": ""}
FAILED = PASSED | {"status": "failed", "message": "`f(2)` gave 5, expected 4.", "got": "5"}
SKIPPED = PASSED | {"status": "skipped"}


def said(*checks, verdict="passed", **rest):
    blank = {
        "message": "",
        "died": "",
        "note": "",
        "running": True,
        "output": "",
        "traceback": "",
        "broken": [],
        "seconds": {},
    }
    return blank | {"verdict": verdict, "checks": list(checks)} | rest


class FakeCheckpoint:
    """A checkpoint that says what a script tells it, grading by grading; `received` is what its children were given."""

    forks = True

    pid = 1
    reason = "killed"

    def __init__(self, engine):
        self.engine = engine
        self.ended = threading.Event()
        self.gradings = []
        mine, self.channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.wire = Wire(mine)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        try:
            self.engine.setups.append(self.wire.receive_json()["cells"])
            self.wire.send_json(self.engine.setup_reply)
            while True:
                request = self.wire.receive_json()
                if request["op"] == "grade":
                    sockets = [socket.socket(fileno=fd) for fd in self.wire.take_fds()]
                    self.gradings.append(threading.Thread(target=self.grade, args=(request, sockets), daemon=True))
                    self.gradings[-1].start()
        except Lost:
            self.wire.close()

    def grade(self, request, sockets):
        learner, values, checker, other = sockets
        with learner, values, checker, other:
            try:
                task, cells = Wire(checker).receive_json(), Wire(learner).receive_json()
            except Lost:  # a spare pair that was never used
                return
            self.engine.received.append((task, cells))
            script = self.engine.script.pop(0) if self.engine.script else said(PASSED, PASSED)
            if script == "die":
                self.kill()
                return
            if script == "last words":
                Wire(checker).send_json(said(SKIPPED, SKIPPED, verdict="", died="lost"))
                self.kill()
                return
            if script == "stuck":
                self.engine.held.append(checker.dup())
                return
            if script == "silent":
                Wire(checker).send_json({"phase": "checks"})
                self.engine.held.append(checker.dup())
                return
            if isinstance(script, tuple):
                side, status, script = script
                status, reason = status if isinstance(status, tuple) else (status, "")
                end = {"op": "exit", "job": request["job"], "side": side, "status": status, "reason": reason}
                self.wire.send_json(end)
            if script is not None:
                Wire(checker).send_json({"phase": "checks"})
                Wire(checker).send_json(script)

    def poll(self):
        return -9 if self.ended.is_set() else None

    def wait(self, timeout=None):
        self.ended.wait(timeout)
        return self.poll()

    def set_up(self):
        return self.engine.bytes.pop(0) if self.engine.bytes else 0

    def kill(self):
        self.ended.set()
        with suppress(OSError):  # closed already
            self.wire.socket.shutdown(socket.SHUT_RDWR)


class FakeEngine:
    name, mode = "fake", "user"

    def __init__(self):
        self.script, self.received, self.setups, self.opened, self.held = [], [], [], [], []
        self.setup_reply = {"op": "ready"}
        self.trouble = None
        self.bytes = []

    def open_checkpoint(self, environment, *, files=None, limits=None):
        if self.trouble is not None:
            raise self.trouble
        self.opened.append(FakeCheckpoint(self))
        return self.opened[-1]

    def close(self):
        for checkpoint in self.opened:
            if not checkpoint.ended.is_set():
                checkpoint.kill()
            checkpoint.thread.join(5)
            for grading in checkpoint.gradings:
                grading.join(5)
            checkpoint.channel.close()
        for held in self.held:
            held.close()


@pytest.fixture
def engine():
    made = FakeEngine()
    yield made
    made.close()


@pytest.fixture
def grader(engine):
    made = Grader(engine, lambda _: ENVIRONMENT, Settings(grading_memory_mib=100), checkpoints=2)
    yield made
    made.close()


def test_full_points_are_passed(grader):
    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault, report.points, report.message) == ("passed", None, 3.0, "")
    assert report.seconds["total"] >= 0


def test_partial_credit_is_failed_with_its_points(grader, engine):
    engine.script = [said(FAILED, PASSED, verdict="failed", message="`f(2)` gave 5, expected 4.")]

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault, report.points) == ("failed", "learner", 2.0)
    assert report.message == "`f(2)` gave 5, expected 4."
    assert report.checks[0].got == "5"


def test_a_verdict_that_does_not_fit_its_checks_is_not_believed(grader, engine):
    engine.script = [said(FAILED, PASSED, verdict="passed")]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "failed"


def test_an_answer_that_nothing_checked_has_not_passed(grader, engine):
    engine.script = [said(verdict="passed")] * 2

    assert grader.grade(replace(BUNDLE, checks=()), "ANSWER").verdict == "failed"
    assert grader.grade(replace(BUNDLE, checks=(), by_hand=True), "ANSWER").verdict == "handed-in"


def test_names_and_points_are_the_bundles_own_and_hidden_checks_say_nothing(grader, engine):
    forged = PASSED | {"name": "x", "points": 99, "message": "secret", "hint": "secret"}
    engine.script = [said(forged | {"status": "failed"}, forged | {"status": "error"}, verdict="failed")]

    report = grader.grade(BUNDLE, "ANSWER")

    assert [check.name for check in report.checks] == ["doubles", "also for arrays"]
    assert report.points == 0
    assert report.checks[1].status == "failed"
    assert "secret" not in repr(report.checks[1])


def test_the_learners_side_is_given_the_answer_and_nothing_of_the_checks(grader, engine):
    grader.grade(
        replace(BUNDLE, steps=(Step(source="public"), Step(exercise="one"), Step(exercise="two"))),
        "ANSWER",
        {"one": "EARLIER"},
    )

    ((task, cells),) = engine.received
    assert [cell["source"] for cell in cells["cells"]] == ["public", "EARLIER", "ANSWER"]
    assert "CHECK" not in json.dumps(cells)
    assert "HIDDEN" not in json.dumps(cells)
    assert "SOLUTION" not in json.dumps([task, cells])
    assert task["missing"] == ["two"]
    assert engine.setups == [["import numpy as np"]]


@pytest.mark.parametrize("answer", ["", "  \n\t", "x" * 70_000])
def test_an_answer_that_is_empty_or_too_long_is_an_error_and_starts_nothing(grader, engine, answer):
    report = grader.grade(BUNDLE, answer)

    assert (report.verdict, report.fault, report.points) == ("error", "learner", 0)
    assert [check.status for check in report.checks] == ["skipped", "skipped"]
    assert engine.opened == []


@pytest.mark.parametrize(
    ("how", "status", "verdict", "words"),
    [
        ("lost", 0, "killed", "ended its own process (status 0)"),
        ("lost", 78, "killed", "status 78"),
        ("lost", -11, "killed", "crash in compiled code"),
        ("lost", (-9, "memory"), "memory", "more than its 1024 MB"),
        ("lost", (-9, "cpu"), "timeout", "computed for more than"),
        ("lost", -24, "timeout", "computed for more than"),
        ("lost", -15, "killed", "SIGTERM"),
        ("late", None, "timeout", "did not end within 0.2 seconds"),
        ("forged", None, "killed", "cut its connection"),
    ],
)
def test_a_learners_side_that_ends_is_named_by_how_it_ended(grader, engine, how, status, verdict, words):
    script = said(PASSED, SKIPPED, verdict="", died=how)
    engine.script = [("learner", status, script) if status is not None else script]

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault) == (verdict, "learner")
    assert words in report.message


def test_a_learners_side_that_is_killed_from_outside_costs_another_try_and_never_a_verdict(grader, engine):
    killed = ("learner", -9, said(PASSED, SKIPPED, verdict="", died="lost"))
    engine.script = [killed, killed]
    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"

    engine.script = [killed] * 3
    report = grader.grade(BUNDLE, "ANSWER")
    assert (report.verdict, report.fault) == ("platform-error", "platform")


def test_a_learners_side_that_could_not_be_isolated_is_the_platforms_fault(grader, engine):
    script = ("learner", 78, said(SKIPPED, SKIPPED, verdict="", died="lost", running=False))
    engine.script = [script] * 3

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault) == ("platform-error", "platform")
    assert "Your answer is saved" in report.message


def test_a_learners_side_that_is_killed_once_costs_a_try_and_no_verdict(grader, engine):
    engine.script = [("learner", -9, said(PASSED, SKIPPED, verdict="", died="lost"))]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"
    assert len(engine.received) == 2


def test_a_checkpoint_that_is_stuck_costs_a_try_and_no_verdict(grader, engine, monkeypatch):
    monkeypatch.setattr("panlearn.grading.grader._GRACE", 0.1)
    engine.script = ["stuck"]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"
    assert len(engine.opened) == 2


def test_a_learners_side_that_goes_with_its_checkpoint_is_not_the_learners_fault(grader, engine):
    engine.script = ["last words"]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"
    assert len(engine.opened) == 2


def test_spare_sides_wait_for_the_next_answers_and_no_more_than_two_pairs(grader, engine):
    grader.grade(BUNDLE, "ANSWER")
    checkpoint = next(iter(grader._checkpoints._warm.values()))
    before = [job.number for _, job in checkpoint._spares]

    for _ in range(5):
        assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"

    assert (before, [job.number for _, job in checkpoint._spares]) == ([2, 3], [7, 8])


def test_a_spare_with_other_limits_is_not_used(grader, engine):
    grader.grade(BUNDLE, "ANSWER")
    checkpoint = next(iter(grader._checkpoints._warm.values()))

    assert checkpoint._spare({"memory_mib": 100}) is None
    checkpoint.prepare({"memory_mib": 100})
    assert [limits for limits, _ in checkpoint._spares] == [{"memory_mib": 100}] * 2


def test_a_spare_that_something_ended_is_not_used(grader, engine):
    grader.grade(BUNDLE, "ANSWER")
    checkpoint = next(iter(grader._checkpoints._warm.values()))
    limits, dead = checkpoint._spares[0]
    checkpoint._take({"op": "exit", "job": dead.number, "side": "checker", "status": -9}, [])

    spare = checkpoint._spare(limits)
    assert spare.number != dead.number
    spare.close()


def test_only_the_checkpoints_used_last_keep_spare_sides(engine, monkeypatch):
    monkeypatch.setattr("panlearn.grading.checkpoints._WITH_SPARES", 1)
    grader = Grader(engine, lambda _: ENVIRONMENT, Settings(), checkpoints=2)
    grader.grade(BUNDLE, "ANSWER")
    grader.grade(replace(BUNDLE, setup=("import math",)), "ANSWER")

    assert [len(one._spares) for one in grader._checkpoints._warm.values()] == [0, 2]
    grader.close()


def test_a_lost_checkpoint_is_opened_again_once(grader, engine):
    engine.script = ["die"]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"
    assert len(engine.opened) == 2


def test_a_checkpoint_that_is_lost_three_times_is_a_platform_error(grader, engine):
    engine.script = ["die", "die", "die"]

    assert grader.grade(BUNDLE, "ANSWER").verdict == "platform-error"
    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"


def test_a_checkpoint_that_died_between_gradings_is_replaced(grader, engine):
    grader.grade(BUNDLE, "ANSWER")
    engine.opened[0].kill()

    assert grader.grade(BUNDLE, "ANSWER").verdict == "passed"
    assert len(engine.opened) == 2


@pytest.mark.parametrize("trouble", [NotContained("no seccomp here"), KernelLost("the zygote ended")])
def test_an_engine_that_cannot_start_is_a_platform_error_with_a_note_for_the_operator(grader, engine, trouble):
    engine.trouble = trouble

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault) == ("platform-error", "platform")
    assert trouble.message in report.author_note
    assert trouble.message not in json.dumps(to_json(report))


def test_a_learner_reads_that_nothing_is_run_where_nothing_can_be_contained(grader, engine):
    engine.trouble = NotContained("no seccomp here")

    assert "cannot contain" in grader.grade(BUNDLE, "ANSWER").message


def test_a_broken_set_up_is_the_authors_fault(grader, engine):
    engine.setup_reply = {"op": "broken", "cell": 1, "line": 3, "error": "KeyError", "text": "'SECRET'"}

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault) == ("author-error", "author")
    assert report.author_note == "set-up cell 2, line 3: KeyError: 'SECRET'"
    assert "SECRET" not in json.dumps(to_json(report))


def test_a_check_that_is_certainly_broken_is_the_authors_fault(grader, engine):
    engine.script = [
        said(FAILED, PASSED, verdict="failed", broken=[{"check": 0, "note": "line 12: SECRET", "certain": True}])
    ]

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault, report.points) == ("author-error", "author", 2.0)
    assert "This check is broken, not your answer." in report.message
    assert "lesson.md:12" in report.author_note
    assert "SECRET" not in json.dumps(to_json(report))


@pytest.mark.parametrize(("trial", "verdict"), [(said(PASSED, PASSED), "failed"), (None, "author-error")])
def test_a_check_that_stumbles_is_tried_with_the_solution(grader, engine, trial, verdict):
    stumbled = said(FAILED, PASSED, verdict="failed", broken=[{"check": 0, "note": "TypeError", "certain": False}])
    engine.script = [stumbled, trial or stumbled, stumbled]

    assert grader.grade(BUNDLE, "ANSWER").verdict == verdict
    assert [cells["cells"][-1]["source"] for _, cells in engine.received] == ["ANSWER", "SOLUTION"]
    assert grader.grade(BUNDLE, "ANSWER").verdict == verdict
    assert len(engine.received) == 3, "the trial is made once"


def test_a_solution_is_never_run_beside_an_earlier_answer_of_a_learner(grader, engine):
    engine.script = [
        said(FAILED, PASSED, verdict="failed", broken=[{"check": 0, "note": "TypeError", "certain": False}])
    ]

    report = grader.grade(replace(BUNDLE, steps=(Step(exercise="one"),)), "ANSWER", {"one": "x = 1"})

    assert report.verdict == "failed"
    assert len(engine.received) == 1


def test_checks_that_end_their_own_process_every_time_are_the_authors_fault(grader, engine):
    engine.script = [("checker", -11, None)] * 3

    report = grader.grade(BUNDLE, "ANSWER")

    assert report.verdict == "author-error"
    assert "-11" in report.author_note


def test_checks_that_never_end_are_tried_with_the_solution(grader, engine, monkeypatch):
    monkeypatch.setattr("panlearn.grading.grader._GRACE", 0.1)
    engine.script = ["silent", said(PASSED, PASSED)]

    report = grader.grade(BUNDLE, "ANSWER")

    assert (report.verdict, report.fault) == ("failed", "learner")
    assert "did not end within" in report.message


def test_checkpoints_are_kept_by_use_and_no_more_than_allowed(grader, engine):
    for setup in ("a = 1", "b = 1", "a = 1", "c = 1", "a = 1"):
        grader.grade(replace(BUNDLE, setup=(setup,)), "ANSWER")

    assert engine.setups == [["a = 1"], ["b = 1"], ["c = 1"]]
    assert [checkpoint.ended.is_set() for checkpoint in engine.opened] == [False, True, False]


def test_several_threads_share_one_checkpoint(grader, engine):
    reports = []
    threads = [threading.Thread(target=lambda: reports.append(grader.grade(BUNDLE, "ANSWER"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [report.verdict for report in reports] == ["passed"] * 8
    assert len(engine.opened) == 1


@pytest.mark.parametrize(
    "script",
    [
        said(PASSED, PASSED),
        said(FAILED, SKIPPED, verdict="failed", message="Not yet."),
        ("learner", 0, said(SKIPPED, SKIPPED, died="lost")),
    ],
)
def test_every_report_fits_the_schema(grader, engine, script):
    engine.script = [script]
    schema = json.loads((resource("sandbox") / "report.schema.json").read_text())

    report = to_json(grader.grade(BUNDLE, "ANSWER"))

    jsonschema.validate(report, schema)
    assert "author_note" not in report
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report | {"author_note": "x"}, schema)


def test_lessons_that_were_used_long_ago_give_way_to_the_memory_of_others(grader, engine):
    engine.bytes = [60 << 20, 30 << 20, 60 << 20]
    lessons = [replace(BUNDLE, setup=(name,)) for name in ("one", "two")]

    grader.grade(lessons[0], "ANSWER")
    grader.grade(lessons[1], "ANSWER")
    assert [one.ended.is_set() for one in engine.opened] == [False, False], "90 of 100 MiB"

    grader.grade(replace(BUNDLE, setup=("three",)), "ANSWER")
    assert [one.ended.is_set() for one in engine.opened] == [True, False, False], "150, then 90"


def test_the_lesson_used_last_stays_whatever_it_holds(grader, engine):
    engine.bytes = [500 << 20]

    grader.grade(BUNDLE, "ANSWER")
    grader.grade(BUNDLE, "ANSWER")

    assert len(engine.opened) == 1
    assert not engine.opened[0].ended.is_set()
