"""What an answer holds, in one order for the letter and for the sound that goes with it: the same call has the same
number in both."""

from portal import clock
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


def numbered(case: Case) -> list[tuple[int, CaseCall]]:
    return list(enumerate(told(case), 1))


def sounds(case: Case) -> list[tuple[str, CaseCall]]:
    """What is given as sound: the name of its file, without ending, and the call."""
    given = (Decision.WHOLE, Decision.MUTED)
    return [(stem(number, call.recording), call) for number, call in numbered(case) if call.decision in given]


def stem(number: int, recording: Recording) -> str:
    """'02_2026-09-14_09.05': the call's number in the letter and when it began, in Helsinki."""
    return f"{number:02}_{clock.local(recording.started_at):%Y-%m-%d_%H.%M}"
