"""Passages erased from the sound of a call (GDPR 17): a new original without them takes the place of the old one.

It is silent there, of the same length, and the same in every other sample. The order, in which each step can be
repeated and a death anywhere is made good by the next look: decided, in one commit with the log, and from there
nobody hears the call → the new original sealed under a key of its own (the vault's subject is the redaction's uuid) →
proven to be what it must be → the register reads it, in one commit → the ledger knows → the old key, the old bytes,
and the copies that were made of them are destroyed. No backup of the old key or bytes opens the new one.
"""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from portal import clock, lock
from portal.accounts.models import Account
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings import index
from portal.recordings.models import Listen, Playable, Recording, State
from portal.retention import deletion, moves, silencing, standing, sweeps, switching
from portal.retention.models import Freeze
from portal.retention.restriction_models import Redaction, RedactionState, Restriction
from portal.vault import keystore, objects

if TYPE_CHECKING:
    from portal.recordings.decoding import Child

SHORTEST_MS = 200
"""Less than this is no word, but a slip of the hand."""

KEPT = "KeptByOther"
"""Code of why one waits: a hold or another case's freeze stands on the call. No fault."""

OPEN = (RedactionState.ORDERED, RedactionState.FAILED)
"""The register still reads the old original."""

Ranges = list[tuple[int, int]]
"""Milliseconds from and up to."""


class UnderWay(Conflict):
    text = N_("Andra avsnitt i samtalet håller på att raderas. Vänta tills det är klart och försök igen.")


class NoSound(Conflict):
    text = N_("Samtalet har inget ljud, så det finns inga avsnitt att radera.")


class NoPassage(Invalid):
    text = N_("Ange avsnitt som ligger inom samtalet och är minst 0,2 sekunder långa.")


# Deciding


@db.atomic()
def erase(recording: Recording, ranges: Iterable[tuple[int, int]], *, because: Any, by: Account) -> Redaction:
    """From this commit on nobody hears the call; `sweep` then takes the passages out of it, for the case `because`.

    Asking again for the same changes nothing. Does not ask who may decide: the case's approval has, and what waits
    long may outlive a role. Raises NoPassage, NoSound, UnderWay, KeptByOther when a hold or another case's freeze
    stands on the call, Conflict when it is deleted.
    """
    row: Recording = Recording.get_by_id(recording.id)
    if row.state != State.LIVE:
        raise Conflict
    wanted = json.dumps(_in_order(ranges, row.duration_ms))
    for known in Redaction.select().where(Redaction.recording == row.id, Redaction.because == because.uuid):
        if known.ranges == wanted and known.state != RedactionState.LAPSED:
            found: Redaction = known
            return found
    if Redaction.select().where(Redaction.recording == row.id, Redaction.under_way).exists():
        raise UnderWay
    if row.playable == Playable.EMPTY:
        raise NoSound
    if not _claim(row, because.uuid):
        raise deletion.KeptByOther
    redaction: Redaction = Redaction.create(
        recording=row, because=because.uuid, reference=because.number, ranges=wanted, by=by
    )
    switching.tell(Act.PASSAGES_CLAIMED, redaction, row, by=by)
    return redaction


def _in_order(ranges: Iterable[tuple[int, int]], duration_ms: int) -> Ranges:
    """Within the call, in order, joined where they meet. Raises NoPassage."""
    found: Ranges = []
    for start, end in sorted(ranges):
        first, stop = max(0, start), min(end, duration_ms)
        if stop - first < SHORTEST_MS:
            raise NoPassage
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((first, stop))
    if not found:
        raise NoPassage
    return found


def _kept_by_no_other(row: Recording, because: uuid.UUID) -> tuple[Any, ...]:
    """No hold, and no freeze but the case's own, those of what the same person wanted restricted by it, and those of
    consents, which a passage less does not touch. Conditions on the row itself, as in `deletion.may_go`: whoever keeps
    the call changes the same row."""
    own = Restriction.select(Restriction.uuid).where(Restriction.because == because)
    theirs = (Freeze.because == because) | Freeze.because.in_(own)
    harmless = Freeze.select().where(
        Freeze.recording == row.id, Freeze.stands, theirs | (Freeze.because_kind == "consent")
    )
    return (
        Recording.id == row.id,
        Recording.state == State.LIVE,
        Recording.holds == 0,
        Recording.freezes == harmless.count(),
    )


