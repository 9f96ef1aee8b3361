"""What a person demands of a case under each right, noted and decided through the real acts."""

from typing import Any

from portal.cases import claims
from portal.cases.claim_models import Claim
from portal.cases.codes import REFUSALS, ClaimDecision, Disputed, RightKind
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.rulings import GROUNDS

DEMANDED = "Zqrätta det så att det stämmer med vad jag sade."
STATEMENT = "Zqjag menade den andra dagen, den nionde."
REASONS = (
    "Vi hörde samtalet den 14.9. Du säger själv vid 0:12 att det gäller förskolan i Kullo, "
    "och det är vad kundrådgivaren har antecknat."
)
VALUE = "Zqnytt ämne"
C, K, G, R = ClaimDecision.CORRECTED, ClaimDecision.COMPLETED, ClaimDecision.GRANTED, ClaimDecision.REFUSED


def right(made: Case, code: str) -> CaseRight:
    return CaseRight.get(CaseRight.case == made.id, CaseRight.right == code)


def claim(
    made: Case,
    people: Any,
    code: str = RightKind.RECTIFICATION,
    decision: str | None = None,
    *,
    added: CaseCall | None = None,
    by: Any = None,
    **more: Any,
) -> Claim:
    """A claim about `added`, or about the person's telephone number in the case; decided when `decision` says how.
    `more`: of the claim."""
    by = by or people.clerk
    usual = Disputed.FACT if added is None else Disputed.SUBJECT if code == RightKind.RECTIFICATION else Disputed.CALL
    about: dict[str, Any] = {"entry": usual, **more}
    if about["entry"] == Disputed.FACT:
        about = {"fact": "phone", **about}
    row = claims.add(right(made, code), call=added, demanded=DEMANDED, by=by, **about)
    return row if decision is None else decide(row, decision, by=by)


def decide(row: Claim, decision: str, *, by: Any, **more: Any) -> Claim:
    """Decided with what each decision needs."""
    code = row.right.right
    needed: dict[str, Any] = {}
    if decision == C:
        needed = {"value": "+358 50 000 0001" if row.entry == Disputed.NUMBER else VALUE}
    elif decision == K:
        needed = {"statement": STATEMENT}
    elif decision == G:
        needed = {"ground": GROUNDS[code][0]}
    elif decision == R:
        needed = {"reasons": REASONS, "refusal": REFUSALS[RightKind(code)][0]}
    return claims.decide(row, decision, **needed | more, by=by)
