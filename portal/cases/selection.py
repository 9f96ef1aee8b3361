"""Which of the calls that were found concern the person, and a call that is added by hand."""

import uuid
from collections.abc import Mapping

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, locking
from portal.cases.codes import UNDECIDED, Concerns, State
from portal.cases.models import Case, CaseCall, Line, Passage
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.language import N_
from portal.recordings.models import Recording
from portal.retention import freezes


class JudgementNeeded(Invalid):
    text = N_("Välj om samtalet gäller personen.")


class AlreadyIn(Conflict):
    text = N_("Samtalet hör redan till begäran.")


class CallGone(Conflict):
    text = N_("Samtalet har raderats eller håller på att raderas, och går inte att ta med.")


def in_hand(call: CaseCall, *, by: Account) -> CaseCall:
    """The call as it is now, with its case, for the handler to change; call inside the act's transaction.

    NotFound, Denied, NotHandler, and NotNow when the answer is proposed already.
    """
    case = actions.handled(call.case, *UNDECIDED, by=by)
    return actions.get_call(case, call.uuid, by=by)


def under_way(case: Case) -> Case:
    """Note on the case that its handler works on its calls. CaseChanged when somebody was first."""
    before = State(case.state)
    after = State.IN_PROGRESS if before == State.RECEIVED else before
    return actions.advance(case, (before,), state=after)


@db.atomic()
def judge(call: CaseCall, concerns: str, *, by: Account) -> CaseCall:
    """Say whether the call concerns the person; the row as it then is. The same again changes nothing.

    One that does not, or may not, has no decision; of one that does not, what was marked and written is taken
    away as well: what somebody else said has no place in the file.
    """
    if concerns not in set(Concerns):
        raise JudgementNeeded
    found = in_hand(call, by=by)
    if found.concerns == concerns:
        return found
    under_way(found.case)
    now = clock.now()
    values = {"concerns": concerns, "judged_by": by, "judged_at": now, "changed_at": now}
    if concerns != Concerns.YES:
        values |= dict.fromkeys(("decision", "decided_by")) | dict.fromkeys(
            ("ground", "interest", "harm", "milder"), ""
        )
    CaseCall.update(values).where(CaseCall.id == found.id).execute()
    if concerns == Concerns.NO:
        for part in (Passage, Line):
            part.delete().where(part.call == found.id).execute()
    tell = {"case": found.case.uuid.hex, "concerns": str(concerns)}
    record(Act.CASE_CALL_JUDGED, found.recording, by=by, reference=found.case.number, **tell)
    locking.follow(found.case, by=by)
    return actions.get_call(found.case, found.uuid, by=by)


@db.atomic()
def judge_each(judgements: Mapping[CaseCall, str], *, by: Account) -> int:
    """The same for several calls, in one commit; how many judgements are other than before."""
    changed = {call: code for call, code in judgements.items() if code != call.concerns}
    for call, code in changed.items():
        judge(call, code, by=by)
    return len(changed)


@db.atomic()
def add(case: Case, key: uuid.UUID, *, by: Account) -> CaseCall:
    """Take in a call that no search of the case found; frozen in the same commit.

    The recording is one that the handler may open by its address, or that is frozen for the case already.
    NotFound when it is not, AlreadyIn, CallGone.
    """
    held = actions.handled(case, *UNDECIDED, by=by)
    kept = freezes.usable_for(held).where(Recording.uuid == key)
    own = Recording.within_reach_of(by, Permission.CASES_HANDLE).where(Recording.uuid == key)
    found: Recording | None = own.first() or kept.first()
    if found is None:
        raise NotFound
    if CaseCall.select().where(CaseCall.case == held.id, CaseCall.recording == found.id).exists():
        raise AlreadyIn
    held = under_way(held)
    received = clock.day_start(held.received_on)
    if freezes.freeze([found], because=held, by=by, from_at=received).gone:
        raise CallGone
    made: CaseCall = CaseCall.create(case=held, recording=found, found_by="hand")
    record(Act.CASE_CALL_ADDED, found, by=by, reference=held.number, case=held.uuid.hex, found_by="hand")
    locking.follow(held, by=by)
    return made
