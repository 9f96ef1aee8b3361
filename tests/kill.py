"""A process that is killed at a chosen point, or refused by its disk: for the tests that what it leaves can be
continued.

A point is a place between two effects on disk: before and after each fsync, rename, unlink, folder
made or removed, each write to a new file, each statement that changes the database, each commit.
`kill -9` loses nothing the kernel has, so what such a run leaves is what a killed worker leaves; and so
waiting for the disk proves nothing here: `without_waiting` makes each fsync a point and no more.

`run_faulty` counts whole operations instead, and at the chosen one lets one of FAULTS happen.
"""

import builtins
import contextlib
import dataclasses
import errno
import json
import multiprocessing
import os
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import peewee
import pytest

from portal import config, db

CALLS = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "ftruncate", "link")
CHANGING = ("INSERT", "UPDATE", "DELETE", "COMMIT", "BEGIN", "CREATE", "DROP", "SAVEPOINT", "RELEASE")


class _Count:
    """Counted together by a process and all that it forks."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._passed = multiprocessing.get_context("fork").Value("q", 0)

    @property
    def passed(self) -> int:
        return self._passed.value

    def next(self) -> int:
        """The number of the point it stands at, which no other has."""
        with self._passed.get_lock():
            self._passed.value += 1
            return self._passed.value

    def kill(self) -> None:
        """All of them: those that were forked die with the first."""
        os.kill(self._process, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


class _Counter(_Count):
    def __init__(self, at: int | None) -> None:
        super().__init__()
        self.at = at

    def pass_by(self) -> None:
        if self.next() == self.at:
            self.kill()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.pass_by()
            result = call(*args, **kwargs)
            self.pass_by()
            return result

        return counted

    def opened(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """`os.fdopen` and `open`, giving files whose writes are counted and reach the kernel at once."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            file = call(*args, **kwargs)
            if not file.writable():
                return file
            return _Written(file, self)

        return counted


class _Written:
    """A file being written, a point before and after each write; half of a write is one too."""

    def __init__(self, file: Any, counter: _Counter) -> None:
        self._file, self._counter = file, counter

    def write(self, block: Any) -> int:
        self._counter.pass_by()
        half = len(block) // 2
        self._file.write(block[:half])
        self._file.flush()
        self._counter.pass_by()
        self._file.write(block[half:])
        self._file.flush()
        self._counter.pass_by()
        return len(block)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_Written":
        self._file.__enter__()
        return self

    def __exit__(self, *fault: Any) -> None:
        self._file.__exit__(*fault)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


@contextlib.contextmanager
def _counting(counter: _Counter) -> Iterator[None]:
    """Only ever entered in a child that ends with it: nothing is put back."""
    for name in CALLS:
        setattr(os, name, counter.around(getattr(os, name)))
    os.fdopen = counter.opened(os.fdopen)
    builtins.open = counter.opened(builtins.open)

    def traced(statement: str) -> None:
        if statement.lstrip().upper().startswith(CHANGING):
            counter.pass_by()

    # SQLite tells of each statement as it begins to run it: BEGIN and COMMIT too
    db.db.connection().set_trace_callback(traced)
    connect = db.db._connect

    def connected() -> Any:
        connection = connect()
        connection.set_trace_callback(traced)
        return connection

    db.db._connect = connected  # a restore opens the register it has put back
    commit = db.db.commit
    db.db.commit = lambda: (commit(), counter.pass_by())
    yield


def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, in this test and the children it kills, nothing waits for the disk."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setitem(db.PRAGMAS, "synchronous", "off")
    db.bind(config.settings())
    db.connect()


class House:
    """A register and its files as they are now, to be put back before each death."""

    def keep(self, settings) -> None:
        db.checkpoint()
        db.db.close()
        self._lives, self._kept = settings.data, settings.data.with_name("kept")
        shutil.copytree(self._lives, self._kept)

    def restore(self) -> None:
        db.db.close()
        shutil.rmtree(self._lives)
        shutil.copytree(self._kept, self._lives)
        db.connect()


