"""Who may approve an answer: the second person is checked per case, not per role (register §2)."""

from typing import Any

from portal import spelling
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.cases import outcomes
from portal.cases.actions import NotHandler
from portal.cases.codes import Decision, Outcome
from portal.cases.models import Case, CaseCall, Reading
from portal.errors import Denied, Invalid
from portal.language import N_
from portal.recordings.models import Listen, Playable


class OwnProposal(Invalid):
    """The one who proposes never approves."""

    text = N_("Du har själv föreslagit svaret. En annan beslutsfattare måste pröva det.")


class OwnHandling(Invalid):
    text = N_("Du handlägger själv begäran. En beslutsfattare som inte har handlagt den måste pröva svaret.")


class OwnDecision(Invalid):
    text = N_("Du har själv bedömt ett samtal i begäran. En beslutsfattare som inte har gjort det måste pröva svaret.")


class OwnOpinion(Invalid):
    """GDPR 38(6)."""

    text = N_("Du har gett dataskyddsombudets utlåtande om svaret. En annan beslutsfattare måste pröva det.")


class OpinionNeeded(Invalid):
    text = N_(
        "Svaret håller inne något med stöd av dataskyddslagen 34 §. Dataskyddsombudet ska ge sitt utlåtande innan "
        "det godkänns."
    )


class Unheard(Invalid):
    """`calls`: when they were made."""

    text = N_("Hör först det som inte ges helt, så som det nu är avgjort, eller läs utskriften: %(calls)s.")


def second_person(case: Case, by: Account) -> None:
    """Is `by` one who decides, and had no part in this case? Registering it alone is no bar.

    Denied, OwnProposal, OwnHandling, OwnDecision, OwnOpinion.
    """
    if not by.may(Permission.CASES_DECIDE):
        raise Denied
    if case.proposed_by_id == by.id:
        raise OwnProposal
    if case.handler_id == by.id:
        raise OwnHandling
    own = (CaseCall.decided_by == by.id) | (CaseCall.judged_by == by.id)
    if CaseCall.select().where(CaseCall.case == case.id, own).exists():
        raise OwnDecision
    if case.opinion_by_id == by.id:
        raise OwnOpinion


def approver(case: Case, by: Account) -> None:
    """May `by` approve the proposal as it is now? A full grant its handler may send alone.

    What `second_person` raises, NotHandler, OpinionNeeded, Unheard.
    """
    if outcomes.is_full_grant(case) and by.may(Permission.CASES_HANDLE):
        if case.handler_id == by.id:
            return
        if not by.may(Permission.CASES_DECIDE):
            raise NotHandler
    second_person(case, by)
    if lacks_opinion(case):
        raise OpinionNeeded
    if left := unheard(case, by):
        raise Unheard(calls=", ".join(_named(call) for call in left))


def lacks_opinion(case: Case) -> bool:
    """Is something kept back by 34 § on which the data protection officer has not been heard since it last changed?"""
    if case.outcome in outcomes.CHOSEN:
        return False
    at: Any = case.opinion_at
    return any(at is None or at < call.changed_at for call in outcomes.under_34(case))


def unheard(case: Case, by: Account) -> list[CaseCall]:
    """The calls that are not given whole, and that `by` has not heard, or read the transcript of, since what is
    decided of them last changed."""
    if case.outcome in (*outcomes.CHOSEN, Outcome.WITHDRAWN, Outcome.TRANSFERRED):
        return []
    kept = [call for call in outcomes.concerning(case) if call.decision != Decision.WHOLE]
    return [call for call in kept if not _knows(case, call, by)]


def _knows(case: Case, call: CaseCall, by: Account) -> bool:
    if _heard(case, call, by):
        return True
    silent = call.recording.playable not in (Playable.READY, Playable.PENDING)  # there is nothing to hear
    return (call.decision == Decision.TRANSCRIPT or silent) and _read(call, by)


def _heard(case: Case, call: CaseCall, by: Account) -> bool:
    opened = (Listen.recording == call.recording_id, Listen.account == by.id, Listen.because == case.uuid)
    return bool(Listen.select().where(*opened, Listen.started_at >= call.changed_at).exists())


def _read(call: CaseCall, by: Account) -> bool:
    opened = (Reading.call == call.id, Reading.account == by.id)
    return bool(Reading.select().where(*opened, Reading.at >= call.changed_at).exists())


def _named(call: CaseCall) -> str:
    at = call.recording.started_at
    return f"{spelling.date(at)} {spelling.time(at)}"
