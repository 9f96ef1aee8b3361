"""The portal lives within the system calls and the memory that its units leave it: they are taken away here as systemd
takes them, by its own sets."""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from portal import db
from portal.machine import units
from tests.demo.processes import until

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd's own sets of calls are taken")

WITHIN = """
import errno, json, os, sys
import pyseccomp
allowed, *command = json.loads(sys.stdin.readline())
rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
rules.set_attr(pyseccomp.Attr.CTL_NNP, 1)
for name in allowed:
    if pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0:
        rules.add_rule(pyseccomp.ALLOW, name)
rules.load()
os.execv(sys.executable, [sys.executable, "-c", *command])
"""
LOOKS = """
import ctypes, json, os, socket
from portal import confined
adjtimex = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
os.nice(10)
print(json.dumps({"clock": adjtimex >= 0, "confined": confined.standing()}))
"""
PORTAL = "from portal.cli import main; main()"


def expanded(name: str) -> set[str]:
    """The calls of one of systemd's sets, with those of the sets in it."""
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    names = [line.strip() for line in told.stdout.splitlines()[1:]]
    return set().union(*(expanded(one) for one in names if one and not one.startswith("#")))


@pytest.fixture(scope="module")
def allowed() -> list[str]:
    """As systemd reads the lines one after the other: with ~ it takes away again. What is always allowed stays."""
    left = expanded("@default")
    for words in (value for key, value in units.CONFINED if key == "SystemCallFilter"):
        named = set().union(*(expanded(word) for word in words.removeprefix("~").split()))
        left = left - named if words.startswith("~") else left | named
    return sorted(left | expanded("@default"))


def begin(allowed: list[str], *command: str, **more) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WITHIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps([allowed, *command]) + "\n")
    process.stdin.close()
    return process


def said(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    with process.stdout as output:
        told = output.read()
    assert process.wait(60) == 0, told
    return json.loads(told)


def test_decoders_are_confined_and_the_clock_can_be_asked_of(settings, allowed):
    environment = {**os.environ, "PORTAL_DATA": str(settings.data)}
    assert said(begin(allowed, LOOKS, env=environment)) == {"clock": True, "confined": "held"}


def test_without_what_is_added_to_systemds_sets_the_clock_could_not_be_asked_of(settings, allowed):
    """So that the test above has an eye for it."""
    less = [name for name in allowed if name not in ("adjtimex", "clock_adjtime")]
    told = said(begin(less, LOOKS, env={**os.environ, "PORTAL_DATA": str(settings.data)}))
    assert told["clock"] is False


def heeds_the_end(pid: int) -> bool:
    """It has said what SIGTERM does (proc(5), SigCgt): the worker's parent does when it has begun all its children."""
    caught = re.search(r"SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())[1]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


def test_the_web_answers_and_the_worker_works(settings, allowed):
    db.db.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORTAL_DATA": str(settings.data), "PORTAL_PORT": str(port), "PORTAL_WORKERS": "1"}
    running = [begin(allowed, PORTAL, command, env=environment) for command in ("serve", "worker")]
    trusting = ssl._create_unverified_context()

    def answers() -> bool:
        assert [process.poll() for process in running] == [None, None]
        url = f"https://localhost:{port}/retention/alive"
        try:
            with urllib.request.urlopen(url, context=trusting, timeout=5) as answer:
                return bool(re.fullmatch(rb"good \d+\n", answer.read()))  # the worker has swept
        except OSError:
            return False

    try:
        until(answers)
        until(lambda: settings.alive_file.exists())
        until(lambda: all(heeds_the_end(process.pid) for process in running))
    finally:
        for process in running:
            process.terminate()
        assert [process.wait(20) for process in running] == [0, 0]
        for process in running:
            process.stdout.close()
