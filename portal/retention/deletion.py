"""The one deletion, for every cause and both kinds: recordings and quarantined files.

A claim says in the database what is about to go, in one commit. Then, in this order: the key is
destroyed, the bytes are unlinked, the row is emptied to a tombstone. Each step can be repeated, so
a deletion that was cut off anywhere is finished by doing it again.
"""

import datetime as dt
import os
import uuid
from pathlib import Path
from typing import Any

from portal import clock, config
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import leaving
from portal.db import Change, Insertion, Prepared, db, loaded, slot
from portal.errors import Conflict
from portal.ingest.inbox import storable
from portal.ingest.models import Arriving, Quarantined, QuarantineState
from portal.language import N_
from portal.recordings import wrongs
from portal.recordings.models import Recording, State
from portal.retention import emptying, freezes, moves, restrictions, standing, sweeps
from portal.retention.models import (
    Freeze,
    Hold,
    HoldState,
    Kind,
    PurgeLine,
    Result,
    Rule,
)
from portal.vault import durable, keystore, objects

Row = Recording | Quarantined


class OutsideInbox(Exception):
    """A quarantined file's name leads out of the inbox."""


class KeptByOther(Conflict):
    text = N_(
        "Samtalet hålls kvar av en chef eller behövs i ett annat ärende, och kan inte raderas nu. Det raderas när det "
        "släpps."
    )


def may_go(now: dt.datetime) -> tuple[Any, ...]:
    """When a recording may be deleted: it is live, its date has come, and no hold and no freeze stands on it
    (register §3).

    These conditions stand inside the claiming statement itself: whoever keeps a recording changes the
    same row, so that of the two one comes first and the other one sees it.
    """
    return (*kept_by_nothing(), Recording.expires_at <= now)


def kept_by_nothing() -> tuple[Any, ...]:
    return (Recording.state == State.LIVE, Recording.holds == 0, Recording.freezes == 0)


def may_go_quarantined(now: dt.datetime) -> tuple[Any, ...]:
    """A file in quarantine goes by the same clock."""
    return (Quarantined.state == QuarantineState.WAITING, Quarantined.expires_at <= now)


@db.atomic()
def claim_due(limit: int) -> list[PurgeLine]:
    """Claim up to `limit` of what is due, oldest first: state, protocol line and log in one commit."""
    now = clock.now()
    lines: list[PurgeLine] = []
    for model, conditions, rule in (
        (Recording, may_go(now), Rule.RETENTION),
        (Quarantined, may_go_quarantined(now), Rule.QUARANTINE),
    ):
        due = model.select().where(*conditions).order_by(model.expires_at).limit(limit - len(lines))
        for row in list(due):
            if line := _claim(row, conditions, rule, due_at=_due_at(row)):
                record(Act.PURGE_CLAIMED, row, rule=rule)
                lines.append(line)
    return lines


def _due_at(row: Row) -> dt.datetime:
    """From when it had to go: its date, or the later moment at which nothing kept it any more."""
    date: dt.datetime = row.expires_at
    freed_at: dt.datetime | None = row.freed_at if isinstance(row, Recording) else None
    return date if freed_at is None or freed_at < date else freed_at


@db.atomic()
def claim(recording: Recording, *, by: Account | None = None) -> PurgeLine | None:
    """Claim this one recording by the rule of its date. None when it may not go (now)."""
    row: Recording = Recording.get_by_id(recording.id)
    line = _claim(row, may_go(clock.now()), Rule.RETENTION, due_at=_due_at(row))
    if line is not None:
        record(Act.PURGE_CLAIMED, row, by=by, rule=Rule.RETENTION)
    return line


@db.atomic()
def claim_erased(recording: Recording, *, because: Any, by: Account) -> PurgeLine:
    """Claim a recording ahead of its date at a person's demand (GDPR 17), for the case `because`.

    The case's own freeze and restrictions are lifted with it, and the freezes of consents: they let the city keep a
    call, and hinder nobody from having it erased. Raises KeptByOther when a hold or another case's freeze stands
    on it, Conflict when it is deleted or claimed already; then nothing is changed.
    """
    restrictions.release(because, why=restrictions.Release.ERASED, by=by, recordings=[recording])
    freezes.lift(because, by=by, recordings=[recording])
    freezes.lift_consented(recording, by=by)
    row: Recording = Recording.get_by_id(recording.id)
    line = _claim(row, kept_by_nothing(), Rule.ERASURE, due_at=clock.now())
    if line is None:
        raise KeptByOther if Recording.get_by_id(row.id).state == State.LIVE else Conflict
    record(Act.ERASURE_CLAIMED, row, by=by, rule=Rule.ERASURE, because=because.uuid.hex)
    return line


