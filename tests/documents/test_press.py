"""The press outlives its child, and the child can do nothing but set."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from portal import confined
from portal.documents import press as press_module
from portal.documents import samples
from portal.documents.kinds import Kind
from portal.documents.press import Press, Unset

ORDER = samples.of(Kind.SPECIMEN, "sv", "short").order

PLAYED = """
import os, signal, socket, struct, sys, time
line = socket.socket(fileno=int(sys.argv[1]))
line.recv(65536)
{}
"""


@pytest.fixture
def own():
    """A press of this test's own."""
    with Press() as made:
        yield made


def with_child(monkeypatch, code: str) -> None:
    """The next child is a Python program that plays `code` once it has been asked."""
    real = subprocess.Popen

    def other(args, **kwargs):
        return real([sys.executable, "-c", PLAYED.format(code), args[-1]], **kwargs)

    monkeypatch.setattr(confined.subprocess, "Popen", other)


def status(child, name: str) -> int:
    with open(f"/proc/{child.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def test_a_letter_is_a_pdf_and_says_how_many_pages_it_has(real_press):
    printed = real_press.set(ORDER)
    assert printed.pdf.startswith(b"%PDF-1.7")
    assert printed.pdf.rstrip().endswith(b"%%EOF")
    assert printed.pages == 2


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "Crashed"),
        ("os._exit(1)", "Crashed"),
        ("os._exit(78)", "Unstarted"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "Stuck"),
        ("line.send(b'P')", "Crashed"),
        ("line.send(b'U{}')", "Crashed"),
        ("line.send(b'P' + struct.pack('>QI', 100, 1)); line.send(b'%PDF')", "Crashed"),
        ("line.send(b'P' + struct.pack('>QI', 1 << 40, 1)); time.sleep(60)", "Overfull"),
    ],
)
def test_a_child_that_ends_or_talks_nonsense_costs_one_letter(end, code, own, monkeypatch):
    with monkeypatch.context() as patch:
        with_child(patch, end)
        with pytest.raises(Unset) as unset:
            own.set(ORDER)
        assert unset.value.code == code
    assert own.set(ORDER).pages == 2


@pytest.mark.parametrize("code", ["time.sleep(60)", "while True: line.send(b'U'); time.sleep(0.05)"])
def test_a_child_that_stands_still_is_ended_in_time(code, monkeypatch):
    with Press(patience_seconds=1) as own, monkeypatch.context() as patch:
        with_child(patch, code if code.startswith("time") else DRIPPING)
        start = time.monotonic()
        with pytest.raises(Unset, match="Stuck"):
            own.set(ORDER)
        assert time.monotonic() - start < 5
        assert own._child is None


DRIPPING = """
line.send(b'P' + struct.pack('>QI', 1 << 20, 1))
while True:
    line.send(b'x')
    time.sleep(0.05)
"""
"""Each piece comes in time, the whole never does."""


def test_a_child_stopped_in_the_middle_is_stuck_and_its_order_can_be_set_again(monkeypatch):
    with Press(patience_seconds=30) as own:
        own.set(ORDER)
        child = own._child
        own._patience = 1
        os.kill(child.pid, signal.SIGSTOP)
        with pytest.raises(Unset, match="Stuck"):
            own.set(ORDER)
        assert child.poll() == -signal.SIGKILL
        own._patience = 60
        assert own.set(ORDER).pages == 2


