"""What code in a kernel tries, on every engine, and that it gets nothing by it.

The grounds are the zygote started by root, the zygote started by somebody else, and Docker. After each attempt a
neighbour still answers, and nothing of it is left on the machine. sandbox/README.md lists the attempts by class.
"""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import leftovers
import pytest
from docker_site import running_docker
from kernel_site import MARKER, modes, running_engine

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]

GROUNDS = [*modes(), pytest.param("docker", marks=pytest.mark.docker)]

# By libc's `syscall`: numbers of x86_64 and of aarch64.
FORBIDDEN_CALLS = {
    "trace a process": (101, 117),
    "read another process's memory": (310, 270),
    "write another process's memory": (311, 271),
    "take a descriptor of another process": (438, 438),
    "load a program into the kernel (bpf)": (321, 280),
    "use keyrings": (250, 219),
    "add a key": (248, 217),
    "set up io_uring": (425, 425),
    "watch performance events": (298, 241),
    "handle page faults": (323, 282),
    "hold memory in a nameless file": (319, 279),
    "hold secret memory": (447, 447),
    "share System V memory": (29, 194),
    "make System V messages": (68, 186),
    "mount": (165, 40),
    "unmount": (166, 39),
    "open a mount tree": (428, 428),
    "change the root": (161, 51),
    "pivot the root": (155, 41),
    "enter a namespace": (308, 268),
    "load a module": (175, 105),
    "reboot": (169, 142),
    "load another kernel": (246, 104),
    "set the clock": (227, 112),
    "set the host's name": (170, 161),
    "add swap": (167, 224),
    "account processes": (163, 89),
    "open a file by its handle": (304, 265),
    "read the kernel's log": (103, 116),
    "set quotas": (179, 60),
    "use io ports": (173, -1),
    "set a user id": (105, 146),
    "set groups": (116, 159),
    "watch all files": (300, 262),
    "compare processes": (312, 272),
    "move pages": (279, 239),
}

SOCKET = """
import errno, socket
try: socket.socket({})
except OSError as error: print(-1, error.errno in (errno.EPERM, errno.EACCES))"""

CONNECT = """
import socket
for kind, to in ((socket.AF_INET, ('127.0.0.1', {port})), (socket.AF_UNIX, chr(0) + {name!r})):
    try: socket.socket(kind).connect(to); print('reached')
    except OSError as error: print(type(error).__name__)"""

REFUSED = {
    "a user namespace": (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\nprint(libc.unshare(0x10000000), ctypes.get_errno())"
    ),
    "a child in new namespaces": """
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
number = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
print(libc.syscall(number, 0x10000000 | 17, 0, 0, 0, 0), ctypes.get_errno())""",
    "a raw socket": SOCKET.format("socket.AF_INET, socket.SOCK_RAW, 1"),
    "a packet socket": SOCKET.format("socket.AF_PACKET, socket.SOCK_RAW"),
    "a netfilter socket": SOCKET.format("socket.AF_NETLINK, socket.SOCK_RAW, 12"),
    "a socket to a hypervisor": SOCKET.format("40, socket.SOCK_STREAM"),
    "a device": """
import os, stat
try: os.mknod('d', stat.S_IFBLK | 0o600, os.makedev(8, 0))
except OSError as e: print(-1, e.errno)""",
    "capabilities": """
import re
held = re.findall(r'Cap(?:Prm|Eff|Bnd|Amb|Inh):\\s+(\\w+)', open('/proc/self/status').read())
print(-1, len(held) == 5 and set(held) == {'0' * 16})""",
    "terminal input injection": "import fcntl\ntry: fcntl.ioctl(0, 0x5412, b'x')\nexcept OSError as e: print(-1, 1)",
}

UNSEEN = {
    "the shadow file": "open('/etc/shadow').read()",
    "root's home": "import os; print(os.listdir(os.path.expanduser('~root/.ssh')))",
    "the docker socket": "import os; os.stat('/var/run/docker.sock')",
    "memory of the machine": "open('/dev/mem', 'rb')",
    "kernel memory": "open('/proc/kcore', 'rb')",
    "kernel symbols": "print(open('/proc/kallsyms').read(100) or 'No such file')",
    "system settings": "open('/proc/sys/kernel/core_pattern')",
    "system requests": "open('/proc/sysrq-trigger', 'w')",
    "control groups": "import os; os.listdir('/sys/fs/cgroup')",
    "the machine's log device": "open('/dev/kmsg')",
    "virtual machines": "open('/dev/kvm', 'rb')",
    "disks": """
import os
disks = [name for name in os.listdir('/dev') if name[:2] in ('sd', 'vd', 'nv')]
open('/dev/' + (disks or ['sda'])[0])""",
    "a file of the instance": "open({instance!r}).read()",
    "the machine's /tmp": "open({temporary!r}).read()",
    "the site's process": "open('/proc/{site}/environ')",
}


