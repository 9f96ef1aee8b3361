"""What was decided of a person's claims is done in the register.

With the approval, in its commit (`carry_in`): corrections, completions, restrictions. After it, by the worker at every
round (`carry_out`): erasures, for what is gone is gone. The claim's row is the job: whatever a kill or a disk leaves is
done by doing it again. An erasure waits until the person has the copy that was asked for in the same case (register
§4), and as long as somebody else keeps the call; the answer says so then, and another letter when it is done.
"""

import contextlib
import dataclasses
import json
import logging
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import peewee

from portal import clock, lock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import copies, intake, letters, outcomes, sendings
from portal.cases.claim_models import Claim
from portal.cases.codes import LASTING, ClaimDecision, Disputed, Outcome, State, Wait
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.outcomes import ERASING
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.kinds import Kind, Owner
from portal.documents.models import Document
from portal.documents.models import State as Letter
from portal.errors import Conflict, trace
from portal.language import N_
from portal.recordings import corrections, statements
from portal.recordings.models import Recording
from portal.recordings.models import State as RecordingState
from portal.register import notices
from portal.register.models import Told
from portal.retention import deletion, freezes, passages, restrictions, sweeps
from portal.retention.models import Freeze, PurgeLine
from portal.retention.restriction_models import Redaction, RedactionState, Restriction

__all__ = ["Carried", "Wait", "carry_case", "carry_in", "carry_out", "hindrance", "is_carried", "left"]

log = logging.getLogger("portal.cases")

PATIENCE_SECONDS = 5
CARRYING = (State.APPROVED, State.DISPATCHED, State.COMPLAINT)
"""It is decided, and not closed: no case closes before everything is done."""
DECIDED = (Outcome.GRANTED, Outcome.PARTIAL, Outcome.REFUSED)
DOING = (ClaimDecision.CORRECTED, ClaimDecision.COMPLETED, ClaimDecision.GRANTED)


class CallGone(Conflict):
    text = N_(
        "Ett samtal som skulle rättas, kompletteras eller begränsas har raderats. Returnera förslaget, så att "
        "handläggaren ändrar svaret."
    )


@dataclasses.dataclass
class Carried:
    """What one look did, in counts."""

    busy: bool = False
    """Another process is at it; nothing was done."""
    done: int = 0
    """Claims."""
    fault: str = ""
    """Kind of the last failure; '' when all went well."""


def left(case: Case) -> list[Claim]:
    """The claims of the case that something is to be done for and that is not done, in the order they were noted:
    what was granted, and a statement that is attached beside a refusal."""
    return list(_left(Case.id == case.id).order_by(Claim.id))


def is_carried(case: Case) -> bool:
    """Is everything done that was decided, and does a letter say so?"""
    return not left(case) and not any(one.kind == Kind.CASE_ERASED for one in letters.drafts(case))


def _left(*conditions: Any) -> peewee.ModelSelect:
    stated = (Claim.decision == ClaimDecision.REFUSED) & (Claim.statement != "")
    to_do = (Claim.decision.in_(DOING) | stated) & CaseRight.outcome.in_(DECIDED)
    chosen = _with_all(Claim.select(Claim, CaseRight, Case, CaseCall, Recording))
    return chosen.where(Claim.carried_at.is_null(), to_do, *conditions)


def _with_all(chosen: peewee.ModelSelect) -> peewee.ModelSelect:
    outer = peewee.JOIN.LEFT_OUTER
    return chosen.join(CaseRight).join(Case).switch(Claim).join(CaseCall, outer).join(Recording, outer)


_ERASURE = (CaseRight.right.in_(ERASING), Claim.decision == ClaimDecision.GRANTED)


# With the approval


def carry_in(case: Case, *, by: Account) -> Case:
    """Correct, complete and restrict what the approval of `by` says, in its transaction; the case as it then is.
    CallGone, and what the corrections themselves refuse: then nothing is approved."""
    claims = [claim for claim in left(case) if not _is_erasure(claim)]
    for claim in claims:
        _apply(case, claim, by=by)
        _note_done(claim, by=by, carried_by=by)
    for right in dict.fromkeys(claim.right.right for claim in claims):
        tell(case, What.CARRIED, by=by, words=right)
    row: Case = Case.get_by_id(case.id)
    return row


def _is_erasure(claim: Claim) -> bool:
    return claim.right.right in ERASING and claim.decision == ClaimDecision.GRANTED


def _apply(case: Case, claim: Claim, *, by: Account) -> None:
    if claim.entry == Disputed.FACT:
        with contextlib.suppress(corrections.Unchanged):  # it says so by now
            intake.correct_fact(case, claim.fact, claim.value, reason=claim.demanded, by=by, because=case)
        return
    recording = claim.call.recording
    if recording.state != RecordingState.LIVE:
        raise CallGone
    if claim.decision == ClaimDecision.GRANTED:
        restrictions.restrict([recording], ground=claim.ground, because=case, by=by)
    elif claim.decision == ClaimDecision.CORRECTED:
        _correct(case, claim, recording, by=by)
    if claim.statement:
        _complete(case, claim, recording, by=by)


