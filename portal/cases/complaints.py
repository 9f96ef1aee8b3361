"""Complaints of an answer, or that none comes: before the ombudsman (GDPR 77) or a court (GDPR 79).

While one lies there nothing that is frozen for the case is let go, and nothing of its file is purged. What the body
decides is carried out: where it overturns the answer, the rights it names are answered anew, in a round of their own
with letters of its own; what was answered and stands is not answered again.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import copies, deadlines, leaving, locking, personal_codes
from portal.cases.actions import advance, get, handled
from portal.cases.claim_models import Claim, Complaint
from portal.cases.codes import (
    ANSWERED,
    OPEN,
    OVERTURNING,
    Body,
    ClaimDecision,
    Concerns,
    Decision,
    Identity,
    Result,
    RightKind,
    State,
)
from portal.cases.models import Attachment, Case, CaseCall, CaseRight, Copy
from portal.cases.outcomes import lifting_day
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Recording
from portal.retention import freezes

WORDS_LEAST = 10
OPEN_OR_ANSWERED = (*OPEN, *ANSWERED, State.CLOSED)
"""The file has not been emptied."""

REOPENED: dict[str, Any] = {
    **dict.fromkeys(("outcome", "proposed_by", "proposed_at", "approved_by", "approved_at", "opinion_by"), None),
    **dict.fromkeys(("opinion_at", "dispatched_on", "dispatched_by", "lifts_on", "paused_on", "resumed_on"), None),
    **dict.fromkeys(("extended_on", "extension_by", "extension_decided_by"), None),
    **dict.fromkeys(("opinion", "dispatched_how", "late_reason", "extension_state", "extension_reason"), ""),
    **dict.fromkeys(("reasons", "reminded"), ""),
}
"""What of the answer before is no longer so. The timeline, the log and the letters keep it."""


class BodyNeeded(Invalid):
    text = N_("Välj var klagomålet behandlas.")


class WhichNeeded(Invalid):
    text = N_("Skriv vilken domstol eller myndighet det är.")


class DayNeeded(Invalid):
    text = N_("Skriv dagen.")


class DayAhead(Invalid):
    text = N_("Dagen kan inte vara efter i dag. Välj i dag eller en tidigare dag.")


class DayBefore(Invalid):
    """`first`: the first day that is possible."""

    text = N_("Dagen kan inte vara före den %(first)s. Välj den dagen eller en senare.")


class DayPassed(Invalid):
    text = N_("Sista dagen för det nya svaret kan inte ha passerat. Lämna fältet tomt om avgörandet inte anger någon.")


class WordsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv vad som avgjordes, minst %(least)s tecken.")


class ResultNeeded(Invalid):
    text = N_("Välj hur klagomålet avgjordes.")


class RightsNeeded(Invalid):
    text = N_("Välj vilka rättigheter som ska besvaras på nytt.")


class Unanswered(Conflict):
    text = N_(
        "Svaret har inte skickats än, så det finns inget att ändra. Följ avgörandet i det svar som är under arbete, "
        "och anteckna avgörandet som ”svaret står fast” eller ”prövades inte”."
    )


class AlreadyNoted(Conflict):
    text = N_("Samma klagomål är redan antecknat och pågår. Ändra uppgifterna om det, om något är nytt.")


class Ended(Conflict):
    text = N_("Klagomålet är redan avgjort.")


@db.atomic()
def note(
    case: Case,
    *,
    body: str,
    on: dt.date | None,
    body_words: str = "",
    reference: str = "",
    asks: str = "",
    answer_by: dt.date | None = None,
    by: Account,
) -> Complaint:
    """Note that the ombudsman or a court has the matter, as the city got to know `on`.

    Of a closed case any clerk notes it and becomes its handler; what still exists is frozen again. While no answer has
    left, the case goes on: its state is the complaint's from the day it is sent (`resume`).
    NotFound, Denied, NotHandler, NotNow, BodyNeeded, WhichNeeded, DayNeeded, DayAhead, DayBefore, AlreadyNoted,
    PersonalCode.
    """
    found = _to_note(case, by)
    which = _body(body, body_words)
    personal_codes.refuse(which, reference, asks)
    _within(on, found.dispatched_on or found.received_on)
    same = (Complaint.body == body, Complaint.body_words == which, Complaint.reference == reference.strip())
    if Complaint.select().where(Complaint.case == found.id, Complaint.result.is_null(), *same).exists():
        raise AlreadyNoted
    complaint: Complaint = Complaint.create(
        case=found,
        round=found.round,
        body=body,
        body_words=which,
        reference=reference.strip(),
        received_on=on,
        asks=asks.strip(),
        answer_by=answer_by,
        noted_by=by,
    )
    before = State(found.state)
    known = {"complaint_to": which or body, "complaint_on": on}
    told = advance(found, (before,), **known) if before in OPEN else _stand_still(found, before, by=by, **known)
    record(
        Act.CASE_COMPLAINT,
        told,
        by=by,
        reference=told.number,
        complaint=complaint.uuid.hex,
        body=body,
        day=complaint.received_on.isoformat(),
        state_before=before,
    )
    tell(told, What.COMPLAINT, by=by, words=" ".join((which, complaint.reference)), day=on)
    return complaint


def _to_note(case: Case, by: Account) -> Case:
    found = get(case.uuid, by=by)
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    if found.state == State.CLOSED:
        return found
    return handled(case, *OPEN_OR_ANSWERED, by=by)


def _body(body: str, words: str) -> str:
    if body not in set(Body):
        raise BodyNeeded
    if body != Body.OMBUDSMAN and not words.strip():
        raise WhichNeeded
    return words.strip()


def _within(on: dt.date | None, first: dt.date) -> None:
    if on is None:
        raise DayNeeded
    if on > clock.today():
        raise DayAhead
    if on < first:
        raise DayBefore(first=f"{first.day}.{first.month}.{first.year}")


def _stand_still(found: Case, before: State, *, by: Account | None, **values: Any) -> Case:
    """Nothing is let go and nothing purged until it is decided."""
    if before == State.CLOSED:
        values |= {"handler": by, "closed_at": None, "closed_by": None, "purge_on": None}
    told = advance(found, (before,), state=State.COMPLAINT, lifts_on=None, **values)
    if before == State.CLOSED:
        freezes.freeze(_not_foreign(told), because=told, by=by)
    freezes.keep(told, by=by)
    locking.follow(told, by=by)
    return told


def _not_foreign(case: Case) -> list[Recording]:
    """The calls that are not judged to concern somebody else."""
    kept = CaseCall.concerns.is_null() | (CaseCall.concerns != Concerns.NO)
    return list(Recording.select().join(CaseCall).where(CaseCall.case == case.id, kept))


def resume(case: Case, *, by: Account) -> Case:
    """The answer has left while a complaint lies somewhere: from now on the case stands still for it. In the
    transaction of the sending."""
    if case.state != State.DISPATCHED or not pending(case):
        return case
    return _stand_still(case, State.DISPATCHED, by=by)


@db.atomic()
def change(complaint: Complaint, *, reference: str, asks: str, answer_by: dt.date | None, by: Account) -> Complaint:
    """What the body wants of the city, and by when, as it is known now. NotHandler, NotNow, Ended, PersonalCode."""
    found = handled(complaint.case, *OPEN, *ANSWERED, by=by)
    personal_codes.refuse(reference, asks)
    changed = Complaint.update(reference=reference.strip(), asks=asks.strip(), answer_by=answer_by).where(
        Complaint.id == complaint.id, Complaint.result.is_null()
    )
    if not changed.execute():
        raise Ended
    told = advance(found, (State(found.state),))
    record(Act.CASE_COMPLAINT_CHANGED, told, by=by, reference=told.number, complaint=complaint.uuid.hex)
    row: Complaint = Complaint.get_by_id(complaint.id)
    return row


@db.atomic()
def end(
    complaint: Complaint,
    *,
    result: str,
    on: dt.date | None,
    words: str,
    overturned: Iterable[str] = (),
    due_on: dt.date | None = None,
    by: Account,
) -> Case:
    """It is decided, as `words` say. Where the answer is overturned the rights in `overturned` are answered anew, by
    `due_on` when the decision sets a day. Else, when no other complaint lies anywhere, the days of the freeze are
    counted anew from today.

    NotHandler, NotNow, Ended, ResultNeeded, WordsNeeded, DayNeeded, DayAhead, DayBefore, DayPassed, RightsNeeded,
    Unanswered, PersonalCode.
    """
    found = handled(complaint.case, *OPEN, *ANSWERED, by=by)
    if result not in set(Result):
        raise ResultNeeded
    said = words.strip()
    if len(said) < WORDS_LEAST:
        raise WordsNeeded(least=WORDS_LEAST)
    personal_codes.refuse(said)
    _within(on, complaint.received_on)
    rights = _overturned(found, result, overturned)
    if rights and due_on is not None and due_on < clock.today():
        raise DayPassed
    ended = Complaint.update(
        result=result,
        decided_on=on,
        words=said,
        overturned=",".join(right.right for right in rights),
        due_on=due_on if rights else None,
        ended_by=by,
        ended_at=clock.now(),
    ).where(Complaint.id == complaint.id, Complaint.result.is_null())
    if not ended.execute():
        raise Ended
    if rights:
        told = _reopen(found, rights, due_on, by=by)
    elif found.state == State.COMPLAINT and not pending(found):
        told = _go_on(found, by=by)
    else:
        told = advance(found, (State(found.state),))
    detail = {"complaint": complaint.uuid.hex, "result": str(result), "rights": sorted(r.right for r in rights)}
    record(Act.CASE_COMPLAINT_ENDED, told, by=by, reference=told.number, **detail)
    tell(told, What.COMPLAINT_ENDED, by=by, words=said, day=on)
    if rights:
        tell(told, What.REOPENED, by=by, day=told.due_on)
    return told


def _overturned(case: Case, result: str, chosen: Iterable[str]) -> list[CaseRight]:
    """The rights that are to be answered anew. RightsNeeded, Unanswered."""
    if result not in OVERTURNING:
        return []
    if case.state != State.COMPLAINT:
        raise Unanswered
    wanted = set(chosen)
    rights = [right for right in overturnable(case) if right.right in wanted]
    if not rights or len(rights) != len(wanted):
        raise RightsNeeded
    return rights


def overturnable(case: Case) -> list[CaseRight]:
    """The rights whose answer can be another one. A withdrawn consent was never refused."""
    rights = CaseRight.select().where(CaseRight.case == case.id, CaseRight.right != RightKind.WITHDRAWAL)
    return list(rights.order_by(CaseRight.id))


def _go_on(found: Case, *, by: Account) -> Case:
    lifts_on = lifting_day(found, clock.today())
    ended = advance(found, (State.COMPLAINT,), state=State.DISPATCHED, lifts_on=lifts_on)
    freezes.lift_on(ended, copies.kept_until(ended), by=by)
    locking.follow(ended, by=by)
    return ended


def _reopen(found: Case, rights: list[CaseRight], due_on: dt.date | None, *, by: Account) -> Case:
    """The case is worked on again, for these rights alone."""
    today = clock.today()
    for right in rights:
        _undecide(found, right)
    if any(right.right == RightKind.ACCESS for right in rights):  # else what was granted is still to be handed over
        leaving.let_go(Copy.case == found.id)
    # An answer that fell with the identity is one to a person who has shown who they are, when a court says so
    identity = {"identity": Identity.UNPROVEN} if found.identity == Identity.FAILED else {}
    values = {**REOPENED, **identity, "round": found.round + 1, "reopened_on": today, "reopened_due_on": due_on}
    for name in ("paused_on", "resumed_on", "extended_on", "reopened_on", "reopened_due_on", "dispatched_on"):
        setattr(found, name, values[name])
    values |= deadlines.store(found)
    told = advance(found, (State.COMPLAINT,), state=State.IN_PROGRESS, **values)
    CaseRight.update(round=told.round).where(CaseRight.id.in_([right.id for right in rights])).execute()
    freezes.keep(told, by=by)
    locking.follow(told, by=by)
    record(
        Act.CASE_REOPENED,
        told,
        by=by,
        reference=told.number,
        rights=sorted(right.right for right in rights),
        due_on=told.due_on.isoformat(),
    )
    return told


def _undecide(case: Case, right: CaseRight) -> None:
    """What was refused is to be decided again; what was given, or carried out, stays as it is."""
    CaseRight.update(outcome=None).where(CaseRight.id == right.id).execute()
    if right.right == RightKind.ACCESS:
        not_whole = CaseCall.decision.is_null(False) & (CaseCall.decision != Decision.WHOLE)
        CaseCall.update(decision=None, changed_at=clock.now()).where(CaseCall.case == case.id, not_whole).execute()
    refused = (Claim.right == right.id, Claim.decision == ClaimDecision.REFUSED)
    Claim.update(decision=None, carried_at=None, changed_at=clock.now()).where(*refused).execute()


def of(case: Case) -> list[Complaint]:
    """Those that are pending first, then the latest."""
    rows = Complaint.select().where(Complaint.case == case.id).order_by(Complaint.id.desc())
    return sorted(rows, key=lambda row: row.result is not None)


def get_of(case: Case, key: uuid.UUID) -> Complaint:
    """A complaint of a case that the reader may see. NotFound."""
    found: Complaint | None = (
        Complaint.select(Complaint, Case).join(Case).where(Complaint.case == case.id, Complaint.uuid == key).first()
    )
    if found is None:
        raise NotFound
    return found


def pending(case: Case) -> bool:
    return bool(Complaint.select().where(Complaint.case == case.id, Complaint.result.is_null()).exists())


def papers(complaint: Complaint) -> list[Attachment]:
    """To and from the body, the oldest first."""
    kept = Attachment.select().where(Attachment.complaint == complaint.uuid, Attachment.standing == "kept")
    return list(kept.order_by(Attachment.id))