@pytest.fixture(scope="module", params=GROUNDS)
def site(request):
    # No container waits for a learner: what there is before and after an attempt can be compared.
    with (
        running_docker(PANLEARN_DOCKER_POOL="0") if request.param == "docker" else running_engine(request.param) as site
    ):
        site.docker = request.param == "docker"
        site.attempts = site.start()
        site.neighbour = site.start()
        site.run(site.neighbour, f"secret = {MARKER!r}; open('notes.txt', 'w').write(secret)")
        yield site


@pytest.fixture(autouse=True)
def nothing_is_left(site):
    before = leftovers.found(site)
    yield
    assert site.run(site.neighbour, "print(open('notes.txt').read())")["text"].strip() == MARKER
    assert leftovers.the_same(site, before) == {}


@pytest.fixture
def kernel(site):
    number = site.start()
    yield number
    site.kill(number)


@pytest.mark.parametrize("what", FORBIDDEN_CALLS)
def test_it_may_not(site, what):
    number = FORBIDDEN_CALLS[what][platform.machine() == "aarch64"]
    source = (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
        f"print(libc.syscall({number}, 0, 0, 0, 0, 0, 0), ctypes.get_errno())"
    )
    assert site.run(site.attempts, source)["text"].strip() in ("-1 1", "-1 38")


@pytest.mark.parametrize("what", REFUSED)
def test_it_may_not_have(site, what):
    assert site.run(site.attempts, REFUSED[what])["text"].strip() in ("-1 1", "-1 True")


@pytest.mark.parametrize("what", UNSEEN)
def test_it_does_not_see(site, what, tmp_path):
    planted = tmp_path / "planted"
    planted.write_text(MARKER)
    inside = site.home / "planted"
    inside.write_text(MARKER)
    source = UNSEEN[what].format(instance=str(inside), temporary=str(planted), site=site.process.pid)
    said = site.run(site.attempts, source)["text"]
    inside.unlink()
    assert MARKER not in said
    assert any(word in said for word in ("No such file", "Permission denied", "not permitted", "Read-only")), said


def test_environment_variables_of_the_site_are_not_there(site, kernel):
    said = site.run(kernel, "import os; print(os.environ, open('/proc/self/environ').read())")["text"]
    assert MARKER not in said
    assert "PANLEARN" not in said


def test_it_sees_its_own_processes_only(site, kernel):
    said = site.run(kernel, "import os; print(sorted(name for name in os.listdir('/proc') if name.isdigit()))")["text"]
    assert said == "['1']\n"


def test_signals_reach_nobody_else(site, kernel):
    source = """
import os, signal
for pid in (-1, *range(2, 500)):
    try: os.kill(pid, signal.SIGKILL)
    except OSError: pass"""
    site.run(kernel, source)
    assert site.run(kernel, "print('alive')")["text"] == "alive\n"


def test_other_learners_files_are_not_there(site, kernel):
    source = """
import os
found = []
for folder, folders, files in os.walk('/'):
    if folder.startswith(('/proc', '/usr', '/lib')): folders[:] = []; continue
    found += [os.path.join(folder, name) for name in files if name == 'notes.txt']
print(found)"""
    assert site.run(kernel, source)["text"] == "[]\n"


def test_neither_sockets_nor_files_of_the_instance_are_there(site, kernel):
    source = "import os; print(os.path.exists({!r}), os.path.exists({!r}), os.listdir('/run'))".format(
        site.runtime(), str(site.home / "log")
    )
    said = site.run(kernel, source)["text"]
    assert said.startswith("False False [")
    assert set(eval(said.partition("[")[2].rpartition("]")[0] + ",")) <= {"home", "lock", "mount", "panlearn"}


