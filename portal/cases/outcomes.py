"""What the answer is, as it follows from what was decided: nobody types an outcome but the two that no call shows."""

import datetime as dt
from typing import NamedTuple

import peewee

from portal import clock, config
from portal.cases import decisions
from portal.cases.claim_models import Claim
from portal.cases.codes import SECTION_34, ClaimDecision, Concerns, Decision, Outcome, RightKind
from portal.cases.models import Case, CaseCall, CaseRight, Passage
from portal.documents.kinds import Kind
from portal.recordings.models import Recording, State

CHOSEN = (Outcome.IDENTITY_UNPROVEN, Outcome.UNFOUNDED)
"""Of the whole request, whatever its calls are: chosen by the one who proposes."""
ASIDE = (Outcome.WITHDRAWN, Outcome.TRANSFERRED)
"""It ends without an answer."""
NOTHING = (Outcome.NONE_FOUND, Outcome.DELETED_BEFORE)
"""An answer, not a refusal."""
REFUSING = (Outcome.PARTIAL, Outcome.REFUSED, *CHOSEN)
"""Something that was asked for is not given: reasons, a second person, and the longer freeze."""
GIVING = (Outcome.GRANTED, Outcome.PARTIAL)

KINDS: dict[Outcome, Kind] = {
    Outcome.GRANTED: Kind.CASE_ACCESS,
    Outcome.PARTIAL: Kind.CASE_PARTIAL,
    Outcome.REFUSED: Kind.CASE_REFUSAL,
    Outcome.NONE_FOUND: Kind.CASE_NONE,
    Outcome.DELETED_BEFORE: Kind.CASE_NONE,
    Outcome.IDENTITY_UNPROVEN: Kind.CASE_REFUSAL,
    Outcome.UNFOUNDED: Kind.CASE_REFUSAL,
    Outcome.WITHDRAWN: Kind.CASE_CLOSING,
    Outcome.TRANSFERRED: Kind.CASE_TRANSFER,
}
"""The letter that says it, of access and of the request as a whole."""

CONFIRMATIONS: dict[str, Kind] = {
    RightKind.RECTIFICATION: Kind.CASE_RECTIFIED,
    RightKind.ERASURE: Kind.CASE_ERASED,
    RightKind.OBJECTION: Kind.CASE_ERASED,
    RightKind.RESTRICTION: Kind.CASE_RESTRICTED,
}
"""The letter of a right that is met, wholly or in part; what is refused of it is certified in the same letter."""

CLAIMED = tuple(CONFIRMATIONS)
"""The rights that are answered claim by claim (`claims`)."""

ERASING = (RightKind.ERASURE, RightKind.OBJECTION)


class Answer(NamedTuple):
    """A letter that answers: which, and of which right; '' of the request as a whole."""

    kind: Kind
    right: str = ""


def concerning(case: Case) -> list[CaseCall]:
    """The calls of the case that concern the person, with their recordings, in the order they were made."""
    return [call for call in decisions.of(case) if call.concerns == Concerns.YES]


def of_round(case: Case) -> list[CaseRight]:
    """The rights that the answer is about: all of them, or, when an overturned refusal reopened the case, those that
    are to be answered anew."""
    return [right for right in _rights(case) if right.round == case.round]


def answers(case: Case) -> list[Answer]:
    """The letters that answer what has an outcome, in the order of the rights. That nothing was found is said once, for
    every right that it answers."""
    if case.outcome in (*CHOSEN, *ASIDE):
        whole = [Answer(KINDS[Outcome(case.outcome)])]
        return whole + [_answer(right) for right in of_round(case) if is_settled(right)]
    found: dict[Kind | Answer, Answer] = {}
    for right in of_round(case):
        if right.outcome is None:
            continue
        one = _answer(right)
        found.setdefault(one.kind if one.kind == Kind.CASE_NONE else one, one)
    return list(found.values())


def _answer(right: CaseRight) -> Answer:
    outcome = Outcome(right.outcome)
    if right.right == RightKind.WITHDRAWAL:
        return Answer(Kind.CASE_CONSENT, right.right)
    if right.right == RightKind.ACCESS or outcome in NOTHING:
        return Answer(KINDS[outcome], right.right)
    if outcome in GIVING:
        return Answer(CONFIRMATIONS[right.right], right.right)
    return Answer(Kind.CASE_CERTIFICATE, right.right)


def outcome_of(case: Case) -> Outcome | None:
    """The outcome as it follows from the calls and the claims; None while something is not decided."""
    parts = {of_right(right) for right in of_round(case)}
    known = {part for part in parts if part is not None}
    return _together(known) if known and len(known) == len(parts) else None


def is_done(right: CaseRight) -> bool:
    """Is it answered already, or has something been done in the register because of it?"""
    if right.round < right.case.round or (is_settled(right) and right.outcome == Outcome.GRANTED):
        return True
    return bool(Claim.select().where(Claim.right == right.id, Claim.carried_at.is_null(False)).exists())


def is_settled(right: CaseRight) -> bool:
    """Is it a withdrawn consent of which is noted what was done? That waits for nothing, and nothing undoes it."""
    return right.right == RightKind.WITHDRAWAL and right.outcome in (Outcome.GRANTED, Outcome.NONE_FOUND)


