"""Handing a held call to the police: one proposes, another decides, and the record of it stays (register §4)."""

import datetime as dt
import uuid

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Recording, State
from portal.retention.holds import STANDING
from portal.retention.models import Basis, Channel, Hold, Transfer, TransferState

OPEN = (TransferState.PROPOSED, TransferState.APPROVED)


class NotHeld(Conflict):
    text = N_("Samtalet hålls inte kvar längre.")


class AlreadyDecided(Conflict):
    text = N_("Utlämnandet är redan avgjort.")


class NotApproved(Conflict):
    text = N_("Utlämnandet är inte godkänt, eller så är det redan slutfört.")


class OwnProposal(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv föreslagit utlämnandet. En annan person måste besluta om det.")


class Incomplete(Invalid):
    text = N_("Fyll i myndighet, grund, ändamål, omfattning och sätt.")


class ReasonNeeded(Invalid):
    text = N_("Skriv en motivering.")


@db.atomic()
def propose(
    hold: Hold,
    *,
    authority: str,
    reference: str = "",
    asked_on: dt.date,
    basis: str,
    purpose: str,
    scope: str,
    channel: str,
    by: Account,
) -> Transfer:
    """Propose that the held call is handed over. While it is open the hold is not released.

    Incomplete, NotFound, NotHeld.
    """
    written = [text.strip() for text in (authority, purpose, scope)]
    if not all(written) or basis not in set(Basis) or channel not in set(Channel) or asked_on > clock.today():
        raise Incomplete
    found: Hold | None = Hold.within_reach_of(by).where(Hold.id == hold.id).first()
    if found is None:
        raise NotFound
    opened = Hold.update(transfers=Hold.transfers + 1).where(Hold.id == found.id, Hold.state.in_(STANDING))
    if not opened.execute():
        raise NotHeld
    transfer: Transfer = Transfer.create(
        hold=found,
        recording=found.recording,
        authority=written[0],
        reference=reference.strip(),
        asked_on=asked_on,
        basis=basis,
        purpose=written[1],
        scope=written[2],
        channel=channel,
        proposed_by=by,
    )
    record(Act.TRANSFER_PROPOSED, found.recording, by=by, transfer=transfer.uuid.hex, basis=basis, channel=channel)
    return transfer


@db.atomic()
def approve(transfer: Transfer, *, reason: str = "", by: Account) -> None:
    """OwnProposal, AlreadyDecided, NotFound."""
    found = _decide(transfer, TransferState.APPROVED, reason=reason, by=by)
    record(Act.TRANSFER_APPROVED, found.recording, by=by, transfer=found.uuid.hex)


@db.atomic()
def refuse(transfer: Transfer, *, reason: str, by: Account) -> None:
    """ReasonNeeded, OwnProposal, AlreadyDecided, NotFound."""
    if not reason.strip():
        raise ReasonNeeded
    found = _decide(transfer, TransferState.REFUSED, reason=reason, by=by)
    _close(found)
    record(Act.TRANSFER_REFUSED, found.recording, by=by, transfer=found.uuid.hex)


def _decide(transfer: Transfer, state: TransferState, *, reason: str, by: Account) -> Transfer:
    if not by.may(Permission.RETENTION_DISCLOSE):
        raise NotFound
    found = get(transfer.uuid, by=by)
    if found.proposed_by_id == by.id:
        raise OwnProposal
    decided = Transfer.update(state=state, decided_by=by, decided_at=clock.now(), decision_reason=reason.strip()).where(
        Transfer.id == found.id, Transfer.state == TransferState.PROPOSED
    )
    if not decided.execute():
        raise AlreadyDecided
    return found


@db.atomic()
def hand_over(transfer: Transfer, *, how: str, by: Account) -> None:
    """Note that the sound, whole and unaltered, has left: `how` says to whom and by what. A manager of the queue.

    ReasonNeeded, NotApproved, NotFound.
    """
    if not how.strip():
        raise ReasonNeeded
    found = _of_own_queue(transfer, by)
    size = found.recording.original_size
    _end(found, (TransferState.APPROVED,), TransferState.HANDED_OVER, by=by, left_size=size, left_how=how.strip())
    _close(found)
    record(Act.TRANSFER_HANDED_OVER, found.recording, by=by, transfer=found.uuid.hex, size=size)


@db.atomic()
def withdraw(transfer: Transfer, *, by: Account) -> None:
    """Take back a proposal or an approval that has not led to anything. NotApproved when it has ended, NotFound."""
    found = _of_own_queue(transfer, by)
    _end(found, OPEN, TransferState.WITHDRAWN, by=by)
    _close(found)
    record(Act.TRANSFER_WITHDRAWN, found.recording, by=by, transfer=found.uuid.hex)


def _of_own_queue(transfer: Transfer, by: Account) -> Transfer:
    chosen = Transfer.select(Transfer, Recording).join(Recording).where(Transfer.id == transfer.id)
    found: Transfer | None = chosen.where(Recording.queue.in_(sorted(by.queue_ids))).first()
    if found is None or not by.may(Permission.RETENTION_HOLD):
        raise NotFound
    return found


def _end(
    found: Transfer, before: tuple[TransferState, ...], state: TransferState, *, by: Account, **left: object
) -> None:
    ended = Transfer.update(state=state, ended_by=by, ended_at=clock.now(), **left).where(
        Transfer.id == found.id, Transfer.state.in_(before)
    )
    if not ended.execute():
        raise NotApproved


def _close(transfer: Transfer) -> None:
    Hold.update(transfers=Hold.transfers - 1).where(Hold.id == transfer.hold_id, Hold.transfers > 0).execute()


def get(key: uuid.UUID, *, by: Account) -> Transfer:
    """The transfer that an address names. NotFound when absent or not theirs to see."""
    found: Transfer | None = Transfer.visible_to(by).where(Transfer.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def waiting(by: Account) -> peewee.ModelSelect:
    """Proposals that `by` could decide on, the oldest first."""
    if not by.may(Permission.RETENTION_DISCLOSE):
        return Transfer.visible_to(by).where(Transfer.id.is_null())
    proposed = (Transfer.state == TransferState.PROPOSED, Transfer.proposed_by != by.id)
    return Transfer.visible_to(by).where(*proposed).order_by(Transfer.id)


def of_hold(hold: Hold, *, by: Account) -> peewee.ModelSelect:
    return Transfer.visible_to(by).where(Transfer.hold == hold.id).order_by(Transfer.id)


@db.atomic()
def take_sound(transfer: Transfer, *, by: Account) -> Recording:
    """Note that `by` takes the original sound out of the portal, to hand it over as approved. Each time is a
    row in the log. NotApproved, NotFound; NotHeld when the call is no longer there."""
    found = _of_own_queue(transfer, by)
    if found.state != TransferState.APPROVED:
        raise NotApproved
    recording: Recording = found.recording
    if recording.state != State.LIVE or not recording.holds:
        raise NotHeld
    record(Act.TRANSFER_SOUND_TAKEN, recording, by=by, transfer=found.uuid.hex, size=recording.original_size)
    return recording
