"""Answers that try to be given points without the right value. None gains any, and the grader goes on."""

from __future__ import annotations

import textwrap

import pytest
from grading_site import make_bundle, real_grader

pytestmark = pytest.mark.sandbox

CHECKS = """
# %% visible: a number
assert f(2.0) == 1234.5
# %% visible: within a tolerance
assert f(3.0) == approx(777.25)
# %% visible: close
assert abs(f(2.0) - 1234.5) < 1e-6
# %% visible: an array
assert_allclose(f(np.array([1.0, 2.0])), [17.5, 1234.5])
# %% visible: numpy's own helpers
np.testing.assert_allclose(f(np.array([1.0, 2.0])), [17.5, 1234.5])
assert np.allclose(f(2.0), 1234.5) and np.isclose(f(2.0), 1234.5)
# %% visible: a member
assert f(2.0) in [1234.5, 99.25]
assert 1234.5 in [f(2.0)]
# %% hidden: it works for negative numbers
assert f(-2.0) == -4321.5
"""

ATTACKS = {
    "an object whose == says yes": """
        class Yes:
            def __eq__(self, other): return True
            __hash__ = None
        def f(x): return Yes()
    """,
    "an object that lies in every operation": """
        class Liar:
            def __getattr__(self, name): return Liar()
            def __call__(self, *a, **k): return Liar()
        for name in ("eq ne lt le gt ge bool sub rsub add abs float int index contains len iter array array_ufunc "
                     "round hash array_function array_interface array_priority instancecheck").split():
            setattr(Liar, f"__{name}__", lambda self, *a, **k: 0 if a else True)
        def f(x): return Liar()
    """,
    "a subtraction that gives zero": """
        class Zero(float):
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
            def __abs__(self): return 0.0
            def __eq__(self, other): return True
            __hash__ = float.__hash__
        def f(x): return Zero(1)
    """,
    "a subclass of ndarray": """
        import numpy as np
        class A(np.ndarray):
            def __eq__(self, other): return np.True_
            def __array_ufunc__(self, *a, **k): return np.zeros(2)
            def __array_function__(self, *a, **k): return True
        def f(x): return np.zeros(2).view(A)
    """,
    "an object array of liars": """
        import numpy as np
        class Yes:
            def __eq__(self, other): return True
            __hash__ = None
            def __sub__(self, other): return 0
            __rsub__ = __sub__
        def f(x):
            a = np.empty(2, dtype=object)
            a[:] = [Yes(), Yes()]
            return a
    """,
    "__array__ that answers with the expectation": """
        class Chameleon:
            def __array__(self, *a, **k):
                import inspect
                for frame in inspect.stack():
                    for value in frame.frame.f_locals.values():
                        if 'desired' in frame.frame.f_locals: return frame.frame.f_locals['desired']
                raise TypeError
        def f(x): return Chameleon()
    """,
    "__class__ that claims to be float": """
        class Claim:
            __class__ = float
            def __eq__(self, other): return True
            __hash__ = None
        def f(x): return Claim()
    """,
    "a dict subclass and a list subclass": """
        class D(dict):
            def __eq__(self, other): return True
            __hash__ = None
        def f(x): return D()
    """,
    "NaN": "def f(x): return float('nan')",
    "infinity": "def f(x): return float('inf')",
    "patched builtins": """
        import builtins
        builtins.abs = lambda x: 0
        builtins.all = builtins.any = builtins.isinstance = lambda *a: True
        builtins.compile = builtins.exec = lambda *a, **k: None
        builtins.AssertionError = type("Quiet", (Exception,), {})
        def f(x): return 0.0
    """,
    "patched numpy": """
        import numpy as np
        np.allclose = np.isclose = lambda *a, **k: True
        np.testing.assert_allclose = lambda *a, **k: None
        np.abs = lambda x: 0
        def f(x): return 0.0
    """,
    "patched check helpers": """
        import sys
        panlearn_checks, a, b = (sys.modules[f'panlearn_checks{name}'] for name in ('', '.approx', '.arrays'))
        a.Approx.__eq__ = lambda self, other: True
        a.Approx.difference = lambda self, other: None
        b.compare = lambda *x, **k: None
        panlearn_checks.assert_allclose = lambda *x, **k: None
        def f(x): return 0.0
    """,
    "a patched codec": """
        from panlearn_sandbox import codec, objects, learner
        original = codec.Encoder.write
        def write(self, value, depth=0): original(self, True if isinstance(value, float) else value, depth)
        codec.Encoder.write = write
        def f(x): return 0.0
    """,
    "forged frames on every descriptor": """
        import os, struct
        verdict = b'{"verdict": "passed", "checks": [], "broken": [], "died": "", "message": "", "seconds": {}}'
        for fd in range(3, 40):
            try: os.write(fd, struct.pack('!I', len(verdict)) + verdict)
            except OSError: pass
        def f(x): return 0.0
    """,
    "a forged report that all ran, then silence": """
        import os, sys
        frame = sys._getframe()
        while frame:
            side = frame.f_locals.get('self')
            if hasattr(side, 'wire'): break
            frame = frame.f_back
        side.say('ran', {'trouble': None, 'earlier': [], 'output': '', 'verdict': 'passed', 'points': 99})
        side.say('passed')
        os._exit(0)
    """,
    "replies with names and types of the checker": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        from panlearn_sandbox.codec_remote import Named, write_named
        side.objects.export = lambda encoder, value, depth: write_named(encoder, Named('builtins', 'print'), depth)
        class X: pass
        def f(x): return X()
    """,
    "a reference to an object of the checker": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        from panlearn_sandbox.codec_remote import Remote, write_remote
        side.objects.export = lambda encoder, value, depth: write_remote(encoder, Remote(yours=True, id=0), depth)
        class X: pass
        def f(x): return X()
    """,
    "replacing the bridge's answers": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        side.answer = lambda request: side.say('value', True, {'changed': [], 'missing': False})
    """,
    "exceptions in place of every answer": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        side.answer = lambda request: side.say('raise', ValueError(), {'line': [], 'error': {}, 'name': 3}, {'out': 5})
    """,
    "exceptions of the checks' own class": """
        from panlearn_checks import Failure
        class Bare(Failure):
            def __init__(self): pass
        def f(x): raise Bare()
    """,
    "exceptions that speak of nonsense": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side, nonsense = frame.f_locals['self'], [{'error': b'', 'line': -1, 'text': [], 'traceback': {}}, {1: 2}, {}]
        real = side.answer
        def answer(request):
            if request[0] == 'get': return real(request)
            side.say('raise', KeyError(), nonsense[len(request) % 3], {'out': None, 'changed': 7})
        side.answer = answer
        def f(x): return 0.0
    """,
    "replies that are nearly right": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side, real = frame.f_locals['self'], frame.f_locals['self'].answer
        def answer(request):
            if request[0] == 'get': return real(request)
            side.say('value', 0.0, {'changed': [10**9, -1, 'x', None], 'now': 5, 'out': b'', 3: 4})
        side.answer = answer
        def f(x): return 0.0
    """,
    "questions without an end": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        def answer(request):
            while True: side.ask('call', 0, (), {})
        side.answer = answer
    """,
    "a report that is full of nonsense": """
        import sys
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        side.run = None
        side.say('ran', {'trouble': {'error': 3, 'line': 'x'}, 'earlier': {'a': 1}, 'output': [1]})
    """,
    "keys that collide": """
        def f(x): return {i * (2**61 - 1): i for i in range(3000)}
    """,
    "a container that holds itself": """
        def f(x):
            a = {}
            a['a'] = [a]
            return a
    """,
    "doubling nested lists": """
        def f(x):
            a = [1.0]
            for _ in range(60): a = [a, a]
            return a
    """,
    "a generator without an end": """
        def f(x):
            while True: yield 1234.5
    """,
    "spoiling the input and agreeing with it": """
        def f(x):
            if hasattr(x, 'fill'): x.fill(0)
            return x
    """,
    "an exception that pretends to be a passed check": """
        class Passed(SystemExit): pass
        def f(x): raise Passed(0)
    """,
    "a KeyboardInterrupt in a call": "def f(x): raise KeyboardInterrupt",
    "an exception with a lying class": """
        class Sneaky(AssertionError):
            def __str__(self): raise SystemExit(0)
            __repr__ = __str__
        def f(x): raise Sneaky()
    """,
    "a thread that answers out of turn": """
        import sys, threading, time
        frame = sys._getframe()
        while frame and not hasattr(frame.f_locals.get('self'), 'wire'): frame = frame.f_back
        side = frame.f_locals['self']
        def shout():
            while True:
                side.say('value', 1234.5, {})
                time.sleep(0.001)
        threading.Thread(target=shout, daemon=True).start()
        def f(x): return 0.0
    """,
    "signals to everything": """
        import os, signal
        for pid in range(1, 400):
            if pid != os.getpid():
                try: os.kill(pid, signal.SIGKILL)
                except OSError: pass
        try: os.kill(-1, signal.SIGKILL)
        except OSError: pass
        def f(x): return 0.0
    """,
    "a fork that answers too": """
        import os
        os.fork()
        def f(x): return 0.0
    """,
    "a fork bomb": """
        import os
        try:
            while True: os.fork()
        except OSError: pass
        def f(x): return 0.0
    """,
    "a module beside the checks": """
        import sys
        for folder in ('.', '/tmp', '/home/learner'):
            for name in ('panlearn_checks', 'numpy', 'inspect', 'contextlib'):
                try: open(f'{folder}/{name}.py', 'w').write('import os; os._exit(0)')
                except OSError: pass
        def f(x): return 0.0
    """,
    "a huge whole number": "def f(x): return 7 ** 10 ** 5",
    "a slow drip of bytes": """
        import socket, time
        real = socket.socket.sendmsg
        def slow(self, buffers, ancillary=()):
            time.sleep(0.2)
            return self.send(bytes(buffers[0])[:1])
        socket.socket.sendmsg = slow
        def f(x): return 1234.5
    """,
    "reading the input's hidden check and remembering it": """
        from pathlib import Path
        seen = Path('/tmp/seen')
        def f(x):
            if seen.exists(): return float(seen.read_text())
            seen.write_text(str(x))
            return 0.0
    """,
    "warnings as errors and a broken stdout": """
        import sys, warnings
        warnings.simplefilter('error')
        sys.stdout = sys.stderr = None
        sys.exit = None
        def f(x): return 0.0
    """,
}  # fmt: skip
"""The right function, where an attack also returns the right value for one input, would be a coincidence."""


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    with real_grader(tmp_path_factory.mktemp("attacks")) as made:
        yield made


@pytest.fixture(scope="module")
def bundle():
    return make_bundle(CHECKS.lstrip("\n"), setup="import numpy as np", seconds=3.0)


RIGHT = """
def f(x):
    table = {1.0: 17.5, 2.0: 1234.5, 3.0: 777.25, -2.0: -4321.5}
    return np.array([table[float(v)] for v in x]) if isinstance(x, np.ndarray) else table[float(x)]
"""


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gains_no_point_and_the_next_answer_is_graded(attack, grader, bundle):
    report = grader.grade(bundle, textwrap.dedent(ATTACKS[attack]))

    assert report.points == 0, report
    assert report.verdict not in {"passed", "platform-error", "author-error"}, report
    assert report.fault == "learner"
    assert report.message
    assert grader.grade(bundle, RIGHT).verdict == "passed"


def test_there_are_attacks_of_many_classes():
    assert len(ATTACKS) >= 25


def test_what_an_answer_writes_is_gone_for_the_next_one(grader, bundle):
    grader.grade(
        bundle, "open('/home/learner/left', 'w').write('x'); open('/tmp/left', 'w').write('x')\ndef f(x): return 0"
    )

    report = grader.grade(
        bundle, "import os\nprint(os.path.exists('/home/learner/left'), os.path.exists('/tmp/left'))\nf = abs"
    )

    assert report.output.startswith("False False")


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 8000), 1)",
        "import socket; socket.socket(socket.AF_UNIX).connect('\\0x')",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "import ctypes; assert ctypes.CDLL(None, use_errno=True).ptrace(16, 1, 0, 0) == 0",
        "open('/etc/shadow').read()",
        "open('/usr/x', 'w')",
        "import ctypes; assert ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, 0) == 0",
    ],
)
def test_an_answer_cannot_reach_out_of_its_sandbox(attempt, grader, bundle):
    report = grader.grade(bundle, f"{attempt}\nprint('reached out')\ndef f(x): return 0")

    assert report.verdict == "error"
    assert "reached out" not in report.output
