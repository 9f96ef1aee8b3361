"""What native code may do in its own process: answer, and nothing else. Each try is made by a child for real."""

import dataclasses
import os
import subprocess
import sys

import pytest

from portal import config, confined
from portal.ingest import gate
from portal.ingest.content import Content
from portal.recordings.decoding import Child
from tests.ingest import deliveries as d

TRIED = """
import errno, fcntl, os, resource, signal, socket, sys, threading
from portal import confined
name, place = sys.argv[1:]
parent, terminal = os.getppid(), os.openpty()[1]
confined.go_offline(opens=name.startswith("reader"))
tried = {
    "read": lambda: os.open(place, os.O_RDONLY),
    "read a folder": lambda: os.listdir("/"),
    "write": lambda: os.open(place, os.O_WRONLY),
    "signal": lambda: os.kill(parent, 0),
    "signal a thread": lambda: signal.pthread_kill(threading.get_ident(), 0),
    "limit another": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
    "raise its memory": lambda: resource.prlimit(0, resource.RLIMIT_AS, resource.getrlimit(resource.RLIMIT_AS)),
    "raise its files": lambda: resource.prlimit(0, resource.RLIMIT_FSIZE, resource.getrlimit(resource.RLIMIT_FSIZE)),
    "use the processor": lambda: confined.allow_next(60),
    "type": lambda: fcntl.ioctl(terminal, 0x5412, b"x"),
    "connect": lambda: socket.socket(),
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "reader writes": lambda: os.open(place, os.O_WRONLY),
    "reader writes too": lambda: os.open(place, os.O_RDWR),
    "reader empties": lambda: os.open(place, os.O_RDONLY | os.O_TRUNC),
    "reader makes": lambda: os.open(place + ".new", os.O_RDONLY | os.O_CREAT),
    "reader makes one without a name": lambda: os.open(os.path.dirname(place), os.O_RDWR | os.O_TMPFILE),
    "reader reads": lambda: os.open(place, os.O_RDONLY),
    "itself": lambda: resource.getrlimit(resource.RLIMIT_NOFILE),
}
try:
    tried[name]()
except OSError as error:
    os._exit(7 if error.errno in (errno.EPERM, errno.ENOSYS) else 8)
os._exit(0)
"""
COULD, COULD_NOT = 0, 7


def tried(name: str, place) -> int:
    return subprocess.run([sys.executable, "-c", TRIED, name, str(place)], check=False, timeout=60).returncode


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "root.key"
    path.write_bytes(b"secret")
    return path


@pytest.mark.parametrize(
    "name",
    [
        *("read", "read a folder", "write", "signal", "signal a thread", "limit another", "type", "connect"),
        *("raise its memory", "raise its files"),
        *("start a program", "reader writes", "reader writes too", "reader empties", "reader makes"),
        "reader makes one without a name",
    ],
)
def test_what_native_code_must_not_do_it_cannot(name, place):
    assert tried(name, place) == COULD_NOT
    assert place.read_bytes() == b"secret"
    assert [path.name for path in place.parent.iterdir()] == ["root.key"]


@pytest.mark.parametrize("name", ["reader reads", "itself", "use the processor"])
def test_what_it_needs_it_can(name, place):
    assert tried(name, place) == COULD


def confinement(child) -> dict[str, str]:
    with open(f"/proc/{child.pid}/status") as status:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in status)}


@pytest.mark.usefixtures("settings")
def test_the_probe_and_the_decoder_are_confined_before_they_look_at_anything():
    probe = gate.Probe()
    try:
        with Content.of([d.sound(0.2)]) as opened, Child() as decoder:
            assert probe.ask(opened)["milliseconds"] == 200
            with open(opened.handle, "rb", closefd=False) as file:
                _, blocks = decoder.decode(file, opened.size, "wav/pcm_alaw")
                list(blocks)
            for child in (probe._child, decoder._process):
                found = confinement(child)
                assert (found["Seccomp"], found["NoNewPrivs"]) == ("2", "1")
                handles = os.listdir(f"/proc/{child.pid}/fd")
                assert len(handles) <= 5, "no more than its line and what it was given"
    finally:
        probe.close()


