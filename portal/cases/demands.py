"""What is demanded under each right, one thing at a time (yrkande): noted, worded otherwise, taken away.

A claim is noted with the entry verbatim as it then stood and the change as the person words it; the certificate quotes
both. What follows of a claim at once (a contested call is restricted) is in the same commit.
"""

import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, entries, locking, outcomes, passages, personal_codes
from portal.cases.claim_models import Claim
from portal.cases.codes import UNDECIDED, Concerns, Disputed, RightKind
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.outcomes import CLAIMED
from portal.cases.passages import PassageTyped
from portal.cases.selection import CallGone, under_way
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings import quality
from portal.recordings.models import Note, Recording, State

CLAIMS_MOST = 100
"""Of one right."""
DEMANDED_LEAST = 3

UNDONE: dict[str, Any] = {
    **dict.fromkeys(("decision", "decided_by")),
    **dict.fromkeys(("value", "statement", "ground", "refusal", "reasons", "phrase", "waits"), ""),
}
"""Of a claim that is not decided."""


class EntryImpossible(Invalid):
    text = N_("Det går inte att yrka på den uppgiften med stöd av den rättigheten. Välj en annan.")


class DemandNeeded(Invalid):
    text = N_("Skriv vad personen yrkar, med personens egna ord: intyget återger det ordagrant.")


class QuoteNeeded(Invalid):
    text = N_("Skriv vad som sägs i samtalet och som personen bestrider, ord för ord.")


class PassageWrong(Invalid):
    """`why` is a text of its own."""

    text = N_("Avsnittet kan inte raderas så: %(why)s")


class CallForeign(Invalid):
    text = N_("Samtalet är bedömt att inte gälla personen. Ändra bedömningen först, om den är fel.")


class AlreadyClaimed(Conflict):
    text = N_("Samma uppgift har redan ett yrkande. Öppna och ändra det i stället.")


class TooManyClaims(Invalid):
    """`most` claims."""

    text = N_("Högst %(most)s yrkanden kan antecknas för en rättighet. Slå ihop sådana som gäller samma sak.")


class Carried(Conflict):
    text = N_("Beslutet är redan verkställt i registret och kan inte ändras.")


class NotAsked(Conflict):
    text = N_("Rättigheten hör inte till det som ska besvaras nu.")


@db.atomic()
def add(
    right: CaseRight,
    *,
    call: CaseCall | None = None,
    entry: str,
    note: uuid.UUID | None = None,
    fact: str = "",
    quote: str = "",
    start_ms: int | None = None,
    end_ms: int | None = None,
    demanded: str,
    by: Account,
) -> Claim:
    """Note one thing that is demanded under `right`; the entry is kept as it stands now. `quote`: what is said and
    disputed, for SPEECH.

    NotFound, Denied, NotHandler, NotNow, NotAsked, EntryImpossible, CallForeign, CallGone, QuoteNeeded, PassageWrong,
    DemandNeeded, AlreadyClaimed, TooManyClaims, PersonalCode, CaseChanged.
    """
    case = actions.handled(right.case, *UNDECIDED, by=by)
    _asked(case, right)
    if entry not in (*entries.OF_A_CALL.get(right.right, ()), *_facts(right.right)):
        raise EntryImpossible
    row = None if entry == Disputed.FACT else _call(case, call, by=by)
    about = _about(case, row, entry, note=note, fact=fact, quote=quote, start_ms=start_ms, end_ms=end_ms)
    demand = _demand(demanded)
    rows = Claim.select().where(Claim.right == right.id)
    if rows.count() >= CLAIMS_MOST:
        raise TooManyClaims(most=CLAIMS_MOST)
    _refuse_again(rows, row, about)
    case = under_way(case)
    made: Claim = Claim.create(right=right, call=row, demanded=demand, added_by=by, **about)
    record(Act.CASE_CLAIM_ADDED, made, by=by, reference=case.number, **_told(case, made))
    tell(case, What.CLAIM_ADDED, by=by, words=demand)
    locking.follow(case, by=by)
    return made


def _refuse_again(rows: peewee.ModelSelect, call: CaseCall | None, about: dict[str, Any]) -> None:
    """The same thing is demanded once: of what is said, and of passages, there may be several. AlreadyClaimed."""
    if about["entry"] == Disputed.SPEECH:
        return
    same = [
        Claim.entry == about["entry"],
        Claim.fact == about["fact"],
        Claim.call.is_null() if call is None else Claim.call == call.id,
        Claim.note.is_null() if about["note"] is None else Claim.note == about["note"],
    ]
    if about["entry"] == Disputed.PASSAGE:
        same += [Claim.start_ms < about["end_ms"], Claim.end_ms > about["start_ms"]]
    if rows.where(*same).exists():
        raise AlreadyClaimed


@db.atomic()
def change(
    claim: Claim,
    *,
    demanded: str,
    quote: str = "",
    start_ms: int | None = None,
    end_ms: int | None = None,
    by: Account,
) -> Claim:
    """Word the demand otherwise, or the passage, or what is said; what was decided of it is decided anew. The entry
    stays as it stood when it was noted. As `add`, and Carried."""
    case, found = in_hand(claim, by=by)
    values: dict[str, Any] = {"demanded": _demand(demanded)}
    if found.entry in (Disputed.SPEECH, Disputed.PASSAGE):
        about = _about(case, found.call, found.entry, quote=quote, start_ms=start_ms, end_ms=end_ms)
        _refuse_again(Claim.select().where(Claim.right == found.right_id, Claim.id != found.id), found.call, about)
        values |= {name: about[name] for name in ("disputed", "start_ms", "end_ms")}
    case = under_way(case)
    Claim.update(**UNDONE | values, changed_at=clock.now()).where(Claim.id == found.id).execute()
    record(Act.CASE_CLAIM_CHANGED, found, by=by, reference=case.number, **_told(case, found))
    return get(case, found.uuid, by=by)


