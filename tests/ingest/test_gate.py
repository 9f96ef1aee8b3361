"""The probe is a process that may die; the gate outlives it."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from portal import confined
from portal.ingest import gate, probe
from portal.ingest.call import Refused
from portal.ingest.content import Changed, Content, NotAFile
from portal.ingest.gate import Probe
from portal.ingest.models import Reason
from tests.ingest import deliveries as d

CRASHING = """
import os, signal, sys, socket
line = socket.socket(fileno=int(sys.argv[1]))
socket.recv_fds(line, 4096, 1)
{}
"""


@pytest.fixture
def content(tmp_path):
    path = tmp_path / "x.wav"
    path.write_bytes(d.sound())
    with Content.at(path) as opened:
        yield opened


@pytest.fixture
def own():
    """A probe of this test's own."""
    made = Probe()
    yield made
    made.close()


def with_child(monkeypatch, code: str) -> None:
    real = subprocess.Popen

    def other(args, **kwargs):
        return real([sys.executable, "-c", CRASHING.format(code), args[-1]], **kwargs)

    monkeypatch.setattr(gate.subprocess, "Popen", other)


@pytest.mark.parametrize("death", ["os.kill(os.getpid(), signal.SIGSEGV)", "os._exit(1)", "raise MemoryError"])
def test_a_file_that_kills_the_decoder_is_broken_and_the_next_is_decoded(death, content, own, monkeypatch):
    with monkeypatch.context() as patch:
        with_child(patch, death)
        assert own.ask(content) == {"reason": "broken", "detail": "crash"}
    assert own.ask(content)["milliseconds"] == 2000


