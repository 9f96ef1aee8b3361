"""What is decided of each call: given whole, with passages silent, as a transcript, or not at all (register §4)."""

import enum
from collections.abc import Sequence
from typing import Any, NamedTuple

from portal import clock
from portal.accounts.models import Account
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import actions, passages
from portal.cases.codes import Concerns, Decision, Ground
from portal.cases.models import Case, CaseCall, Line, Passage
from portal.cases.passages import LINES_MOST, PASSAGES_MOST, Fault, LineTyped, PassageTyped
from portal.cases.selection import in_hand, under_way
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.language import N_
from portal.recordings.models import Recording, State


class NotTheirs(Conflict):
    """Only of a call that concerns the person anything is decided."""

    text = N_("Bedöm först att samtalet gäller personen.")


class DecisionNeeded(Invalid):
    text = N_("Välj hur samtalet ges.")


class GroundNeeded(Invalid):
    text = N_("Välj på vilken grund samtalet inte ges.")


class ReasonsNeeded(Invalid):
    text = N_("Skriv vems intresse det gäller, vilken skada det skulle göra och vilka mildare sätt som har prövats.")


class RowsRefused(Invalid):
    """Passages or lines that are not in order; `faults` says which."""

    text = N_("Allt är inte i ordning. Ingenting har sparats.")

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        super().__init__()
        self.faults = list(faults)


class TooManyRows(Invalid):
    text = N_("Det är fler rader än vad som kan sparas för ett samtal. Slå ihop korta repliker.")


@db.atomic()
def decide(
    call: CaseCall,
    decision: str,
    *,
    ground: str = "",
    interest: str = "",
    harm: str = "",
    milder: str = "",
    by: Account,
) -> CaseCall:
    """Decide how the call is given; the row as it then is.

    What is withheld needs its ground and reasons. A transcript has them when somebody's interest is why the
    sound itself is not given; a person may also have asked for one. Silent passages have theirs each.
    NotTheirs, DecisionNeeded, GroundNeeded, ReasonsNeeded.
    """
    if decision not in set(Decision):
        raise DecisionNeeded
    found = _theirs(call, by=by)
    reasons = {"ground": "", "interest": "", "harm": "", "milder": ""}
    if decision == Decision.WITHHELD or (decision == Decision.TRANSCRIPT and (ground or interest or harm or milder)):
        if ground not in set(Ground):
            raise GroundNeeded
        if passages.reason_faults(interest, harm, milder):
            raise ReasonsNeeded
        reasons = {"ground": ground, "interest": interest.strip(), "harm": harm.strip(), "milder": milder.strip()}
    told = {"decision": str(decision)} | ({"ground": str(ground)} if reasons["ground"] else {})
    return _changed(found, Act.CASE_CALL_DECIDED, told, by=by, decision=decision, decided_by=by, **reasons)


@db.atomic()
def set_passages(call: CaseCall, typed: Sequence[PassageTyped], *, by: Account) -> CaseCall:
    """The passages that are silent in what is given, instead of those before. They count while the decision is
    MUTED. NotTheirs, TooManyRows, RowsRefused."""
    if len(typed) > PASSAGES_MOST:
        raise TooManyRows
    found = _theirs(call, by=by)
    duration = found.recording.duration_ms
    if faults := passages.passage_faults(typed, duration):
        raise RowsRefused(faults)
    rows = [passages.within(one, duration) for one in sorted(typed)]
    Passage.delete().where(Passage.call == found.id).execute()
    for row in rows:
        words = {"interest": row.interest.strip(), "harm": row.harm.strip(), "milder": row.milder.strip()}
        Passage.create(call=found, start_ms=row.start_ms, end_ms=row.end_ms, ground=row.ground, **words)
    silent = sum(row.end_ms - row.start_ms for row in rows)
    told = {"passages": len(rows), "silent_ms": silent}
    return _changed(found, Act.CASE_PASSAGES_CHANGED, told, by=by, decided_by=by)