@db.atomic()
def remove(claim: Claim, *, by: Account) -> None:
    """Take away what was not demanded, or no longer is. NotFound, Denied, NotHandler, NotNow, NotAsked, Carried."""
    case, found = in_hand(claim, by=by)
    case = under_way(case)
    told = _told(case, found)
    Claim.delete().where(Claim.id == found.id).execute()
    record(Act.CASE_CLAIM_REMOVED, case, by=by, reference=case.number, claim=found.uuid.hex, **told)
    tell(case, What.CLAIM_REMOVED, by=by, words=found.demanded)
    locking.follow(case, by=by)


def in_hand(claim: Claim, *, by: Account) -> tuple[Case, Claim]:
    """The case and the claim as they are now, for the handler to change; call inside the act's transaction."""
    case = actions.handled(claim.right.case, *UNDECIDED, by=by)
    found = get(case, claim.uuid, by=by)
    _asked(case, found.right)
    if found.carried_at is not None:
        raise Carried
    return case, found


def get(case: Case, key: uuid.UUID, *, by: Account) -> Claim:
    """A claim of the case, with its right. NotFound when it is none, or not for `by`."""
    found: Claim | None = Claim.visible_to(by).where(CaseRight.case == case.id, Claim.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def get_right(case: Case, code: str) -> CaseRight:
    """A right of the case that is answered claim by claim. NotFound."""
    found: CaseRight | None = None
    if code in CLAIMED:
        found = CaseRight.select().where(CaseRight.case == case.id, CaseRight.right == code).first()
    if found is None:
        raise NotFound
    found.case = case
    return found


def of(case: Case, right: CaseRight | None = None) -> list[Claim]:
    """The claims of the case, or of one of its rights, in the order they were noted, with rights and calls."""
    rows = (
        Claim.select(Claim, CaseRight, CaseCall, Recording)
        .join(CaseRight)
        .switch(Claim)
        .join(CaseCall, peewee.JOIN.LEFT_OUTER)
        .join(Recording, peewee.JOIN.LEFT_OUTER)
        .where(CaseRight.case == case.id)
        .order_by(CaseRight.id, Claim.id)
    )
    found = list(rows if right is None else rows.where(Claim.right == right.id))
    for row in found:
        row.right.case = case
    return found


def _asked(case: Case, right: CaseRight) -> None:
    if right.right not in CLAIMED or right.case_id != case.id:
        raise NotFound
    if right.id not in [one.id for one in outcomes.of_round(case)]:
        raise NotAsked


def _facts(right: str) -> tuple[Disputed, ...]:
    return (Disputed.FACT,) if right == RightKind.RECTIFICATION else ()


def _call(case: Case, call: CaseCall | None, *, by: Account) -> CaseCall:
    if call is None:
        raise EntryImpossible
    found = actions.get_call(case, call.uuid, by=by)
    if found.concerns == Concerns.NO:
        raise CallForeign
    if found.recording.state != State.LIVE:
        raise CallGone
    return found


def _about(
    case: Case,
    call: CaseCall | None,
    entry: str,
    *,
    note: uuid.UUID | None = None,
    fact: str = "",
    quote: str = "",
    start_ms: int | None = None,
    end_ms: int | None = None,
) -> dict[str, Any]:
    """What the claim is about, as it is kept."""
    about: dict[str, Any] = {"entry": entry, "note": None, "fact": "", "start_ms": None, "end_ms": None}
    if call is None:
        if fact not in entries.FACTS:
            raise EntryImpossible
        return about | {"fact": fact, "disputed": entries.fact(case, fact)}
    if entry == Disputed.NOTE:
        found: Note | None = Note.select().where(Note.recording == call.recording_id, Note.uuid == note).first()
        if found is None:
            raise NotFound
        return about | {"note": found.uuid, "disputed": found.text}
    if entry == Disputed.REVIEW:
        review = next((one for one in quality.comments(call.recording) if one.uuid == note), None)
        if review is None:
            raise NotFound
        return about | {"note": review.uuid, "disputed": review.comment}
    if entry == Disputed.SPEECH:
        personal_codes.refuse(quote)
        if len(quote.strip()) < DEMANDED_LEAST:
            raise QuoteNeeded
        return about | {"disputed": quote.strip()}
    words = entries.verbatim(call, entry, case.language)
    if entry != Disputed.PASSAGE:
        return about | {"disputed": words}
    typed = PassageTyped(start_ms or 0, end_ms or 0, "", "", "", "")
    duration = call.recording.duration_ms
    faults = [fault for fault in passages.passage_faults([typed], duration) if fault.field in ("start_ms", "end_ms")]
    if faults:
        raise PassageWrong(why=faults[0].text)
    kept = passages.within(typed, duration)
    where = entries.stretch(kept.start_ms, kept.end_ms)
    return about | {"start_ms": kept.start_ms, "end_ms": kept.end_ms, "disputed": f"{words}, {where}"}


def _demand(demanded: str) -> str:
    if len(demanded.strip()) < DEMANDED_LEAST:
        raise DemandNeeded
    personal_codes.refuse(demanded)
    return demanded.strip()


def _told(case: Case, claim: Claim) -> dict[str, Any]:
    return {"case": case.uuid.hex, "rights": [claim.right.right], "entry": claim.entry}
