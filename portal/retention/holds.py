"""Holds on threat calls: placed, renewed by another manager, released with a word on what happens then."""

import dataclasses
import datetime as dt
import enum
import uuid

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Recording, State
from portal.retention import deletion, moves
from portal.retention.models import Hold, HoldRenewal, HoldState, PurgeLine, Threat

STANDING = (HoldState.PLACED, HoldState.STORED)


class AlreadyHeld(Conflict):
    text = N_("Samtalet hålls redan kvar som hotsamtal.")


class TooLate(Conflict):
    text = N_("Samtalet har passerat sitt datum och kan inte längre hållas kvar.")


class ReportWaits(Conflict):
    text = N_("Samtalet är anmält som hotsamtal. Besluta om anmälan i stället.")


class ReasonNeeded(Invalid):
    text = N_("Skriv en motivering.")


class ActionNeeded(Invalid):
    text = N_("Skriv för vilken fortsatt åtgärd samtalet behövs.")


class ReviewTooFar(Invalid):
    text = N_("Granskningsdagen får vara senast den %(last)s. Välj en tidigare dag.")


class ReviewPast(Invalid):
    text = N_("Granskningsdagen måste vara senare än i dag. Välj en dag framåt.")


class SamePerson(Invalid):
    """Renewal only by another manager than who placed or last renewed it (register §3)."""

    text = N_("Det var du som höll kvar samtalet eller förnyade senast. En annan chef måste förnya.")


class AlreadyReleased(Conflict):
    text = N_("Samtalet hålls inte kvar längre.")


class TransferOpen(Conflict):
    text = N_("Samtalet håller på att lämnas ut till polisen. Slutför utlämnandet eller ta tillbaka det först.")


class ReleaseChanged(Conflict):
    text = N_("Det som händer när samtalet inte längre hålls kvar har ändrats medan du läste. Läs varningen på nytt.")


class Then(enum.StrEnum):
    """What happens to the call at once when the hold is released."""

    PURGED = "purged"
    """It is past its date: it is deleted now, and cannot be brought back."""
    FROZEN = "frozen"
    """It is past its date, but a case still needs it: it is used for that case only, and deleted after."""
    KEPT = "kept"
    """Its date is still to come: it is an ordinary call again until then."""


@dataclasses.dataclass(frozen=True)
class Release:
    then: Then
    expires_at: dt.datetime
    """The original date, which applies again at once."""


@dataclasses.dataclass(frozen=True)
class Released:
    then: Then
    gone: bool
    """It is deleted already. False with PURGED: it cannot be heard any more, the disk refused something, and
    every sweep tries again."""


def last_review_day() -> dt.date:
    """The latest review date that may be chosen today."""
    return clock.months_after(clock.today(), config.settings().hold_review_months)


def checked_review(day: dt.date) -> dt.date:
    """Raises ReviewPast or ReviewTooFar."""
    if day <= clock.today():
        raise ReviewPast
    if day > (last := last_review_day()):
        raise ReviewTooFar(last=f"{last.day}.{last.month}.{last.year}")
    return day


def place(recording: Recording, *, reason: str, action_ahead: str, review_on: dt.date, by: Account) -> Hold:
    """Hold a call that nobody has reported, and begin to move it to the threat archive at once.

    NotFound when it is not of the own queues; ReportWaits when a report waits: then that one is decided
    (`threats.hold`); AlreadyHeld, TooLate, ReasonNeeded, ActionNeeded, ReviewPast, ReviewTooFar.
    The hold stands when this returns, whether or not the bytes could be moved yet.
    """
    hold = _place(recording, reason=reason, action_ahead=action_ahead, review_on=review_on, by=by)
    moves.attempt(hold)
    return hold


@db.atomic()
def _place(recording: Recording, *, reason: str, action_ahead: str, review_on: dt.date, by: Account) -> Hold:
    if Threat.select().where(Threat.recording == recording.id, Threat.waits).exists():
        raise ReportWaits
    return placed(recording, threat=None, reason=reason, action_ahead=action_ahead, review_on=review_on, by=by)