def _correct(case: Case, claim: Claim, recording: Recording, *, by: Account) -> None:
    about = {"note": claim.note, "reason": claim.demanded, "because": case}
    with contextlib.suppress(corrections.Unchanged):  # staff corrected it meanwhile, on their own initiative
        corrections.correct(recording, claim.entry, claim.value, by=by, **about)


def _complete(case: Case, claim: Claim, recording: Recording, *, by: Account) -> None:
    """The person's statement stands beside the call, also where the demand is refused; the same words once."""
    if any(known.because == case.uuid and known.text == claim.statement for known in statements.of(recording)):
        return
    statements.complete(recording, text=claim.statement, because=case, by=by)
    if claim.decision == ClaimDecision.COMPLETED:
        notices.open_for([recording], what=Told.COMPLETED, because=case, by=by)


# After it


def carry_out() -> Carried:
    """Erase what was granted, in every case, and order the letters that say so. May be killed at any moment; what
    fails stops nothing else and is tried again at the next round."""
    return _carry(_cases())


def carry_case(case: Case) -> Carried:
    """The same, of one case."""
    return _carry([case.id], PATIENCE_SECONDS)


def _cases() -> list[int]:
    """Those with an erasure that is not done, or whose letter about one is still a draft."""
    waiting = {key for (key,) in _left(*_ERASURE, Case.state.in_(CARRYING)).select(Case.id).tuples()}
    drafts = Document.select(Document.owner_key).where(
        Document.owner_kind == Owner.CASES, Document.kind == Kind.CASE_ERASED, Document.state == Letter.DRAFT
    )
    named = [uuid.UUID(key) for (key,) in drafts.tuples()]
    unsaid = Case.select(Case.id).where(Case.uuid.in_(named), Case.state.in_(CARRYING))
    return sorted(waiting | {key for (key,) in unsaid.tuples()})


def _carry(cases: Iterable[int], patience: float = 0) -> Carried:
    done = Carried()
    with lock.alone("carrying", patience) as mine:
        if not mine:
            return Carried(busy=True)
        for case in cases:
            # A whole call before its passages, which go with it
            for claim in list(_left(*_ERASURE, Case.id == case).order_by(Claim.entry, Claim.id)):
                with _alone(claim, done):
                    done.done += _erase(claim.id, done)
            with _alone(None, done):
                _answer(case)
    return done


@contextlib.contextmanager
def _alone(claim: Claim | None, done: Carried) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        done.fault = sweeps.kind(error)
        log.error("a decision could not be carried out: %s", trace(error))
        if claim is not None:
            with contextlib.suppress(Exception):
                _note_fault(claim.id)


def _erase(key: int, done: Carried) -> bool:
    """Take the claim as far as it goes now; True when it is done with this."""
    line = _begun(key)
    if line is not None and (failure := deletion.finish(line)):
        done.fault = failure
        _note_fault(key)
        return False
    return _ended(key)


def _due(key: int) -> Claim | None:
    """The claim as it is now, when it is to be carried out: the answer may have been taken back."""
    found: Claim | None = _left(*_ERASURE, Claim.id == key, Case.state.in_(CARRYING)).first()
    return found


@db.atomic()
def _begun(key: int) -> PurgeLine | None:
    """Claim the call for deletion, or have the new sound ordered, in one commit with the look at what hinders it.
    The line that is to be finished, if any."""
    claim = _due(key)
    if claim is None or _is_gone(claim):
        return None
    case, recording = claim.right.case, claim.call.recording
    if recording.state == RecordingState.PURGING:
        begun: PurgeLine = PurgeLine.get(PurgeLine.subject == recording.uuid)
        return begun
    if (wait := hindrance(claim)) is not None:
        _wait(claim, wait)
        return None
    try:
        if claim.entry == Disputed.PASSAGE:
            _order_silence(claim)
            return None
        return deletion.claim_erased(recording, because=case, by=case.approved_by)
    except deletion.KeptByOther:
        _wait(claim, Wait.FROZEN)
        return None


def hindrance(claim: Claim) -> Wait | None:
    """What an erasure has to wait for, as things stand; None: nothing."""
    case, recording = claim.right.case, claim.call.recording
    if case.state == State.COMPLAINT:
        return Wait.COMPLAINT
    if not _has_given_access(case):
        return Wait.ACCESS
    if recording.holds:
        return Wait.HELD
    own = Restriction.select(Restriction.uuid).where(Restriction.because == case.uuid)
    others = [Freeze.recording == recording.id, Freeze.stands, Freeze.because != case.uuid, Freeze.because.not_in(own)]
    others.append(Freeze.because_kind != freezes.CONSENT)  # it lets the city keep a call, and hinders no erasure
    return Wait.FROZEN if Freeze.select().where(*others).exists() else None


