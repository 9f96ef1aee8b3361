"""What a person adds to a call, and what was corrected in it, for a case: in any queue, past its date too."""

from portal.accounts.models import Account
from portal.cases import actions, personal_codes
from portal.cases.codes import ANSWERED, OPEN, Concerns, RightKind
from portal.cases.demands import CallForeign
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Invalid, NotFound
from portal.language import N_
from portal.recordings import corrections, statements
from portal.recordings.correction_models import Correction, Statement
from portal.recordings.statements import Paper
from portal.register import notices
from portal.register.models import Told

TAKEN = (*OPEN, *ANSWERED)
"""The states in which the handler takes in what the person adds."""


class NotAsked(Invalid):
    text = N_("Begäran gäller inte rättelse. Lägg först till den rättigheten, om personen vill komplettera något.")


def attach(call: CaseCall, *, text: str, paper: Paper | None = None, by: Account) -> Statement:
    """Attach the person's statement to the call: a text, a paper, or both. NotHandler, NotNow, NotAsked, CallForeign,
    PersonalCode; what `statements.complete` raises. Not inside a transaction."""
    case = actions.handled(call.case, *TAKEN, by=by)
    if not asks(case):
        raise NotAsked
    if actions.get_call(case, call.uuid, by=by).concerns == Concerns.NO:
        raise CallForeign
    personal_codes.refuse(text, paper.name if paper is not None else "")
    if paper is None:
        return _attach_text(case, call, text, by)
    row = statements.complete(call.recording, text=text, paper=paper, because=case, by=by)
    _told(case, row, by)
    return row


@db.atomic()
def _attach_text(case: Case, call: CaseCall, text: str, by: Account) -> Statement:
    """One commit with the timeline and the notices to the recipients."""
    row = statements.complete(call.recording, text=text, because=case, by=by)
    _told(case, row, by)
    return row


@db.atomic()
def _told(case: Case, row: Statement, by: Account) -> None:
    tell(case, What.ATTACHED, by=by, words=row.name)
    notices.open_for([row.recording], what=Told.COMPLETED, because=case, by=by)


def asks(case: Case) -> bool:
    """Does it invoke the right to rectification, which completion is a part of (GDPR 16)?"""
    mine = (CaseRight.case == case.id, CaseRight.right == RightKind.RECTIFICATION)
    return bool(CaseRight.select().where(*mine).exists())


def open_original(call: CaseCall, correction: Correction, *, need: str, by: Account) -> str:
    """What an entry of the call was before, on a stated need (`corrections.open_original`): for those who handle or
    decide requests, and not of a call that is judged to be somebody else's. NotFound, Denied, NeedNeeded, Destroyed,
    PersonalCode."""
    found = actions.get_call(actions.get(call.case.uuid, by=by), call.uuid, by=by)
    if found.concerns == Concerns.NO:
        raise NotFound
    personal_codes.refuse(need)
    row = corrections.get(found.recording, correction.uuid)
    return corrections.open_original(row, need=need, by=by, because=found.case)
