"""Markers are planted in checks, expected values, solutions and wrong answers; an answer looks for them everywhere."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from grading_site import make_bundle, real_grader

from below import sandboxes
from panlearn.domain.exercise import WrongAnswer

pytestmark = pytest.mark.sandbox

MARKER = re.compile(rb"Q[Z]X[0-9a-f]{24}")
"""Matches no text of its own, so that looking for markers finds only planted ones."""

SEARCH = r"""
import gc, os, re, sys
PATTERN = re.compile(rb'Q[Z]X[0-9a-f]{24}')

def in_objects():
    for thing in gc.get_objects():
        if isinstance(thing, (dict, list, tuple, set)): yield repr(thing)[:200_000].encode('utf-8', 'replace')
    for module in list(sys.modules.values()): yield repr(vars(module)).encode('utf-8', 'replace')[:500_000]

def in_frames():
    frame = sys._getframe()
    while frame:
        for names in (frame.f_locals, frame.f_code.co_consts, frame.f_globals):
            yield repr(names).encode('utf-8', 'replace')
        frame = frame.f_back

def in_memory():
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
        for line in maps:
            start, end = (int(part, 16) for part in line.split()[0].split('-'))
            if 'r' not in line.split()[1] or '[v' in line or end - start > 1 << 30: continue
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, ValueError, OverflowError): pass

def in_proc():
    for folder, _, files in os.walk('/proc'):
        for name in files:
            if name in ('mem', 'maps', 'pagemap', 'kmsg', 'smaps', 'numa_maps'): continue
            try: fd = os.open(f'{folder}/{name}', os.O_RDONLY | os.O_NONBLOCK)
            except OSError: continue
            try: yield os.read(fd, 1 << 20)
            except OSError: pass
            finally: os.close(fd)

def in_descriptors():
    for fd in range(200):
        try: yield os.readlink(f'/proc/self/fd/{fd}').encode()
        except OSError: continue
        if fd > 2:
            try:
                os.lseek(fd, 0, 0)
                yield os.read(fd, 1 << 20)
            except OSError: pass

def in_files():
    for top in ('/home', '/tmp', '/srv', '/run', '/var', '/etc', '/dev', '/root', '.'):
        for folder, _, files in os.walk(top):
            for name in files:
                try:
                    path = f'{folder}/{name}'
                    if os.path.isfile(path): yield open(path, 'rb').read(1 << 22)
                except OSError: pass
    yield repr(dict(os.environ)).encode() + repr(sys.argv).encode()

PLACES = [in_objects, in_frames, in_memory, in_proc, in_descriptors, in_files]

def f(which):
    return sorted({found.decode() for place in PLACES for text in place() for found in PATTERN.findall(text)})

at_the_start = f(0)
controls = sum(1 for place in PLACES[:3] if any(PATTERN.search(text) for text in place()))
"""


def marker() -> str:
    return "QZX" + secrets.token_hex(12)


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    with real_grader(tmp_path_factory.mktemp("leaks")) as made:
        yield made


@pytest.fixture(scope="module")
def planted():
    """What must not be found, by place."""
    places = (
        "visible check",
        "its expected value",
        "message",
        "hidden check",
        "hidden value",
        "idea",
        "solution",
        "wrong",
    )
    return {place: marker() for place in places}


@pytest.fixture(scope="module")
def public():
    """What may be found: it stands in the lesson's own cell, so it shows that the search works."""
    return marker()


@pytest.fixture(scope="module")
def bundle(planted, public):
    checks = f"""
# %% visible: nothing is there at the start
assert at_the_start == [{public!r}], at_the_start  # {planted["visible check"]}
assert at_the_start != {planted["its expected value"]!r}, {planted["message"]!r}
# %% visible: nothing is there while a check calls
expected = [{public!r}]
assert f(1) == expected
# %% visible: the search sees objects, frames and memory
assert controls == 3
# %% hidden: {planted["idea"]}
secret = {planted["hidden value"]!r}  # {planted["hidden check"]}
assert f(2) == [{public!r}]
assert f(len(secret)) == [{public!r}]
"""
    made = make_bundle(
        checks.lstrip("\n"),
        setup=f"public = {public!r}",
        names=("f", "at_the_start", "controls"),
        solution=f"def f(x): return {planted['solution']!r}",
        seconds=60.0,
    )
    return replace(made, wrong=(WrongAnswer(source=planted["wrong"], says=""),))


@pytest.mark.timeout(240)
def test_a_learners_answer_finds_no_check_no_expected_value_and_no_solution(grader, bundle, planted):
    report = grader.grade(bundle, SEARCH)

    assert report.verdict == "passed", report
    assert not any(secret in repr(report) for place, secret in planted.items() if place != "idea")


@pytest.mark.timeout(240)
def test_nothing_is_left_in_the_processes_that_gradings_are_forked_from(grader, bundle, planted, public):
    grader.grade(bundle, SEARCH)
    grader.grade(bundle, "def f(x): return 1\nat_the_start = controls = 0")

    found = set()
    for process in sandboxes():
        found |= _markers_in(process.pid)

    assert public in found, "the search looks at the checkpoint"
    assert not found & set(planted.values())


def test_a_failed_hidden_check_tells_its_idea_and_nothing_else(grader, planted):
    checks = f"""
# %% hidden: it works for negative numbers
assert f(-3) == {planted["hidden value"]!r}, {planted["message"]!r}
# %% hidden: it refuses zero
print({planted["hidden check"]!r})
raise RuntimeError(f({planted["hidden value"]!r}))
"""
    bundle = make_bundle(checks.lstrip("\n"))

    report = grader.grade(bundle, "def f(x):\n    print('called with', x)\n    raise ValueError(x)")

    assert [check.name for check in report.checks] == ["it works for negative numbers", "it refuses zero"]
    assert all(not (check.message or check.got or check.accepted or check.off or check.hint) for check in report.checks)
    assert "QZX" not in repr(report)
    assert "called with" not in report.output
    assert report.traceback == ""


def _markers_in(pid: int) -> set[str]:
    """Markers in a process's readable memory, its command line and its environment."""
    folder = Path(f"/proc/{pid}")
    found = set()
    try:
        texts = [(folder / name).read_bytes() for name in ("cmdline", "environ")]
        lines = (folder / "maps").read_text().splitlines()
        with (folder / "mem").open("rb", 0) as memory:
            for line in lines:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                if line.split()[1].startswith("rw") and "[v" not in line:
                    memory.seek(start)
                    texts.append(memory.read(end - start))
                    found |= {match.decode() for match in MARKER.findall(texts.pop())}
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile, or is a zombie without memory
        return found
    return found | {match.decode() for text in texts for match in MARKER.findall(text)}
