"""A demo on this machine, filled and served as in production, for scanners to break."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from portal import processes
from portal.supply import scanners
from portal.supply.lock import ROOT
from portal.supply.person import CouldNotSignIn, Person, Question, Shape
from portal.supply.scanners import ENDS, CouldNotScan, Target
from portal.supply.served import Account

PATIENCE_SECONDS = 900
"""For filling it."""
PAGES_MOST = 200
"""So many are looked at for what may be asked with words."""
NEXT_CODE_SECONDS = 31
"""A code lets in once."""
PROVEN_MINUTES = "600"
"""The sign-in counts as a proof of the second factor for the whole run: what asks for one anew is scanned too."""


class Demo(NamedTuple):
    url: str
    authority: Path
    accounts: list[dict[str, Any]]
    log: Path
    """Of its web."""


class Finding(NamedTuple):
    scanner: str
    person: str
    told: str


class Missed(NamedTuple):
    """It was not looked: not the same as nothing found."""

    scanner: str
    person: str
    told: str


@contextlib.contextmanager
def demo(calls: int, reports: Path) -> Iterator[Demo]:
    """A throw-away one on a free port of the loopback address; what its web was asked is kept in `reports`. Raises
    CouldNotScan when it does not start."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        with _started(Path(folder), port, calls) as running:
            assert running.stdout is not None
            late = threading.Timer(PATIENCE_SECONDS, running.kill)
            late.start()
            try:
                yield _ready(running.stdout.readline(), late, Path(folder))
            finally:
                late.cancel()
                running.terminate()
                running.wait()
                for log in Path(folder).glob("*.log"):
                    shutil.copy(log, reports)


def _started(folder: Path, port: int, calls: int) -> subprocess.Popen[bytes]:
    """Nothing of the environment's settings reaches it: they may be those of a portal with real calls."""
    program = [sys.executable, "-c", "from portal.cli import main; main()", "demo", "--json"]
    return subprocess.Popen(  # noqa: S603 our own command
        [*program, f"--data={folder}", f"--port={port}", f"--calls={calls}"],
        cwd=ROOT,
        env=processes.environment() | {"PORTAL_PROOF_MINUTES": PROVEN_MINUTES},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=processes.end_with_parent,
    )


def _ready(line: bytes, late: threading.Timer, folder: Path) -> Demo:
    late.cancel()
    try:
        told = json.loads(line)
        return Demo(told["url"], Path(told["ca"]), told["accounts"], folder / "serve.log")
    except (ValueError, KeyError) as error:
        raise CouldNotScan("the demo did not start") from error


Told = Finding | Missed | str


def scan(running: Demo, tools: Path, names: list[str], seconds: int, reports: Path) -> Iterator[Told]:
    """TLS once, then the pages as each of these people sees them: what was found, what was not looked at, and between
    them what was done. All that the scanners say is kept in `reports`."""
    with _missing("sslyze", "") as missed:
        for fault in scanners.sslyze(tools, Target(running.url, running.authority, "", reports), seconds):
            yield Finding("sslyze", "", fault)
        yield "sslyze looked at TLS"
    yield from missed
    asked: set[Shape] = set()
    for name in names:
        with _missing("sign-in", name) as missed:
            yield from _Round(running, tools, name, seconds, reports / name).run(asked)
        yield from missed


@contextlib.contextmanager
def _missing(scanner: str, name: str) -> Iterator[list[Missed]]:
    """The rest goes on without it."""
    missed: list[Missed] = []
    try:
        yield missed
    except CouldNotScan as error:
        missed.append(Missed(scanner, name, str(error)))


