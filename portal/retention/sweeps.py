"""The worker's sweeps leave a trace of each run, so that a dead one is noticed."""

import contextlib
import dataclasses
import datetime as dt
import errno
from collections.abc import Iterator
from time import monotonic

import peewee

from portal import clock
from portal.db import db
from portal.retention.models import Sweep

TOLD_SECONDS = 2
"""How often a long run says how far it has come."""
SILENT = dt.timedelta(minutes=2)
"""A run that has said nothing for so long is not under way any more."""


class Run:
    """A sweep under way. Set `fault` when it goes on but not all of it worked."""

    def __init__(self, name: str) -> None:
        self.fault = ""
        self._name, self._told = name, monotonic()

    def tell(self, done: int, whole: int) -> bool:
        """So many of so many had their turn: noted now and then, in a commit of its own. Was it noted?"""
        if monotonic() - self._told < TOLD_SECONDS:
            return False
        _note(self._name, done=done, whole=whole, told_at=clock.now())
        self._told = monotonic()
        return True


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a long run under way has come."""

    done: int
    whole: int
    per_minute: int
    seconds_left: int | None
    """None: nothing had its turn yet."""

    def __str__(self) -> str:
        left = "" if not self.seconds_left else f", {dt.timedelta(seconds=self.seconds_left)} left"
        return f"{self.done} of {self.whole}, {self.per_minute} a minute{left}"

    @property
    def minutes_left(self) -> int | None:
        return None if self.seconds_left is None else round(self.seconds_left / 60)


def reckon(done: int, whole: int, seconds: float) -> Progress:
    """After so many seconds."""
    pace = done / seconds if seconds > 0 else 0.0
    return Progress(done, whole, round(pace * 60), round((whole - done) / pace) if pace else None)


def progress(name: str) -> Progress | None:
    """Of the sweep `name`; None when none is under way, or it has not been for long."""
    trace = last(name)
    if trace is None or trace.whole is None or trace.told_at is None or clock.now() - trace.told_at > SILENT:
        return None
    return reckon(trace.done, trace.whole, (trace.told_at - trace.started_at).total_seconds())


def kind(error: BaseException) -> str:
    """What went wrong, as a code: an errno name ('EIO'), else the exception's type name. Never its text."""
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno, "OSError")
    return type(error).__name__


@contextlib.contextmanager
def running(name: str) -> Iterator[Run]:
    """Note that the sweep `name` starts, and how it ends.

    A run without fault sets `good_at` and clears `fault`. An exception, or `fault` set on what
    this yields, is noted as a code and leaves `good_at` at the last good run; the exception goes
    on. Must not be entered inside a transaction: both notes are commits of their own.
    """
    started = clock.now()
    _note(name, started_at=started, whole=None, done=0, told_at=None)
    run = Run(name)
    try:
        yield run
    except BaseException as error:
        with contextlib.suppress(peewee.PeeweeException):  # then `good_at` alone tells, by its age
            _note(name, fault=kind(error), whole=None)
        raise
    if run.fault:
        _note(name, fault=run.fault, whole=None)
    else:
        _note(name, good_at=clock.now(), fault="", whole=None)


@db.atomic()
def _note(name: str, **values: object) -> None:
    if not Sweep.update(values).where(Sweep.name == name).execute():
        Sweep.create(name=name, **values)


def last(name: str) -> Sweep | None:
    """The trace of the sweep `name`; None when it never ran."""
    row: Sweep | None = Sweep.get_or_none(Sweep.name == name)
    return row
