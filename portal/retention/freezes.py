"""Deletion blocks (raderingsspärr): what a case needs is not deleted while the case is open (register §3).

The interface for the cases. `because` is any row with a uuid: its kind is its class name in lower case,
as in the log. Several freezes, and a hold, may stand on one call; when the last one is lifted, the
original date applies again.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import Change, Insertion, Prepared, db, slot
from portal.recordings.models import Recording, State
from portal.retention.models import Freeze

CONSENT = "consent"
"""The kind of a freeze that a person's consent places (`register.consents`)."""
TRANSFER = "transfer"
"""Of one that an open disclosure places (`register.disclosures`)."""


@dataclasses.dataclass(frozen=True)
class Frozen:
    frozen: list[Recording]
    """On which the freeze stands now, those on which it stood already included."""
    gone: list[Recording]
    """Deleted, or claimed for deletion, before: the case answers so."""


# A request may keep hundreds of calls in one commit, and nobody else writes meanwhile: statements written once
_RECORDING = slot("recording", Recording.id)
_STANDS = Prepared(
    lambda: Freeze.select(Freeze.id).where(
        Freeze.recording == _RECORDING, Freeze.because == slot("because", Freeze.because), Freeze.stands
    )
)
_KEEP = Change(
    lambda: Recording.update(freezes=Recording.freezes + 1, freed_at=None).where(
        Recording.id == _RECORDING, Recording.state == State.LIVE
    )
)
_NEW = Insertion(Freeze)


@db.atomic()
def freeze(
    recordings: Iterable[Recording], *, because: Any, by: Account | None, from_at: dt.datetime | None = None
) -> Frozen:
    """Nothing of `recordings` is deleted from this commit on, until `because` lets go.

    `from_at` is the receipt of the request when that was earlier than now. One freeze per call and
    case: asking again changes nothing. Does not ask who may see what: the case's own action has.
    """
    now = clock.now()
    result = Frozen([], [])
    for row in recordings:
        if _STANDS(recording=row.id, because=because.uuid):
            result.frozen.append(row)
            continue
        if not _KEEP(recording=row.id):
            result.gone.append(row)
            continue
        _NEW(
            Freeze(
                recording=row,
                because_kind=_kind(because),
                because=because.uuid,
                from_at=min(from_at or now, now),
                placed_by=by,
            )
        )
        record(Act.FREEZE_PLACED, row, by=by, because=because.uuid.hex, because_kind=_kind(because))
        result.frozen.append(row)
    return result


@db.atomic()
def lift(because: Any, *, by: Account | None, recordings: Iterable[Recording] | None = None) -> int:
    """Let go of all that is frozen because of it, or of `recordings` alone; how many. Nothing to lift is no fault.

    A call past its date that nothing else keeps goes with the next sweep.
    """
    chosen = () if recordings is None else (Freeze.recording.in_([row.id for row in recordings]),)
    return sum(_lift(row, by=by) for row in list(_standing(because, *chosen)))


@db.atomic()
def lift_consented(recording: Recording, *, unless: Iterable[uuid.UUID] = (), by: Account | None) -> int:
    """Let go of a call that consents keep, whoever gave them, `unless` it is one of these; how many."""
    of_call = (Freeze.recording == recording.id, Freeze.because_kind == CONSENT, Freeze.stands)
    chosen = (*of_call, Freeze.because.not_in(list(unless)))
    rows = Freeze.select(Freeze, Recording).join(Recording).where(*chosen)
    return sum(_lift(row, by=by) for row in list(rows))


@db.atomic()
def lift_on(because: Any, day: dt.date, *, by: Account | None) -> int:
    """Let all that is frozen because of it go by itself at the beginning of `day` in Helsinki; how many."""
    rows = list(_standing(because))
    for row in rows:
        Freeze.update(lifts_on=day).where(Freeze.id == row.id).execute()
        record(Act.FREEZE_LIFTS_ON, row.recording, by=by, because=row.because.hex, lifts_on=day.isoformat())
    return len(rows)


@db.atomic()
def keep(because: Any, *, by: Account | None) -> int:
    """No day is set any more: all that is frozen because of it stays so until `because` lets go; how many had one."""
    rows = list(_standing(because, Freeze.lifts_on.is_null(False)))
    for row in rows:
        Freeze.update(lifts_on=None).where(Freeze.id == row.id).execute()
        record(Act.FREEZE_KEPT, row.recording, by=by, because=row.because.hex)
    return len(rows)


def lift_due() -> int:
    """Lift those whose day has come; how many. One transaction each."""
    due = Freeze.select(Freeze.id).where(Freeze.stands, Freeze.lifts_on <= clock.today())
    return sum(_lift_due(key) for (key,) in list(due.tuples()))


@db.atomic()
def _lift_due(key: int) -> bool:
    chosen = (Freeze.id == key, Freeze.stands, Freeze.lifts_on <= clock.today())  # the day may have been moved
    row = Freeze.select(Freeze, Recording).join(Recording).where(*chosen).first()
    return row is not None and _lift(row, by=None)


def _lift(row: Freeze, *, by: Account | None) -> bool:
    now = clock.now()
    lifted = Freeze.update(stands=None, lifted_at=now, lifted_by=by).where(Freeze.id == row.id, Freeze.stands)
    if not lifted.execute():
        return False
    Recording.update(freezes=Recording.freezes - 1, freed_at=now).where(
        Recording.id == row.recording_id, Recording.freezes > 0
    ).execute()
    record(Act.FREEZE_LIFTED, row.recording, by=by, because=row.because.hex, because_kind=row.because_kind)
    return True


def usable_for(because: Any) -> peewee.ModelSelect:
    """The calls frozen because of it, whatever their date: past it they are used for this case only."""
    frozen = Freeze.select(Freeze.recording).where(Freeze.because == because.uuid, Freeze.stands)
    return Recording.select().where(Recording.state == State.LIVE, Recording.id.in_(frozen))


def _standing(because: Any, *conditions: Any) -> peewee.ModelSelect:
    chosen = (Freeze.because == because.uuid, Freeze.stands, *conditions)
    return Freeze.select(Freeze, Recording).join(Recording).where(*chosen).order_by(Freeze.id)


def _kind(because: Any) -> str:
    return type(because).__name__.lower()