def of_right(right: CaseRight) -> Outcome | None:
    """Of one right: from the calls, from its claims, or, of a withdrawn consent, as it was noted. None while something
    is not decided."""
    if right.right == RightKind.ACCESS:
        return access_outcome(right.case)
    if right.right == RightKind.WITHDRAWAL:
        return Outcome(right.outcome) if is_settled(right) else None
    decided = set()
    for decision, call, concerns in _decided(right):
        if decision is None or (call is not None and concerns != Concerns.YES):
            return None
        decided.add(decision == ClaimDecision.REFUSED)
    if not decided:
        return nothing_found(right.case)
    return Outcome.PARTIAL if len(decided) == 2 else Outcome.REFUSED if True in decided else Outcome.GRANTED


def _decided(right: CaseRight) -> list[tuple[str | None, int | None, str | None]]:
    rows = Claim.select(Claim.decision, Claim.call, CaseCall.concerns).join(CaseCall, peewee.JOIN.LEFT_OUTER)
    return list(rows.where(Claim.right == right.id).tuples())


def nothing_found(case: Case) -> Outcome | None:
    """That no call of the case concerns the person, or none that is still there; None when one does, or may. A request
    that a court reopens may come back to calls that have reached their date."""
    chosen = CaseCall.concerns.is_null() | CaseCall.concerns.in_((Concerns.YES, Concerns.UNCLEAR))
    there = CaseCall.select().join(Recording).where(CaseCall.case == case.id, Recording.state != State.PURGED)
    if there.where(chosen).exists():
        return None
    return Outcome.DELETED_BEFORE if deleted_before(case) else Outcome.NONE_FOUND


def access_outcome(case: Case) -> Outcome | None:
    """Of access alone (GDPR 15). A transcript instead of the sound is not all of it."""
    calls = list(CaseCall.select().where(CaseCall.case == case.id))
    if any(call.concerns in (None, Concerns.UNCLEAR) for call in calls):
        return None
    decided = {call.decision for call in calls if call.concerns == Concerns.YES}
    if None in decided:
        return None
    if not decided:
        return nothing_found(case)
    if decided == {Decision.WHOLE}:
        return Outcome.GRANTED
    return Outcome.REFUSED if decided == {Decision.WITHHELD} else Outcome.PARTIAL


def _together(parts: set[Outcome]) -> Outcome:
    """Of several rights: nothing is called granted in full where one of them is refused."""
    if len(parts) == 1:
        return next(iter(parts))
    if not parts & {Outcome.REFUSED, Outcome.PARTIAL}:
        return Outcome.GRANTED if Outcome.GRANTED in parts else Outcome.NONE_FOUND
    return Outcome.PARTIAL if parts & {Outcome.GRANTED, Outcome.PARTIAL} else Outcome.REFUSED


def deleted_before(case: Case) -> bool:
    """Had every call of the period that was asked for reached its date before the request was received?"""
    if case.called_to is None:
        return False
    last: dt.datetime = clock.day_start(case.called_to + dt.timedelta(days=1))
    return clock.expiry(last) <= clock.day_start(case.received_on)


def asks_access(case: Case) -> bool:
    """Is the answer about access?"""
    return any(right.right == RightKind.ACCESS for right in of_round(case))


def other_rights(case: Case) -> list[CaseRight]:
    """Those of the answer that no sound answers."""
    return [right for right in of_round(case) if right.right != RightKind.ACCESS]


def refuses_claims(case: Case) -> bool:
    """Is a claim of the answer refused? Then a certificate says why, and who approves looks at the reasons."""
    rights = [right.id for right in of_round(case)]
    if case.outcome in (*CHOSEN, *ASIDE):
        return False
    return bool(Claim.select().where(Claim.right.in_(rights), Claim.decision == ClaimDecision.REFUSED).exists())


def is_full_grant(case: Case) -> bool:
    """May the clerk send it alone? Erasing before the date is never the clerk's to decide (register §2), nor that
    nothing was found for one right where another is granted."""
    rights = of_round(case)
    erased = any(right.right in ERASING for right in rights)
    whole = all(right.outcome in (None, Outcome.GRANTED) for right in rights)
    return case.outcome == Outcome.GRANTED and whole and not erased


def under_34(case: Case) -> list[CaseCall]:
    """The calls of which something is kept back by dataskyddslagen 34 §: the data protection officer is asked."""
    cut = {
        call
        for (call,) in Passage.select(Passage.call)
        .join(CaseCall)
        .where(CaseCall.case == case.id, CaseCall.decision == Decision.MUTED, Passage.ground.in_(SECTION_34))
        .tuples()
    }
    without = (Decision.TRANSCRIPT, Decision.WITHHELD)
    return [
        call for call in concerning(case) if call.id in cut or (call.decision in without and call.ground in SECTION_34)
    ]


def _rights(case: Case) -> list[CaseRight]:
    return list(CaseRight.select().where(CaseRight.case == case.id).order_by(CaseRight.id))


def lifting_day(case: Case, on: dt.date) -> dt.date:
    """The day on which what is frozen is let go, when the answer leaves, or the sound is handed over, on `on`."""
    settings = config.settings()
    days = settings.case_refused_days if case.outcome in REFUSING else settings.case_granted_days
    return on + dt.timedelta(days=days)