class _Round:
    """One person's."""

    def __init__(self, running: Demo, tools: Path, name: str, seconds: int, reports: Path) -> None:
        reports.mkdir(parents=True, exist_ok=True)
        self._running, self._tools, self._name, self._seconds = running, tools, name, seconds
        self._reports = reports
        self._web = Account(running.log)

    def run(self, asked: set[Shape]) -> Iterator[Told]:
        """`asked` grows by what this person asks: another's same question is the same statement. Raises CouldNotScan
        when the person cannot be let in."""
        person = self._entered()
        questions = {question.shape: question for question in person.questions(PAGES_MOST)}
        if not questions:
            raise CouldNotScan(f"{self._name} sees nothing to ask")
        own = [question for kind, question in questions.items() if kind not in asked]
        asked.update(questions)
        ending = [one for one in own if one.address.startswith(ENDS)]
        ending.sort(key=lambda one: "password" in one.address)  # so many wrong ones close the way in
        target = self._target(person)
        self._web.since()
        for question in own:
            if question not in ending:
                yield from self._sqlmap(person, target, question)
                if not self._lasted(person, target):
                    person = self._entered()
                    target = self._target(person)
        yield from self._wapiti(person, target)
        for question in ending:
            person = self._entered()
            yield from self._sqlmap(person, self._target(person), question, may_end=True)

    def _target(self, person: Person) -> Target:
        return Target(self._running.url, self._running.authority, person.cookie, self._reports)

    def _sqlmap(self, person: Person, target: Target, question: Question, *, may_end: bool = False) -> Iterator[Told]:
        where = question.address.partition("?")[0]
        with _missing("sqlmap", self._name) as missed:
            for fault in scanners.sqlmap(self._tools, target, question, self._seconds):
                yield Finding("sqlmap", self._name, f"{where} {fault}")
            seen = self._web.since()
            if not seen.requests:
                raise CouldNotScan(f"{where}: the web was asked nothing")
            if not may_end and not self._lasted(person, target):
                raise CouldNotScan(f"{where}: the session ended, and what followed was asked by nobody")
            words = len(question.words)
            yield f"sqlmap tried {where} with {words} words as {self._name}, by {seen.requests} requests"
        yield from missed

    def _wapiti(self, person: Person, target: Target) -> Iterator[Told]:
        with _missing("wapiti", self._name) as missed:
            for fault in scanners.wapiti(self._tools, target, self._seconds):
                yield Finding("wapiti", self._name, fault)
            seen = self._web.since()
            if not self._lasted(person, target):
                raise CouldNotScan("the session ended while it was scanned: what followed saw nothing")
            if len(seen.paths) < scanners.PAGES_LEAST:
                raise CouldNotScan(f"the web gave it only {len(seen.paths)} addresses")
            told = f"{seen.requests} requests, {seen.answered} answered, of {len(seen.paths)} addresses"
            yield f"wapiti looked as {self._name}, signed in and proven to the end: {told}"
        yield from missed

    @staticmethod
    def _lasted(person: Person, target: Target) -> bool:
        return person.lives(target.cookie) and person.is_proven()

    def _entered(self) -> Person:
        """Raises CouldNotScan."""
        accounts = self._running.accounts
        account = next((one for one in accounts if one["username"] == self._name), None)
        if account is None:
            raise CouldNotScan(f"the demo has no {self._name}")
        for again in (True, False):
            person = Person(self._running.url, self._running.authority)
            try:
                person.sign_in(self._name, account["password"], account["totp_secret"])
            except (CouldNotSignIn, OSError) as error:
                if not again:
                    raise CouldNotScan(f"could not sign in: {error}") from error
                time.sleep(NEXT_CODE_SECONDS)
            else:
                break
        if not person.is_proven():
            raise CouldNotScan("the sign-in is no proof for what asks for one anew")
        return person


def one_of_each_role(running: Demo) -> list[str]:
    """The first person of each; last who may change what the others may."""
    first: dict[str, str] = {}
    for account in running.accounts:
        first.setdefault(",".join(account["roles"]), account["username"])
    return [first[roles] for roles in sorted(first, key=lambda roles: "admin" in roles)]
