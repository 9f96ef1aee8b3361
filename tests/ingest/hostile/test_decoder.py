"""A decoder that a file has taken over reaches nobody, writes nowhere, and ends when it swells or never ends."""

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from portal import config, confined
from portal.ingest import gate
from portal.ingest.content import Content
from portal.ingest.models import Quarantined, Reason
from portal.recordings import decoding
from portal.recordings.decoding import Child, Crashed
from portal.recordings.models import Recording
from portal.recordings.sound import Unreadable
from portal.vault import root
from tests.ingest import deliveries as d
from tests.ingest.hostile.decoder import TRIALS

FATAL = {"use_the_processor"}
HARMLESS = {"breathe"}
FORBIDDEN = sorted(set(TRIALS) - FATAL - HARMLESS)
BY_LIMITS = (
    *("connect", "connect_by_number", "write", "read", "write_what_it_was_given", "open_many", "take_memory"),
    "find_a_key",
)
"""What cannot be done for want of room, memory or a secret, where no call can be taken away."""


class World:
    """What is outside: somebody who listens, and a folder of secrets."""

    def __init__(self, folder, listener) -> None:
        self.folder, self._listener = folder, listener
        self.secret = folder / "root.key"
        self.secret.write_bytes(b"secret")

    def trial(self, name: str) -> bytes:
        port = self._listener.getsockname()[1]
        argument = {"connect": port, "write": self.folder / "new", "read": self.secret}.get(name, "")
        return f"{name} {argument}".encode()

    def reached(self) -> bool:
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def check_untouched(self) -> None:
        assert not self.reached()
        assert [path.name for path in self.folder.iterdir()] == ["root.key"]
        assert self.secret.read_bytes() == b"secret"


@pytest.fixture
def world(tmp_path):
    folder = tmp_path / "world"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield World(folder, listener)


@pytest.fixture
def taken_over(monkeypatch, settings):
    """From the next one on, children are taken over."""
    real = subprocess.Popen
    monkeypatch.setattr(gate, "PATIENCE_SECONDS", 20)

    def other(args, **kwargs):
        place = args.index("-m") + 1
        return real([*args[:place], "tests.ingest.hostile.decoder", *args[place:]], **kwargs)

    monkeypatch.setattr(confined.subprocess, "Popen", other)
    monkeypatch.setenv(root.ENVIRONMENT, root.shown(root.read().key).decode())
    probe = gate.Probe()
    monkeypatch.setattr(gate, "probe", probe)
    yield
    probe.close()


@contextlib.contextmanager
def given(content: bytes, kind: str, folder):
    if kind == "memory":
        with Content.of([content]) as opened:
            yield opened
        return
    path = folder.with_name("given")
    path.write_bytes(content)
    with Content.at(path) as opened:
        yield opened


@pytest.mark.usefixtures("taken_over")
@pytest.mark.parametrize("kind", ["memory", "file"])
@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_probe_cannot(name, kind, world):
    with given(world.trial(name), kind, world.folder) as opened:
        assert gate.probe.ask(opened) == {"reason": "broken", "detail": "could_not"}
        assert opened.read() == world.trial(name)
    world.check_untouched()


@pytest.mark.usefixtures("taken_over")
def test_the_probe_can_do_its_work_and_one_that_never_ends_is_ended(world):
    with given(world.trial("breathe"), "memory", world.folder) as opened:
        assert gate.probe.ask(opened)["empty"]
    with given(world.trial("use_the_processor"), "memory", world.folder) as opened:
        assert gate.probe.ask(opened) == {"reason": "broken", "detail": "crash"}
    with given(world.trial("breathe"), "memory", world.folder) as opened:
        assert gate.probe.ask(opened)["empty"], "the next is looked at"


def decoded(content: bytes) -> str:
    with Content.of([content]) as opened, Child() as child, open(opened.handle, "rb", closefd=False) as file:
        try:
            list(child.decode(file, opened.size, "wav/pcm_alaw")[1])
        except Unreadable as error:
            return str(error)
        except Crashed:
            return "crashed"
    return "could"


@pytest.mark.usefixtures("taken_over")
@pytest.mark.parametrize("name", TRIALS)
def test_the_decoder_of_what_was_taken_cannot_either(name, world):
    expected = "crashed" if name in FATAL else "could" if name in HARMLESS else "broken:could_not"
    assert decoded(world.trial(name)) == expected
    world.check_untouched()


