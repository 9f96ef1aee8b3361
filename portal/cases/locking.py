"""What a case restricts (GDPR 18) follows from where the case stands: what is contested or objected to is locked while
it is looked into, and let go on the day that the answer tells.

A restriction that was itself demanded (18(1)(b) and (c)) is granted with the answer (`carrying`) and stands until its
handler has told the person that it ends.
"""

import datetime as dt
import json
import uuid
from typing import Any

from portal import clock, config
from portal.accounts.models import Account
from portal.cases import letters, personal_codes, turns
from portal.cases.actions import handled_or_closed
from portal.cases.claim_models import Claim, Complaint, Sending
from portal.cases.codes import OPEN, UNDECIDED, ClaimDecision, Concerns, Outcome, RightKind, SendingState, State
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.kinds import Kind
from portal.documents.models import Document
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings.models import Recording
from portal.retention import restrictions, watch
from portal.retention.restriction_models import Restriction, RestrictionGround

PASSING = (RestrictionGround.CONTESTED, RestrictionGround.OBJECTION)
"""Until the question has been decided."""
OF: dict[str, RightKind] = {
    RestrictionGround.CONTESTED: RightKind.RECTIFICATION,
    RestrictionGround.OBJECTION: RightKind.OBJECTION,
}
"""The right whose claims keep it standing."""
DONE_FIRST = (ClaimDecision.CORRECTED, ClaimDecision.COMPLETED, ClaimDecision.GRANTED)
"""Decisions that are carried out before what they are about is let go."""
TELLING = (Outcome.GRANTED, Outcome.PARTIAL, Outcome.REFUSED)
"""Outcomes of a right whose letter says until when its calls are restricted."""
REASONS_LEAST = 40


class NothingToLift(Conflict):
    text = N_("Ingen av begränsningarna kan hävas nu. Kontrollera vilka som gäller och om brevet redan är beställt.")


class ReasonsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv varför begränsningen inte behövs längre, minst %(least)s tecken. Personen läser det i brevet.")


class LiftsTooSoon(Invalid):
    """`first`: the first day that is possible."""

    text = N_("Personen ska ha tid att reagera. Välj tidigast den %(first)s.")


@db.atomic()
def follow(case: Case, *, by: Account | None) -> None:
    """Make the standing restrictions of the case what they should be now; in the transaction of the act that changed
    something. Called after every one: nothing to do is no fault."""
    now: Case = Case.get_by_id(case.id)
    if now.state in OPEN:
        restrictions.keep(now, by=by, grounds=PASSING)  # reopened: no day is promised any more
        foreign = _calls(now, CaseCall.concerns == Concerns.NO)
        restrictions.release(now, why=restrictions.Release.NOT_THEIRS, by=by, recordings=foreign)
        if now.state in (*UNDECIDED, State.PROPOSED):
            _place(now, by)
    elif now.state == State.COMPLAINT:
        restrictions.keep(now, by=by)
    elif now.state == State.DISPATCHED and now.lifts_on is not None:
        _let_go(now, by)


def _place(case: Case, by: Account | None) -> None:
    placed = restrictions.restrict(contested(case), ground=RestrictionGround.CONTESTED, because=case, by=by)
    if _objected(case):
        theirs = _calls(case, CaseCall.concerns.is_null() | (CaseCall.concerns != Concerns.NO))
        placed += restrictions.restrict(theirs, ground=RestrictionGround.OBJECTION, because=case, by=by)
    if placed:
        tell(case, What.RESTRICTED, by=by)


def contested(case: Case) -> list[Recording]:
    """The calls of which the person says that something is wrong."""
    claimed = (
        Claim.select(Claim.call)
        .join(CaseRight)
        .where(*_asked(case, RightKind.RECTIFICATION), Claim.call.is_null(False), Claim.carried_at.is_null())
    )
    theirs = CaseCall.concerns.is_null() | (CaseCall.concerns != Concerns.NO)
    return _calls(case, CaseCall.id.in_(claimed), theirs)


