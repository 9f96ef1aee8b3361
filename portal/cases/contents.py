"""Which calls an answer tells of, and what it keeps from telling."""

from portal.cases.codes import SECTION_34, Concerns, Decision
from portal.cases.models import Case, CaseCall
from portal.recordings.models import Recording


def told(case: Case) -> list[CaseCall]:
    """The calls that the answer tells of, the oldest first: those that concern the person, but for what is withheld
    by dataskyddslagen 34 §. With their recordings."""
    chosen = CaseCall.select(CaseCall, Recording).join(Recording).where(CaseCall.case == case.id)
    concern = chosen.where(CaseCall.concerns == Concerns.YES, CaseCall.decision.is_null(False))
    rows = list(concern.order_by(Recording.id))
    return [row for row in rows if row.decision != Decision.WITHHELD or row.ground not in SECTION_34]


def kept_from_telling(case: Case) -> list[str]:
    """The points of 34 § by which calls are withheld that the answer does not tell of, as codes, each once."""
    chosen = CaseCall.select(CaseCall.ground).where(
        CaseCall.case == case.id, CaseCall.concerns == Concerns.YES, CaseCall.decision == Decision.WITHHELD
    )
    found = {ground for (ground,) in chosen.tuples()}
    return [ground for ground in SECTION_34 if ground in found]