def _claim(row: Recording, because: uuid.UUID) -> bool:
    """Nobody hears it from here on, who hears it now included. False when another keeps it, or it is gone."""
    claimed = Recording.update(
        redacting=True, playable=Playable.PENDING, playable_type=None, playable_part=None, render_attempts=0
    ).where(*_kept_by_no_other(row, because))
    if not claimed.execute():
        return False
    now = clock.now()
    Listen.update(closes_at=now).where(Listen.recording == row.id, Listen.closes_at > now).execute()
    index.put(Recording.get_by_id(row.id))
    return True


@db.atomic()
def give_up(*, because: Any, by: Account) -> int:
    """The decision of the case `because` is taken back: what the register has not yet exchanged stays as it is, and is
    heard again; how many erasures. A new original that is being made is not put in its place."""
    rows = Redaction.select(Redaction, Recording).join(Recording).where(Redaction.because == because.uuid, *_not_yet())
    return sum(_give_up(row, by) for row in list(rows))


def _give_up(redaction: Redaction, by: Account) -> bool:
    lapsed = Redaction.update(state=RedactionState.LAPSED, under_way=None).where(
        Redaction.id == redaction.id, *_not_yet()
    )
    if not lapsed.execute():
        return False
    row: Recording = redaction.recording
    freed = Recording.update(redacting=False).where(Recording.id == row.id, Recording.state == State.LIVE)
    if freed.execute():
        index.put(Recording.get_by_id(row.id))
    switching.tell(Act.PASSAGES_GIVEN_UP, redaction, row, by=by)
    return True


def _not_yet() -> tuple[Any, ...]:
    return Redaction.under_way, Redaction.state.in_(OPEN)


def has_failed(because: Any) -> bool:
    """Can an erasure that was decided for the case not be done, though nothing keeps the call?"""
    failed = (Redaction.because == because.uuid, Redaction.state == RedactionState.FAILED, Redaction.failure != KEPT)
    return bool(Redaction.select().where(*failed, Redaction.under_way).exists())


def of(recording: Recording) -> list[Redaction]:
    """Those that have been erased, the first one first."""
    chosen = (Redaction.recording == recording.id, Redaction.state.in_((RedactionState.SWITCHED, RedactionState.DONE)))
    return list(Redaction.select().where(*chosen).order_by(Redaction.id))


def is_done(recording: Recording, because: Any) -> bool:
    """Is everything gone that was decided for the case `because`? A call that was deleted is gone with all of it."""
    if Recording.get_by_id(recording.id).state == State.PURGED:
        return True
    chosen = Redaction.select(Redaction.state).where(
        Redaction.recording == recording.id, Redaction.because == because.uuid
    )
    states = [state for (state,) in chosen.tuples()]
    return bool(states) and set(states) == {RedactionState.DONE}


# Doing


@dataclasses.dataclass
class Swept:
    """What one look did, in counts."""

    busy: bool = False
    """Another process is at it; nothing was done."""
    done: int = 0
    failed: int = 0
    waiting: int = 0
    """Kept by another."""


def sweep(*, again: bool = False) -> Swept:
    """Finish what is decided; what failed or waits only when `again`. May be killed at any moment."""
    with lock.alone("passages") as alone:
        if not alone:
            return Swept(busy=True)
        chosen = () if again else (Redaction.failure == "",)
        waiting = list(Redaction.select().where(Redaction.under_way, *chosen).order_by(Redaction.id))
        if not waiting and not again:
            return Swept()
        with sweeps.running("passages") as run:
            swept = _swept(waiting)
            run.fault = _fault()
            return swept


def _swept(waiting: list[Redaction]) -> Swept:
    if not waiting:
        return Swept()
    from portal.recordings.decoding import Child  # the web's processes never need it

    swept = Swept()
    with Child() as child:
        for redaction in waiting:
            failure = finish(redaction, child)
            if failure == KEPT:
                swept.waiting += 1
            else:
                swept.failed += bool(failure)
                swept.done += not failure
    return swept


def _fault() -> str:
    failed = Redaction.select(Redaction.failure).where(Redaction.under_way, Redaction.failure.not_in(("", KEPT)))
    return failed.scalar() or ""


def finish(redaction: Redaction, child: "Child") -> str:
    """Take it to its end. Returns '' when it is, else the kind of failure, which is noted; raises only when not even
    that could be."""
    try:
        with lock.alone("moves", moves.PATIENCE_SECONDS) as alone:  # one at a time writes the bytes of a call
            if not alone:
                raise moves.MoveUnderWay
            failure = _settle(Redaction.get_by_id(redaction.id), child)
    except Exception as error:
        failure = sweeps.kind(error)
    _note(redaction, failure)
    return failure


