"""The claims of a case (yrkanden): what was demanded under each right (`demands`), what is decided of it (`rulings`),
and what is left to do."""

import enum
from typing import NamedTuple

import peewee

from portal.cases import outcomes
from portal.cases.claim_models import Claim, Complaint
from portal.cases.codes import Concerns, Outcome, RightKind
from portal.cases.demands import add, change, get, get_right, of, remove
from portal.cases.models import Case, CaseCall, CaseRight
from portal.cases.rulings import decide, possible

__all__ = ["add", "change", "decide", "get", "get_right", "of", "outcome_of", "possible", "remove", "unfinished"]


def outcome_of(right: CaseRight) -> Outcome | None:
    """Of one right, as it follows from its claims; None while something is not decided."""
    return outcomes.of_right(right)


class Lack(enum.StrEnum):
    """Why the answer cannot be proposed yet."""

    NO_CLAIMS = "no_claims"
    """Nothing is noted of what is demanded, though there are calls of the person's."""
    UNJUDGED = "unjudged"
    """Nothing is demanded, and calls are not judged: whether anything was found is not known."""
    UNDECIDED = "undecided"
    FOREIGN = "foreign"
    """Its call is not judged to concern the person."""
    CONSENT = "consent"
    """It is not noted whether a consent is on file, and withdrawn."""


class Unfinished(NamedTuple):
    what: Lack
    right: CaseRight
    claim: Claim | None = None


def unfinished(case: Case) -> list[Unfinished]:
    """What is left to do about the rights that no sound answers, before the answer can be proposed."""
    found: list[Unfinished] = []
    rows = of(case)
    for right in outcomes.other_rights(case):
        if right.right == RightKind.WITHDRAWAL:
            found += [Unfinished(Lack.CONSENT, right)] if outcomes.of_right(right) is None else []
            continue
        mine = [row for row in rows if row.right_id == right.id]
        if not mine and outcomes.nothing_found(case) is None:
            theirs = CaseCall.select().where(CaseCall.case == case.id, CaseCall.concerns == Concerns.YES).exists()
            found.append(Unfinished(Lack.NO_CLAIMS if theirs else Lack.UNJUDGED, right))
        found += [Unfinished(lack, right, row) for row in mine if (lack := _lacks(row)) is not None]
    return found


def _lacks(claim: Claim) -> Lack | None:
    if claim.call_id is not None and claim.call.concerns != Concerns.YES:
        return Lack.FOREIGN
    return Lack.UNDECIDED if claim.decision is None else None


def is_begun(case: Case) -> bool:
    """Has something been done in the register already that no answer has told of? Then the case ends with one."""
    reopened = Complaint.select(peewee.fn.MAX(Complaint.ended_at)).where(
        Complaint.case == case.id, Complaint.overturned != ""
    )
    asked = (CaseRight.case == case.id, CaseRight.round == case.round, Claim.carried_at.is_null(False))
    carried = Claim.select().join(CaseRight).where(*asked)
    if case.round > 1:
        carried = carried.where(Claim.carried_at > reopened)
    withdrawn = any(
        right.right == RightKind.WITHDRAWAL and right.outcome == Outcome.GRANTED for right in outcomes.of_round(case)
    )
    return withdrawn or bool(carried.exists())
