"""The worker's sweeps leave a trace of each run, so that a dead one is noticed."""

import contextlib
import errno
from collections.abc import Iterator

import peewee

from portal import clock
from portal.db import db
from portal.retention.models import Sweep


class Run:
    """A sweep under way. Set `fault` when it goes on but not all of it worked."""

    def __init__(self) -> None:
        self.fault = ""


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
    _note(name, started_at=started)
    run = Run()
    try:
        yield run
    except BaseException as error:
        with contextlib.suppress(peewee.PeeweeException):  # then `good_at` alone tells, by its age
            _note(name, fault=kind(error))
        raise
    if run.fault:
        _note(name, fault=run.fault)
    else:
        _note(name, good_at=clock.now(), fault="")


@db.atomic()
def _note(name: str, **values: object) -> None:
    if not Sweep.update(values).where(Sweep.name == name).execute():
        Sweep.create(name=name, **values)


def last(name: str) -> Sweep | None:
    """The trace of the sweep `name`; None when it never ran."""
    row: Sweep | None = Sweep.get_or_none(Sweep.name == name)
    return row
