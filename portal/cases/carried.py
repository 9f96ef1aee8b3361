"""How what was decided of the claims stands in the register: done, waiting for what, or still to come. Only reads."""

import datetime as dt
import enum
from typing import NamedTuple

import peewee

from portal.accounts.models import Account
from portal.cases import carrying
from portal.cases.claim_models import Claim
from portal.cases.codes import UNDECIDED, ClaimDecision, Disputed, State, Wait
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.outcomes import ERASING
from portal.recordings.models import Recording
from portal.retention.models import PurgeLine
from portal.retention.restriction_models import Redaction, RedactionState


class Stands(enum.StrEnum):
    NOTHING = "nothing"
    """Refused: nothing is to be done."""
    PLANNED = "planned"
    """Done when the answer is approved."""
    HINDERED = "hindered"
    """Approved or not, it would have to wait."""
    DOING = "doing"
    WAITS = "waits"
    FAULT = "fault"
    DONE = "done"


class Line(NamedTuple):
    claim: Claim
    """With its right, call, recording and who carried it out."""
    stands: Stands
    wait: Wait | None
    """What it waits for, or will have to."""
    gone_by: dt.datetime | None
    """Of what is erased: when the last backup copy of its key is gone."""


def lines(case: Case) -> list[Line]:
    """The decided claims of the case, in the order they were noted."""
    outer = peewee.JOIN.LEFT_OUTER
    chosen = Claim.select(Claim, CaseRight, Case, CaseCall, Recording, Account).join(CaseRight).join(Case)
    chosen = chosen.switch(Claim).join(CaseCall, outer).join(Recording, outer)
    chosen = chosen.switch(Claim).join(Account, outer, on=(Claim.carried_by == Account.id), attr="carried_by")
    decided = chosen.where(CaseRight.case == case.id, Claim.decision.is_null(False))
    return [_line(case, claim) for claim in decided.order_by(Claim.id)]


def _line(case: Case, claim: Claim) -> Line:
    if claim.carried_at is not None:
        return Line(claim, Stands.DONE, None, _gone_by(claim) if _erases(claim) else None)
    if claim.decision not in carrying.DOING and not claim.statement:
        return Line(claim, Stands.NOTHING, None, None)
    if case.state in (*UNDECIDED, State.PROPOSED):
        wait = carrying.hindrance(claim) if _erases(claim) else None
        return Line(claim, Stands.HINDERED if wait else Stands.PLANNED, wait, None)
    if not claim.waits:
        return Line(claim, Stands.DOING, None, None)
    told = Wait(claim.waits)
    return Line(claim, Stands.FAULT if told == Wait.FAULT else Stands.WAITS, told, None)


def _erases(claim: Claim) -> bool:
    return claim.right.right in ERASING and claim.decision == ClaimDecision.GRANTED


def _gone_by(claim: Claim) -> dt.datetime | None:
    recording = claim.call.recording
    line = PurgeLine.get_or_none(PurgeLine.subject == recording.uuid)
    if line is not None or claim.entry != Disputed.PASSAGE:
        return line.key_gone_by if line is not None else None
    mine = (Redaction.recording == recording.id, Redaction.because == claim.right.case.uuid)
    done = Redaction.select().where(*mine, Redaction.state == RedactionState.DONE).order_by(Redaction.id.desc()).first()
    return done.key_gone_by if done is not None else None