def _has_given_access(case: Case) -> bool:
    """Has the answer about access left, when one is asked for, and is its sound handed over, or gone? That of an
    answer before, too."""
    if copies.keeps(case):
        return False
    return not outcomes.asks_access(case) or (case.state != State.APPROVED and case.dispatched_on is not None)


def _order_silence(claim: Claim) -> None:
    """All the passages of the call that were granted, at once: each new sound is another original."""
    case, recording = claim.right.case, claim.call.recording
    under_way = [one for one in _redactions(claim) if _covers(one, claim)]
    if under_way:
        if under_way[-1].state == RedactionState.FAILED:
            _wait(claim, Wait.FAULT)
        return
    same = _left(*_ERASURE, Case.id == case.id, Claim.call == claim.call_id, Claim.entry == Disputed.PASSAGE)
    ranges = sorted((one.start_ms, one.end_ms) for one in same)
    with contextlib.suppress(passages.UnderWay):  # another case's: after it
        passages.erase(recording, ranges, because=case, by=case.approved_by)


def _redactions(claim: Claim) -> list[Redaction]:
    mine = (Redaction.recording == claim.call.recording_id, Redaction.because == claim.right.case.uuid)
    return list(Redaction.select().where(*mine, Redaction.state != RedactionState.LAPSED).order_by(Redaction.id))


def _covers(redaction: Redaction, claim: Claim) -> bool:
    return any(start <= claim.start_ms and claim.end_ms <= end for start, end in json.loads(redaction.ranges))


def _is_gone(claim: Claim) -> bool:
    if claim.call.recording.state == RecordingState.PURGED:
        return True
    done = (one for one in _redactions(claim) if one.state == RedactionState.DONE)
    return claim.entry == Disputed.PASSAGE and any(_covers(one, claim) for one in done)


@db.atomic()
def _ended(key: int) -> bool:
    """It is gone: say so, have the recipients told (GDPR 19), and order the letter that confirms it when the answer
    could not. One commit. False when it is not, or was said before."""
    claim = _due(key)
    if claim is None or not _is_gone(claim):
        return False
    case, right = claim.right.case, claim.right
    if not _note_done(claim, by=None, carried_by=case.approved_by):
        return False
    part = Disputed.PASSAGE if claim.entry == Disputed.PASSAGE else ""
    notices.open_for([claim.call.recording], what=Told.ERASED, because=case, entry=part, by=None)
    if not _left(*_ERASURE, CaseRight.id == right.id).exists():
        tell(case, What.CARRIED, by=None, words=right.right)
        if not any(letters.of_right(one) == right.right for one in letters.drafts(case)):
            _confirm(case, right)
    return True


def _confirm(case: Case, right: CaseRight) -> None:
    """The answer said that it waits: another letter says that it is done. One of an answer that went before leaves by
    itself."""
    about = {"right": right.right, "round": right.round}
    made = letters.order(case, Kind.CASE_ERASED, by=case.approved_by, **about)
    if right.round < case.round:
        sendings.order(case, made, right.right)
    else:
        _apart(case, made, right.right)


def _apart(case: Case, letter: Document, right: str) -> None:
    """When the answer has left already, the letter leaves by itself."""
    if case.state != State.APPROVED:
        sendings.order(case, letter, right)


@db.atomic()
def _answer(key: int) -> None:
    """Set the letter about an erasure when it is done, or when what is left waits for others: then the letter says
    for what. What only a fault keeps back is waited for."""
    case = Case.get_by_id(key)
    drafts = letters.drafts(case) if case.state in CARRYING else []
    for draft in (one for one in drafts if one.kind == Kind.CASE_ERASED):
        right = letters.of_right(draft)
        waits = _left(*_ERASURE, Case.id == key, CaseRight.right == right).select(Claim.waits).tuples()
        if all(wait in LASTING for (wait,) in waits):
            (letter,) = letters.order_drafts(case, by=case.approved_by, rights=[right])
            _apart(case, letter, right)


def _note_done(claim: Claim, *, by: Account | None, carried_by: Account) -> bool:
    done = Claim.update(carried_at=clock.now(), carried_by=carried_by, waits="").where(
        Claim.id == claim.id, Claim.carried_at.is_null()
    )
    if not done.execute():
        return False
    record(Act.CASE_CLAIM_CARRIED, claim, by=by, claim_decision=claim.decision, **_about(claim))
    return True


def _wait(claim: Claim, wait: Wait) -> None:
    """Note on the row and in the log what it waits for, when that is another thing than before."""
    noted = Claim.update(waits=wait).where(Claim.id == claim.id, Claim.carried_at.is_null(), Claim.waits != wait)
    if noted.execute():
        record(Act.CASE_CLAIM_WAITS, claim, waits=str(wait), **_about(claim))


def _about(claim: Claim) -> dict[str, Any]:
    case, right = claim.right.case, claim.right.right
    return {"reference": case.number, "case": case.uuid.hex, "rights": [right], "entry": claim.entry}


@db.atomic()
def _note_fault(key: int) -> None:
    claim = _due(key)
    if claim is not None:
        _wait(claim, Wait.FAULT)
