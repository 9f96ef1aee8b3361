"""What the answer is, as it follows from what was decided: nobody types an outcome but the two that no call shows."""

import datetime as dt

from portal import clock, config
from portal.cases import decisions
from portal.cases.codes import SECTION_34, Concerns, Decision, Outcome, RightKind
from portal.cases.models import Case, CaseCall, CaseRight, Passage
from portal.documents.kinds import Kind

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
"""The letter that says it."""


def concerning(case: Case) -> list[CaseCall]:
    """The calls of the case that concern the person, with their recordings, in the order they were made."""
    return [call for call in decisions.of(case) if call.concerns == Concerns.YES]


def outcome_of(case: Case) -> Outcome | None:
    """The outcome as it follows from the calls and the other rights; None while something is not decided."""
    parts = [right.outcome for right in _rights(case) if right.right != RightKind.ACCESS]
    if asks_access(case):
        parts.append(access_outcome(case))
    if not parts or None in parts:
        return None
    return _together({Outcome(part) for part in parts})


def access_outcome(case: Case) -> Outcome | None:
    """Of access alone (GDPR 15). A transcript instead of the sound is not all of it."""
    calls = list(CaseCall.select().where(CaseCall.case == case.id))
    if any(call.concerns in (None, Concerns.UNCLEAR) for call in calls):
        return None
    decisions = {call.decision for call in calls if call.concerns == Concerns.YES}
    if None in decisions:
        return None
    if not decisions:
        return Outcome.DELETED_BEFORE if deleted_before(case) else Outcome.NONE_FOUND
    if decisions == {Decision.WHOLE}:
        return Outcome.GRANTED
    return Outcome.REFUSED if decisions == {Decision.WITHHELD} else Outcome.PARTIAL


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


def kind_of(case: Case) -> Kind:
    """The letter that answers a case whose outcome is set."""
    return KINDS[Outcome(case.outcome)]


def asks_access(case: Case) -> bool:
    return any(right.right == RightKind.ACCESS for right in _rights(case))


def other_rights(case: Case) -> list[CaseRight]:
    """Those that no sound answers: each needs an outcome and its words."""
    return [right for right in _rights(case) if right.right != RightKind.ACCESS]


def is_full_grant(case: Case) -> bool:
    """May the clerk send it alone? Erasing before the date is never the clerk's to decide (register §2), nor that
    nothing was found for one right where another is granted."""
    rights = _rights(case)
    erased = any(right.right == RightKind.ERASURE for right in rights)
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
