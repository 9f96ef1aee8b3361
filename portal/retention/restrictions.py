"""Restrictions (begränsning av behandlingen, GDPR 18): while one stands, a call is found, seen and heard for a case
alone.

`because` is a row with a uuid and a number: the case. Several restrictions may stand on one call; the word index and
every page follow the counter on the call's own row. Nothing is lifted before the person has been told (18(3)), but for
a call that turned out not to be the person's, and one that is erased.
"""

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings import index
from portal.recordings.models import Recording, State
from portal.register import notices
from portal.register.models import Told
from portal.retention import freezes
from portal.retention.restriction_models import KEEPING, Restriction, RestrictionGround


class NotTold(Conflict):
    """GDPR 18(3)."""

    text = N_(
        "Begränsningen kan inte hävas än: personen ska först ha fått veta det. Skicka brevet om hävningen och anteckna "
        "dagen."
    )


class TooEarly(Invalid):
    text = N_("Begränsningen kan inte hävas före den dag då personen fick veta det. Välj en senare dag.")


class Release(enum.StrEnum):
    """Why a restriction ends without a word to the person beforehand."""

    NOT_THEIRS = "not_theirs"
    """The call does not concern them."""
    ERASED = "erased"
    """The call is erased, as they demanded."""


@db.atomic()
def restrict(recordings: Iterable[Recording], *, ground: str, because: Any, by: Account | None) -> list[Recording]:
    """From this commit on nobody finds, sees or hears the calls but for a case; those on which it is new.

    One restriction per call, case and ground: asking again changes nothing. What the person wants kept (`KEEPING`) is
    frozen for as long as it is restricted. Whoever once got one is to be told (19). Calls that are deleted or claimed
    are passed over. Does not ask who may see what: the case's own action has.
    """
    ground = RestrictionGround(ground)
    new: list[Recording] = []
    for row in recordings:
        mine = (Restriction.recording == row.id, Restriction.because == because.uuid, Restriction.ground == ground)
        if Restriction.select().where(*mine, Restriction.stands).exists():
            continue
        counted = Recording.update(restrictions=Recording.restrictions + 1).where(
            Recording.id == row.id, Recording.state == State.LIVE
        )
        if not counted.execute():
            continue
        made: Restriction = Restriction.create(
            recording=row, ground=ground, because=because.uuid, reference=because.number, placed_by=by
        )
        index.remove(row.id)
        record(Act.RESTRICTED, row, by=by, **_told(made))
        if ground in KEEPING:
            freezes.freeze([row], because=made, by=by)
        new.append(row)
    notices.open_for(new, what=Told.RESTRICTED, because=because, by=by)
    return new


@db.atomic()
def lift_on(
    because: Any,
    day: dt.date,
    *,
    told_on: dt.date,
    by: Account | None,
    recordings: Iterable[Recording] | None = None,
    grounds: Iterable[str] | None = None,
) -> int:
    """The person has been told, on `told_on`, that what stands because of it is lifted at the beginning of `day` in
    Helsinki: then it lifts by itself; how many. TooEarly."""
    if day < told_on or told_on > clock.today():
        raise TooEarly
    rows = _standing(because, recordings, grounds)
    for row in rows:
        Restriction.update(lifts_on=day, told_on=told_on).where(Restriction.id == row.id, Restriction.stands).execute()
        record(Act.RESTRICTION_LIFTS_ON, row.recording, by=by, lifts_on=day.isoformat(), **_told(row))
        if row.ground in KEEPING:
            freezes.lift_on(row, day, by=by)
    return len(rows)


@db.atomic()
def keep(because: Any, *, by: Account | None, grounds: Iterable[str] | None = None) -> int:
    """No day is set any more: what stands because of it stays, and the person is to be told anew; how many had one."""
    rows = [row for row in _standing(because, None, grounds) if row.lifts_on is not None or row.told_on is not None]
    for row in rows:
        Restriction.update(lifts_on=None, told_on=None).where(Restriction.id == row.id, Restriction.stands).execute()
        record(Act.RESTRICTION_LIFTS_ON, row.recording, by=by, lifts_on="", **_told(row))
        if row.ground in KEEPING:
            freezes.keep(row, by=by)
    return len(rows)


