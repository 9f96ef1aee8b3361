"""What stands on an account and on a call, as lines of the ledger: written after each change, and put in force
again on a register that is older than the change.

A line tells the whole of what stands, not the change: the last one about a subject is all that counts, and
putting it in force twice does no more than once.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account, RoleGrant
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.audit.chain import Checkpoint
from portal.audit.models import Entry
from portal.db import Prepared, db, slot
from portal.ingest.models import Quarantined
from portal.queues.models import Queue
from portal.recordings import index
from portal.recordings.models import Recording, State
from portal.retention import account_standing, ledger, withdrawals
from portal.retention.ledger import Behind, Kind, New
from portal.retention.models import Freeze, Hold, HoldState, PurgeLine
from portal.retention.restriction_models import Redaction, RedactionState, Restriction
from portal.rights.models import Right

BATCH = 5000
MARKED = dt.timedelta(days=1)
"""How far the log has come is noted at least so often."""

LOST_REASON = (
    "Återställd ur gallringens liggare. Skälet finns inte kvar. · Palautettu hävittämisen tapahtumaluettelosta. "
    "Perusteluja ei ole enää."
)
"""Stands in the register where a person's words stood, for readers of both languages."""

REDACTED = Prepared(
    lambda: Redaction.select(Redaction.uuid).where(Redaction.recording == slot("recording", Redaction.id))
)
"""The vault's subjects that a call may have besides its own uuid."""
_QUEUE = Prepared(lambda: Queue.select(Queue.uuid).where(Queue.id == slot("queue", Queue.id)))


def catch_up() -> int:
    """Write what the log tells since the last time; returns how many lines were written.

    Raises ledger.Behind when the log never was where the ledger left it, OSError, ledger.Busy or ledger.Broken.
    """
    last = ledger.tail()
    followed = last.log if last else ledger.START
    if not ledger.holds(followed):
        raise Behind
    newest = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
    if newest is None or newest[0] == followed.entries:
        return 0
    accounts, recordings = _touched(followed.entries, newest[0])
    new = [New(Kind.ACCOUNT, account.uuid, account_standing.of(account)) for account in accounts]
    new += [New(Kind.KEPT, recording.uuid, of_recording(recording)) for recording in recordings]
    new += withdrawals.lines(followed.entries, newest[0])
    if not new:
        if last is not None and clock.now() - last.at < MARKED:
            return 0
        new = [New(Kind.MARK)]
    ledger.append(*new, log=Checkpoint(*newest))
    return len(new)


def deleted(line: PurgeLine, row: Recording | Quarantined) -> None:
    """Write that the key is about to be destroyed, with what a tombstone keeps. Must come before it is: a line too
    many does no harm, one too few brings the call back. Raises OSError, ledger.Busy or ledger.Broken."""
    detail: dict[str, Any] = {"of": str(line.kind), "rule": str(line.rule), "due_at": _stored(line.due_at)}
    if isinstance(row, Recording):
        detail["tombstone"] = {
            "source": row.source,
            "source_key": row.source_key,
            "content_key": row.content_key,
            "started_at": _stored(row.started_at),
            "ended_at": _stored(row.ended_at),
            "expires_at": _stored(row.expires_at),
            "received_at": _stored(row.received_at),
            "queue": _QUEUE(queue=row.queue_id)[0][0].hex if row.queue_id else None,
        }
        if also := [subject.hex for (subject,) in REDACTED(recording=row.id)]:
            detail["also"] = also
    ledger.append(New(Kind.PURGE, line.subject, detail))


def redacted(recording: Recording) -> None:
    """Write which passages are gone from a call. Must come before the old key is destroyed. Raises as `deleted`."""
    ledger.append(New(Kind.REDACTED, recording.uuid, of_redactions(recording)))


def mark() -> ledger.Line:
    """Catch up, and note the present place of the log: where a backup begins."""
    catch_up()
    newest = Entry.select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1).tuples().first()
    return ledger.append(New(Kind.MARK), log=Checkpoint(*newest) if newest else None)


def _touched(after: int, until: int) -> tuple[list[Account], list[Recording]]:
    told = (
        (Entry.act.in_(account_standing.ACTS) & (Entry.subject_kind == "account"))
        | (Entry.act.in_(account_standing.RIGHTS) & (Entry.subject_kind == "right"))
        | (Entry.act.startswith("retention:") & (Entry.subject_kind == "recording"))
    )
    found: dict[str, set[uuid.UUID]] = {}
    for start in range(after, until, BATCH):
        here = Entry.id.between(start + 1, min(start + BATCH, until))
        for kind, subject in Entry.select(Entry.subject_kind, Entry.subject).where(here, told).distinct().tuples():
            found.setdefault(kind, set()).add(subject)
    calls = _rows(Recording, found.get("recording", set()))
    # a deletion, or a call that nothing ever stood on, has nothing to tell here
    kept = [row for row in calls if row.state == State.LIVE and _ever_kept(row)]
    holders = {right.account.uuid for right in _rows(Right, found.get("right", set()))}
    return _rows(Account, found.get("account", set()) | holders), kept