def _in_child(function: Callable[[], Any], at: int | None, report: int) -> None:
    code = 1
    try:
        db.connect()
        counter = _Counter(at)
        with _counting(counter):
            function()
        os.write(report, str(counter.passed).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _run(function: Callable[[], Any], at: int | None) -> int | None:
    """How many points were passed; None when it was killed. The database is closed and opened anew around it:
    a connection must not cross a fork."""
    db.db.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _in_child(function, at, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        passed = pipe.read()
    _, status = os.waitpid(child, 0)
    db.connect()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    assert status == 0, "the run failed by itself"
    return int(passed)


def count_points(function: Callable[[], Any]) -> int:
    """Run `function` to its end in a child and say how many points it passes. Its effects stay."""
    passed = _run(function, None)
    assert passed is not None
    return passed


def run_killed(function: Callable[[], Any], point: int) -> bool:
    """Run `function` in a child that is killed at `point` (1, 2 …). True when it finished before."""
    return _run(function, point) is not None


FAULTS = ("before", "after", "EIO", "ENOSPC")
"""Killed before the operation, killed after it, refused by the disk, refused by a full disk."""
REFUSED = {"EIO": "disk I/O error", "ENOSPC": "database or disk is full"}
"""As SQLite says it."""


class _Faults(_Count):
    """Counts operations; at the one numbered `at`, `fault` happens, once."""

    def __init__(self, at: int | None, fault: str | Callable[[], None]) -> None:
        super().__init__()
        self.at, self.fault = at, fault

    def around(self, call: Callable[..., Any], error: Callable[[str], Exception]) -> Callable[..., Any]:
        def tried(*args: Any, **kwargs: Any) -> Any:
            if self.next() != self.at:
                return call(*args, **kwargs)
            if callable(self.fault):
                self.fault()
            if callable(self.fault) or self.fault == "before":
                self.kill()
            if self.fault in REFUSED:
                raise error(self.fault)
            result = call(*args, **kwargs)
            self.kill()
            return result

        return tried

    def opened(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def opened(*args: Any, **kwargs: Any) -> Any:
            file = call(*args, **kwargs)
            return _Refusing(file, self) if file.writable() else file

        return opened


class _Refusing(_Written):
    """A file being written: each write is one operation, and a full disk takes half of it."""

    def write(self, block: Any) -> int:
        faults: Any = self._counter
        faults.around(lambda: self._through(block), lambda fault: self._refused(block, fault))()
        return len(block)

    def _through(self, block: Any) -> None:
        self._file.write(block)
        self._file.flush()

    def _refused(self, block: Any, fault: str) -> OSError:
        if fault == "ENOSPC":
            self._through(block[: len(block) // 2])
        return _disk(fault)


def _disk(fault: str) -> OSError:
    number = getattr(errno, fault)
    return OSError(number, os.strerror(number))


def _register(fault: str) -> peewee.OperationalError:
    return peewee.OperationalError(REFUSED[fault])


def _put_between(faults: _Faults) -> None:
    """Only ever called in a child that ends with it: nothing is put back."""
    for name in CALLS:
        setattr(os, name, faults.around(getattr(os, name), _disk))
    os_open = os.open
    creating = faults.around(os_open, _disk)
    os.open = lambda path, flags, *a, **k: (creating if flags & os.O_CREAT else os_open)(path, flags, *a, **k)
    os.fdopen = faults.opened(os.fdopen)
    builtins.open = faults.opened(builtins.open)
    execute = db.db.execute_sql
    changing = faults.around(execute, _register)

    def executed(sql: str, *args: Any, **kwargs: Any) -> Any:
        return (changing if sql.lstrip().upper().startswith(CHANGING) else execute)(sql, *args, **kwargs)

    db.db.execute_sql = executed
    db.db.begin = faults.around(db.db.begin, _register)
    db.db.commit = faults.around(db.db.commit, _register)


@dataclasses.dataclass(frozen=True)
class Told:
    """What became of a run."""

    killed: bool
    operations: int = 0
    answer: str = ""
    """'' when the act said that it was done; else the type of what it raised."""


def run_faulty(function: Callable[[], Any], at: int | None = None, fault: str | Callable[[], None] = "before") -> Told:
    """Run `function` in a child in which, at operation `at` (1, 2 …), `fault` happens; its effects stay.

    A fault that is a function is called before the operation, and then the child is killed.
    """
    db.db.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _try(function, _Faults(at, fault), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return Told(killed=True)
    assert status == 0, "the run failed by itself"
    operations, answer = json.loads(told)
    return Told(False, operations, answer)


def _try(function: Callable[[], Any], faults: _Faults, report: int) -> None:
    code = 1
    try:
        answer = ""
        _put_between(faults)
        try:
            function()
        except Exception as error:
            answer = type(error).__name__
            if faults.at is None:
                traceback.print_exc()
        os.write(report, json.dumps([faults.passed, answer]).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
