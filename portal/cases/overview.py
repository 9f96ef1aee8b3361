"""What the overview of one case tells: how its calls stand, what comes next, what happened. Only reads."""

import dataclasses
import enum
import json
from collections.abc import Collection, Sequence
from typing import Any

import peewee

from portal.accounts.models import Account
from portal.cases import claims, ending, outcomes
from portal.cases.codes import Concerns, Identity, State
from portal.cases.models import CallerNumber, Case, CaseCall, CaseRight, SearchRun, Step
from portal.cases.steps import What
from portal.queues.models import Queue


@dataclasses.dataclass(frozen=True)
class Calls:
    """How many calls, by how they were judged and decided."""

    all: int = 0
    unjudged: int = 0
    yes: int = 0
    no: int = 0
    unclear: int = 0
    undecided: int = 0
    """Of those that concern the person."""


def calls(case: Case) -> Calls:
    return _calls([case.id]).get(case.id, Calls())


def _calls(cases: Collection[int]) -> dict[int, Calls]:
    """Of the cases that have any."""

    def count(condition: Any) -> Any:
        return peewee.fn.SUM(peewee.Case(None, [(condition, 1)], 0))

    concerns = {code: CaseCall.concerns == code for code in Concerns}
    figures = (
        peewee.fn.COUNT(CaseCall.id),
        count(CaseCall.concerns.is_null()),
        *(count(concerns[code]) for code in (Concerns.YES, Concerns.NO, Concerns.UNCLEAR)),
        count(concerns[Concerns.YES] & CaseCall.decision.is_null()),
    )
    rows = CaseCall.select(CaseCall.case_id, *figures).where(CaseCall.case.in_(cases)).group_by(CaseCall.case)
    return {case: Calls(*counted) for case, *counted in rows.tuples()}


def steps(case: Case) -> list[Step]:
    """The timeline, newest first, each with who did it."""
    query = Step.select(Step, Account).join(Account, peewee.JOIN.LEFT_OUTER, on=(Step.by == Account.id), attr="by")
    return list(query.where(Step.case == case.id).order_by(Step.id.desc()))


@dataclasses.dataclass(frozen=True)
class Changes:
    """Which facts a step corrected, and why. What they said before is sealed (`facts.history`)."""

    facts: tuple[str, ...]
    reason: str


def changes(step: Step) -> Changes | None:
    """None when it corrected none, or the file is emptied."""
    if step.what != What.CHANGED or not step.words:
        return None
    told = json.loads(step.words)
    if isinstance(told, list):  # from before the originals were sealed: field, old and new
        return Changes(tuple(name for name, _, _ in told), "")
    return Changes(tuple(told["facts"]), told["reason"])


def searches(case: Case) -> list[SearchRun]:
    """What was searched by, the oldest first, each with who and where."""
    query = (
        SearchRun.select(SearchRun, Account, Queue)
        .join(Account, peewee.JOIN.LEFT_OUTER, on=(SearchRun.by == Account.id), attr="by")
        .switch(SearchRun)
        .join(Queue, peewee.JOIN.LEFT_OUTER)
    )
    return list(query.where(SearchRun.case == case.id).order_by(SearchRun.id))


def numbers(case: Case) -> list[str]:
    rows = CallerNumber.select(CallerNumber.number).where(CallerNumber.case == case.id).order_by(CallerNumber.id)
    return [number for (number,) in rows.tuples()]


def rights(case: Case) -> list[CaseRight]:
    return list(CaseRight.select().where(CaseRight.case == case.id).order_by(CaseRight.id))


def rights_of(cases: Collection[Case]) -> dict[int, list[str]]:
    """The codes of what each asks for, by their keys."""
    found: dict[int, list[str]] = {case.id: [] for case in cases}
    if found:
        chosen = CaseRight.select(CaseRight.case_id, CaseRight.right).where(CaseRight.case.in_(list(found)))
        for case, right in chosen.order_by(CaseRight.id).tuples():
            if right not in found[case]:
                found[case].append(right)
    return found


class Next(enum.StrEnum):
    """What comes next, as the overview says it. Words: `overview_words`."""

    SEARCH = "search"
    JUDGE = "judge"
    DECIDE = "decide"
    UNCLEAR = "unclear"
    CONSENT = "consent"
    CLAIMS = "claims"
    IDENTITY = "identity"
    IDENTITY_AWAITED = "identity_awaited"
    COMPLETION_AWAITED = "completion_awaited"
    PROPOSE = "propose"
    APPROVE = "approve"
    LETTER = "letter"
    DISPATCH = "dispatch"
    HAND_OVER = "hand_over"
    CARRY = "carry"
    SEND = "send"
    """A letter apart from the answer."""
    NOTICE = "notice"
    LIFTS = "lifts"
    COMPLAINT = "complaint"
    CLOSED = "closed"
    PURGED = "purged"


REMAINS: dict[type, Next] = {
    ending.CopyLeft: Next.HAND_OVER,
    ending.NotCarried: Next.CARRY,
    ending.LetterLeft: Next.SEND,
    ending.NoticeLeft: Next.NOTICE,
}


def next_step(case: Case, counted: Calls) -> tuple[Next, int]:
    """What comes next, and of how many calls where it is about calls."""
    match case.state:
        case State.IDENTITY_ASKED:
            return Next.IDENTITY_AWAITED, 0
        case State.COMPLETION_ASKED:
            return Next.COMPLETION_AWAITED, 0
        case State.PROPOSED:
            return Next.APPROVE, 0
        case State.APPROVED:
            return (Next.DISPATCH if ending.is_set(case) else Next.LETTER), 0
        case State.DISPATCHED:
            return REMAINS.get(type(ending.remaining(case)), Next.LIFTS), 0
        case State.COMPLAINT:
            return Next.COMPLAINT, 0
        case State.CLOSED:
            return Next.CLOSED, 0
        case State.PURGED:
            return Next.PURGED, 0
        case _:
            return _work(case, counted)


def next_steps(cases: Sequence[Case]) -> dict[int, tuple[Next, int]]:
    """The same of several open cases, by their keys: the calls of all are counted at once."""
    counted = _calls([case.id for case in cases]) if cases else {}
    return {case.id: next_step(case, counted.get(case.id, Calls())) for case in cases}


def _work(case: Case, counted: Calls) -> tuple[Next, int]:
    """Of a case that is worked on: what stands between it and a proposal."""
    if case.identity == Identity.UNPROVEN:
        return Next.IDENTITY, 0
    if not counted.all and not SearchRun.select().where(SearchRun.case == case.id).exists():
        return Next.SEARCH, 0
    if counted.unjudged:
        return Next.JUDGE, counted.unjudged
    if counted.unclear:
        return Next.UNCLEAR, counted.unclear
    if counted.undecided and outcomes.asks_access(case):
        return Next.DECIDE, counted.undecided
    left = [one.what for one in claims.unfinished(case)]
    if claims.Lack.CONSENT in left:
        return Next.CONSENT, 0
    return (Next.CLAIMS, len(left)) if left else (Next.PROPOSE, 0)