def _rows(model: Any, subjects: Iterable[uuid.UUID]) -> list[Any]:
    rows: list[Any] = []
    for chunk in peewee.chunked(sorted(subjects), 500):
        rows.extend(model.select().where(model.uuid.in_(list(chunk))))
    return rows


def _ever_kept(row: Recording) -> bool:
    return bool(
        Hold.select().where(Hold.recording == row.id).exists()
        or Freeze.select().where(Freeze.recording == row.id).exists()
        or Restriction.select().where(Restriction.recording == row.id).exists()
    )


def of_recording(recording: Recording) -> dict[str, Any]:
    """Every hold, freeze and restriction it has had. What people typed stays out: it must go with the call."""
    return {
        "holds": [
            {
                "uuid": hold.uuid.hex,
                "placed_by": hold.placed_by.uuid.hex,
                "placed_at": _stored(hold.placed_at),
                "review_on": hold.review_on.isoformat(),
                "renewed_by": hold.renewed_by.uuid.hex if hold.renewed_by else None,
                "released_at": _stored(hold.released_at),
                "released_by": hold.released_by.uuid.hex if hold.released_by else None,
            }
            for hold in Hold.select().where(Hold.recording == recording.id).order_by(Hold.id)
        ],
        "freezes": [
            {
                "uuid": freeze.uuid.hex,
                "because_kind": freeze.because_kind,
                "because": freeze.because.hex,
                "from_at": _stored(freeze.from_at),
                "placed_by": freeze.placed_by.uuid.hex if freeze.placed_by else None,
                "placed_at": _stored(freeze.placed_at),
                "lifts_on": freeze.lifts_on.isoformat() if freeze.lifts_on else None,
                "lifted_at": _stored(freeze.lifted_at),
                "lifted_by": freeze.lifted_by.uuid.hex if freeze.lifted_by else None,
            }
            for freeze in Freeze.select().where(Freeze.recording == recording.id).order_by(Freeze.id)
        ],
        "restrictions": [
            {
                "uuid": row.uuid.hex,
                "ground": str(row.ground),
                "because": row.because.hex,
                "reference": row.reference,
                "placed_by": row.placed_by.uuid.hex if row.placed_by else None,
                "placed_at": _stored(row.placed_at),
                "told_on": row.told_on.isoformat() if row.told_on else None,
                "lifts_on": row.lifts_on.isoformat() if row.lifts_on else None,
                "lifted_at": _stored(row.lifted_at),
                "lifted_by": row.lifted_by.uuid.hex if row.lifted_by else None,
            }
            for row in Restriction.select().where(Restriction.recording == recording.id).order_by(Restriction.id)
        ],
    }


def of_redactions(recording: Recording) -> dict[str, Any]:
    """Every erasure of passages that the register reads the outcome of, the first one first, and what it reads now."""
    done = (RedactionState.SWITCHED, RedactionState.DONE)
    rows = Redaction.select().where(Redaction.recording == recording.id, Redaction.state.in_(done))
    return {
        "redactions": [
            {
                "uuid": row.uuid.hex,
                "because": row.because.hex,
                "reference": row.reference,
                "ranges": row.ranges,
                "by": row.by.uuid.hex,
                "at": _stored(row.at),
            }
            for row in rows.order_by(Redaction.id)
        ],
        "now": {
            "size": recording.original_size,
            "sha256": recording.original_sha256,
            "format": recording.original_format,
        },
    }