@db.atomic()
def claim_unconsented(recording: Recording, *, because: Any, by: Account | None) -> PurgeLine | None:
    """Claim a call past its date that only the consent `because` kept, which is withdrawn or has ended. None when
    something else keeps it or its date has not come."""
    row: Recording = Recording.get_by_id(recording.id)
    line = _claim(row, may_go(clock.now()), Rule.CONSENT, due_at=_due_at(row))
    if line is not None:
        record(Act.PURGE_CLAIMED, row, by=by, rule=Rule.CONSENT, because=because.uuid.hex)
    return line


@db.atomic()
def claim_discarded(quarantined: Quarantined, *, by: Account) -> PurgeLine:
    """Claim a waiting quarantined file ahead of its date. Raises Conflict when it no longer waits."""
    waiting = (Quarantined.state == QuarantineState.WAITING,)
    line = _claim(quarantined, waiting, Rule.DISCARD, due_at=clock.now())
    if line is None:
        raise Conflict
    record(Act.DISCARDED, quarantined, by=by, rule=Rule.DISCARD, reason=quarantined.reason)
    return line


@db.atomic()
def claim_again(row: Row, *, rule: str, due_at: dt.datetime) -> PurgeLine:
    """Claim what was deleted once and came back with an older register (`replay`), whatever keeps it there: what
    kept it had gone before it was deleted. Returns the open line of one that was claimed then already."""
    live, waiting = Recording.state == State.LIVE, Quarantined.state == QuarantineState.WAITING
    line = _claim(row, (live if isinstance(row, Recording) else waiting,), rule, due_at=due_at)
    if line is None:
        found: PurgeLine = PurgeLine.get(PurgeLine.subject == row.uuid)
        return found
    if isinstance(row, Recording):
        lifted = Freeze.update(stands=None, lifted_at=clock.now())
        freezes_gone = lifted.where(Freeze.recording == row.id, Freeze.stands)
        holds_gone = Hold.update(state=HoldState.RELEASED, released_at=clock.now(), cleared_at=clock.now()).where(
            Hold.recording == row.id, Hold.state != HoldState.RELEASED
        )
        if freezes_gone.execute() + holds_gone.execute():
            Recording.update(holds=0, freezes=0).where(Recording.id == row.id).execute()
    record(Act.PURGE_CLAIMED, row, rule=rule, again=True)
    return line


def _claim(row: Row, conditions: tuple[Any, ...], rule: str, *, due_at: dt.datetime) -> PurgeLine | None:
    model = type(row)
    claimed = {"state": State.PURGING, "purge_reason": rule}
    if model is Quarantined:
        claimed = {"state": QuarantineState.PURGING}
    if not model.update(claimed).where(model.id == row.id, *conditions).execute():
        return None
    line = PurgeLine(
        kind=Kind(model.__name__.lower()),
        subject=row.uuid,
        queue_id=getattr(row, "queue_id", None),
        rule=rule,
        due_at=due_at,
    )
    _NEW_LINE(line)
    return line


def finish(line: PurgeLine) -> str:
    """Delete what `line` claimed. Returns '' when it is gone, else the kind of failure.

    A failure is noted on the line and stays claimed: never called done, tried again by the next
    sweep. Raises only when not even that could be noted.
    """
    model = Recording if line.kind == Kind.RECORDING else Quarantined
    row: Row = loaded(model, _FIND[model](subject=line.subject)[0])
    try:
        _destroy(line, row)
        _close(line, row)
    except Exception as error:
        failure = sweeps.kind(error)
        _note_failure(line, row, failure)
        return failure
    return ""


def _destroy(line: PurgeLine, row: Row) -> None:
    if line.key_destroyed_at is None:
        standing.deleted(line, row)
    if isinstance(row, Recording):
        with moves.at_rest(row):
            also = [subject for (subject,) in standing.REDACTED(recording=row.id)]
            _destroy_sealed(line, keystore.STORES, [line.subject, *also])
        destroy_copies(row)
        for paper in wrongs.papers(row):
            destroy_ownerless(paper)
        return
    _destroy_sealed(line, (keystore.MAIN,) if row.sealed else (), [line.subject])
    if not row.sealed and row.name:
        unlink_delivered(row.name)