def test_no_descriptor_of_the_site_is_open(site, kernel):
    source = """
import os
for fd in sorted(map(int, os.listdir('/proc/self/fd'))):
    try: print(os.readlink(f'/proc/self/fd/{fd}'))
    except OSError: pass"""
    lines = site.run(kernel, source)["text"].split()
    assert {line.split(":")[0] for line in lines} <= {"/dev/null", "socket", "anon_inode", "pipe", "/proc/1/fd"}, lines


def test_there_is_no_network(site, kernel):
    source = """
import socket
def attempt(what):
    try: what(); print('reached')
    except OSError as error: print(type(error).__name__)
attempt(lambda: socket.create_connection(('192.0.2.1', 80), 2))
attempt(lambda: socket.getaddrinfo('example.org', 80))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)))
attempt(lambda: socket.create_connection(('::ffff:192.0.2.1', 80), 2))
print(sorted(name for _, name in socket.if_nameindex()))"""
    lines = site.run(kernel, source)["text"].split("\n")
    assert "reached" not in lines
    assert lines[-2] in (
        "['lo']",
        "['lo', 'sit0']",
        "['erspan0', 'gre0', 'gretap0', 'ip6_vti0', 'ip6gre0', 'ip6tnl0', 'ip_vti0', 'lo', 'sit0', 'tunl0']",
    )


def test_services_of_this_machine_are_not_reached(site, kernel):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as hidden:
        hidden.bind("\0panlearn-test")
        hidden.listen()
        source = CONNECT.format(port=server.getsockname()[1], name="panlearn-test")
        assert site.run(kernel, source)["text"] == "ConnectionRefusedError\nConnectionRefusedError\n"


def test_kernels_do_not_reach_each_other(site, kernel):
    listening = """
import socket
held = socket.create_server(('127.0.0.1', 4711))
other = socket.socket(socket.AF_UNIX)
other.bind(chr(0) + 'mine')
other.listen()
print('listens')"""
    assert site.run(site.neighbour, listening)["text"] == "listens\n"
    source = CONNECT.format(port=4711, name="mine")
    assert site.run(kernel, source)["text"] == "ConnectionRefusedError\nConnectionRefusedError\n"


def test_its_loopback_works(site, kernel):
    source = """
import socket
server = socket.create_server(('127.0.0.1', 0))
socket.create_connection(server.getsockname())
print('reached')"""
    assert site.run(kernel, source)["text"] == "reached\n"


def test_a_fork_bomb_is_held(site, kernel):
    source = """
import os, time
made = 0
try:
    while made < 5000:
        if os.fork() == 0:
            time.sleep(30); os._exit(0)
        made += 1
except OSError as error:
    print(type(error).__name__, made)"""
    kind, made = site.run(kernel, source)["text"].split()
    assert kind == "BlockingIOError"
    assert 50 < int(made) < 200


def test_a_bomb_of_threads_is_held(site, kernel):
    source = """
import threading, time
try:
    for made in range(5000): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
except RuntimeError: print('held', made < 200)"""
    assert site.run(kernel, source)["text"] == "held True\n"


@pytest.mark.parametrize("folder", ["/home/learner", "/tmp", "/dev/shm"])
def test_the_disk_is_limited(site, kernel, folder):
    source = f"""
import os
written = 0
try:
    for number in range(64):
        with open(f'{folder}/big{{number}}', 'wb') as file:
            for _ in range(16): written += file.write(bytes(1 << 20))
except OSError as error: print(error.strerror, written >> 20)"""
    said = site.run(kernel, source)["text"]
    assert said.startswith("No space left on device")
    assert int(said.split()[-1]) <= 256


def test_one_files_size_is_limited(site):
    source = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nopen('big', 'wb').truncate(2 << 30)"
    assert "File too large" in site.says(source, file_mib=64)


def test_the_number_of_files_is_limited(site):
    said = site.says("for number in range(100_000): open(f'f{number}', 'w').close()", home_files=500)
    assert "No space left on device" in said


def test_open_files_are_limited(site, kernel):
    assert "Too many open files" in site.run(kernel, "held = [open('/dev/null') for _ in range(5000)]")["text"]


def test_limits_cannot_be_raised(site, kernel):
    source = """
import resource
for name in ('NPROC', 'DATA', 'AS', 'FSIZE', 'NOFILE'):
    kind = getattr(resource, f'RLIMIT_{name}')
    try: resource.setrlimit(kind, (1 << 40, 1 << 40)); print('raised', kind)
    except (ValueError, OSError): pass"""
    assert site.run(kernel, source)["text"] == ""


