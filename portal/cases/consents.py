"""A consent is taken back by a request (GDPR 7(3)): found in the register, withdrawn in one step, confirmed by letter.

It is never refused, and waits for nothing: neither for proof of identity nor for a second person. Where none is on
file the answer says so, and offers to treat the request as an objection (GDPR 21).
"""

import enum
import json
from typing import Any, NamedTuple

from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import locking
from portal.cases.actions import NotNow, advance, handled
from portal.cases.codes import UNDECIDED, Concerns, Outcome, RightKind, State
from portal.cases.models import CallerNumber, Case, CaseCall, CaseRight
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, NotFound
from portal.language import N_
from portal.recordings.models import Recording
from portal.register import consents
from portal.register.models import Consent
from portal.retention import freezes


class NotAsked(Conflict):
    text = N_(
        "Begäran gäller inte ett återkallat samtycke. Lägg till rättigheten bland begärans uppgifter, om personen "
        "återkallar ett."
    )


class OnFile(Conflict):
    text = N_("Det finns ett samtycke i registret som gäller personen. Återkalla det i stället.")


class AlreadyWithdrawn(Conflict):
    text = N_("Ett samtycke är redan återkallat genom begäran. Svaret bekräftar det.")


class AlreadyObjects(Conflict):
    text = N_("Invändningen finns redan bland begärans rättigheter.")


class Way(enum.StrEnum):
    """How a consent was found for the case."""

    NUMBER = "number"
    CALL = "call"
    """It is about a call of the case."""
    NAME = "name"
    """The same name: perhaps somebody else's."""
    CASE = "case"
    """It was withdrawn by the case."""


class Found(NamedTuple):
    consent: Consent
    way: Way

    @property
    def stands(self) -> bool:
        return bool(self.consent.stands)

    @property
    def is_sure(self) -> bool:
        return self.way != Way.NAME

    @property
    def is_loose(self) -> bool:
        """Was it withdrawn outside a request, so that nothing has confirmed it?"""
        row = self.consent
        return not row.stands and row.withdrawn_by_id is not None and row.because is None


def right_of(case: Case) -> CaseRight | None:
    found: CaseRight | None = CaseRight.get_or_none(CaseRight.case == case.id, CaseRight.right == RightKind.WITHDRAWAL)
    return found


def found(case: Case) -> list[Found]:
    """The consents that may be the person's: each once, by the surest way, those that stand first."""
    ways = (
        (Way.CASE, consents.of_case(case)),
        (Way.NUMBER, consents.of_numbers(_numbers(case))),
        (Way.CALL, consents.about(_calls(case))),
        (Way.NAME, consents.of_name(case.name)),
    )
    every: dict[int, Found] = {}
    for way, rows in ways:
        for row in rows:
            every.setdefault(row.id, Found(row, way))
    return sorted(every.values(), key=lambda one: (not one.stands, one.way == Way.NAME))


def _numbers(case: Case) -> list[str]:
    rows = CallerNumber.select(CallerNumber.number).where(CallerNumber.case == case.id)
    return [number for (number,) in rows.tuples()]


def _calls(case: Case) -> list[Recording]:
    theirs = CaseCall.concerns.is_null() | (CaseCall.concerns != Concerns.NO)
    return list(Recording.select().join(CaseCall).where(CaseCall.case == case.id, theirs))


def withdraw(case: Case, consent: Consent, *, by: Account) -> Consent:
    """Withdraw one of those that were `found`: the use stops with the commit, and what nothing else keeps is deleted.

    NotHandler, NotNow, NotAsked; NotFound when it was not found for the case; `consents.Ended`.
    """
    with db.atomic():
        now, right = _asked(case, by)
        row = _own(now, consent)
        if _asks_nothing_else(now):
            # The request needs to keep no call that the consent alone has kept
            past = [call for call in consents.of(row) if call.over]
            freezes.lift(now, by=by, recordings=past)
        ended, lines = consents.withdrawn(row, case=now, by=by)
        _settle(now, right, Outcome.GRANTED)
        tell(now, What.CONSENT_WITHDRAWN, by=by)
    consents.finish(lines)
    return ended


@db.atomic()
def take_in(case: Case, consent: Consent, *, by: Account) -> Consent:
    """The answer confirms one that was withdrawn outside a request. As `withdraw`."""
    now, right = _asked(case, by)
    taken = consents.take_in(_own(now, consent), case=now, by=by)
    _settle(now, right, Outcome.GRANTED)
    record(Act.CASE_CHANGED, now, by=by, reference=now.number, right=right.right, consent=taken.uuid.hex)
    tell(now, What.CONSENT_WITHDRAWN, by=by)
    return taken


@db.atomic()
def none_on_file(case: Case, *, by: Account) -> Case:
    """There is nothing to withdraw, and the answer says so. NotHandler, NotNow, NotAsked, OnFile, AlreadyWithdrawn."""
    now, right = _asked(case, by)
    every = found(now)
    if any(one.is_sure and one.stands for one in every):
        raise OnFile
    if any(one.way == Way.CASE for one in every):
        raise AlreadyWithdrawn
    if right.outcome == Outcome.NONE_FOUND:
        return now
    settled = _settle(now, right, Outcome.NONE_FOUND)
    about = {"right": right.right, "case_outcome": Outcome.NONE_FOUND}
    record(Act.CASE_CHANGED, settled, by=by, reference=settled.number, **about)
    tell(settled, What.NO_CONSENT, by=by)
    return settled


@db.atomic()
def object_instead(case: Case, *, by: Account) -> Case:
    """None is on file, and the person objects to the processing instead (GDPR 21): one more right of the same request.

    NotHandler, NotNow, NotAsked, AlreadyObjects.
    """
    now, right = _asked(case, by)
    if right.outcome != Outcome.NONE_FOUND:
        raise NotNow
    before = _rights(now)
    if RightKind.OBJECTION in before:
        raise AlreadyObjects
    CaseRight.create(case=now, right=RightKind.OBJECTION, round=now.round)
    changed = advance(now, UNDECIDED)
    record(Act.CASE_CHANGED, changed, by=by, reference=changed.number, case_facts=["rights"])
    told = [["rights", ", ".join(before), ", ".join([*before, RightKind.OBJECTION])]]
    tell(changed, What.CHANGED, by=by, words=json.dumps(told))
    locking.follow(changed, by=by)
    return changed


def _asked(case: Case, by: Account) -> tuple[Case, CaseRight]:
    now = handled(case, *UNDECIDED, by=by)
    right = right_of(now)
    if right is None:
        raise NotAsked
    return now, right


def _own(case: Case, consent: Consent) -> Consent:
    for one in found(case):
        if one.consent.uuid == consent.uuid:
            return one.consent
    raise NotFound


def _settle(case: Case, right: CaseRight, outcome: Outcome) -> Case:
    CaseRight.update(outcome=outcome).where(CaseRight.id == right.id).execute()
    begun: dict[str, Any] = {"state": State.IN_PROGRESS} if case.state == State.RECEIVED else {}
    return advance(case, UNDECIDED, **begun)


def _rights(case: Case) -> list[str]:
    rows = CaseRight.select(CaseRight.right).where(CaseRight.case == case.id).order_by(CaseRight.id)
    return [right for (right,) in rows.tuples()]


def _asks_nothing_else(case: Case) -> bool:
    return _rights(case) == [RightKind.WITHDRAWAL]