NO_LIBRARY = "raise RuntimeError('no libseccomp')\n"
NO_FILTER = """
class SyscallFilter:
    def __init__(self, *_): pass
    def set_attr(self, *_): pass
    def add_rule(self, *_): pass
    def load(self): raise OSError(22, "the kernel knows no filters")
class Attr: CTL_NNP = 1
class Arg:
    def __init__(self, *_): pass
def ERRNO(code): return code
ALLOW = NE = EQ = MASKED_EQ = 0
"""
NO_CALL = NO_FILTER.replace(
    "def add_rule(self, *_): pass", "def add_rule(self, *_): raise OSError(14, 'the library knows no such call')"
)
NOTHING_TAKEN_AWAY = NO_FILTER.replace('raise OSError(22, "the kernel knows no filters")', "pass")
"""A library that says yes and does nothing."""


@pytest.fixture(params=[NO_LIBRARY, NO_FILTER, NO_CALL], ids=["no library", "an old kernel", "an old library"])
def without(request, monkeypatch, tmp_path):
    _with_library(monkeypatch, tmp_path, request.param)


def _with_library(monkeypatch, folder, code: str) -> None:
    """Each child from here on finds another libseccomp."""
    (folder / "pyseccomp.py").write_text(code)
    real = subprocess.Popen

    def other(args, **kwargs):
        return real(args, **kwargs | {"env": {**kwargs["env"], "PYTHONPATH": str(folder)}})

    monkeypatch.setattr(confined.subprocess, "Popen", other)
    monkeypatch.setattr(confined, "_held", False)


def test_a_machine_that_can_confine_says_so_once_and_remembers_it(settings, monkeypatch):
    monkeypatch.setattr(confined, "_held", False)
    assert confined.standing() == "held"
    monkeypatch.setattr(confined, "start", lambda *_: pytest.fail("asked again"))
    assert confined.standing() == "held"


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(("setting", "standing"), [("required", "refused"), ("limits", "loose")])
def test_a_machine_that_cannot_says_so_each_time(settings, setting, standing):
    config.use(dataclasses.replace(settings, confinement=setting))
    assert [confined.standing(), confined.standing()] == [standing] * 2


@pytest.mark.parametrize(("setting", "standing"), [("required", "refused"), ("limits", "loose")])
def test_a_library_that_only_says_that_it_confined_is_not_believed(settings, monkeypatch, tmp_path, setting, standing):
    config.use(dataclasses.replace(settings, confinement=setting))
    _with_library(monkeypatch, tmp_path, NOTHING_TAKEN_AWAY)
    assert confined.standing() == standing
    probe = gate.Probe()
    try:
        with Content.of([d.sound(0.2)]) as opened:
            if setting == "limits":
                assert probe.ask(opened)["milliseconds"] == 200
            else:
                with pytest.raises(confined.NotConfined):
                    probe.ask(opened)
    finally:
        probe.close()


@pytest.mark.parametrize("said", ["no", "", "Required", "limits "])
def test_a_setting_of_another_word_is_refused(said, settings, monkeypatch):
    monkeypatch.setenv("PORTAL_CONFINEMENT", said)
    with pytest.raises(config.ConfigError, match="confinement: 'required' or 'limits'"):
        config.load(settings.data)


@pytest.mark.usefixtures("without")
def test_where_the_setting_allows_it_sound_is_read_within_the_limits_alone(settings):
    config.use(dataclasses.replace(settings, confinement="limits"))
    probe = gate.Probe()
    try:
        with Content.of([d.sound(0.2)]) as opened, Child() as decoder:
            assert probe.ask(opened)["milliseconds"] == 200
            with open(opened.handle, "rb", closefd=False) as file:
                _, blocks = decoder.decode(file, opened.size, "wav/pcm_alaw")
                list(blocks)
            for child in (probe._child, decoder._process):
                assert confinement(child)["Seccomp"] == "0"
    finally:
        probe.close()


@pytest.mark.usefixtures("settings", "without")
def test_a_child_that_cannot_be_confined_serves_nothing():
    probe = gate.Probe()
    try:
        with Content.of([d.sound(0.2)]) as opened, Child() as decoder:
            with pytest.raises(confined.NotConfined):
                probe.ask(opened)
            with open(opened.handle, "rb", closefd=False) as file, pytest.raises(confined.NotConfined):
                decoder.decode(file, opened.size, "wav/pcm_alaw")
    finally:
        probe.close()