@pytest.mark.parametrize(
    "command", ["mount -t tmpfs none /tmp", "su -c id", "unshare -r id", "nsenter -t 1 -a id", "dmesg", "chroot / id"]
)
def test_tools_of_the_system_gain_nothing(site, kernel, command):
    source = f"""
import subprocess
done = subprocess.run({command.split()!r}, capture_output=True, stdin=subprocess.DEVNULL)
print(done.returncode)"""
    said = site.run(kernel, source)["text"]
    assert said.strip() not in ("0", ""), said


def test_nothing_outside_its_home_can_be_written(site, kernel):
    source = """
import os, sys
system = ('/', '/usr', '/etc', '/run', '/srv', '/srv/data', '/dev', '/home')
for path in (*system, sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)):
    try: open(os.path.join(path, 'x'), 'w'); print('wrote', path)
    except OSError: pass
for name in os.listdir('/dev'):
    try: os.unlink(f'/dev/{name}'); print('removed', name)
    except OSError: pass"""
    assert site.run(kernel, source)["text"] == ""


def test_setuid_programs_and_devices_would_not_work(site, kernel):
    lines = site.run(kernel, "print(open('/proc/self/mountinfo').read())")["text"].split("\n")
    for line in filter(None, map(str.strip, lines)):
        fields = line.split()
        if fields[4].startswith(("/dev/", "/proc/", "/sys")) or fields[4] in ("/", "/proc"):
            continue
        # Docker sets no such options on its /dev, whose devices its own rules allow, and on folders of the machine,
        # which are read-only; no-new-privileges, below, holds for both.
        if site.docker and (fields[4] == "/dev" or "ro" in fields[5].split(",")):
            continue
        assert {"nosuid", "nodev"} <= set(fields[5].split(",")), line
    assert site.run(kernel, "print(open('/proc/self/status').read())")["text"].count("NoNewPrivs:\t1") == 1


def test_an_unknown_way_of_calling_ends_the_process_only(site, kernel):
    if platform.machine() != "x86_64":
        pytest.skip("the other way of calling is x86's")
    # `int 0x80` is the 32-bit way in, with other numbers: 20 is getpid there.
    source = """
import ctypes, mmap
code = bytes.fromhex('b814000000cd80c3')
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(code)
print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))())"""
    if site.docker:  # Docker's filter ends the thread: the kernel answers nothing more, until a limit of time ends it
        assert site.run(kernel, source, seconds=3)["text"] == ""
    else:
        assert site.run(kernel, source)["status"] == "killed"


def _sleepers(seconds: int) -> set[int]:
    """Processes of this machine that sleep for so long."""
    found = set()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if place.read_bytes() == f"sleep\0{seconds}\0".encode():
                found.add(int(place.parent.name))
    return found


def test_what_it_started_ends_with_it(site):
    kernel = site.start()
    site.run(
        kernel, "import subprocess\nfor _ in range(3): subprocess.Popen(['sleep', '4711'], start_new_session=True)"
    )
    assert len(_sleepers(4711)) == 3
    site.kill(kernel)
    assert not _sleepers(4711)


def test_as_root_it_is_nobody_on_the_machine(site, kernel):
    owner = _owner(site.pid(kernel))
    if site.docker:
        assert 100_000 <= owner < 200_000
        assert owner != _owner(site.pid(site.neighbour))
    elif site.mode() == "root":
        assert owner > 1_000_000_000
        assert owner != _owner(site.pid(site.neighbour))
    else:
        assert owner == site.home.stat().st_uid


def _owner(pid):
    return Path(f"/proc/{pid}").stat().st_uid


