"""What moves a request's clock: proof of identity, completion, the one extension, and a calendar that changed
(register §3, GDPR 12(3), 12(6))."""

import datetime as dt
from typing import Any

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import deadlines, handling, letters, personal_codes
from portal.cases.actions import NotNow, advance, get, handled
from portal.cases.codes import OPEN, UNDECIDED, Identity, State
from portal.cases.models import Case
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.kinds import Kind
from portal.errors import Conflict, Denied, Invalid
from portal.language import N_

BEGUN = (State.RECEIVED, State.IN_PROGRESS)


class DoubtNeeded(Invalid):
    """Without reasonable doubt nothing is asked (GDPR 12(6))."""

    text = N_("Skriv varför det finns anledning att tvivla på identiteten. Utan skäl får inget bevis begäras.")


class AsksNeeded(Invalid):
    text = N_("Skriv vad personen ombeds göra, och vilka andra sätt som duger.")


class AlreadyAsked(Conflict):
    text = N_("Identiteten har redan efterfrågats eller styrkts. Klockan stannas bara en gång.")


class AlreadyProven(Conflict):
    text = N_("Identiteten är redan styrkt.")


class UnknownMethod(Invalid):
    text = N_("Välj hur identiteten styrktes.")


class NotThatDay(Invalid):
    text = N_("Dagen kan inte vara före begäran kom eller efter i dag. Välj en dag däremellan.")


class StillTime(Invalid):
    """The person has time to answer."""

    text = N_("Personen har tid på sig till och med %(day)s. Först därefter kan identiteten antecknas som inte styrkt.")


class WordsNeeded(Invalid):
    text = N_("Skriv vad som efterfrågas eller vad personen har svarat.")


class ReasonNeeded(Invalid):
    text = N_("Skriv en motivering.")


class AlreadyExtended(Conflict):
    text = N_("Längre tid är redan föreslagen eller beslutad. Tiden kan förlängas bara en gång.")


class TooLateToExtend(Invalid):
    """Announced within the first time, or not at all (GDPR 12(3))."""

    text = N_("Tiden kunde förlängas till och med %(day)s. Den dagen har passerat: begäran besvaras inom sin tid.")


class NotProposed(Conflict):
    text = N_("Det finns inget förslag om längre tid att besluta om. Ladda om sidan och se hur läget är nu.")


class OwnExtension(Invalid):
    """The one who proposes never approves (register §2)."""

    text = N_("Du har själv föreslagit den längre tiden eller handlagt begäran. En annan person måste besluta.")


# Identity


@db.atomic()
def ask_identity(case: Case, doubt: str, asks: str, *, by: Account) -> Case:
    """Doubt who it is, for a reason, and ask by letter for proof: the clock stands from today.

    A time that has run out is not stopped: it must have been asked for promptly. It is asked for all the same, as
    nothing is given to a stranger, and the answer is late.

    DoubtNeeded, AsksNeeded, PersonalCode, AlreadyAsked, and what `handled` raises.
    """
    if not doubt.strip():
        raise DoubtNeeded
    if not asks.strip():
        raise AsksNeeded
    personal_codes.refuse(doubt, asks)
    found, today = handled(case, *UNDECIDED, by=by), clock.today()
    if found.identity != Identity.UNPROVEN or found.paused_on is not None:
        raise AlreadyAsked
    if found.state not in BEGUN:
        raise NotNow
    stopped = {"paused_on": today} | ({"resumed_on": today} if today > found.due_on else {})
    for name, day in stopped.items():
        setattr(found, name, day)
    asked = advance(
        found,
        BEGUN,
        state=State.IDENTITY_ASKED,
        identity=Identity.ASKED,
        identity_doubt=doubt.strip(),
        identity_asks=asks.strip(),
        **stopped,
        **deadlines.store(found),
    )
    reply_by = identity_reply_by(asked)
    record(Act.CASE_IDENTITY_ASKED, asked, by=by, reference=asked.number, paused_on=today.isoformat())
    tell(asked, What.IDENTITY_ASKED, by=by, words=asked.identity_doubt, day=reply_by)
    content = {"doubt": asked.identity_doubt, "asks": asked.identity_asks, "reply_by": reply_by.isoformat()}
    letters.order(asked, Kind.CASE_IDENTITY, by=by, **content)
    return asked


def identity_reply_by(case: Case) -> dt.date:
    """The last day for the person to prove who they are."""
    asked_on: dt.date = case.paused_on or clock.today()
    return asked_on + dt.timedelta(days=config.settings().case_identity_days)