@pytest.mark.parametrize("points", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_at_any_point_it_loses_no_letter(points, own):
    """Wherever the child is in its work, the order is set when it is asked for again, to the same bytes."""
    wanted = own.set(ORDER).pdf
    start = time.monotonic()
    own.set(ORDER)
    length = time.monotonic() - start
    outcomes = []
    for point in range(points):
        assert own.set(ORDER).pdf == wanted
        timer = threading.Timer(length * point / points, os.kill, (own._child.pid, signal.SIGKILL))
        timer.start()
        try:
            assert own.set(ORDER).pdf == wanted
            outcomes.append("set")
        except Unset as unset:
            outcomes.append(unset.code)
        timer.cancel()
        timer.join()
        own.close()  # a kill that came when the letter was done must not meet the next one
    assert set(outcomes) <= {"set", "Crashed"}
    assert outcomes.count("Crashed") >= points // 4, "the kills came too late to prove anything"
    assert own.set(ORDER).pdf == wanted


def test_one_child_sets_many_letters_and_is_replaced_after_so_many(own, monkeypatch):
    own.set(ORDER)
    child = own._child
    own.set(ORDER)
    assert own._child is child
    monkeypatch.setattr(press_module, "LETTERS", 3)
    own.set(ORDER)
    assert child.poll() is not None
    own.set(ORDER)
    assert own._child.pid != child.pid


def test_a_child_that_has_swollen_is_replaced(own, monkeypatch):
    own.set(ORDER)
    child = own._child
    monkeypatch.setattr(press_module, "RESIDENT", 30 << 20)
    own.set(ORDER)
    assert child.poll() is not None


def test_a_refused_letter_does_not_cost_the_child(own):
    own.set(ORDER)
    child = own._child
    with pytest.raises(Unset, match="Refused"):
        own.set(dataclasses.replace(ORDER, facts={}))
    assert own.set(ORDER).pages == 2
    assert own._child is child


def test_a_child_that_nobody_needs_ends():
    with Press(idle_seconds=0.3) as own:
        own.set(ORDER)
        child = own._child
        child.wait(timeout=10)
        assert own._child is None
        assert own.set(ORDER).pages == 2


def test_the_child_that_is_in_use_does_not_end_for_idleness():
    with Press(idle_seconds=0.05) as own:
        for _ in range(3):
            assert own.set(ORDER).pages == 2


def test_many_threads_share_one_child(own):
    found = []
    threads = [threading.Thread(target=lambda: found.append(own.set(ORDER).pdf)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_after_a_fork_each_process_has_a_child_of_its_own(own):
    wanted = own.set(ORDER).pdf
    child = own._child
    pid = os.fork()
    if not pid:
        same = False
        try:
            same = own.set(ORDER).pdf == wanted and own._child.pid != child.pid
            own.close()
        finally:
            os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert own.set(ORDER).pdf == wanted
    assert own._child is child


def test_an_order_larger_than_any_letter_is_not_even_sent(own, monkeypatch):
    monkeypatch.setattr(press_module, "LARGEST_ORDER", 1000)
    with pytest.raises(Unset, match="Overfull"):
        own.set(ORDER)
    assert own._child is None


def test_the_child_ends_with_its_parent():
    code = (
        "from portal.documents.press import Press; from portal.documents import samples;"
        "p = Press(); p.set(samples.of('specimen', 'sv', 'short').order); print(p._child.pid, flush=True);"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    child = int(done.stdout)
    for _ in range(100):
        try:
            with open(f"/proc/{child}/stat") as stat:
                if stat.read().split()[2] == "Z":
                    return
        except FileNotFoundError:
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the typesetter outlived its parent")


def test_the_child_is_limited_and_sees_nothing_of_its_parent_s(own, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA", "/secret")
    own.set(ORDER)
    with open(f"/proc/{own._child.pid}/limits") as limits:
        found = {line[:26].strip(): line[26:].split()[:2] for line in limits}
    assert found["Max core file size"] == ["0", "0"]
    assert found["Max file size"] == ["0", "0"]
    assert found["Max open files"] == ["32", "32"]
    assert int(found["Max address space"][0]) < 2 << 30
    assert int(found["Max cpu time"][0]) < 1000
    with open(f"/proc/{own._child.pid}/environ", "rb") as environ:
        assert b"PORTAL" not in environ.read()
    assert status(own._child, "Seccomp") == 2
    assert status(own._child, "NoNewPrivs") == 1
    handles = os.listdir(f"/proc/{own._child.pid}/fd")
    where = [os.readlink(f"/proc/{own._child.pid}/fd/{handle}") for handle in handles]
    assert sum(name.startswith("socket:") for name in where) == 1
    assert {name for name in where if not name.startswith("socket:")} == {"/dev/null"}


def test_a_warm_child_is_small(own):
    for size in ("short", "odd"):
        own.set(samples.of(Kind.SPECIMEN, "fi", size).order)
    assert status(own._child, "VmHWM") < 120 * 1024


CONFINED = """
import errno, os, socket, sys
from portal import confined
ours, theirs = socket.socketpair()
confined.go_offline()
tried = {{
    "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "unix": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
    "pair": lambda: socket.socketpair(),
    "connect": lambda: theirs.connect("/x"),
    "exec": lambda: os.execv("/bin/true", ["/bin/true"]),
    "fork": os.fork,
    "spawn": lambda: os.posix_spawn("/bin/true", ["/bin/true"], {{}}),
    "unlink": lambda: os.unlink("/nowhere/at/all"),
    "rename": lambda: os.rename("/nowhere/a", "/nowhere/b"),
    "mkdir": lambda: os.mkdir("/nowhere/at/all"),
    "link": lambda: os.symlink("/etc/passwd", "/nowhere/at/all"),
    "pidfd": lambda: os.pidfd_open(os.getppid()),
}}
try:
    tried[{name!r}]()
except OSError as error:
    sys.exit(0 if error.errno in (errno.EPERM, errno.ENOSYS) else f"{{error}}")
sys.exit("it could")
"""


@pytest.mark.parametrize(
    "name",
    ["socket", "unix", "pair", "connect", "exec", "fork", "spawn", "unlink", "rename", "mkdir", "link", "pidfd"],
)
def test_what_is_offline_can_reach_nothing(name):
    code = CONFINED.format(name=name)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_offline_threads_and_the_given_line_still_work():
    code = (
        "import socket, threading; from portal import confined; a, b = socket.socketpair(); confined.go_offline();"
        "t = threading.Thread(target=a.send, args=(b'x',)); t.start(); t.join(); assert b.recv(1) == b'x'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_io_uring_is_gone_too():
    """It would open sockets without the call of that name."""
    code = (
        "import ctypes, errno, sys; from portal import confined; confined.go_offline();"
        "libc = ctypes.CDLL(None, use_errno=True); found = libc.syscall(425, 1, ctypes.create_string_buffer(200));"
        "sys.exit(0 if found == -1 and ctypes.get_errno() == errno.EPERM else 1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_where_the_net_cannot_be_taken_away_nothing_is_set(own, monkeypatch, tmp_path):
    (tmp_path / "pyseccomp.py").write_text("raise RuntimeError('no libseccomp')\n")
    real = subprocess.Popen

    def without(args, **kwargs):
        kwargs["env"] = {**kwargs["env"], "PYTHONPATH": str(tmp_path)}
        return real(args, **kwargs)

    monkeypatch.setattr(confined.subprocess, "Popen", without)
    with pytest.raises(Unset, match="Unstarted"):
        own.set(ORDER)


def test_the_line_is_the_only_way_in():
    """What the press speaks is one Unix socket pair, no name in the file system and no port."""
    child, line = confined.start("portal.documents.typesetter", 30)
    try:
        assert line.family == socket.AF_UNIX
        assert not line.getsockname()
        assert not line.getpeername()
    finally:
        line.close()
        child.kill()
        child.wait()
