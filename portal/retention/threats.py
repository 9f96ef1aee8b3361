"""Threat calls: an adviser reports one, a manager decides."""

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
from portal.recordings.models import Recording
from portal.retention import holds, moves
from portal.retention.models import Hold, Safety, Threat, ThreatKind, ThreatState


class AlreadyReported(Conflict):
    text = N_("Samtalet är redan anmält som hotsamtal och väntar på en chefs beslut.")


class AlreadyDecided(Conflict):
    text = N_("Någon annan har redan beslutat om hotsamtalet.")


class OwnReport(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv anmält hotsamtalet. En annan chef måste besluta om det.")


class KindNeeded(Invalid):
    text = N_("Välj vad hotet gäller.")


class ReasonNeeded(Invalid):
    text = N_("Skriv en motivering.")


@db.atomic()
def report(
    recording: Recording, *, kind: str, words: str = "", safety: str = Safety.SAFE, safety_words: str = "", by: Account
) -> Threat:
    """Report that a call is a threat call; every manager of its queue sees it from then on.

    NotFound when `by` may not see the call (any more), holds.AlreadyHeld, AlreadyReported.
    """
    if kind not in set(ThreatKind) or safety not in set(Safety):
        raise KindNeeded
    own = Recording.visible_to(by, Permission.RETENTION_REPORT)
    found: Recording | None = own.where(Recording.id == recording.id).first()
    if found is None:
        raise NotFound
    if found.holds:
        raise holds.AlreadyHeld
    if Threat.select().where(Threat.recording == found.id, Threat.waits).exists():
        raise AlreadyReported
    try:
        with db.atomic():
            threat: Threat = Threat.create(
                recording=found,
                kind=kind,
                words=words.strip(),
                safety=safety,
                safety_words=safety_words.strip(),
                reported_by=by,
            )
    except peewee.IntegrityError as error:  # another's report got in between
        raise AlreadyReported from error
    record(Act.THREAT_REPORTED, found, by=by, threat=threat.uuid.hex, threat_kind=kind, safety=safety)
    return threat


def hold(threat: Threat, *, reason: str, action_ahead: str, review_on: dt.date, by: Account) -> Hold:
    """Decide that the call is held, and begin to move it to the threat archive at once.

    OwnReport, AlreadyDecided, and what `holds.place` refuses. The hold stands when this returns,
    whether or not the bytes could be moved yet.
    """
    placed = _hold(threat, reason=reason, action_ahead=action_ahead, review_on=review_on, by=by)
    moves.attempt(placed)
    return placed


@db.atomic()
def _hold(threat: Threat, *, reason: str, action_ahead: str, review_on: dt.date, by: Account) -> Hold:
    found = _decide(threat, ThreatState.HELD, by=by)
    return holds.placed(
        found.recording, threat=found, reason=reason, action_ahead=action_ahead, review_on=review_on, by=by
    )


@db.atomic()
def dismiss(threat: Threat, *, reason: str, by: Account) -> None:
    """Decide that the call is not held: it goes at its date. ReasonNeeded, OwnReport, AlreadyDecided."""
    if not reason.strip():
        raise ReasonNeeded
    found = _decide(threat, ThreatState.DISMISSED, by=by, reason=reason.strip())
    record(Act.THREAT_DISMISSED, found.recording, by=by, threat=found.uuid.hex)


def _decide(threat: Threat, state: ThreatState, *, by: Account, reason: str = "") -> Threat:
    found: Threat | None = Threat.within_reach_of(by).where(Threat.id == threat.id).first()
    if found is None:
        raise NotFound
    if found.reported_by_id == by.id:
        raise OwnReport
    decided = Threat.update(state=state, waits=None, decided_by=by, decided_at=clock.now(), reason=reason).where(
        Threat.id == found.id, Threat.state == ThreatState.REPORTED
    )
    if not decided.execute():
        raise AlreadyDecided
    return found


def get(key: uuid.UUID, *, by: Account) -> Threat:
    """The report that an address names. NotFound when absent or not theirs to see."""
    found: Threat | None = Threat.visible_to(by).where(Threat.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def waiting(by: Account) -> peewee.ModelSelect:
    """Reports that wait for a decision, those whose call goes first on top; each has its `recording`."""
    return Threat.visible_to(by).where(Threat.waits).order_by(Recording.expires_at)


def of_recording(recording: Recording, *, by: Account) -> Threat | None:
    """The report that waits on this call, if `by` may see it."""
    found: Threat | None = Threat.visible_to(by).where(Threat.recording == recording.id, Threat.waits).first()
    return found


def days_left(recording: Recording) -> int:
    """Days in Helsinki from today to the day on which the call is deleted; 0: today, or past."""
    return max(0, (clock.local(recording.expires_at).date() - clock.today()).days)