@db.atomic()
def placed(
    recording: Recording, *, threat: Threat | None, reason: str, action_ahead: str, review_on: dt.date, by: Account
) -> Hold:
    """The hold itself, inside the transaction of the decision. From its commit on the call is not deleted.

    A call past its date is not held any more, also when its deletion has not begun or a case still uses
    it: from that date nothing else may be done with it (register §3).
    """
    if not reason.strip():
        raise ReasonNeeded
    if not action_ahead.strip():
        raise ActionNeeded
    checked_review(review_on)
    if recording.queue_id not in by.queues_for(Permission.RETENTION_HOLD):
        raise NotFound
    held = Recording.update(holds=Recording.holds + 1, freed_at=None).where(
        Recording.id == recording.id,
        Recording.state == State.LIVE,
        Recording.expires_at > clock.now(),
        Recording.holds == 0,
    )
    if not held.execute():
        raise AlreadyHeld if Recording.get_by_id(recording.id).holds else TooLate
    hold: Hold = Hold.create(
        recording=recording,
        threat=threat,
        placed_by=by,
        reason=reason.strip(),
        action_ahead=action_ahead.strip(),
        review_on=review_on,
    )
    detail = {"hold": hold.uuid.hex, "review_on": review_on.isoformat()}
    if threat is not None:
        detail["threat"] = threat.uuid.hex
    record(Act.HOLD_PLACED, recording, by=by, **detail)
    return hold


@db.atomic()
def renew(hold: Hold, *, reason: str, review_on: dt.date, by: Account) -> None:
    """Keep the call until a new review date, at most as far ahead from today as a first one.

    SamePerson: only another manager than who placed or last renewed it. AlreadyReleased, ReasonNeeded,
    ReviewPast, ReviewTooFar; Conflict when another renewed it at the same time.
    """
    if not reason.strip():
        raise ReasonNeeded
    checked_review(review_on)
    found = _reached(hold, by)
    if not found.stands:
        raise AlreadyReleased
    if by.id == (found.renewed_by_id or found.placed_by_id):
        raise SamePerson
    last = Hold.renewed_by.is_null() if found.renewed_by_id is None else Hold.renewed_by == found.renewed_by_id
    renewed = Hold.update(review_on=review_on, renewed_by=by, escalated_on=None).where(
        Hold.id == found.id, Hold.state.in_(STANDING), last, Hold.review_on == found.review_on
    )
    if not renewed.execute():
        raise AlreadyReleased if not Hold.get_by_id(found.id).stands else Conflict
    HoldRenewal.create(hold=found, by=by, reason=reason.strip(), review_before=found.review_on, review_on=review_on)
    detail = {"review_before": found.review_on.isoformat(), "review_on": review_on.isoformat()}
    record(Act.HOLD_RENEWED, found.recording, by=by, hold=found.uuid.hex, **detail)


def what_then(hold: Hold) -> Release:
    """What a release would do now: the warning that comes before it."""
    return _what_then(Recording.get_by_id(hold.recording_id))


def _what_then(row: Recording) -> Release:
    then = Then.KEPT if row.expires_at > clock.now() else Then.FROZEN if row.freezes else Then.PURGED
    return Release(then, row.expires_at)


def release(hold: Hold, *, reason: str, seen: str, by: Account) -> Released:
    """Release the hold: the original date applies again at once, and a call past it is deleted now.

    `seen` is the `Then` that the warning said; ReleaseChanged when it is another by now. ReasonNeeded,
    AlreadyReleased, TransferOpen, NotFound.
    """
    then, line = _release(hold, reason=reason, seen=seen, by=by)
    return Released(then, gone=line is not None and not deletion.finish(line))


