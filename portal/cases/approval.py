"""Who may approve an answer: the second person is checked per case, not per role (register §2)."""

from typing import Any

from portal import spelling
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import decisions, handling, hearing, outcomes
from portal.cases.actions import NotHandler
from portal.cases.claim_models import Claim
from portal.cases.codes import Decision
from portal.cases.models import Case, CaseCall, CaseRight
from portal.errors import Conflict, Denied, Invalid
from portal.language import N_
from portal.recordings.models import Playable


class OwnProposal(Invalid):
    """The one who proposes never approves."""

    text = N_("Du har själv föreslagit svaret. En annan beslutsfattare måste pröva det.")


class OwnHandling(Invalid):
    text = N_("Du har själv handlagt begäran. En beslutsfattare som inte har handlagt den måste pröva svaret.")


class OwnDecision(Invalid):
    text = N_("Du har själv bedömt ett samtal i begäran. En beslutsfattare som inte har gjort det måste pröva svaret.")


class OwnClaim(Invalid):
    text = N_("Du har själv antecknat eller avgjort ett yrkande i begäran. En annan beslutsfattare måste pröva svaret.")


class NotReviewed(Invalid):
    text = N_(
        "Läs skälen för varje yrkande som vägras. Gäller de just den här personen och det här ärendet, kryssa för det; "
        "annars returnerar du förslaget."
    )


class OwnOpinion(Invalid):
    """GDPR 38(6)."""

    text = N_("Du har gett dataskyddsombudets utlåtande om svaret. En annan beslutsfattare måste pröva det.")


class OpinionNeeded(Invalid):
    text = N_(
        "Svaret håller inne något med stöd av dataskyddslagen 34 §. Dataskyddsombudet ska ge sitt utlåtande innan "
        "det godkänns."
    )


class CallsAdded(Conflict):
    """`count` calls came in late, and are frozen for the case."""

    text = N_(
        "Sedan svaret föreslogs har samtal kommit till som inte är avgjorda: %(count)s. Returnera förslaget, så att "
        "handläggaren tar med dem."
    )


class Unheard(Invalid):
    """`calls`: when they were made."""

    text = N_("Hör först det som inte ges helt, så som det nu är avgjort, eller läs transkriptionen: %(calls)s.")


def second_person(case: Case, by: Account) -> None:
    """Is `by` one who decides, and had no part in this case? Registering it alone is no bar.

    Denied, OwnProposal, OwnHandling, OwnDecision, OwnClaim, OwnOpinion.
    """
    if not by.may(Permission.CASES_DECIDE):
        raise Denied
    if case.proposed_by_id == by.id:
        raise OwnProposal
    own = (CaseCall.decided_by == by.id) | (CaseCall.judged_by == by.id)
    if case.handler_id != by.id and CaseCall.select().where(CaseCall.case == case.id, own).exists():
        raise OwnDecision
    mine = (Claim.decided_by == by.id) | (Claim.added_by == by.id)
    if case.handler_id != by.id and Claim.select().join(CaseRight).where(CaseRight.case == case.id, mine).exists():
        raise OwnClaim
    if handling.has_handled(case, by):
        raise OwnHandling
    if case.opinion_by_id == by.id:
        raise OwnOpinion


def approver(case: Case, by: Account) -> None:
    """May `by` approve the proposal as it is now? A full grant its handler may send alone.

    What `second_person` raises, NotHandler, CallsAdded, OpinionNeeded, Unheard.
    """
    if outcomes.is_full_grant(case) and by.may(Permission.CASES_HANDLE):
        if case.handler_id == by.id:
            _as_proposed(case)
            return
        if not by.may(Permission.CASES_DECIDE):
            raise NotHandler
    second_person(case, by)
    _as_proposed(case)
    if lacks_opinion(case):
        raise OpinionNeeded
    if left := unheard(case, by):
        raise Unheard(calls=", ".join(_named(call) for call in left))


def _as_proposed(case: Case) -> None:
    """Is every call of the case still decided, where the answer gives calls? Late ones are added by the worker.
    CallsAdded."""
    gives = case.outcome not in outcomes.CHOSEN and outcomes.asks_access(case)
    if gives and (left := decisions.unfinished(case)):
        raise CallsAdded(count=len(left))


def lacks_opinion(case: Case) -> bool:
    """Is something kept back by 34 § on which the data protection officer has not been heard since it last changed?"""
    if case.outcome in outcomes.CHOSEN:
        return False
    at: Any = case.opinion_at
    return any(at is None or at < call.changed_at for call in outcomes.under_34(case))


def unheard(case: Case, by: Account) -> list[CaseCall]:
    """The calls that are not given whole, and that `by` has not heard, or read the transcript of, since what is
    decided of them last changed."""
    if case.outcome in (*outcomes.CHOSEN, *outcomes.ASIDE) or not outcomes.asks_access(case):
        return []
    kept = [call for call in outcomes.concerning(case) if call.decision != Decision.WHOLE]
    return [call for call in kept if not _knows(call, by)]


def _knows(call: CaseCall, by: Account) -> bool:
    if hearing.heard_since(call, by):
        return True
    silent = call.recording.playable in (Playable.FAILED, Playable.EMPTY)  # there is nothing to hear
    return (call.decision == Decision.TRANSCRIPT or silent) and hearing.read_since(call, by)


def _named(call: CaseCall) -> str:
    at = call.recording.started_at
    return f"{spelling.date(at)} {spelling.time(at)}"