def test_a_decoder_that_stands_still_is_ended(content, own, monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_SECONDS", 0.3)
    with monkeypatch.context() as patch:
        with_child(patch, "import time; time.sleep(60)")
        assert own.ask(content) == {"reason": "broken", "detail": "timeout"}


@pytest.mark.parametrize(
    "said",
    [
        b"no json",
        b"[]",
        b'"text"',
        b"{}",
        b'{"number": 1}',
        b'{"number": 1, "reason": "broken"}',
        b'{"number": 1, "reason": "granted", "detail": ""}',
        b'{"number": 1, "reason": "broken", "detail": "Anna Andersson"}',
        b'{"number": 1, "reason": "broken", "detail": "cut", "by": 1}',
        b'{"number": 1, "reason": ["broken"], "detail": "cut"}',
        b'{"number": 1, "format": "wav", "empty": false, "channels": 9, "rate": 8000, "milliseconds": 5}',
        b'{"number": 1, "format": "wav/../x", "empty": false, "channels": 1, "rate": 8000, "milliseconds": 5}',
        b'{"number": 1, "format": "wav", "empty": 0, "channels": 1, "rate": 8000, "milliseconds": 5}',
        b'{"number": 1, "format": "wav", "empty": false, "channels": 1, "rate": "8000", "milliseconds": 5}',
        b'{"number": 1, "format": "wav", "empty": false, "channels": 1, "rate": 8000, "milliseconds": -5}',
        b'{"number": 1, "format": "wav", "empty": false, "channels": 1, "milliseconds": 5}',
        b'{"number": 1, "format": "wav", "empty": false, "channels": 1, "rate": 8000, "milliseconds": 5, "x": 1}',
    ],
)
def test_a_decoder_that_was_taken_over_says_nothing_that_is_believed(said, content, own, monkeypatch):
    with monkeypatch.context() as patch:
        with_child(patch, f"line.send({said!r})\nimport time; time.sleep(60)")
        assert own.ask(content) == {"reason": "broken", "detail": "crash"}
    assert own.ask(content)["milliseconds"] == 2000


def test_where_the_net_cannot_be_taken_away_the_files_wait_and_none_is_called_broken(sweep, monkeypatch):
    """By one process and by a crew: it is the machine that is at fault."""
    monkeypatch.setattr(gate, "probe", Probe())
    with monkeypatch.context() as patch:
        patch.setattr(gate.subprocess, "Popen", _unstarted(subprocess.Popen))
        for count in (1, 12):
            names = [d.name(count=n) for n in range(count)]
            paths = [d.deliver(name, d.sound(0.2)) for name in names]
            d.deliver("cdr.csv", d.cdr(*map(d.detail, names)))
            summary = sweep()
            assert (summary.taken, summary.quarantined) == (0, {})
            assert set(summary.faults) == {"ENOSYS"}
            assert all(path.exists() for path in paths)
    gate.probe.close()
    assert sweep(40).taken == 12


def _unstarted(real):
    def other(args, **kwargs):
        return real([sys.executable, "-c", f"raise SystemExit({confined.UNSTARTED})"], **kwargs)

    return other


def test_one_child_serves_many_files_and_is_replaced_when_it_died(content, own):
    own.ask(content)
    child = own._child
    own.ask(content)
    assert own._child is child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert own.ask(content)["format"] == "wav/pcm_alaw"
    assert own._child is not child


def test_the_child_ends_with_its_parent(content):
    code = (
        "import sys; from pathlib import Path; from portal.ingest.gate import probe;"
        "from portal.ingest.content import Content;"
        "probe.ask(Content.at(Path(sys.argv[1]))); print(probe._child.pid, flush=True);"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    path = os.readlink(f"/proc/self/fd/{content.handle}")
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60)
    child = int(done.stdout)
    for _ in range(100):
        try:
            with open(f"/proc/{child}/stat") as stat:
                if stat.read().split()[2] == "Z":
                    return
        except FileNotFoundError:
            return
        threading.Event().wait(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the probe outlived its parent")


def test_the_child_can_write_no_file_dump_no_core_and_has_bounded_memory(content, own):
    own.ask(content)
    with open(f"/proc/{own._child.pid}/limits") as limits:
        found = {line[:26].strip(): line[26:].split()[:2] for line in limits}
    assert found["Max core file size"] == ["0", "0"]
    assert found["Max file size"] == ["0", "0"]
    assert found["Max address space"] == [str(confined.MEMORY)] * 2
    assert found["Max cpu time"][0] != "unlimited"


def test_the_child_gets_nothing_of_the_worker_s_environment(content, own, monkeypatch):
    monkeypatch.setenv("PORTAL_DATA", "/secret")
    own.ask(content)
    with open(f"/proc/{own._child.pid}/environ", "rb") as environ:
        assert b"PORTAL" not in environ.read()


def test_memory_does_not_grow_with_the_length(own, tmp_path):
    path = tmp_path / "long.wav"
    path.write_bytes(d.sound(4 * 3600, channels=1))
    with Content.at(path) as opened:
        assert own.ask(opened)["milliseconds"] == 4 * 3600 * 1000
    with open(f"/proc/{own._child.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert peak < 200_000  # kB; the file alone is 115,200


def test_more_than_twelve_hours_are_refused(content, monkeypatch):
    monkeypatch.setattr(probe, "LONGEST_SECONDS", 1)
    assert probe.answer(content.handle) == {"reason": "bad_length", "detail": "long"}


def test_the_size_is_looked_at_before_anything_is_read(tmp_path, settings, monkeypatch):
    path = tmp_path / "x.wav"
    path.write_bytes(b"")
    os.truncate(path, 2 << 30)
    monkeypatch.setattr(gate.probe, "ask", lambda content: pytest.fail("asked"))
    with Content.at(path) as opened, pytest.raises(Refused) as refused:
        gate.examine(opened)
    assert refused.value.reason == Reason.TOO_LARGE


def test_what_is_read_is_what_was_opened(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"first")
    with Content.at(path) as opened:
        path.unlink()
        path.write_bytes(b"other")
        assert opened.read() == b"first"


def test_what_moves_while_it_is_read_is_not_taken(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"first")
    with Content.at(path) as opened:
        path.write_bytes(b"first and more")
        with pytest.raises(Changed):
            opened.read()


@pytest.mark.parametrize("kind", ["symlink", "folder", "pipe"])
def test_only_a_regular_file_is_opened(kind, tmp_path):
    path = tmp_path / "x"
    {"symlink": lambda: path.symlink_to("/etc/passwd"), "folder": path.mkdir, "pipe": lambda: os.mkfifo(path)}[kind]()
    with pytest.raises(NotAFile):
        Content.at(path)


def test_memory_content_cannot_be_changed():
    with Content.of([b"ab", b"c"]) as opened:
        assert opened.read() == b"abc"
        with pytest.raises(PermissionError):
            os.pwrite(opened.handle, b"x", 0)
