"""Can the log be written? Sound that plays on writes nothing, so it asks now and then: while the log takes no entry,
nobody goes on hearing either."""

import os
import time
from pathlib import Path

import peewee

from portal import config, db
from portal.audit.actions import record
from portal.audit.acts import Act

AGAIN_SECONDS = 3.0
"""So long an answer is good, in each process."""
PATIENCE_SECONDS = 30.0
"""So long somebody else may be writing, as often as one asks."""
APART_SECONDS = 30.0
"""Answers further apart tell nothing of the time between: whoever wrote at the one may have ended, and begun again."""
TRIES, PAUSE_SECONDS = 5, 0.02
"""An answer is that somebody writes only when that is so each time: most have ended by the next."""
ROOM = 1 << 20
"""Bytes that must be free on the disk: that a full one takes no entry shows when it is committed, not before."""


class Unwritable(Exception):
    """The log takes no entry."""


_good: tuple[Path, float] | None = None
"""Of which register, and when."""
_busy: tuple[Path, float, float] | None = None
"""Of which register somebody else was found writing, at first and at last, and never otherwise between."""


def now() -> bool:
    """Write an entry, and take it back."""
    global _good, _busy
    register, moment = config.settings().database, time.monotonic()
    if _good is not None and _good[0] == register and moment - _good[1] < AGAIN_SECONDS:
        return True
    try:
        disk = os.statvfs(register)
        if disk.f_bavail * disk.f_frsize < ROOM:
            return False
        _attempt()
    except db.Busy:
        goes_on = _busy is not None and _busy[0] == register and moment - _busy[2] <= APART_SECONDS
        since = _busy[1] if _busy is not None and goes_on else moment
        _busy = (register, since, moment)
        return moment - since <= PATIENCE_SECONDS
    except (OSError, peewee.PeeweeException):
        return False
    _good, _busy = (register, moment), None
    return True


def _attempt() -> None:
    for left in reversed(range(TRIES)):
        try:
            with db.attempt():
                record(Act.PLAYED)
            return
        except db.Busy:
            if not left:
                raise
            time.sleep(PAUSE_SECONDS)


def insist() -> None:
    """Raises Unwritable."""
    if not now():
        raise Unwritable
