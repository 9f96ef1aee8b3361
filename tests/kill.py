"""kill -9 at any step: a forked child does an act and is killed before the step that is asked for.

A step is whatever changes what is left on the machine: a file opened for writing, synced, renamed,
unlinked, a folder made or removed, and each statement that the register's database is given, COMMIT
among them. Between two steps nothing lasting happens, so dying before each step is dying anywhere.
"""

import os
import signal
import sys
from collections.abc import Callable

from portal import db

EVENTS = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree"}
WRITES = os.O_WRONLY | os.O_RDWR


class _Steps:
    """Counts in the child; dies before step number `last`."""

    def __init__(self, last: int | None, report: int) -> None:
        self.last, self.report, self.count = last, report, 0

    def step(self, name: str) -> None:
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1
        os.write(self.report, name.encode() + b"\n")

    def audited(self, event: str, args: tuple) -> None:
        if event in EVENTS or (event == "open" and isinstance(args[2], int) and args[2] & WRITES):
            self.step(event)

    def told(self, statement: str) -> None:
        word = statement.lstrip().split(" ", 1)[0].upper()
        if word not in ("SELECT", "--", "SAVEPOINT", "RELEASE"):
            self.step(f"sql {word}")

    def install(self) -> None:
        fsync = os.fsync

        def counted(handle: int) -> None:
            self.step("fsync")
            fsync(handle)

        os.fsync = counted
        db.db.connection().set_trace_callback(self.told)
        sys.addaudithook(self.audited)  # cannot be taken away again: the child ends with the act


def run(act: Callable[[], object], *, at: int | None = None) -> tuple[bool, list[str]]:
    """Do `act` in a child, killed before its step number `at` (from 0; None: never).

    True when it was killed, and the steps it took. The register's connection is closed here before
    and is open again afterwards. Raises AssertionError when the child ended otherwise.
    """
    db.db.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_killed(act, at, reading, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        steps = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    db.connect()
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True, steps
    assert os.WEXITSTATUS(status) == 0, "the act failed before the step was reached"
    return False, steps


def _be_killed(act: Callable[[], object], at: int | None, reading: int, writing: int) -> None:
    failed = 1
    try:
        os.close(reading)
        db.connect()
        _Steps(at, writing).install()
        act()
        failed = 0
    finally:
        os._exit(failed)
