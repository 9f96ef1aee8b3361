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
"""So long somebody else may be writing."""
ROOM = 1 << 20
"""Bytes that must be free on the disk: that a full one takes no entry shows when it is committed, not before."""


class Unwritable(Exception):
    """The log takes no entry."""


_good: tuple[Path, float] | None = None
"""Of which register, and when."""


def now() -> bool:
    """Write an entry, and take it back."""
    global _good
    register, moment = config.settings().database, time.monotonic()
    age = moment - _good[1] if _good is not None and _good[0] == register else None
    if age is not None and age < AGAIN_SECONDS:
        return True
    try:
        disk = os.statvfs(register)
        if disk.f_bavail * disk.f_frsize < ROOM:
            return False
        with db.attempt():
            record(Act.PLAYED)
    except db.Busy:
        if age is None:
            _good = (register, moment - AGAIN_SECONDS)  # from here on it is waited for
        return age is None or age <= PATIENCE_SECONDS
    except (OSError, peewee.PeeweeException):
        return False
    _good = (register, moment)
    return True


def insist() -> None:
    """Raises Unwritable."""
    if not now():
        raise Unwritable
