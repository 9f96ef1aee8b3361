"""The answer from its first words to the approval: the clerk proposes, another approves or returns it (register §4)."""

from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import (
    approval,
    carrying,
    claims,
    copies,
    decisions,
    handling,
    letters,
    locking,
    outcomes,
    personal_codes,
)
from portal.cases.actions import CaseChanged, NotHandler, NotNow, advance, get, handled
from portal.cases.codes import UNDECIDED, Concerns, Identity, Outcome, RightKind, State
from portal.cases.models import Case, CaseCall, CaseRight, Step
from portal.cases.outcomes import ASIDE, CHOSEN, REFUSING, asks_access, of_round, outcome_of
from portal.cases.steps import What, tell
from portal.db import db
from portal.documents.models import State as Letter
from portal.errors import Denied, Invalid
from portal.language import N_
from portal.recordings.models import Recording
from portal.retention import freezes, passages

__all__ = ["approve", "give_back", "give_opinion", "outcome_of", "propose", "take_back", "write"]

REASONS_LEAST = 40
"""Signs. Fewer cannot be the reasons of this very case."""


class IdentityNeeded(Invalid):
    text = N_(
        "Identiteten är inte styrkt, så inget svar kan föreslås. Anteckna hur den styrktes. Har tiden för att styrka "
        "den gått ut, anteckna det och föreslå ”Identitet ej styrkt”."
    )


class Unfinished(Invalid):
    """`count` calls."""

    text = N_("Alla samtal är inte avgjorda än: %(count)s återstår. Bedöm och avgör dem först.")


class Undecided(Unfinished):
    """All are judged."""

    text = N_("Alla samtal är bedömda, men det är inte beslutat hur de ges: %(count)s återstår. Besluta om dem först.")


class ReasonsNeeded(Invalid):
    """`least` signs."""

    text = N_("Något vägras i svaret. Skriv skälen för just den här begäran, minst %(least)s tecken.")


class ClaimsUnfinished(Invalid):
    """`count` things."""

    text = N_("Alla yrkanden är inte avgjorda än: %(count)s återstår. Anteckna vad som yrkas, och avgör det först.")


class ConsentUnsettled(Invalid):
    text = N_("Anteckna först om det finns ett samtycke, och återkalla det. Det görs på sidan om samtycken.")


class BegunAlready(Invalid):
    text = N_(
        "En del av det som yrkades är redan verkställt, så begäran kan inte avvisas som helhet. Svara på varje del."
    )


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
        "Ett återkallat samtycke kan inte vägras. Återkalla det; finns inget samtycke, anteckna det och erbjud "
        "invändning."
    )


@db.atomic()
def write(case: Case, *, reasons: str, version: int | None = None, by: Account) -> Case:
    """Keep the text of the answer while it is being written. NotHandler, NotNow, CaseChanged, PersonalCode."""
    found = _as_seen(handled(case, *UNDECIDED, by=by), version)
    personal_codes.refuse(reasons)
    written = advance(found, UNDECIDED, reasons=reasons.strip(), **_begun(found))
    record(Act.CASE_REASONS_CHANGED, written, by=by, reference=written.number)
    return written


@db.atomic()
def propose(
    case: Case,
    *,
    reasons: str = "",
    outcome: Outcome | None = None,
    version: int | None = None,
    by: Account,
) -> Case:
    """Lay the answer before the one who approves it; from now on nothing of it can be changed.

    `outcome` is one of CHOSEN, else it follows from what was decided. The letters are drafted in the same commit.
    NotHandler, NotNow, CaseChanged, IdentityNeeded, OutcomeImpossible, Unfinished, ClaimsUnfinished, ConsentUnsettled,
    NeverRefused, BegunAlready, ReasonsNeeded, PersonalCode.
    """
    found = _as_seen(handled(case, *UNDECIDED, by=by), version)
    if outcome not in (None, *CHOSEN) or (outcome == Outcome.IDENTITY_UNPROVEN and found.identity != Identity.FAILED):
        raise OutcomeImpossible
    if found.identity != Identity.PROVEN and outcome != Outcome.IDENTITY_UNPROVEN and needs_identity(found):
        raise IdentityNeeded
    personal_codes.refuse(reasons)
    outcome = _settled(found, outcome)
    if len(reasons.strip()) < REASONS_LEAST and (outcome in CHOSEN or _keeps_sound(found)):
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
    for answer in outcomes.answers(proposed):
        letters.draft(proposed, answer.kind, right=answer.right, by=by)
    record(Act.CASE_PROPOSED, proposed, by=by, reference=proposed.number, case_outcome=str(outcome))
    tell(proposed, What.PROPOSED, by=by)
    return proposed