TRICKS = {
    "leaves its root folder by chroot": "import os; os.chroot('/tmp')",
    "enters the namespaces of process 1": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for kind in os.listdir('/proc/1/ns'):
    fd = os.open(f'/proc/1/ns/{kind}', os.O_RDONLY)
    if libc.setns(fd, 0) == 0: print('reached', kind)
raise PermissionError('Operation not permitted')""",
    "walks up from an open folder": """
import os
fd = os.open('/home/learner', os.O_RDONLY)
for _ in range(64): fd = os.open('..', os.O_RDONLY, dir_fd=fd)
assert os.fstat(fd).st_ino == os.stat('/').st_ino
raise PermissionError('Operation not permitted')""",
    "becomes root": "import os; os.setuid(0)",
    "becomes another user": "import os; os.setresuid(65534, 65534, 65534)",
    "takes the group of disks": "import os; os.setgroups([6])",
    "runs in real time": "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))",
    "raises its priority": "import os; os.setpriority(os.PRIO_PROCESS, 0, -20)",
    "asks to be spared when memory is short": """
import os
os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')""",
    "maps another user onto itself": "import os; os.write(os.open('/proc/self/uid_map', os.O_WRONLY), b'0 0 1')",
    "renames the machine": "import socket; socket.sethostname('mine')",
    "links a file of the machine into its home": "import os; os.link('/etc/passwd', 'mine')",
    "changes the owner of its home": "import os; os.chown('/home/learner', 0, 0)",
    "overwrites the interpreter": "import sys; open(sys.executable, 'r+b').write(b'x')",
    "puts a module before numpy for everybody": "import numpy; open(numpy.__path__[0] + '/evil.py', 'w')",
    "remounts a folder writable": """
import subprocess
done = subprocess.run(['mount', '-o', 'remount,rw', '/usr'], capture_output=True)
assert done.returncode
raise PermissionError('Operation not permitted')""",
    "opens a device it finds": """
import os, stat
for name in os.listdir('/dev'):
    mode = os.stat('/dev/' + name).st_mode
    if stat.S_ISBLK(mode): print('reached', name)
raise PermissionError('Operation not permitted')""",
    "takes the seccomp filter off": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(22, 0, 0, 0, 0) == 0 or libc.syscall(317, 0, 0, 0) == 0: print('reached')
raise PermissionError('Operation not permitted')""",
    "follows a link of /proc out of its root": "open('/proc/1/root/../../etc/shadow').read()",
    "makes a nameless file that can be run": "import os; os.memfd_create('x')",
}


@pytest.mark.parametrize("what", TRICKS)
def test_it_gains_nothing_when_it(site, what):
    said = site.run(site.attempts, TRICKS[what])["text"]

    assert "reached" not in said
    refusals = ("not permitted", "Permission denied", "Read-only", "No such file", "Invalid argument", "cross-device")
    assert any(word in said for word in refusals), said


ENDINGS = {
    "a crash": "import ctypes; ctypes.string_at(0)",
    "an exit": "import os; os._exit(0)",
    "an abort": "import os; os.abort()",
    "closed descriptors": "import os; os.closerange(0, 4096)",
    "a stack without end": "import sys, ctypes; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    "a stopped process": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "an endless loop in C": "sum(1 for _ in iter(int, 1))",
    "a lock that nobody opens": "import threading; one = threading.Lock(); one.acquire(); one.acquire()",
    "a replaced kernel": "get_ipython().kernel.do_execute = None; get_ipython().kernel.shell_stream.close()",
    "a killed process group": "import os; os.killpg(0, 9)",
    "a stopped process group": "import os, signal; os.killpg(0, signal.SIGSTOP)",
    "a killed session": "import os, signal\nfor pid in (0, -1, -os.getpgid(0), os.getsid(0)): os.kill(pid, 9)",
}


@pytest.mark.parametrize("what", ENDINGS)
def test_its_end_is_its_own(site, what):
    """Whatever becomes of the kernel, it is gone when it is ended; the neighbour is asked afterwards, as always."""
    kernel = site.start()
    found = site.run(kernel, ENDINGS[what], seconds=4)
    assert MARKER not in found["text"]
    site.kill(kernel)


FLOODS = {
    "output without end": "while True: print('x' * 1000)",
    "output in many streams": "import sys\nwhile True: sys.stderr.write('e' * 4096); sys.stdout.write('o' * 4096)",
    "displays without end": "from IPython.display import display\nwhile True: display('x' * 10000)",
    "one giant output": "print('x' * (200 << 20))",
    "a giant picture": "from IPython.display import Image, display; display(Image(data=bytes(60 << 20), format='png'))",
    "a bomb that unpacks itself": """
import io, zipfile
packed = io.BytesIO()
with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED) as file: file.writestr('zeros', bytes(100 << 20))
for number in range(1000): zipfile.ZipFile(packed).extractall(str(number))""",
    "a file with a hole of a terabyte": "open('hole', 'wb').truncate(1 << 40)",
    "pipes full of bytes": """
import os
held = []
while True:
    read, write = os.pipe(); os.set_blocking(write, False); held += [read, write]
    try:
        while True: os.write(write, bytes(65536))
    except BlockingIOError: pass""",
    "sockets full of bytes": """