FOR_EVER = """
import os, socket, struct, sys, time
line = socket.socket(fileno=int(sys.argv[-1]))
line.recv(65536)
head = b'{{"rate": 8000, "channels": 1, "samples": 9, "header_ms": null}}'
{}
"""
ASKING = "while True: line.send(b'R' + struct.pack('>QI', 0, 1)); line.recv(9)"
TELLING = """
line.send(b'M' + struct.pack('>I', len(head)) + head)
while True: line.send(b'F' + bytes(60000))
"""


@pytest.mark.parametrize(
    ("code", "limit", "value"),
    [(ASKING, "LIFE_SECONDS", 1), (TELLING, "LIFE_SECONDS", 1), (TELLING, "LARGEST_MADE", 10**6)],
)
def test_a_decoder_that_asks_or_tells_for_ever_is_ended(settings, monkeypatch, code, limit, value):
    real = subprocess.Popen
    monkeypatch.setattr(decoding, "LIFE_SECONDS", 60)
    monkeypatch.setattr(decoding, limit, value)
    began = time.monotonic()
    monkeypatch.setattr(
        confined.subprocess,
        "Popen",
        lambda args, **kwargs: real([sys.executable, "-c", FOR_EVER.format(code), args[-1]], **kwargs),
    )
    assert decoded(b"RIFF") == "crashed"
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("taken_over")
def test_files_that_take_the_probe_over_end_in_quarantine(world, sweep, settings):
    tried = [*FORBIDDEN, *FATAL]
    names = [d.name(count=count) for count in range(len(tried))]
    for name, trial in zip(names, tried, strict=True):
        d.deliver(name, world.trial(trial))
    d.deliver("cdr.csv", d.cdr(*map(d.detail, names)))
    assert dict(sweep().faults) == {}
    found = {row.name.rpartition("/")[2]: (row.reason, row.detail) for row in Quarantined.select()}
    ends = {name: "crash" if trial in FATAL else "could_not" for name, trial in zip(names, tried, strict=True)}
    assert found == {name: (Reason.BROKEN, end) for name, end in ends.items()}
    assert Recording.select().count() == 0
    world.check_untouched()


@pytest.mark.parametrize("name", ["connect", "connect_by_number", "write", "read", "open_many", "take_memory", "fork"])
def test_each_of_them_could_where_nothing_confined_it(name, world):
    """Else a trial that is refused would say nothing."""
    name, _, argument = world.trial(name).decode().partition(" ")
    code = f"from tests.ingest.hostile.decoder import TRIALS; TRIALS[{name!r}]({argument!r})"
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        assert child.wait(60) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    assert world.reached() == (name == "connect")
    assert (world.folder / "new").exists() == (name == "write")


# Where the system cannot take calls away


@pytest.fixture
def without_seccomp(monkeypatch, tmp_path):
    """As on a machine whose kernel or C library has none of it."""
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "pyseccomp.py").write_text("raise RuntimeError('no libseccomp')\n")
    before = confined.subprocess.Popen

    def without(args, **kwargs):
        return before(args, **kwargs | {"env": {**kwargs["env"], "PYTHONPATH": str(folder)}})

    monkeypatch.setattr(confined.subprocess, "Popen", without)
    monkeypatch.setattr(confined, "_held", False)


@pytest.mark.usefixtures("taken_over", "without_seccomp")
@pytest.mark.parametrize("name", TRIALS)
def test_nothing_is_looked_at_where_calls_cannot_be_taken_away(name, world):
    with given(world.trial(name), "memory", world.folder) as opened, pytest.raises(confined.NotConfined):
        gate.probe.ask(opened)
    with pytest.raises(confined.NotConfined):
        decoded(world.trial(name))
    world.check_untouched()


@pytest.mark.usefixtures("taken_over", "without_seccomp")
@pytest.mark.parametrize("name", [*BY_LIMITS, *sorted(FATAL), *sorted(HARMLESS)])
def test_where_the_setting_lets_it_be_looked_at_all_the_same_the_limits_hold(name, world, settings):
    config.use(dataclasses.replace(settings, confinement="limits"))
    with given(world.trial(name), "memory", world.folder) as opened:
        found = gate.probe.ask(opened)
    if name in HARMLESS:
        assert found["empty"]
    else:
        assert found == {"reason": "broken", "detail": "crash" if name in FATAL else "could_not"}
    world.check_untouched()