def _settled(case: Case, chosen: Outcome | None) -> Outcome:
    """The outcome of the case, and on each right of the answer. What `missing` says, NeverRefused, BegunAlready."""
    rights = of_round(case)
    if chosen is not None:
        refused = [right for right in rights if right.right != RightKind.WITHDRAWAL]
        if not refused:
            raise NeverRefused
        if not all(right in refused or outcomes.is_settled(right) for right in rights):
            raise ConsentUnsettled
        if any(outcomes.is_done(right) for right in refused):
            raise BegunAlready
        CaseRight.update(outcome=chosen).where(CaseRight.id.in_([right.id for right in refused])).execute()
        return chosen
    if left := missing(case):
        raise left[0]
    found = outcome_of(case)
    if found is None:
        raise Unfinished(count=1)
    for right in rights:
        CaseRight.update(outcome=outcomes.of_right(right)).where(CaseRight.id == right.id).execute()
    return found


def needs_identity(case: Case) -> bool:
    """A consent is withdrawn, and that confirmed, without proof of who withdraws it (GDPR 7(3))."""
    return any(right.right != RightKind.WITHDRAWAL for right in of_round(case))


def missing(case: Case) -> list[Invalid]:
    """What stands in the way of a proposal, besides its text: each as the refusal that it would be."""
    found: list[Invalid] = []
    if case.identity not in (Identity.PROVEN, Identity.FAILED) and needs_identity(case):
        found.append(IdentityNeeded())
    if asks_access(case) and (left := decisions.unfinished(case)):
        judged = all(one.what not in (decisions.What.UNJUDGED, decisions.What.UNCLEAR) for one in left)
        found.append((Undecided if judged else Unfinished)(count=len(left)))
    undone = claims.unfinished(case)
    if any(one.what == claims.Lack.CONSENT for one in undone):
        found.append(ConsentUnsettled())
    if count := sum(one.what != claims.Lack.CONSENT for one in undone):
        found.append(ClaimsUnfinished(count=count))
    return found


def last_return(case: Case) -> Step | None:
    """What a decider wrote when the last proposal was returned; None when it was not, or was proposed anew."""
    moves = Step.what.in_((What.PROPOSED, What.RETURNED, What.TAKEN_BACK))
    step: Step | None = Step.select().where(Step.case == case.id, moves).order_by(Step.id.desc()).first()
    return step if step is not None and step.what == What.RETURNED else None


def _keeps_sound(case: Case) -> bool:
    """Is access refused, or given in part? The reasons of what else is refused stand on its claims."""
    return any(right.right == RightKind.ACCESS and right.outcome in REFUSING for right in of_round(case))


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
    """Is it approved, and one of its letters, its copy, or the sound without the passages that are erased could not be
    made? Then it is not sent as it was decided."""
    if case.state != State.APPROVED or case.outcome in ASIDE:
        return False
    failed = any(one.state == Letter.FAILED for one in letters.answering(case))
    return failed or copies.failed(case) or passages.has_failed(case)


def _undo(found: Case, *, by: Account) -> Case:
    letters.drop_drafts(found, by=by)
    if found.state == State.APPROVED:
        letters.drop_answer(found, by=by)
        passages.give_up(because=found, by=by)
        if asks_access(found):  # a copy that an answer before gave is still to be handed over
            copies.end(found)
    undone = [right.id for right in of_round(found) if not outcomes.is_settled(right)]
    CaseRight.update(outcome=None).where(CaseRight.id.in_(undone)).execute()
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
def approve(case: Case, *, reviewed: bool = False, version: int | None = None, by: Account) -> Case:
    """The answer is as proposed. In the same commit what it corrects, completes and restricts is done, its letters are
    ordered, the copy of the sound too, and what does not concern the person is let go; erasures come after it.
    `reviewed`: whoever approves has looked at the reasons of each refused claim and says that they are about this
    case. NotNow, CaseChanged, NotReviewed, and what `approval.approver` and `carrying.carry_in` raise."""
    found = _as_seen(get(case.uuid, by=by), version)
    if found.state != State.PROPOSED:
        raise NotNow
    approval.approver(found, by)
    refuses = outcomes.refuses_claims(found)
    if refuses and not reviewed:
        raise approval.NotReviewed
    approved = advance(found, (State.PROPOSED,), state=State.APPROVED, approved_by=by, approved_at=clock.now())
    approved = carrying.carry_in(approved, by=by)
    letters.order_drafts(approved, by=by)
    freezes.lift(approved, by=by, recordings=not_concerning(approved))
    copies.order(approved, by=by)
    told: dict[str, Any] = {"case_outcome": approved.outcome} | ({"reviewed": True} if refuses else {})
    record(Act.CASE_APPROVED, approved, by=by, reference=approved.number, **told)
    tell(approved, What.APPROVED, by=by)
    locking.follow(approved, by=by)
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
