"""The answer from its first words to the approval: the clerk proposes, another approves or returns it (register §4)."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import approval, copies, decisions, handling, letters, personal_codes
from portal.cases.actions import CaseChanged, NotHandler, NotNow, advance, get, handled
from portal.cases.codes import UNDECIDED, Concerns, Identity, Outcome, RightKind, State
from portal.cases.models import Case, CaseCall, CaseRight, Step
from portal.cases.outcomes import (
    ASIDE,
    CHOSEN,
    REFUSING,
    access_outcome,
    asks_access,
    kind_of,
    other_rights,
    outcome_of,
)
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.models import State as Letter
from portal.errors import Denied, Invalid
from portal.language import N_
from portal.recordings.models import Recording
from portal.retention import freezes

__all__ = ["approve", "give_back", "give_opinion", "kind_of", "outcome_of", "propose", "take_back", "write"]

REASONS_LEAST = 40
"""Signs. Fewer cannot be the reasons of this very case."""
WORDS_LEAST = 10


class IdentityNeeded(Invalid):
    text = N_(
        "Identiteten är inte styrkt, så inget svar kan föreslås. Anteckna hur den styrktes. Har tiden för att styrka "
        "den gått ut, anteckna det och föreslå ”Identitet ej styrkt”."
    )


class Unfinished(Invalid):
    """`count` calls."""

    text = N_("Alla samtal är inte avgjorda än: %(count)s återstår. Bedöm och avgör dem först.")


class ReasonsNeeded(Invalid):
    """`least` signs."""

    text = N_("Något vägras i svaret. Skriv skälen för just den här begäran, minst %(least)s tecken.")


class RightsNeeded(Invalid):
    """`least` signs."""

    text = N_("Ange för varje rättighet om den beviljas eller vägras, och skriv varför, minst %(least)s tecken.")


class OutcomeImpossible(Invalid):
    text = N_("”Identitet ej styrkt” kan föreslås först när det är antecknat att identiteten inte styrktes i tid.")


class CommentNeeded(Invalid):
    text = N_("Skriv vad som behöver ändras, så att handläggaren vet vad som väntas.")


class OpinionEmpty(Invalid):
    text = N_("Skriv utlåtandet.")


class OwnAdvice(Invalid):
    """GDPR 38(6): no conflict of interests."""

    text = N_("Du har själv handlagt begäran. Ett annat dataskyddsombud måste ge utlåtandet.")


class NeverRefused(Invalid):
    """GDPR 7(3)."""

    text = N_(
        "Ett återkallat samtycke kan inte vägras. Bevilja det; finns inget samtycke, skriv det och erbjud invändning."
    )


@dataclasses.dataclass(frozen=True)
class Answered:
    """What is answered to a right that no sound answers."""

    granted: bool | None
    words: str = ""


Rights = Mapping[str, Answered]
"""By the code of the right."""


@db.atomic()
def write(case: Case, *, reasons: str, rights: Rights | None = None, version: int | None = None, by: Account) -> Case:
    """Keep the text of the answer while it is being written. NotHandler, NotNow, CaseChanged, PersonalCode."""
    found = _as_seen(handled(case, *UNDECIDED, by=by), version)
    personal_codes.refuse(reasons)
    _answer_rights(found, rights or {})
    written = advance(found, UNDECIDED, reasons=reasons.strip(), **_begun(found))
    record(Act.CASE_REASONS_CHANGED, written, by=by, reference=written.number)
    return written


@db.atomic()
def propose(
    case: Case,
    *,
    reasons: str = "",
    outcome: Outcome | None = None,
    rights: Rights | None = None,
    version: int | None = None,
    by: Account,
) -> Case:
    """Lay the answer before the one who approves it; from now on nothing of it can be changed.

    `outcome` is one of CHOSEN, else it follows from what was decided. The letter is drafted in the same commit.
    NotHandler, NotNow, CaseChanged, IdentityNeeded, OutcomeImpossible, Unfinished, RightsNeeded, NeverRefused,
    ReasonsNeeded, PersonalCode.
    """
    found = _as_seen(handled(case, *UNDECIDED, by=by), version)
    if outcome not in (None, *CHOSEN) or (outcome == Outcome.IDENTITY_UNPROVEN and found.identity != Identity.FAILED):
        raise OutcomeImpossible
    if found.identity != Identity.PROVEN and outcome != Outcome.IDENTITY_UNPROVEN:
        raise IdentityNeeded
    personal_codes.refuse(reasons)
    _answer_rights(found, rights or {})
    outcome = _settled(found, outcome)
    if len(reasons.strip()) < REASONS_LEAST and (outcome in REFUSING or _refuses_a_right(found)):
        raise ReasonsNeeded(least=REASONS_LEAST)
    proposed = advance(
        found,
        UNDECIDED,
        state=State.PROPOSED,
        outcome=outcome,
        reasons=reasons.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    letters.draft(proposed, kind_of(proposed), by=by)
    record(Act.CASE_PROPOSED, proposed, by=by, reference=proposed.number, case_outcome=str(outcome))
    tell(proposed, What.PROPOSED, by=by)
    return proposed


def _settled(case: Case, chosen: Outcome | None) -> Outcome:
    """The outcome of the case, and on each of its rights. Unfinished, RightsNeeded, NeverRefused."""
    mine = CaseRight.case == case.id
    if chosen is not None:
        CaseRight.update(outcome=chosen).where(mine).execute()
        return chosen
    if asks_access(case):
        if left := decisions.unfinished(case):
            raise Unfinished(count=len(left))
        CaseRight.update(outcome=access_outcome(case)).where(mine, CaseRight.right == RightKind.ACCESS).execute()
    if any(not right.outcome or len(right.words.strip()) < WORDS_LEAST for right in other_rights(case)):
        raise RightsNeeded(least=WORDS_LEAST)
    if any(right.right == RightKind.WITHDRAWAL and right.outcome == Outcome.REFUSED for right in other_rights(case)):
        raise NeverRefused
    found = outcome_of(case)
    if found is None:
        raise Unfinished(count=1)
    return found


def missing(case: Case) -> list[Invalid]:
    """What stands in the way of a proposal, besides its text: each as the refusal that it would be."""
    found: list[Invalid] = []
    if case.identity not in (Identity.PROVEN, Identity.FAILED):
        found.append(IdentityNeeded())
    if asks_access(case) and (left := decisions.unfinished(case)):
        found.append(Unfinished(count=len(left)))
    return found


def last_return(case: Case) -> Step | None:
    """What a decider wrote when the last proposal was returned; None when it was not, or was proposed anew."""
    moves = Step.what.in_((What.PROPOSED, What.RETURNED, What.TAKEN_BACK))
    step: Step | None = Step.select().where(Step.case == case.id, moves).order_by(Step.id.desc()).first()
    return step if step is not None and step.what == What.RETURNED else None


def _answer_rights(case: Case, rights: Rights) -> None:
    for right in other_rights(case):
        said = rights.get(right.right)
        if said is not None:
            personal_codes.refuse(said.words)
            outcome = None if said.granted is None else Outcome.GRANTED if said.granted else Outcome.REFUSED
            CaseRight.update(outcome=outcome, words=said.words.strip()).where(CaseRight.id == right.id).execute()


def _refuses_a_right(case: Case) -> bool:
    return any(right.outcome == Outcome.REFUSED for right in other_rights(case))


@db.atomic()
def take_back(case: Case, *, version: int | None = None, by: Account) -> Case:
    """The one who proposed it, or the handler, goes on working on it; so too when it is approved but cannot leave as
    it was decided. Denied, NotHandler, NotNow, CaseChanged."""
    found = _as_seen(get(case.uuid, by=by), version)
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    if by.id not in (found.proposed_by_id, found.handler_id):
        raise NotHandler
    if found.state != State.PROPOSED and not is_stuck(found):
        raise NotNow
    taken = _undo(found, by=by)
    record(Act.CASE_PROPOSAL_TAKEN_BACK, taken, by=by, reference=taken.number)
    tell(taken, What.TAKEN_BACK, by=by)
    return taken


@db.atomic()
def give_back(case: Case, *, comment: str, version: int | None = None, by: Account) -> Case:
    """Return it to its handler, with what is to be changed. CommentNeeded, NotNow, CaseChanged, and what
    `approval.second_person` raises."""
    found = _as_seen(get(case.uuid, by=by), version)
    if found.state != State.PROPOSED:
        raise NotNow
    approval.second_person(found, by)
    if not comment.strip():
        raise CommentNeeded
    personal_codes.refuse(comment)
    returned = _undo(found, by=by)
    record(Act.CASE_RETURNED, returned, by=by, reference=returned.number)
    tell(returned, What.RETURNED, by=by, words=comment)
    return returned


def is_stuck(case: Case) -> bool:
    """Is it approved, and its letter or its copy could not be made? Then it is not sent as it was decided."""
    if case.state != State.APPROVED or case.outcome in ASIDE:
        return False
    letter = any(one.kind == kind_of(case) and one.state == Letter.FAILED for one in letters.of(case))
    return letter or copies.failed(case)


def _undo(found: Case, *, by: Account) -> Case:
    letters.drop_draft(found, by=by)
    if found.state == State.APPROVED:
        letters.drop(found, kind_of(found), by=by)
        copies.end(found)
    followed = (CaseRight.right == RightKind.ACCESS) | CaseRight.outcome.in_(CHOSEN)
    CaseRight.update(outcome=None).where(CaseRight.case == found.id, followed).execute()
    gone = dict.fromkeys(("outcome", "proposed_by", "proposed_at", "approved_by", "approved_at"))
    return advance(found, (State.PROPOSED, State.APPROVED), state=State.IN_PROGRESS, **gone)


@db.atomic()
def give_opinion(case: Case, *, text: str, version: int | None = None, by: Account) -> Case:
    """The data protection officer's, on a proposal; a later one takes the place of an earlier, the timeline keeps
    both. Denied, OpinionEmpty, OwnAdvice, NotNow, CaseChanged."""
    found = _as_seen(get(case.uuid, by=by), version)
    if not by.may(Permission.CASES_ADVISE):
        raise Denied
    if found.state != State.PROPOSED:
        raise NotNow
    if not text.strip():
        raise OpinionEmpty
    if found.proposed_by_id == by.id or handling.has_handled(found, by):
        raise OwnAdvice
    personal_codes.refuse(text)
    given = advance(found, (State.PROPOSED,), opinion=text.strip(), opinion_by=by, opinion_at=clock.now())
    record(Act.CASE_OPINION_GIVEN, given, by=by, reference=given.number)
    tell(given, What.OPINION, by=by, words=text)
    return given


@db.atomic()
def approve(case: Case, *, version: int | None = None, by: Account) -> Case:
    """The answer is as proposed. In the same commit its letter is ordered, the copy of the sound too, and what does
    not concern the person is let go. NotNow, CaseChanged, and what `approval.approver` raises."""
    found = _as_seen(get(case.uuid, by=by), version)
    if found.state != State.PROPOSED:
        raise NotNow
    approval.approver(found, by)
    approved = advance(found, (State.PROPOSED,), state=State.APPROVED, approved_by=by, approved_at=clock.now())
    letters.order_draft(approved, by=by)
    freezes.lift(approved, by=by, recordings=not_concerning(approved))
    copies.order(approved, by=by)
    record(Act.CASE_APPROVED, approved, by=by, reference=approved.number, case_outcome=approved.outcome)
    tell(approved, What.APPROVED, by=by)
    return approved


def not_concerning(case: Case) -> list[Recording]:
    judged = (CaseCall.case == case.id, CaseCall.concerns == Concerns.NO)
    return list(Recording.select().join(CaseCall).where(*judged))


def _as_seen(found: Case, version: int | None) -> Case:
    """The form was made from the case as it is now. CaseChanged."""
    if version is not None and found.version != version:
        raise CaseChanged
    return found


def _begun(case: Case) -> dict[str, Any]:
    return {"state": State.IN_PROGRESS} if case.state == State.RECEIVED else {}