def _stored(moment: dt.datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None


def _moment(stored: int | None) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(stored / 1000, clock.UTC) if stored is not None else None


def _day(stored: str | None) -> dt.date | None:
    return dt.date.fromisoformat(stored) if stored else None


def _person(stored: str | None) -> Account | None:
    found: Account | None = Account.get_or_none(Account.uuid == uuid.UUID(stored)) if stored else None
    return found


@db.atomic()
def keep_again(recording: Recording, stands: dict[str, Any]) -> bool:
    """Place, renew, release, restrict and lift on a live call what has been since. Returns whether anything changed.

    A hold whose manager the register no longer knows is placed in the name of any administrator: it
    stands all the same.
    """
    changed = any([_hold_again(recording, told) for told in stands["holds"]])
    changed = any([_freeze_again(recording, told) for told in stands["freezes"]]) or changed
    changed = any([_restrict_again(recording, told) for told in stands.get("restrictions", ())]) or changed
    holds = Hold.select().where(Hold.recording == recording.id, Hold.state != HoldState.RELEASED).count()
    freezes = Freeze.select().where(Freeze.recording == recording.id, Freeze.stands).count()
    restricted = Restriction.select().where(Restriction.recording == recording.id, Restriction.stands).count()
    other = (Recording.holds != holds) | (Recording.freezes != freezes) | (Recording.restrictions != restricted)
    counted = Recording.update(holds=holds, freezes=freezes, restrictions=restricted).where(
        Recording.id == recording.id, other
    )
    if counted.execute() or changed:
        freed_at = None if holds or freezes else clock.now()
        Recording.update(freed_at=freed_at).where(Recording.id == recording.id).execute()
        index.put(Recording.get_by_id(recording.id))
        record(Act.KEPT_AGAIN, recording, holds=holds, freezes=freezes, restrictions=restricted)
        return True
    return False


def _hold_again(recording: Recording, told: dict[str, Any]) -> bool:
    values: dict[str, Any] = {"review_on": _day(told["review_on"]), "renewed_by": _person(told["renewed_by"])}
    if told["released_at"] is not None:
        values |= {
            "state": HoldState.RELEASED,
            "released_at": _moment(told["released_at"]),
            "released_by": _person(told["released_by"]),
        }
    row: Hold | None = Hold.get_or_none(Hold.uuid == uuid.UUID(told["uuid"]))
    if row is None:
        Hold.create(
            uuid=uuid.UUID(told["uuid"]),
            recording=recording,
            placed_by=_person(told["placed_by"]) or _anybody(),
            placed_at=_moment(told["placed_at"]),
            reason=LOST_REASON,
            **values,
        )
        return True
    released_since = row.state != HoldState.RELEASED and told["released_at"] is not None
    if not released_since and (row.review_on, row.renewed_by) == (values["review_on"], values["renewed_by"]):
        return False
    Hold.update(values).where(Hold.id == row.id).execute()
    return True


def someone(stored: str) -> Account:
    """The person, or any administrator in the name of one whom the register no longer knows."""
    return _person(stored) or _anybody()


def _anybody() -> Account:
    administrators = Account.select().join(RoleGrant).where(RoleGrant.role == "admin")
    found: Account = administrators.order_by(Account.id).first() or Account.select().order_by(Account.id).get()
    return found


def _freeze_again(recording: Recording, told: dict[str, Any]) -> bool:
    lifted = told["lifted_at"] is not None
    values: dict[str, Any] = {
        "lifts_on": _day(told["lifts_on"]),
        "lifted_at": _moment(told["lifted_at"]),
        "lifted_by": _person(told["lifted_by"]),
        "stands": None if lifted else True,
    }
    row: Freeze | None = Freeze.get_or_none(Freeze.uuid == uuid.UUID(told["uuid"]))
    if row is None:
        Freeze.create(
            uuid=uuid.UUID(told["uuid"]),
            recording=recording,
            because_kind=told["because_kind"],
            because=uuid.UUID(told["because"]),
            from_at=_moment(told["from_at"]),
            placed_by=_person(told["placed_by"]),
            placed_at=_moment(told["placed_at"]),
            **values,
        )
        return True
    if (row.lifts_on, row.lifted_at) == (values["lifts_on"], values["lifted_at"]):
        return False
    Freeze.update(values).where(Freeze.id == row.id).execute()
    return True


def _restrict_again(recording: Recording, told: dict[str, Any]) -> bool:
    lifted = told["lifted_at"] is not None
    values: dict[str, Any] = {
        "told_on": _day(told["told_on"]),
        "lifts_on": _day(told["lifts_on"]),
        "lifted_at": _moment(told["lifted_at"]),
        "lifted_by": _person(told["lifted_by"]),
        "stands": None if lifted else True,
    }
    row: Restriction | None = Restriction.get_or_none(Restriction.uuid == uuid.UUID(told["uuid"]))
    if row is None:
        Restriction.create(
            uuid=uuid.UUID(told["uuid"]),
            recording=recording,
            ground=told["ground"],
            because=uuid.UUID(told["because"]),
            reference=told["reference"],
            placed_by=_person(told["placed_by"]),
            placed_at=_moment(told["placed_at"]),
            **values,
        )
        return True
    if (row.told_on, row.lifts_on, row.lifted_at) == (values["told_on"], values["lifts_on"], values["lifted_at"]):
        return False
    Restriction.update(values).where(Restriction.id == row.id).execute()
    return True