@db.atomic()
def set_transcript(call: CaseCall, typed: Sequence[LineTyped], *, by: Account) -> CaseCall:
    """The word-for-word transcript, instead of the one before. It counts while the decision is TRANSCRIPT.
    NotTheirs, TooManyRows, RowsRefused."""
    if len(typed) > LINES_MOST:
        raise TooManyRows
    found = _theirs(call, by=by)
    if faults := passages.line_faults(typed, found.recording.duration_ms):
        raise RowsRefused(faults)
    Line.delete().where(Line.call == found.id).execute()
    for row in typed:
        Line.create(call=found, at_ms=row.at_ms, speaker=row.speaker, text=row.text.strip())
    return _changed(found, Act.CASE_TRANSCRIPT_CHANGED, {"lines": len(typed)}, by=by, decided_by=by)


def passages_of(call: CaseCall) -> list[Passage]:
    """In their order in the call."""
    return list(Passage.select().where(Passage.call == call.id).order_by(Passage.start_ms))


def lines_of(call: CaseCall) -> list[Line]:
    """In their order in the call."""
    return list(Line.select().where(Line.call == call.id).order_by(Line.at_ms, Line.id))


class What(enum.StrEnum):
    """Why the answer cannot be proposed yet."""

    UNJUDGED = "unjudged"
    UNCLEAR = "unclear"
    UNDECIDED = "undecided"
    NO_PASSAGES = "no_passages"
    NO_LINES = "no_lines"
    GONE = "gone"
    """Its sound was to be given, and is deleted."""


class Unfinished(NamedTuple):
    what: What
    call: CaseCall


def unfinished(case: Case, calls: Sequence[CaseCall] | None = None) -> list[Unfinished]:
    """What is left to do with the calls of the case before its answer can be proposed, in the calls' order.

    `calls`: what `of` found, where it is at hand.
    """
    silent, written = _with(Passage, case), _with(Line, case)
    found = ((_lacks(call, silent, written), call) for call in (of(case) if calls is None else calls))
    return [Unfinished(what, call) for what, call in found if what is not None]


def of(case: Case) -> list[CaseCall]:
    """The calls of the case with their recordings, in the order they were made."""
    chosen = CaseCall.select(CaseCall, Recording).join(Recording).where(CaseCall.case == case.id)
    rows = list(chosen.order_by(Recording.id))
    for row in rows:
        row.case = case
    return rows


def _with(part: type[Passage] | type[Line], case: Case) -> set[int]:
    """The calls of the case that have any."""
    chosen = part.select(part.call).join(CaseCall).where(CaseCall.case == case.id).distinct()
    return {key for (key,) in chosen.tuples()}


def _lacks(call: CaseCall, silent: set[int], written: set[int]) -> What | None:
    if call.concerns is None:
        return What.UNJUDGED
    if call.concerns == Concerns.NO:
        return None
    if call.concerns == Concerns.UNCLEAR:
        return What.UNCLEAR
    if call.decision is None:
        return What.UNDECIDED
    if call.decision in (Decision.WHOLE, Decision.MUTED) and call.recording.state != State.LIVE:
        return What.GONE
    if call.decision == Decision.MUTED and call.id not in silent:
        return What.NO_PASSAGES
    if call.decision == Decision.TRANSCRIPT and call.id not in written:
        return What.NO_LINES
    return None


def _theirs(call: CaseCall, *, by: Account) -> CaseCall:
    found = in_hand(call, by=by)
    if found.concerns != Concerns.YES:
        raise NotTheirs
    return found


def _changed(found: CaseCall, act: Act, told: dict[str, Any], *, by: Account, **values: Any) -> CaseCall:
    """Note what changed of the call, on its row, its case and in the log."""
    under_way(found.case)
    CaseCall.update(changed_at=clock.now(), **values).where(CaseCall.id == found.id).execute()
    case = found.case
    record(act, found.recording, by=by, reference=case.number, case=case.uuid.hex, **told)
    return actions.get_call(case, found.uuid, by=by)
