"""What is decided of a claim: corrected, completed, granted, or refused with the provision and reasons for this very
case (register §4)."""

from typing import Any

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import demands, entries, intake, personal_codes, phrases
from portal.cases.claim_models import Claim
from portal.cases.codes import REFUSALS, ClaimDecision, Concerns, Disputed, ErasureGround, RightKind
from portal.cases.selection import under_way
from portal.db import db
from portal.errors import Invalid
from portal.language import N_
from portal.recordings import entries as recorded
from portal.retention.restriction_models import KEEPING

REASONS_LEAST = 80
"""Signs. Fewer cannot be the reasons of this very case."""
STATEMENT_LEAST = 10

GROUNDS: dict[str, tuple[str, ...]] = {
    RightKind.ERASURE: tuple(ErasureGround),
    RightKind.OBJECTION: (ErasureGround.OBJECTION,),
    RightKind.RESTRICTION: KEEPING,
}
"""Why a claim is granted, for the rights where the law asks for a ground. What is contested or objected to is
restricted by itself while that is looked into (`locking`); nobody has to demand it."""


class DecisionImpossible(Invalid):
    text = N_("Så kan det här yrkandet inte avgöras. Välj ett av alternativen.")


class NotTheirs(Invalid):
    text = N_("Bedöm först att samtalet gäller personen.")


class ValueNeeded(Invalid):
    text = N_("Skriv eller välj det nya värdet. Det ska vara ett annat än det som står nu.")


class StatementNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv kompletteringen som fogas till samtalet, minst %(least)s tecken.")


class GroundNeeded(Invalid):
    text = N_("Välj på vilken grund yrkandet beviljas.")


class RefusalNeeded(Invalid):
    text = N_("Välj bestämmelsen som vägran stöds på.")


class ReasonsNeeded(Invalid):
    """`least` signs."""

    text = N_("Skriv skälen för just det här yrkandet, minst %(least)s tecken. Intyget återger dem.")


class PhraseUnedited(Invalid):
    text = N_(
        "Skälen är ännu en fras. Fyll i det som står inom hakparenteser, och skriv med egna ord vad som gäller just "
        "den här personen och det här samtalet."
    )


def possible(claim: Claim) -> tuple[ClaimDecision, ...]:
    """How the claim can be decided. What is said on a recording is never edited, only completed."""
    if claim.right.right != RightKind.RECTIFICATION:
        return ClaimDecision.GRANTED, ClaimDecision.REFUSED
    if claim.entry == Disputed.SPEECH:
        return ClaimDecision.COMPLETED, ClaimDecision.REFUSED
    if claim.entry == Disputed.FACT:
        return ClaimDecision.CORRECTED, ClaimDecision.REFUSED
    return ClaimDecision.CORRECTED, ClaimDecision.COMPLETED, ClaimDecision.REFUSED


@db.atomic()
def decide(
    claim: Claim,
    decision: str,
    *,
    value: str = "",
    statement: str = "",
    ground: str = "",
    refusal: str = "",
    reasons: str = "",
    phrase: str = "",
    by: Account,
) -> Claim:
    """Decide the claim; the row as it then is. Nothing is done in the register before the answer is approved.

    NotFound, Denied, NotHandler, NotNow, NotAsked, Carried, DecisionImpossible, NotTheirs, ValueNeeded, what
    `recordings.entries.checked` and `intake.checked_fact` raise, StatementNeeded, GroundNeeded, RefusalNeeded,
    ReasonsNeeded, PhraseUnedited, PersonalCode, CaseChanged.
    """
    case, found = demands.in_hand(claim, by=by)
    if decision not in possible(found):
        raise DecisionImpossible
    if found.call is not None and found.call.concerns != Concerns.YES:
        raise NotTheirs
    personal_codes.refuse(value, statement, reasons)
    said: dict[str, Any] = dict(demands.UNDONE)
    match decision:
        case ClaimDecision.CORRECTED:
            said["value"] = _value(found, value)
        case ClaimDecision.COMPLETED:
            said["statement"] = _statement(statement)
        case ClaimDecision.GRANTED:
            said["ground"] = _ground(found, ground)
        case _:
            said |= _refused(found, statement, refusal, reasons, phrase)
    case = under_way(case)
    said |= {"decision": decision, "decided_by": by, "changed_at": clock.now()}
    Claim.update(**said).where(Claim.id == found.id).execute()
    told = {"case": case.uuid.hex, "rights": [found.right.right], "entry": found.entry, "claim_decision": str(decision)}
    if said["refusal"]:
        told["refusal"] = said["refusal"]
    if said["ground"]:
        told["restriction_ground" if found.right.right == RightKind.RESTRICTION else "ground"] = said["ground"]
    record(Act.CASE_CLAIM_DECIDED, found, by=by, reference=case.number, **told)
    return demands.get(case, found.uuid, by=by)


def _value(claim: Claim, value: str) -> str:
    """The new value as it will be written. ValueNeeded, and what writing it would raise."""
    if claim.call is None:
        read = intake.checked_fact(claim.right.case, claim.fact, value)
    else:
        read = recorded.checked(claim.entry, value)
    if read == entries.value(claim):
        raise ValueNeeded
    return read


def _statement(statement: str) -> str:
    if len(statement.strip()) < STATEMENT_LEAST:
        raise StatementNeeded(least=STATEMENT_LEAST)
    return statement.strip()


def _ground(claim: Claim, ground: str) -> str:
    grounds = GROUNDS[claim.right.right]
    if len(grounds) == 1:
        return grounds[0]
    if ground not in grounds:
        raise GroundNeeded
    return ground


def _refused(claim: Claim, statement: str, refusal: str, reasons: str, phrase: str) -> dict[str, str]:
    lawful = REFUSALS[RightKind(claim.right.right)]
    chosen = lawful[0] if len(lawful) == 1 else refusal
    if chosen not in lawful:
        raise RefusalNeeded
    if len(reasons.strip()) < REASONS_LEAST:
        raise ReasonsNeeded(least=REASONS_LEAST)
    if phrases.is_unedited(reasons):
        raise PhraseUnedited
    attached = statement.strip() if claim.right.right == RightKind.RECTIFICATION and claim.call is not None else ""
    said = {"refusal": str(chosen), "reasons": reasons.strip(), "statement": _statement(attached) if attached else ""}
    if phrase in [one.code for one in phrases.offered(claim.right.right)]:
        said["phrase"] = phrase
    return said
