"""A demo on this machine, filled and served as in production, for scanners to break."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from portal import processes
from portal.supply import scanners
from portal.supply.lock import ROOT
from portal.supply.person import CouldNotSignIn, Person, Shape
from portal.supply.scanners import CouldNotScan, Target

PATIENCE_SECONDS = 900
"""For filling it."""
PAGES_MOST = 60
"""So many are looked at for what may be asked with words."""


class Demo(NamedTuple):
    url: str
    authority: Path
    accounts: list[dict[str, Any]]


class Finding(NamedTuple):
    scanner: str
    person: str
    told: str


@contextlib.contextmanager
def demo(calls: int) -> Iterator[Demo]:
    """A throw-away one on a free port of the loopback address. Raises CouldNotScan when it does not start."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        with _started(Path(folder), port, calls) as running:
            assert running.stdout is not None
            late = threading.Timer(PATIENCE_SECONDS, running.kill)
            late.start()
            try:
                yield _ready(running.stdout.readline(), late)
            finally:
                late.cancel()
                running.terminate()


def _started(folder: Path, port: int, calls: int) -> subprocess.Popen[bytes]:
    """Nothing of the environment's settings reaches it: they may be those of a portal with real calls."""
    program = [sys.executable, "-c", "from portal.cli import main; main()", "demo", "--json"]
    return subprocess.Popen(  # noqa: S603 our own command
        [*program, f"--data={folder}", f"--port={port}", f"--calls={calls}"],
        cwd=ROOT,
        env=processes.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=processes.end_with_parent,
    )


def _ready(line: bytes, late: threading.Timer) -> Demo:
    late.cancel()
    try:
        told = json.loads(line)
        return Demo(told["url"], Path(told["ca"]), told["accounts"])
    except (ValueError, KeyError) as error:
        raise CouldNotScan("the demo did not start") from error


def scan(running: Demo, tools: Path, names: list[str], seconds: int) -> Iterator[Finding | str]:
    """TLS once, then the pages as each of these people sees them, within `seconds` for each scanner and person: what
    was found, and between it what was done. Raises CouldNotScan."""
    for fault in scanners.sslyze(tools, Target(running.url, running.authority, ""), seconds):
        yield Finding("sslyze", "", fault)
    yield "sslyze looked at TLS"
    asked: set[Shape] = set()
    for name in names:
        yield from _as_one(running, tools, name, seconds, asked)


def _as_one(running: Demo, tools: Path, name: str, seconds: int, asked: set[Shape]) -> Iterator[Finding | str]:
    """`asked` grows by what this person asks: another's same question is the same statement."""
    person = Person(running.url, running.authority)
    _enter(person, running, name)
    target = Target(running.url, running.authority, person.cookie)
    questions = {question.shape: question for question in person.questions(PAGES_MOST)}
    if not questions:
        raise CouldNotScan(f"{name} sees nothing to ask")
    own = [question for kind, question in questions.items() if kind not in asked]
    asked.update(questions)
    for question in own:
        for fault in scanners.sqlmap(tools, target, question, seconds):
            yield Finding("sqlmap", name, f"{question.address.partition('?')[0]} {fault}")
    yield f"sqlmap tried {len(own)} addresses and forms as {name}"
    for fault in scanners.wapiti(tools, target, seconds):
        yield Finding("wapiti", name, fault)
    if not person.is_in():
        raise CouldNotScan(f"the session of {name} ended while it was scanned: what followed saw nothing")
    yield f"wapiti looked as {name}"


def _enter(person: Person, running: Demo, name: str) -> None:
    account = next((one for one in running.accounts if one["username"] == name), None)
    if account is None:
        raise CouldNotScan(f"the demo has no {name}")
    try:
        person.sign_in(name, account["password"], account["totp_secret"])
    except (CouldNotSignIn, OSError) as error:
        raise CouldNotScan(f"{name} could not sign in: {error}") from error


def one_of_each_role(running: Demo) -> list[str]:
    """The first person of each."""
    first: dict[str, str] = {}
    for account in running.accounts:
        first.setdefault(",".join(account["roles"]), account["username"])
    return list(first.values())
