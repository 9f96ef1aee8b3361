"""Handing a call to the police, or to somebody else who may have it: one proposes, another decides, and the record of
it stays (register §4). With a hold for a threat call; without one, `register.disclosures` proposes it, and the call is
frozen for it while it is open."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

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
from portal.register.models import Consent, ConsentCall, ConsentPurpose, ConsentText
from portal.retention import freezes, restrictions
from portal.retention.holds import STANDING
from portal.retention.models import Basis, Channel, Freeze, Hold, Transfer, TransferState

OPEN = (TransferState.PROPOSED, TransferState.APPROVED)
WEIGHED_LEAST = 20
"""Signs of a reason to disclose what is restricted."""


class NotHeld(Conflict):
    text = N_("Samtalet hålls inte kvar längre.")


class Gone(Conflict):
    text = N_("Samtalet har raderats. Det finns inget att lämna ut.")


class AlreadyDecided(Conflict):
    text = N_("Utlämnandet är redan avgjort.")


class NotApproved(Conflict):
    text = N_("Utlämnandet är inte godkänt, eller så är det redan slutfört.")


class NotTaken(Conflict):
    text = N_("Ladda ner ljudet här först. Portalen antecknar då vad som lämnar staden.")


class OwnProposal(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv föreslagit utlämnandet. En annan person måste besluta om det.")


class Incomplete(Invalid):
    text = N_("Fyll i myndighet, grund, ändamål, omfattning och sätt.")


class ReasonNeeded(Invalid):
    text = N_("Skriv en motivering.")


class WeighingNeeded(Invalid):
    """GDPR 18(2)."""

    text = N_(
        "Behandlingen av samtalet är begränsad. Skriv i motiveringen varför det ändå lämnas ut: för ett rättsligt "
        "anspråk, för någon annans rättigheter, för ett viktigt allmänintresse eller med personens samtycke."
    )


class RestrictedSince(Conflict):
    """The decision did not know of the restriction."""

    text = N_(
        "Behandlingen av samtalet har begränsats efter att utlämnandet godkändes. Ta tillbaka det och föreslå det på "
        "nytt, så prövas det med begränsningen i åtanke."
    )


class ConsentGone(Conflict):
    """Nothing is decided or leaves on a consent that is not there."""

    text = N_("Samtycket som utlämnandet vilar på gäller inte längre. Ta tillbaka förslaget.")


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
    address: str = "",
    by: Account,
) -> Transfer:
    """Propose that the held call is handed over. While it is open the hold is not released.

    Incomplete, NotFound, NotHeld.
    """
    written = checked(
        authority=authority,
        reference=reference,
        asked_on=asked_on,
        basis=basis,
        purpose=purpose,
        scope=scope,
        channel=channel,
        address=address,
    )
    if basis == Basis.CONSENT:  # nobody who threatened is asked
        raise Incomplete
    found: Hold | None = Hold.within_reach_of(by).where(Hold.id == hold.id).first()
    if found is None:
        raise NotFound
    opened = Hold.update(transfers=Hold.transfers + 1).where(Hold.id == found.id, Hold.state.in_(STANDING))
    if not opened.execute():
        raise NotHeld
    return note(found.recording, by=by, hold=found, **written)


def checked(*, asked_on: dt.date, basis: str, channel: str, **texts: str) -> dict[str, Any]:
    """What was typed of a proposal, as the row has it. Incomplete."""
    written: dict[str, Any] = {name: text.strip() for name, text in texts.items()}
    if not all(written[name] for name in ("authority", "purpose", "scope")):
        raise Incomplete
    if basis not in set(Basis) or channel not in set(Channel) or asked_on > clock.today():
        raise Incomplete
    return written | {"asked_on": asked_on, "basis": basis, "channel": channel}


def note(recording: Recording, *, by: Account, **values: Any) -> Transfer:
    """The proposal; call inside the transaction that keeps the call for it."""
    transfer: Transfer = Transfer.create(recording=recording, proposed_by=by, **values)
    told = {"basis": transfer.basis, "channel": transfer.channel}
    record(Act.TRANSFER_PROPOSED, recording, by=by, transfer=transfer.uuid.hex, **told)
    return transfer


@db.atomic()
def approve(transfer: Transfer, *, reason: str = "", by: Account) -> None:
    """OwnProposal, AlreadyDecided, ConsentGone, NotFound; WeighingNeeded for a restricted call without a reason."""
    found = _decide(transfer, TransferState.APPROVED, reason=reason, by=by)
    if len(reason.strip()) < WEIGHED_LEAST and restrictions.is_restricted(found.recording):
        raise WeighingNeeded
    _must_be_consented(found)
    record(Act.TRANSFER_APPROVED, found.recording, by=by, transfer=found.uuid.hex)


@db.atomic()
def refuse(transfer: Transfer, *, reason: str, by: Account) -> None:
    """ReasonNeeded, OwnProposal, AlreadyDecided, NotFound."""
    if not reason.strip():
        raise ReasonNeeded
    found = _decide(transfer, TransferState.REFUSED, reason=reason, by=by)
    _close(found, by=by)
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
    """Note that the sound has left: `how` says to whom and by what. A manager of the queue for a held call, a clerk for
    any other; of that, the sound has been taken here, so that what left is known.

    ReasonNeeded, NotApproved, NotTaken, ConsentGone, RestrictedSince, NotFound.
    """
    if not how.strip():
        raise ReasonNeeded
    found = _to_carry_out(transfer, by)
    _must_be_consented(found)
    if found.state == TransferState.APPROVED:
        _must_be_weighed(found)
    size = found.recording.original_size if found.hold_id is not None else found.left_size
    if found.state == TransferState.APPROVED and found.hold_id is None and size is None:
        raise NotTaken
    _end(found, (TransferState.APPROVED,), TransferState.HANDED_OVER, by=by, left_size=size, left_how=how.strip())
    _close(found, by=by)
    record(Act.TRANSFER_HANDED_OVER, found.recording, by=by, transfer=found.uuid.hex, size=size)


@db.atomic()
def withdraw(transfer: Transfer, *, by: Account) -> None:
    """Take back a proposal or an approval that has not led to anything. NotApproved when it has ended, NotFound."""
    take_back(_to_carry_out(transfer, by), by=by)


def take_back(found: Transfer, *, by: Account | None) -> None:
    """As `withdraw`, when something else has taken away its ground; call inside that transaction. NotApproved."""
    _end(found, OPEN, TransferState.WITHDRAWN, by=by, left_size=None)
    _close(found, by=by)
    record(Act.TRANSFER_WITHDRAWN, found.recording, by=by, transfer=found.uuid.hex)


def carries_out(transfer: Transfer, by: Account) -> bool:
    """May `by` hand it over and take it back?"""
    if transfer.hold_id is None:
        return by.may(Permission.REGISTER_DISCLOSE)
    return transfer.recording.queue_id in by.queues_for(Permission.RETENTION_HOLD)


def _to_carry_out(transfer: Transfer, by: Account) -> Transfer:
    found = get(transfer.uuid, by=by)
    if not carries_out(found, by):
        raise NotFound
    return found


def _end(
    found: Transfer, before: tuple[TransferState, ...], state: TransferState, *, by: Account | None, **left: object
) -> None:
    ended = Transfer.update(state=state, ended_by=by, ended_at=clock.now(), **left).where(
        Transfer.id == found.id, Transfer.state.in_(before)
    )
    if not ended.execute():
        raise NotApproved


def _close(transfer: Transfer, *, by: Account | None) -> None:
    """Let go of what kept the call for it."""
    Hold.update(transfers=Hold.transfers - 1).where(Hold.id == transfer.hold_id, Hold.transfers > 0).execute()
    freezes.lift(transfer, by=by)


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
    """Note that `by` takes the sound out of the portal, to hand it over as approved. Each time is a row in the log.

    NotApproved, ConsentGone, RestrictedSince, NotFound; NotHeld or Gone when the call is no longer there.
    """
    found = _to_carry_out(transfer, by)
    if found.state != TransferState.APPROVED:
        raise NotApproved
    recording: Recording = found.recording
    if found.hold_id is not None and (recording.state != State.LIVE or not recording.holds):
        raise NotHeld
    if recording.state != State.LIVE:
        raise Gone
    _must_be_consented(found)
    _must_be_weighed(found)
    if found.hold_id is None and not found.silent:
        left(found, recording.original_size or 0)
    told = {"size": recording.original_size, "passages": len(found.muted)}
    record(Act.TRANSFER_SOUND_TAKEN, recording, by=by, transfer=found.uuid.hex, **told)
    return recording


@db.atomic()
def left(transfer: Transfer, size: int) -> None:
    """So many bytes were taken of it, in the form that is to be handed over."""
    taken = Transfer.update(left_size=size).where(Transfer.id == transfer.id, Transfer.state == TransferState.APPROVED)
    taken.execute()


def is_weighed(transfer: Transfer) -> bool:
    """Was it decided with every restriction in mind that stands on the call now?"""
    decided: Any = transfer.decided_at
    return all(decided is not None and row.placed_at <= decided for row in restrictions.standing(transfer.recording))


def _must_be_weighed(transfer: Transfer) -> None:
    if not is_weighed(transfer):
        raise RestrictedSince


def _must_be_consented(transfer: Transfer) -> None:
    if transfer.basis == Basis.CONSENT and consent(transfer.consent, transfer.recording) is None:
        raise ConsentGone


def consent(key: uuid.UUID | None, recording: Any) -> Consent | None:
    """The consent to disclosure of that uuid, if it stands today and is about the call."""
    return next((row for row in consents(recording) if row.uuid == key), None)


def consents(recording: Any) -> list[Consent]:
    """The consents that let the call be given to somebody the person names, as they stand today."""
    today = clock.today()
    rows = Consent.select(Consent, ConsentText).join(ConsentText).switch(Consent).join(ConsentCall)
    standing = rows.where(
        ConsentCall.recording == recording.id,
        ConsentText.purpose == ConsentPurpose.DISCLOSURE,
        Consent.stands,
        Consent.ends_on.is_null() | (Consent.ends_on >= today),
    )
    return list(standing.order_by(Consent.id))


class _Lost(NamedTuple):
    """A disclosure that there is no row of."""

    uuid: uuid.UUID


def agree() -> int:
    """After a restore: no call is kept for a disclosure that is not there or is over, and each that is open keeps its
    call. How many did not agree; one transaction each."""
    ours = (Freeze.because_kind == freezes.TRANSFER, Freeze.stands)
    wanted = (Transfer.state.in_(OPEN), Transfer.hold.is_null())
    astray = Freeze.select(Freeze.because).where(
        *ours, Freeze.because.not_in(Transfer.select(Transfer.uuid).where(*wanted))
    )
    rows = Transfer.select(Transfer, Recording).join(Recording)
    bare = rows.where(*wanted, Transfer.uuid.not_in(Freeze.select(Freeze.because).where(*ours)))
    lost = [_Lost(key) for (key,) in astray.distinct().tuples()]
    return sum(freezes.lift(one, by=None) for one in lost) + sum(_keep_again(row) for row in list(bare))


@db.atomic()
def _keep_again(transfer: Transfer) -> bool:
    if freezes.freeze([transfer.recording], because=transfer, by=None).gone:
        take_back(transfer, by=None)
    return True