@db.atomic()
def prove_identity(case: Case, method: str, on: dt.date, *, by: Account) -> Case:
    """Note how, when and by whom it was seen who the person is; never the evidence itself. A clock that stood goes
    on from `on`. Also when nothing had been asked, and after the time for it had run out.

    UnknownMethod, NotThatDay, AlreadyProven, and what `handled` raises.
    """
    if method not in config.settings().case_identity_methods:
        raise UnknownMethod
    found = handled(case, *UNDECIDED, by=by)
    if found.identity == Identity.PROVEN:
        raise AlreadyProven
    if not found.received_on <= on <= clock.today():
        raise NotThatDay
    values: dict[str, Any] = {
        "identity": Identity.PROVEN,
        "identity_method": method,
        "identity_on": on,
        "identity_by": by,
    }
    if found.state in (State.IDENTITY_ASKED, State.RECEIVED):
        values["state"] = State.IN_PROGRESS
    if deadlines.stands(found):
        values |= _resume(found, max(on, found.paused_on))
    proven = advance(found, (State(found.state),), **values)
    told = {"resumed_on": proven.resumed_on.isoformat()} if "resumed_on" in values else {}
    record(Act.CASE_IDENTITY_PROVEN, proven, by=by, reference=proven.number, method=method, **told)
    tell(proven, What.IDENTITY_PROVEN, by=by, day=on)
    if "resumed_on" in values:
        tell_moved(proven, deadlines.of(proven).unpaused, by=by)
    return proven


@db.atomic()
def fail_identity(case: Case, *, by: Account) -> Case:
    """The time to prove it is over and nothing came: the clock goes on, and the answer can be proposed for that
    reason. StillTime, and what `handled` raises."""
    found, today = handled(case, State.IDENTITY_ASKED, by=by), clock.today()
    reply_by = identity_reply_by(found)
    if today <= reply_by:
        raise StillTime(day=f"{reply_by.day}.{reply_by.month}.{reply_by.year}")
    failed = advance(
        found,
        (State.IDENTITY_ASKED,),
        state=State.IN_PROGRESS,
        identity=Identity.FAILED,
        identity_on=today,
        identity_by=by,
        **(_resume(found, today) if deadlines.stands(found) else {}),
    )
    record(Act.CASE_IDENTITY_FAILED, failed, by=by, reference=failed.number, resumed_on=failed.resumed_on.isoformat())
    tell(failed, What.IDENTITY_FAILED, by=by)
    tell_moved(failed, deadlines.of(failed).unpaused, by=by)
    return failed


def _resume(case: Case, day: dt.date) -> dict[str, Any]:
    case.resumed_on = day
    return {"resumed_on": day, "reminded": "", **deadlines.store(case)}


# Completion: the clock runs on


@db.atomic()
def ask_completion(case: Case, words: str, *, by: Account) -> Case:
    """Note that the person was asked to say more. WordsNeeded, PersonalCode, and what `handled` raises."""
    if not words.strip():
        raise WordsNeeded
    personal_codes.refuse(words)
    found = handled(case, *BEGUN, by=by)
    asked = advance(found, BEGUN, state=State.COMPLETION_ASKED)
    record(Act.CASE_COMPLETION_ASKED, asked, by=by, reference=asked.number)
    tell(asked, What.COMPLETION_ASKED, by=by, words=words)
    return asked


@db.atomic()
def complete(case: Case, words: str, *, by: Account) -> Case:
    """Note what the person answered, or that the work goes on without. WordsNeeded, PersonalCode, and what
    `handled` raises."""
    if not words.strip():
        raise WordsNeeded
    personal_codes.refuse(words)
    found = handled(case, State.COMPLETION_ASKED, by=by)
    completed = advance(found, (State.COMPLETION_ASKED,), state=State.IN_PROGRESS)
    record(Act.CASE_COMPLETED, completed, by=by, reference=completed.number)
    tell(completed, What.COMPLETED, by=by, words=words)
    return completed


# The one extension