import socket
held = []
while True:
    one, two = socket.socketpair(); one.setblocking(False); held += [one, two]
    try:
        while True: one.send(bytes(65536))
    except BlockingIOError: pass""",
    "shared memory": """
import mmap
held = []
while True:
    page = mmap.mmap(-1, 64 << 20); page.write(bytes(64 << 20)); held.append(page)""",
    "watches on files": """
import ctypes
libc = ctypes.CDLL(None)
for _ in range(100_000): libc.inotify_init1(0)""",
    "timers": "import threading\nfor _ in range(100_000): threading.Timer(60, print).start()",
    "a fork bomb of shells": "import subprocess; subprocess.run(['bash', '-c', ':(){ :|:& };:'])",
    "folders in folders": "import os\nfor _ in range(100_000): os.mkdir('d'); os.chdir('d')",
}


@pytest.mark.parametrize("what", FLOODS)
def test_the_neighbour_is_not_drowned_by(site, what):
    kernel = site.start(memory_mib=512, home_mib=64, home_files=2000)
    site.ask(kernel, FLOODS[what])
    assert site.run(site.neighbour, "print(sum(range(1000)))", seconds=20)["text"] == "499500\n"
    site.kill(kernel)


def test_messages_signed_with_its_own_key_reach_its_own_page_only(site, kernel):
    source = """
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
app.session.send(app.iopub_socket, 'stream', {'name': 'stdout', 'text': 'forged'}, parent=app.kernel.get_parent())
"""
    assert "forged" in site.run(kernel, source)["text"]
    assert site.run(site.neighbour, "print('quiet')")["text"] == "quiet\n"


OUTSIDE = {
    "reading a file of the machine": "print(len(open({planted!r}).read()) > 0)",
    "a nameless file": "import os; print(os.memfd_create('x') > 0)",
    "a process's environment": "print(len(open('/proc/{pid}/environ', 'rb').read()) > 0)",
    "a service on loopback": "import socket; print(bool(socket.create_connection(('127.0.0.1', {port}))))",
    "files in shared places": "import os; print(os.path.isdir('/sys/fs/cgroup') or os.path.exists('/proc/sys/kernel'))",
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_outside_a_sandbox_the_same_attempt_finds(site, what, tmp_path):
    """The attempts above see nothing; where there is no sandbox they do, or they would show nothing."""
    planted = tmp_path / "planted"
    planted.write_text(MARKER)
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = OUTSIDE[what].format(planted=str(planted), pid=os.getpid(), port=server.getsockname()[1])
        plain = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
        assert plain.stdout == "True\n"
        assert "True" not in site.run(site.attempts, source)["text"]


FUZZ = """
import ctypes, os, random, signal
libc = ctypes.CDLL(None, use_errno=True)
allowed_to_end_us = {numbers!r}
dice = random.Random({seed})
kept = os.getpid()
child = os.fork()
if child == 0:
    signal.alarm(10)
    for _ in range(20_000):
        number = dice.randrange(0, 600)
        if number in allowed_to_end_us: continue
        arguments = [dice.choice((0, 1, 2, -1, 1 << 31, dice.getrandbits(63), kept)) for _ in range(6)]
        libc.syscall(number, *map(ctypes.c_long, arguments))
    os._exit(0)
print(os.waitpid(child, 0)[0] == child)
"""
# Calls that only end, stop or wait: x86_64 first, then aarch64 (read, write and the like may wait for ever too).
WAITING = {
    "x86_64": {0, 7, 15, 19, 23, 34, 35, 60, 61, 62, 130, 200, 202, 230, 231, 232, 234, 247, 270, 271, 281, 295},
    "aarch64": {63, 65, 72, 73, 93, 94, 95, 98, 101, 115, 129, 130, 131, 133, 137, 139, 22, 260},
}


@pytest.mark.parametrize("seed", range(4))
def test_system_calls_at_random_end_at_most_who_makes_them(site, seed):
    """Twenty thousand calls with numbers and arguments at random, in a child: whatever they do, it stays inside."""
    kernel = site.start()
    source = FUZZ.format(numbers=WAITING[platform.machine()], seed=seed)
    found = site.run(kernel, source, seconds=30)
    assert found["text"] == "True\n" or found["status"] in ("killed", "ended", "memory"), found
    site.kill(kernel)