def _destroy_sealed(line: PurgeLine, stores: tuple[str, ...], subjects: list[uuid.UUID]) -> None:
    """All keys first, then all bytes; wherever a move or an erasure of passages that was cut off may have left some."""
    destroyed = [keystore.destroy(subject, store=store) for subject in subjects for store in stores]
    if any(destroyed) or (stores and line.key_destroyed_at is None):
        line.key_destroyed_at = clock.now()
    for subject in subjects:
        for store in stores:
            objects.remove_all(subject, store=store)


def destroy_copies(row: Recording) -> None:
    """What was to be handed over of it goes with it; the other calls of the case can be copied anew."""
    for copy in leaving.let_go_with(row.id):
        destroy_ownerless(copy.uuid)
        leaving.gone(copy)


def destroy_ownerless(subject: uuid.UUID) -> None:
    """Key and objects, in every store, of a subject that nobody owns (any more). Raises OSError."""
    for store in keystore.STORES:
        keystore.destroy(subject, store=store)
    for store in keystore.STORES:
        objects.remove_all(subject, store=store)


def unlink_half(path: Path) -> bool:
    """Unlink a half-written file whose writer died; False when it is gone. Raises OSError."""
    return durable.remove(path)


def unlink_delivered(name: str) -> None:
    """Unlink the file that stands in the inbox under `name`, a path relative to it.

    Walks folder by folder without following symlinks; a symlink in the last place is removed, not
    what it points to. A file that is not there any more is no fault; an inbox that is not there is.
    Raises OutsideInbox or OSError.
    """
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise OutsideInbox
    inbox = os.open(config.settings().inbox, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _unlink_in(inbox, parts)
    finally:
        os.close(inbox)


def _unlink_in(folder: int, parts: list[str]) -> None:
    head, *rest = parts
    for entry in os.listdir(folder):
        if storable(entry) != head:  # a name that is no UTF-8 is stored with its bytes spelt out
            continue
        if not rest:
            os.unlink(entry, dir_fd=folder)
            os.fsync(folder)
            continue
        inner = os.open(entry, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        try:
            _unlink_in(inner, rest)
        finally:
            os.close(inner)


def _close(line: PurgeLine, row: Row) -> None:
    with db.atomic():
        now = clock.now()
        emptied = emptying.recording(row, now) if isinstance(row, Recording) else _empty_quarantined(row, line, now)
        if not emptied:
            return  # another process finished it meanwhile, and wrote its line and log
        _CLOSE(line=line.id, now=now, key_destroyed_at=line.key_destroyed_at)
        record(Act.PURGED, row, rule=line.rule)


def _empty_quarantined(row: Quarantined, line: PurgeLine, now: dt.datetime) -> bool:
    ended = QuarantineState.DISCARDED if line.rule == Rule.DISCARD else QuarantineState.EXPIRED
    emptied = Quarantined.update(state=ended, ended_at=now, name=None, detail="", size=0).where(
        Quarantined.id == row.id, Quarantined.state == QuarantineState.PURGING
    )
    if not emptied.execute():
        return False
    if row.name and not row.sealed:
        Arriving.delete().where(Arriving.path == row.name).execute()
    return True


@db.atomic()
def _note_failure(line: PurgeLine, row: Row, failure: str) -> None:
    noted = PurgeLine.update(
        result=Result.FAILED,
        failure=failure,
        attempts=PurgeLine.attempts + 1,
        key_destroyed_at=line.key_destroyed_at,
    ).where(PurgeLine.id == line.id, PurgeLine.purged_at.is_null())
    if noted.execute() and line.failure != failure:
        record(Act.PURGE_FAILED, row, rule=line.rule, failure=failure)


# What a deletion does while it holds the register, in statements written once: many thousands may come in a row,
# and nobody else writes meanwhile

_NEW_LINE = Insertion(PurgeLine)
_FIND: dict[type[Row], Prepared] = {
    Recording: Prepared(lambda: Recording.select().where(Recording.uuid == slot("subject", Recording.uuid))),
    Quarantined: Prepared(lambda: Quarantined.select().where(Quarantined.uuid == slot("subject", Quarantined.uuid))),
}
_CLOSE = Change(
    lambda: PurgeLine.update(
        result=Result.PURGED,
        purged_at=slot("now", PurgeLine.purged_at),
        key_destroyed_at=slot("key_destroyed_at", PurgeLine.key_destroyed_at),
        attempts=PurgeLine.attempts + 1,
    ).where(PurgeLine.id == slot("line", PurgeLine.id))
)
