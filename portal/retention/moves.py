"""Moving what is held to the threat archive: a store and a keystore of its own.

A move goes one way, and each step can be repeated: key copied → objects copied and read back → the row
says 'threat', with its entry in the log → removed from the main store. The hold's row is the job:
whatever a kill leaves, the next sweep takes up from the hold that is not cleared.

A call that is released before its date stays in the threat archive until then, and is found and heard
like any other: the reader follows the row. Moving it back would copy its key once more for the
few weeks it has left, and would double the states a kill can leave.
"""

import contextlib
from collections.abc import Iterator

from portal import clock, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Prepared, db, slot
from portal.recordings.models import Recording, State, Store
from portal.retention import sweeps
from portal.retention.models import Hold, HoldState
from portal.retention.restriction_models import Redaction
from portal.vault import keystore, objects

PATIENCE_SECONDS = 20
"""A deletion waits so long for a move under way: then it is one that failed, and is tried again."""


class MoveUnderWay(Exception):
    """The recording's bytes are being moved just now."""


class PartMissing(Exception):
    """The recording's sound is in no store."""


_EVER_HELD = Prepared(lambda: Hold.select(Hold.id).where(Hold.recording == slot("recording", Hold.id)).limit(1))
_EVER_REDACTED = Prepared(
    lambda: Redaction.select(Redaction.id).where(Redaction.recording == slot("recording", Redaction.id)).limit(1)
)


@contextlib.contextmanager
def at_rest(recording: Recording) -> Iterator[None]:
    """Within it nothing of `recording` is moved: a copy that is being written while its key is destroyed would
    outlive it. Only what was ever held can be under way, or what passages are erased of. Raises MoveUnderWay."""
    if not _EVER_HELD(recording=recording.id) and not _EVER_REDACTED(recording=recording.id):
        yield
        return
    with lock.alone("moves", PATIENCE_SECONDS) as alone:
        if not alone:
            raise MoveUnderWay
        yield


def attempt(hold: Hold) -> bool:
    """Move now what `hold` has just kept. False when it could not be done at once: the sweep does it.

    Never raises for what the disk refuses: the hold stands since its own commit.
    """
    with lock.alone("moves") as alone:
        if not alone:
            return False
        try:
            return _settle(hold)
        except Exception:
            return False


def sweep() -> str:
    """Finish every move that is not. Returns the kind of the last failure, '' when there was none."""
    failure = ""
    waiting = Hold.select(Hold.id).where(Hold.cleared_at.is_null()).order_by(Hold.id)
    for (key,) in list(waiting.tuples()):
        with lock.alone("moves", PATIENCE_SECONDS) as alone:
            if not alone:
                return MoveUnderWay.__name__
            try:
                _settle(Hold.get_by_id(key))
            except Exception as error:
                failure = sweeps.kind(error)
    return failure


def _settle(hold: Hold) -> bool:
    """See to it that the bytes lie in one store alone, the one the row names. False: not yet."""
    row: Recording = Recording.get_by_id(hold.recording_id)
    if row.state == State.PURGING:
        return False  # the deletion destroys both
    if row.state == State.LIVE:
        if row.holds and row.store == Store.MAIN:
            _copy(row)
            if not _say_moved(hold, row):
                return False
            row.store = Store.THREAT
        if not _whole(row):
            raise PartMissing  # then what the other store has may be all there is
        other = Store.MAIN if row.store == Store.THREAT else Store.THREAT
        keystore.destroy(row.vault_id, store=other)
        objects.remove_all(row.vault_id, store=other)
    _say_cleared(hold)
    return True


def _copy(row: Recording) -> None:
    if not _whole(row):
        raise PartMissing
    keystore.copy(row.vault_id, source=Store.MAIN, target=Store.THREAT)
    objects.copy_all(row.vault_id, source=Store.MAIN, target=Store.THREAT)


def _whole(row: Recording) -> bool:
    """Are key and sound in the store that the row names?"""
    return keystore.exists(row.vault_id, store=row.store) and objects.exists(row.vault_id, "original", store=row.store)


@db.atomic()
def _say_moved(hold: Hold, row: Recording) -> bool:
    """False when the row is not as it was while it was copied: claimed, or made ready meanwhile with new parts."""
    moved = Recording.update(store=Store.THREAT).where(
        Recording.id == row.id,
        Recording.state == State.LIVE,
        Recording.store == Store.MAIN,
        Recording.sealed_under(row.vault_id),
        Recording.playable == row.playable,
        Recording.render_attempts == row.render_attempts,
    )
    if not moved.execute():
        return False
    Hold.update(moved_at=clock.now()).where(Hold.id == hold.id).execute()
    record(Act.HOLD_MOVED, row, hold=hold.uuid.hex)
    return True


@db.atomic()
def _say_cleared(hold: Hold) -> None:
    now = clock.now()
    Hold.update(cleared_at=now).where(Hold.id == hold.id, Hold.cleared_at.is_null()).execute()
    Hold.update(moved_at=now).where(
        Hold.id == hold.id, Hold.moved_at.is_null(), Hold.state == HoldState.PLACED
    ).execute()  # an earlier hold had moved it
    Hold.update(state=HoldState.STORED).where(Hold.id == hold.id, Hold.state == HoldState.PLACED).execute()