def _settle(redaction: Redaction, child: "Child") -> str:
    row: Recording = Recording.get_by_id(redaction.recording_id)
    if row.state != State.LIVE or not redaction.under_way:
        return ""  # the deletion destroys everything, and says so; or it was given up
    if redaction.state in OPEN:
        if not _claimed_again(redaction, row):
            return KEPT
        made = silencing.make(redaction, row, child)
        if not _switch(redaction, row, made):
            deletion.destroy_ownerless(redaction.uuid)
            return KEPT
    switching.destroy_old(redaction)
    switching.say_done(redaction)
    return ""


@db.atomic()
def _claimed_again(redaction: Redaction, row: Recording) -> bool:
    """A hold that was placed since the decision lets its managers hear the call, and is waited for."""
    return _claim(row, redaction.because)


@db.atomic()
def _switch(redaction: Redaction, row: Recording, made: silencing.Made) -> bool:
    """The register reads the new original, in one commit; what corrections have sealed under the call's key follows
    it. False when the row is not as it was: claimed for its deletion, kept by another, or given up meanwhile."""
    if not Redaction.select().where(Redaction.id == redaction.id, *_not_yet()).exists():
        return False
    switched = Recording.update(switching.reading(redaction, made)).where(
        *_kept_by_no_other(row, redaction.because), Recording.redacting, *_as_it_was(row)
    )
    if not switched.execute():
        return False
    switching.say_switched(redaction, row, made)
    return True


def _as_it_was(row: Recording) -> tuple[Any, ...]:
    return Recording.store == row.store, Recording.sealed_under(row.vault_id)


@db.atomic()
def _note(redaction: Redaction, failure: str) -> None:
    """Why it is not done; in the log when it failed, once for each kind in a row."""
    row: Redaction = Redaction.get_by_id(redaction.id)
    if not row.under_way or row.failure == failure:
        return
    state = RedactionState.FAILED if failure and row.state in OPEN else row.state
    Redaction.update(failure=failure, state=state).where(Redaction.id == row.id).execute()
    if failure and failure != KEPT:
        switching.tell(Act.PASSAGES_FAILED, row, row.recording, failure=failure)


# Doing it again, on a register that is older than what was done


def do_again(recording: Recording, told: dict[str, Any], child: "Child") -> int:
    """Erase on a live call what was erased since, whatever keeps it there now; how many times. `told` is what
    `standing.of_redactions` wrote. Raises what `silencing.make` does: then it is to be done again."""
    done = 0
    for one in told["redactions"]:
        redaction = _known_again(recording, one)
        if redaction.state == RedactionState.DONE:
            continue
        if redaction.state in OPEN:
            row: Recording = Recording.get_by_id(recording.id)
            _switch_again(redaction, row, _made_again(redaction, row, told["now"], child))
        switching.destroy_old(redaction)
        switching.say_done(redaction)
        done += 1
    return done


@db.atomic()
def _known_again(recording: Recording, one: dict[str, Any]) -> Redaction:
    """The row of what was done, as the register has it or anew."""
    found: Redaction | None = Redaction.get_or_none(Redaction.uuid == uuid.UUID(one["uuid"]))
    if found is not None:
        if found.state in (*OPEN, RedactionState.LAPSED):
            Redaction.update(under_way=True, state=RedactionState.ORDERED).where(Redaction.id == found.id).execute()
        return found
    made: Redaction = Redaction.create(
        uuid=uuid.UUID(one["uuid"]),
        recording=recording,
        because=uuid.UUID(one["because"]),
        reference=one["reference"],
        ranges=one["ranges"],
        by=standing.someone(one["by"]),
        at=dt.datetime.fromtimestamp(one["at"] / 1000, clock.UTC),
    )
    return made


def _made_again(redaction: Redaction, row: Recording, now: dict[str, Any], child: "Child") -> silencing.Made:
    """Made of the old original, in whichever store the backup had it. Where it brought none, it has the newest one
    alone, or the sound is lost, which the restore tells."""
    for store in (row.store, *keystore.STORES):
        if keystore.exists(row.vault_id, store=store) and objects.exists(row.vault_id, silencing.ORIGINAL, store=store):
            row.store = store
            return silencing.make(redaction, row, child)
    return silencing.Made(now["size"], now["sha256"], now["format"])


@db.atomic()
def _switch_again(redaction: Redaction, row: Recording, made: silencing.Made) -> None:
    values = switching.reading(redaction, made) | {Recording.store: row.store}
    Recording.update(values).where(Recording.id == row.id).execute()
    switching.say_switched(redaction, row, made)
