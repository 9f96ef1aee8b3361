"""The worker's part of a copy of the sound: what is ordered is made, sealed, and said to be ready.

The row is the job. What lies in the vault under a copy's uuid counts only once the row says READY, in one commit, so
that a kill anywhere leaves a copy that is made again or one that is there, never a half one.
"""

import contextlib
import dataclasses
import datetime as dt
import errno
from typing import TYPE_CHECKING

from portal import clock, config, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import packing
from portal.cases.codes import CopyState, Delivery
from portal.cases.models import Case, Copy
from portal.cases.steps import What, tell
from portal.db import db
from portal.retention import deletion, owners, sweeps
from portal.vault import box, objects

if TYPE_CHECKING:
    from portal.recordings.decoding import Child

PART = owners.COPY
"""The one part of a copy in the vault: its zip file."""
SECRET = "case-copy"
"""The use for which a password is sealed."""
ATTEMPTS = 3

LOST = "Lost"
"""Code of the attempt that ended without a word."""
NOTHING = "NothingLeft"
"""What was to be given has been deleted meanwhile."""
NOT_ITS_FAULT = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSYS)
"""The machine refuses every copy alike: the sweep ends, and no attempt is counted."""


def days() -> dt.timedelta:
    """So long a copy lives, from the day it was made or handed over."""
    return dt.timedelta(days=config.settings().case_copy_days)


@dataclasses.dataclass
class Made:
    """What one look did, in counts."""

    busy: bool = False
    """Another process is making copies; nothing was done."""
    ready: int = 0
    failed: int = 0
    """Attempts, whether the last one or not."""
    overtaken: int = 0
    """Not wanted any more when it was made."""


def make_due(limit: int = 20) -> Made:
    """Make up to `limit` ordered copies, the oldest first. May be killed at any moment. Raises OSError when the
    machine refuses every one alike."""
    made = Made()
    with lock.alone("case-copies") as mine:
        if not mine:
            return Made(busy=True)
        waiting = list(_waiting().order_by(Copy.attempts, Copy.id).limit(limit))
        if not waiting:
            return made
        from portal.recordings.decoding import Child  # the web's processes never need it

        with Child() as child:
            for copy in waiting:
                result = _make(copy, child)
                setattr(made, result, getattr(made, result) + 1)
    return made


def _waiting() -> Copy:
    return Copy.select(Copy, Case).join(Case).where(Copy.state == CopyState.ORDERED)


def _make(copy: Copy, child: "Child") -> str:
    """Returns the name of the field of `Made` that counts it."""
    if copy.attempts >= ATTEMPTS:  # killed in the last one
        _failed(copy, LOST)
        return "failed"
    if not _begun(copy):
        return "overtaken"
    try:
        found = packing.items(copy.case)
        if not found:
            _failed(copy, NOTHING, last=True)
            return "failed"
        secret = packing.password() if copy.delivery == Delivery.ENCRYPTED else ""
        sealed = objects.seal(copy.uuid, PART, packing.packed(copy.case, found, secret=secret, child=child))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_ITS_FAULT:
            _given_back(copy)
            raise
        _failed(copy, sweeps.kind(error))
        return "failed"
    except BaseException:  # the worker is told to end
        with contextlib.suppress(Exception):
            _given_back(copy)
        raise
    if _is_ready(copy, sealed, len(found), secret):
        return "ready"
    deletion.destroy_ownerless(copy.uuid)
    return "overtaken"


@db.atomic()
def _begun(copy: Copy) -> bool:
    """Count the attempt before it is made: one that kills the worker is not made for ever."""
    begun = _attempt(copy).execute()
    copy.attempts += 1
    return bool(begun)


def _attempt(copy: Copy) -> Copy:
    return Copy.update(attempts=copy.attempts + 1).where(*_ours(copy))


def _ours(copy: Copy) -> tuple[object, ...]:
    return Copy.id == copy.id, Copy.state == CopyState.ORDERED, Copy.attempts == copy.attempts


@db.atomic()
def _given_back(copy: Copy) -> None:
    Copy.update(attempts=copy.attempts - 1).where(*_ours(copy)).execute()


@db.atomic()
def _is_ready(copy: Copy, sealed: objects.Sealed, files: int, secret: str) -> bool:
    """One commit. False when it is not wanted any more."""
    made = Copy.update(
        state=CopyState.READY,
        failure="",
        made_at=clock.now(),
        size=sealed.size,
        sha256=sealed.sha256,
        files=files,
        password_sealed=box.seal(SECRET, copy.uuid.bytes, secret.encode()) if secret else None,
        goes_on=clock.today() + days(),
    ).where(*_ours(copy))
    if not made.execute():
        return False
    record(Act.CASE_COPY_MADE, copy, reference=copy.case.number, files=files, size=sealed.size, delivery=copy.delivery)
    tell(copy.case, What.COPY_MADE, by=None)
    return True


@db.atomic()
def _failed(copy: Copy, failure: str, *, last: bool = False) -> None:
    last = last or copy.attempts >= ATTEMPTS
    noted = Copy.update(state=CopyState.FAILED if last else CopyState.ORDERED, failure=failure).where(*_ours(copy))
    if noted.execute():
        record(Act.CASE_COPY_FAILED, copy, reference=copy.case.number, failure=failure, attempt=copy.attempts)
        if last:
            tell(copy.case, What.COPY_FAILED, by=None)