@db.atomic()
def propose_extension(case: Case, reason: str, *, by: Account) -> Case:
    """Ask a decider for longer time, for a reason that the letter will give. Only within the first time, never a
    second time; a refused proposal may be made again.

    ReasonNeeded, PersonalCode, AlreadyExtended, TooLateToExtend, and what `handled` raises.
    """
    if not reason.strip():
        raise ReasonNeeded
    personal_codes.refuse(reason)
    found = handled(case, *UNDECIDED, by=by)
    if found.extension_state in ("proposed", "approved") or found.extended_on is not None:
        raise AlreadyExtended
    _in_the_first_time(found)
    proposed = advance(
        found,
        UNDECIDED,
        extension_state="proposed",
        extension_reason=reason.strip(),
        extension_by=by,
        extension_decided_by=None,
    )
    record(Act.CASE_EXTENSION_PROPOSED, proposed, by=by, reference=proposed.number)
    tell(proposed, What.EXTENSION_PROPOSED, by=by, words=reason)
    return proposed


@db.atomic()
def approve_extension(case: Case, *, by: Account) -> Case:
    """Decide that it takes longer: the days are reckoned anew, and the letter tells the person old day, new day and
    reason. Only within the first time, never by who proposed it or has handled the case.

    Denied, NotProposed, OwnExtension, TooLateToExtend, CaseChanged, NotFound.
    """
    found, today = _to_decide(case, by=by), clock.today()
    _in_the_first_time(found)
    before = found.due_on
    found.extended_on = today
    extended = advance(
        found,
        (*UNDECIDED, State.PROPOSED),
        extension_state="approved",
        extension_decided_by=by,
        extended_on=today,
        reminded="",
        **deadlines.store(found),
    )
    days = {"due_before": before.isoformat(), "due_on": extended.due_on.isoformat()}
    record(Act.CASE_EXTENDED, extended, by=by, reference=extended.number, **days)
    tell(extended, What.EXTENDED, by=by, words=moved_words(before, extended.due_on), day=extended.due_on)
    letters.order(extended, Kind.CASE_EXTENSION, by=by, reason=extended.extension_reason, **days)
    return extended


@db.atomic()
def refuse_extension(case: Case, reason: str, *, by: Account) -> Case:
    """ReasonNeeded, PersonalCode, Denied, NotProposed, OwnExtension, CaseChanged, NotFound."""
    if not reason.strip():
        raise ReasonNeeded
    personal_codes.refuse(reason)
    found = _to_decide(case, by=by)
    refused = advance(found, (*UNDECIDED, State.PROPOSED), extension_state="refused", extension_decided_by=by)
    record(Act.CASE_EXTENSION_REFUSED, refused, by=by, reference=refused.number)
    tell(refused, What.EXTENSION_REFUSED, by=by, words=reason)
    return refused


def _to_decide(case: Case, *, by: Account) -> Case:
    found = get(case.uuid, by=by)
    if not by.may(Permission.CASES_DECIDE):
        raise Denied
    if found.extension_state != "proposed":
        raise NotProposed
    if has_part(found, by):
        raise OwnExtension
    return found


def has_part(case: Case, by: Account) -> bool:
    """Did `by` propose the longer time, or handle the case now or before? Then another decides."""
    return case.extension_by_id == by.id or handling.has_handled(case, by)


def _in_the_first_time(case: Case) -> None:
    last = deadlines.first_limit(case)
    if clock.today() > last:
        raise TooLateToExtend(day=f"{last.day}.{last.month}.{last.year}")


# The calendar


def moved_words(before: dt.date, after: dt.date) -> str:
    """'30.9.2026 → 30.11.2026': the same in every language."""
    return " → ".join(f"{day.day}.{day.month}.{day.year}" for day in (before, after))


def tell_moved(case: Case, before: dt.date, *, by: Account | None) -> None:
    """Write that the law's last day is no longer `before`, when it is not; in the transaction of what moved it."""
    if case.due_on == before:
        return
    days = {"due_before": before.isoformat(), "due_on": case.due_on.isoformat()}
    record(Act.CASE_RECKONED, case, by=by, reference=case.number, **days)
    tell(case, What.RECKONED, by=by, words=moved_words(before, case.due_on), day=case.due_on)


@db.atomic()
def reckon_again(case: Case) -> bool:
    """The worker: reckon an open case's days by today's calendar; True when they moved.

    A holiday that is new moves them and is told. A clock that stands moves them each day, which is no news and is
    not told. A form that is open stays good: none fills the days in.
    """
    values = deadlines.store(case)
    if all(getattr(case, name) == day for name, day in values.items()):
        return False
    kept = (Case.version == case.version, Case.state.in_(OPEN))
    if not Case.update(values).where(Case.id == case.id, *kept).execute():
        return False  # somebody is at it: the next round looks again
    if not deadlines.stands(case):
        tell_moved(Case.get_by_id(case.id), case.due_on, by=None)
    return True