def _objected(case: Case) -> bool:
    return bool(CaseRight.select().where(*_asked(case, RightKind.OBJECTION)).exists())


def _asked(case: Case, right: RightKind) -> tuple[Any, ...]:
    """That it is to be answered now: what was answered before a case was reopened for another right is not."""
    return CaseRight.case == case.id, CaseRight.right == right, CaseRight.round == case.round


def _calls(case: Case, *conditions: Any) -> list[Recording]:
    chosen = Recording.select().join(CaseCall, on=(CaseCall.recording == Recording.id))
    return list(chosen.where(CaseCall.case == case.id, *conditions).order_by(Recording.id))


def _let_go(case: Case, by: Account | None) -> None:
    """The answer has left. Where it told the day, that is the day; else a letter of its own tells it."""
    waiting, said, announcing = _undone(case), _answered(case), announced(case)
    rows = [
        row
        for row in standing(case)
        if row.ground in PASSING and row.told_on is None and (row.recording_id, OF[row.ground]) not in waiting
    ]
    told_on: dt.date = case.dispatched_on
    day = max(case.lifts_on, told_on)
    for ground in PASSING:
        calls = [row.recording for row in rows if row.ground == ground and OF[ground] in said]
        restrictions.lift_on(case, day, told_on=told_on, by=by, recordings=calls, grounds=[ground])
    if untold := [row for row in rows if OF[row.ground] not in said and row.uuid not in announcing]:
        _announce(case, untold, day, reasons="", by=by)


def _answered(case: Case) -> set[str]:
    """The rights whose letter of this round told until when a call is restricted. What was taken back, sent on or
    refused as a whole has no such letter; and since a complaint of the answer ended, the day is another."""
    since = clock.day_start(case.dispatched_on)
    complained = (Complaint.case == case.id, Complaint.round == case.round, Complaint.ended_at >= since)
    if Complaint.select().where(*complained).exists():
        return set()
    mine = (CaseRight.case == case.id, CaseRight.round == case.round, CaseRight.outcome.in_(TELLING))
    return {right for (right,) in CaseRight.select(CaseRight.right).where(*mine).tuples()}


def _undone(case: Case) -> set[tuple[int, str]]:
    """Call and right of what is granted and not carried out yet: it stays locked until it is."""
    chosen = (
        Claim.select(CaseCall.recording, CaseRight.right)
        .join(CaseRight)
        .switch(Claim)
        .join(CaseCall)
        .where(CaseRight.case == case.id, Claim.decision.in_(DONE_FIRST), Claim.carried_at.is_null())
    )
    return set(chosen.tuples())


def standing(case: Case) -> list[Restriction]:
    """What stands because of the case, with the calls."""
    return [row for row in restrictions.of(case) if row.stands]


# Telling the person before it is lifted (GDPR 18(3))


@db.atomic()
def announce(case: Case, keys: list[Any], *, day: dt.date, reasons: str, by: Account) -> Document:
    """Restrictions (by uuid) are not needed any more: order the letter that tells the person so, with the day on
    which they lift. They lift then, once the letter has been sent.

    Of a closed case any clerk. NotHandler, NotNow, Denied, NothingToLift, ReasonsNeeded, LiftsTooSoon, PersonalCode.
    """
    found = handled_or_closed(case, State.DISPATCHED, by=by)
    rows = [row for row in liftable(found) if row.uuid in set(keys)]
    if not rows:
        raise NothingToLift
    if len(reasons.strip()) < REASONS_LEAST:
        raise ReasonsNeeded(least=REASONS_LEAST)
    personal_codes.refuse(reasons)
    if day < (first := first_day()):
        raise LiftsTooSoon(first=f"{first.day}.{first.month}.{first.year}")
    return _announce(found, rows, day, reasons=reasons.strip(), by=by)