@db.atomic()
def _release(hold: Hold, *, reason: str, seen: str, by: Account) -> tuple[Then, PurgeLine | None]:
    if not reason.strip():
        raise ReasonNeeded
    found = _reached(hold, by)
    now = clock.now()
    released = Hold.update(
        state=HoldState.RELEASED, released_by=by, released_at=now, release_reason=reason.strip()
    ).where(Hold.id == found.id, Hold.state.in_(STANDING), Hold.transfers == 0)
    if not released.execute():
        raise TransferOpen if Hold.get_by_id(found.id).stands else AlreadyReleased
    Recording.update(holds=Recording.holds - 1, freed_at=now).where(
        Recording.id == found.recording_id, Recording.holds > 0
    ).execute()
    row: Recording = Recording.get_by_id(found.recording_id)
    then = _what_then(row).then
    if then != seen:
        raise ReleaseChanged
    record(Act.HOLD_RELEASED, row, by=by, hold=found.uuid.hex, then=then)
    if then != Then.PURGED:
        return then, None
    line = deletion.claim(row, by=by)
    if line is None:
        raise ReleaseChanged
    return then, line


def _reached(hold: Hold, by: Account) -> Hold:
    found: Hold | None = Hold.within_reach_of(by).where(Hold.id == hold.id).first()
    if found is None:
        raise NotFound
    return found


def get(key: uuid.UUID, *, by: Account) -> Hold:
    """The hold that an address names. NotFound when absent or not theirs to see."""
    found: Hold | None = Hold.visible_to(by).where(Hold.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def standing(by: Account) -> peewee.ModelSelect:
    """The holds that stand, the next to be reviewed first; each has its `recording`."""
    return Hold.visible_to(by).where(Hold.state.in_(STANDING)).order_by(Hold.review_on, Hold.id)


def reminders(by: Account) -> peewee.ModelSelect:
    """Those whose review date is near, passed ones included, the most urgent first."""
    soon = clock.today() + dt.timedelta(days=config.settings().hold_reminder_days)
    return standing(by).where(Hold.review_on <= soon)


def missed(by: Account) -> peewee.ModelSelect:
    """Those whose review date has passed."""
    return standing(by).where(*_overdue())


def overdue() -> peewee.ModelSelect:
    """All whose review date has passed, whoever may see them: to be counted."""
    return Hold.select().where(*_overdue())


def _overdue() -> tuple[peewee.Expression, ...]:
    return Hold.state.in_(STANDING), Hold.review_on < clock.today()


def of_recording(recording: Recording, *, by: Account) -> Hold | None:
    """The hold that stands on this call, if `by` may see it."""
    return standing(by).where(Hold.recording == recording.id).first()


def may_renew(hold: Hold, *, by: Account) -> bool:
    """Is `by` another than the one who placed or last renewed it?"""
    return bool(hold.stands) and by.id != (hold.renewed_by_id or hold.placed_by_id)


def escalate() -> int:
    """Say once a day, in the log, of each hold that its review was missed; how many. Nothing else happens to it:
    it neither lapses nor is it renewed by itself."""
    today = clock.today()
    late = Hold.select(Hold.id).where(*_overdue(), _not_on(today))
    return sum(_escalate(key, today) for (key,) in list(late.tuples()))


def _not_on(day: dt.date) -> peewee.Expression:
    return Hold.escalated_on.is_null() | (Hold.escalated_on != day)


@db.atomic()
def _escalate(key: int, today: dt.date) -> bool:
    said = Hold.update(escalated_on=today).where(
        Hold.id == key, Hold.state.in_(STANDING), Hold.review_on < today, _not_on(today)
    )
    if not said.execute():
        return False
    hold = Hold.select(Hold, Recording).join(Recording).where(Hold.id == key).get()
    days = (today - hold.review_on).days
    record(Act.HOLD_REVIEW_MISSED, hold.recording, hold=hold.uuid.hex, days_late=days)
    return True