@db.atomic()
def lift(
    because: Any,
    *,
    by: Account | None,
    recordings: Iterable[Recording] | None = None,
    grounds: Iterable[str] | None = None,
) -> int:
    """Lift now what stands because of it; how many. NotTold, and nothing is lifted, when the person has not been told
    of one of them."""
    rows = _standing(because, recordings, grounds)
    if any(row.told_on is None for row in rows):
        raise NotTold
    return sum(_lift(row, by=by) for row in rows)


@db.atomic()
def release(because: Any, *, why: Release, by: Account | None, recordings: Iterable[Recording] | None = None) -> int:
    """End what stands because of it on calls that are not the person's or are about to be erased; how many. The only
    way to lift without having told."""
    return sum(_lift(row, by=by, why=why) for row in _standing(because, recordings, None))


def due() -> list[int]:
    """The keys of those whose day has come, of which the person has been told."""
    chosen = Restriction.select(Restriction.id).where(*_due())
    return [key for (key,) in chosen.order_by(Restriction.id).tuples()]


@db.atomic()
def lift_one(key: int) -> Restriction | None:
    """Lift it if its day has come; None when it has not (any more)."""
    chosen = Restriction.select(Restriction, Recording).join(Recording)
    row: Restriction | None = chosen.where(Restriction.id == key, *_due()).first()
    return row if row is not None and _lift(row, by=None) else None


def lift_due() -> int:
    """Lift those whose day has come; how many. One transaction each."""
    return sum(lift_one(key) is not None for key in due())


def _due() -> tuple[peewee.Expression, ...]:
    return Restriction.stands, Restriction.told_on.is_null(False), Restriction.lifts_on <= clock.today()


def _lift(row: Restriction, *, by: Account | None, why: Release | None = None) -> bool:
    lifted = Restriction.update(stands=None, lifted_at=clock.now(), lifted_by=by).where(
        Restriction.id == row.id, Restriction.stands
    )
    if not lifted.execute():
        return False
    Recording.update(restrictions=Recording.restrictions - 1).where(
        Recording.id == row.recording_id, Recording.restrictions > 0
    ).execute()
    if row.ground in KEEPING:
        freezes.lift(row, by=by)
    recording: Recording = Recording.get_by_id(row.recording_id)
    if recording.state == State.LIVE:
        index.put(recording)
    record(Act.RESTRICTION_LIFTED, recording, by=by, **_told(row) | ({"cause": str(why)} if why else {}))
    return True


def is_restricted(recording: Recording) -> bool:
    """As the register has it now: the row at hand may be older."""
    return bool(Recording.select().where(Recording.id == recording.id, Recording.restrictions > 0).exists())


def standing(recording: Recording) -> list[Restriction]:
    """What restricts the call now, the oldest first."""
    chosen = Restriction.select().where(Restriction.recording == recording.id, Restriction.stands)
    return list(chosen.order_by(Restriction.id))


def of(because: Any) -> list[Restriction]:
    """Every restriction because of it, lifted ones too, with their calls, in the calls' order."""
    chosen = Restriction.select(Restriction, Recording).join(Recording).where(Restriction.because == because.uuid)
    return list(chosen.order_by(Recording.id, Restriction.id))


def _standing(because: Any, recordings: Iterable[Recording] | None, grounds: Iterable[str] | None) -> list[Restriction]:
    chosen = [Restriction.because == because.uuid, Restriction.stands]
    if recordings is not None:
        chosen.append(Restriction.recording.in_([row.id for row in recordings]))
    if grounds is not None:
        chosen.append(Restriction.ground.in_(list(grounds)))
    return list(Restriction.select(Restriction, Recording).join(Recording).where(*chosen).order_by(Restriction.id))


def _told(row: Restriction) -> dict[str, Any]:
    """What the log says of each; the case's number is its reference."""
    return {
        "reference": row.reference,
        "because": row.because.hex,
        "restriction": row.uuid.hex,
        "restriction_ground": str(row.ground),
    }