def liftable(case: Case) -> list[Restriction]:
    """What stands, of which no letter has been ordered and no day told, and which nothing undecided needs."""
    waiting, told = _undone(case), announced(case)
    return [
        row
        for row in standing(case)
        if row.told_on is None
        and row.uuid not in told
        and (row.ground not in PASSING or (row.recording_id, OF[row.ground]) not in waiting)
    ]


def first_day() -> dt.date:
    """The earliest day on which what the person is told of today may lift: they have time to turn to the ombudsman."""
    return clock.today() + dt.timedelta(days=config.settings().case_notice_days)


def _announce(case: Case, rows: list[Restriction], day: dt.date, *, reasons: str, by: Account | None) -> Document:
    letter = letters.order(
        case,
        Kind.CASE_LIFTED,
        by=by,
        restrictions=[row.uuid.hex for row in rows],
        day=day.isoformat(),
        words=reasons,
    )
    Sending.create(case=case, letter=letter.uuid)
    return letter


def announced(case: Case) -> set[uuid.UUID]:
    """The restrictions that a letter on its way to the person says will be lifted."""
    return {key for sending in _waiting(case) for key in _content(sending)[0]}


def _waiting(case: Case) -> list[Sending]:
    chosen = Sending.select().where(Sending.case == case.id, Sending.state == SendingState.WAITING)
    return [row for row in chosen if row.letter in _letters(case)]


def _letters(case: Case) -> set[uuid.UUID]:
    return {letter.uuid for letter in letters.of(case) if letter.kind == Kind.CASE_LIFTED}


def _content(sending: Sending) -> tuple[set[uuid.UUID], dt.date]:
    """Which restrictions the letter names, and the day it tells."""
    letter: Document = Document.get(Document.uuid == sending.letter)
    content = json.loads(letter.content)
    return {uuid.UUID(key) for key in content["restrictions"]}, dt.date.fromisoformat(content["day"])


@db.atomic()
def told(sending: Sending, *, by: Account) -> int:
    """A letter that left apart from the answer said that restrictions are lifted: they do on its day, or when the
    person has had the time, should it have left late. How many; none when it is another letter."""
    case = sending.case
    if sending.letter not in _letters(case) or sending.sent_on is None:
        return 0
    if case.state not in (State.DISPATCHED, State.CLOSED):
        return 0  # a complaint came between: what stands stays, and its new day is told anew
    keys, day = _content(sending)
    rows = [row for row in standing(case) if row.uuid in keys]
    for row in rows:
        restrictions.lift_on(
            case,
            max(day, sending.sent_on),
            told_on=sending.sent_on,
            by=by,
            recordings=[row.recording],
            grounds=[row.ground],
        )
    return len(rows)


def follow_due() -> int:
    """What was granted is done since the answer left: now its day can be told; how many cases."""
    untold = Restriction.select(Restriction.because).where(
        Restriction.stands, Restriction.ground.in_(PASSING), Restriction.told_on.is_null()
    )
    sent = Case.select().where(Case.state == State.DISPATCHED, Case.uuid.in_(untold)).order_by(Case.id)
    return turns.each(list(sent), _follow)


def _follow(case: Case) -> bool:
    follow(case, by=None)
    return True


def lift_due() -> int:
    """Lift what the person has been told of and whose day has come; how many. One transaction each, with its line in
    the case."""
    if watch.doubts_clock():
        return 0  # a day that a wrong clock shows has not come
    return turns.each(restrictions.due(), _lift)


@db.atomic()
def _lift(key: int) -> bool:
    row = restrictions.lift_one(key)
    if row is None:
        return False
    case: Case | None = Case.get_or_none(Case.uuid == row.because)
    if case is not None:
        tell(case, What.RESTRICTION_LIFTED, by=None, day=clock.today())
    return True


def unsettled(case: Case) -> bool:
    """Does something still stand that was to last only until the answer, and the person does not know until when?
    Then the case does not close."""
    return any(row.ground in PASSING and row.told_on is None for row in standing(case))
