"""Makes recordings ready to be heard: the waveform, and a playable form where browsers cannot play
the original. The row is the job (`playable` is PENDING); `render_pending` is a sweep over it."""

import errno
from typing import NamedTuple

from peewee import Expression

from portal import clock, lock
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.recordings import index, sound
from portal.recordings.decoding import Child, Crashed
from portal.recordings.models import Playable, Recording, State
from portal.recordings.sound import Unreadable
from portal.retention import sweeps
from portal.vault import keystore, objects
from portal.vault.box import SealBroken

ATTEMPTS = 3
ORIGINAL, PLAYABLE, PEAKS = "original", "playable", "peaks"
"""The parts of a sealed recording."""

FAULTS = (Unreadable, Crashed, SealBroken, keystore.NoKey, objects.NoObject, OSError)

NOT_ITS_FAULT = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSYS)
"""The machine refuses every recording alike: the sweep ends, and no attempt is counted."""


class Summary(NamedTuple):
    ready: int = 0
    empty: int = 0
    failed: int = 0
    """Attempts that failed, whether the last one or not."""
    gone: int = 0
    """Purged meanwhile."""
    busy: bool = False
    """Another process is rendering; nothing was done."""


def render_pending(limit: int = 100) -> Summary:
    """Render up to `limit` live recordings that wait, fewest attempts first, then the newest.

    May be killed at any moment: a recording stays PENDING until its parts are sealed, and the
    parts are written whole again the next time. Raises OSError when the disk refuses.
    """
    with lock.alone("render") as mine:  # two writing the same part would mix their bytes
        if not mine:
            return Summary(busy=True)
        with sweeps.running("render"), Child() as child:
            results = [_render(row, child) for row in _waiting(limit)]
    return Summary(
        ready=results.count("ready"),
        empty=results.count("empty"),
        failed=results.count("failed"),
        gone=results.count("gone"),
    )


@db.atomic()
def retry_failed() -> int:
    """Let recordings whose rendering failed for good wait again (a new decoder may read them); how many."""
    failed = (Recording.state == State.LIVE) & (Recording.playable == Playable.FAILED)
    keys = [key for (key,) in Recording.select(Recording.id).where(failed).tuples()]
    count = int(Recording.update(playable=Playable.PENDING, render_attempts=0).where(failed).execute())
    for key in keys:
        index.put(Recording.get_by_id(key))
    return count


def _waiting(limit: int) -> list[Recording]:
    return list(
        Recording.select()
        .where(
            Recording.playable == Playable.PENDING,
            Recording.render_attempts < ATTEMPTS,
            Recording.state == State.LIVE,
            (Recording.expires_at > clock.now()) | (Recording.holds > 0) | (Recording.freezes > 0),
            _may_be_heard(),
        )
        .order_by(Recording.render_attempts, Recording.id.desc())
        .limit(limit)
    )


def _may_be_heard() -> Expression:
    """One whose passages are being erased is left alone until they are, unless it is kept as a threat call."""
    return ~Recording.redacting | (Recording.holds > 0)


def _render(row: Recording, child: Child) -> str:
    """Make one ready. Returns the name of the field of Summary that counts it."""
    try:
        values = _make(row, child)
    except FAULTS as error:
        if isinstance(error, OSError) and error.errno in NOT_ITS_FAULT:
            raise
        return "failed" if _failed(row, error) else _gone(row)
    if not _finish(row, values):
        return _gone(row)
    return "empty" if values["playable"] == Playable.EMPTY else "ready"


def _make(row: Recording, child: Child) -> dict[str, object]:
    """Seal the derived parts, under the key there is; returns what the row is to say of them."""
    original_format = row.original_format or ""
    with objects.Reader(row.vault_id, ORIGINAL, store=row.store) as original:
        measured, blocks = child.decode(original, original.size, original_format)  # type: ignore[arg-type]  # no BinaryIO to mypy
        if not measured.samples:
            list(blocks)
            return {"playable": Playable.EMPTY, "channels": measured.channels or None}
        objects.seal(row.vault_id, PEAKS, [measured.peaks], new_key=False, store=row.store)
        media_type = sound.media_type(original_format, measured)
        if media_type is None:
            objects.seal(row.vault_id, PLAYABLE, blocks, new_key=False, store=row.store)
        else:
            list(blocks)
    return {
        "playable": Playable.READY,
        "playable_type": media_type or sound.FLAC,
        "playable_part": ORIGINAL if media_type else PLAYABLE,
        "channels": measured.channels,
    }


@db.atomic()
def _finish(row: Recording, values: dict[str, object]) -> bool:
    """False when the recording is no longer live, is not waiting any more, or lies elsewhere."""
    finished = (
        Recording.update(values)
        .where(
            Recording.id == row.id,
            Recording.state == State.LIVE,
            Recording.playable == Playable.PENDING,
            Recording.store == row.store,
            Recording.sealed_under(row.vault_id),
            _may_be_heard(),
        )
        .execute()
    )
    if finished and values["playable"] == Playable.EMPTY:
        index.put(Recording.get_by_id(row.id))  # so that it is found as one without sound
    return bool(finished)


@db.atomic()
def _failed(row: Recording, error: Exception) -> bool:
    """Count the attempt; False when the recording is no longer live, or is not waiting any more."""
    attempt = row.render_attempts + 1
    counted = Recording.update(
        render_attempts=attempt, playable=Playable.FAILED if attempt >= ATTEMPTS else Playable.PENDING
    ).where(
        Recording.id == row.id,
        Recording.state == State.LIVE,
        Recording.playable == Playable.PENDING,
        Recording.render_attempts == row.render_attempts,
        Recording.store == row.store,
        Recording.sealed_under(row.vault_id),
    )
    if not counted.execute():
        return False
    if attempt >= ATTEMPTS:
        index.put(Recording.get_by_id(row.id))
    record(Act.RENDER_FAILED, row, failure=sweeps.kind(error), attempt=attempt)
    return True


def _gone(row: Recording) -> str:
    """The purge, a move to the threat archive, or an original without some passages came in between: what was
    sealed after it had removed the objects goes too. Such a one still waits, and is made ready where it is now."""
    here = (Recording.id == row.id, Recording.state == State.LIVE, Recording.store == row.store)
    if not Recording.select().where(*here, Recording.sealed_under(row.vault_id)).exists():
        objects.remove_all(row.vault_id, store=row.store)
    return "gone"
