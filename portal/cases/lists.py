"""What the work list shows, counts and reminds of. Only reads, but for the entry that it was read."""

import dataclasses
import uuid
from typing import Any

import peewee

from portal import clock
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import reminders
from portal.cases.claim_models import Sending
from portal.cases.codes import OPEN, SECTION_34, SendingState, State
from portal.cases.models import Case, CaseCall, Passage
from portal.db import NO_ROWS, Few, db, few

PAGE = 50
COUNTED = 10_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    whose: str = ""
    """'' · 'mine' · 'others' · 'free': without a handler who can act."""
    state: str = ""
    """A code of `State`; '': all that are open; 'all': the answered ones too."""
    late: bool = False


@dataclasses.dataclass(frozen=True)
class Page:
    rows: list[Case]
    """With `handler`, the most urgent first; those whose answer has left, the newest first."""
    hits: int
    after: uuid.UUID | None
    """The case to go on from."""


def page(asked: Asked, *, after: uuid.UUID | None, by: Account) -> Page:
    """A page of the list for `by`; that it was read is an entry of the log."""
    conditions = _conditions(asked, by)
    query = _with_handler(by).where(*conditions)
    newest_first = bool(asked.state) and asked.state not in OPEN
    last = Case.get_or_none(Case.uuid == after) if after is not None else None
    if last is not None and newest_first:
        query = query.where(Case.id < last.id)
    elif last is not None:
        query = query.where((Case.due_on > last.due_on) | ((Case.due_on == last.due_on) & (Case.id > last.id)))
    order = (Case.id.desc(),) if newest_first else (Case.due_on, Case.id)
    rows = list(query.order_by(*order).limit(PAGE + 1))
    hits = Case.visible_to(by).where(*conditions).limit(COUNTED).count()
    _note(len(rows[:PAGE]), by)
    return Page(rows[:PAGE], hits, rows[PAGE - 1].uuid if len(rows) > PAGE else None)


@db.atomic()
def _note(lines: int, by: Account) -> None:
    record(Act.CASES_LISTED, by=by, lines=lines)


def _conditions(asked: Asked, by: Account) -> list[Any]:
    states = {"": OPEN, "all": tuple(State)}.get(asked.state, (asked.state,))
    conditions: list[Any] = [Case.state.in_(states)]
    if asked.whose == "mine":
        conditions.append(Case.handler == by.id)
    elif asked.whose == "others":
        conditions.append(Case.handler != by.id)
    elif asked.whose == "free":
        closed = Account.select(Account.id).where(Account.closed_at.is_null(False))
        conditions.append(Case.handler.is_null() | Case.handler.in_(closed))
    if asked.late:
        answered = Case.state.not_in(OPEN) & (Case.dispatched_on > Case.due_on)
        conditions.append(Case.state.in_(OPEN) & _late() | answered)
    return conditions


def _late() -> Any:
    """Past the law's last day, and the clock does not stand."""
    return (Case.due_on < clock.today()) & (Case.paused_on.is_null() | Case.resumed_on.is_null(False))


def _with_handler(by: Account) -> peewee.ModelSelect:
    handler = Account.alias()
    return (
        Case.visible_to(by)
        .select(Case, handler.id, handler.uuid, handler.name)
        .join_from(Case, handler, peewee.JOIN.LEFT_OUTER, on=(Case.handler == handler.id), attr="handler")
    )


def approvals(by: Account, most: int = PAGE) -> Few:
    """Proposals that `by` may decide on, the first to be due first."""
    return _first(_to_approve(by), by, most) if by.may(Permission.CASES_DECIDE) else NO_ROWS


def opinions(by: Account, most: int = PAGE) -> Few:
    """Proposals that wait for the data protection officer's opinion on 34 §."""
    return _first(_to_advise(), by, most) if by.may(Permission.CASES_ADVISE) else NO_ROWS


def to_send(by: Account, most: int = PAGE) -> Few:
    """Requests that `by` handles, or that are closed, with a letter that leaves apart from the answer and has not been
    sent: of a closed one any clerk sends it."""
    return _first(_to_send(by), by, most) if by.may(Permission.CASES_HANDLE) else NO_ROWS


def first(asked: Asked, by: Account, most: int) -> Few:
    """The beginning of the list that is asked for, the most urgent first; its numbers and days, of which no entry is
    written: who reads whose request it is does so on the list or in the file."""
    return few(Case.visible_to(by).where(*_conditions(asked, by)).order_by(Case.due_on, Case.id), most)


@dataclasses.dataclass(frozen=True)
class Beside:
    """How many cases there are, beside the list, that a person has to do with."""

    pressing: int
    """Remind them of the last day."""
    extensions: int
    """Wait for their decision on longer time."""
    free: int
    """Have no handler who can act."""
    sendings: int
    """Wait with a letter that they send, as `to_send`."""


def beside(by: Account) -> Beside:
    """In one question."""
    parts = (_keys(reminders.notices(by)), _keys(reminders.to_decide(by)))
    (free,) = _conditions(Asked(whose="free"), by)[1:]
    sums = [peewee.fn.SUM(peewee.Case(None, [(part, 1)], 0)) for part in (*(Case.id.in_(p) for p in parts), free)]
    sendings = Case.select(peewee.fn.COUNT(Case.id)).where(_to_send(by), by.may(Permission.CASES_HANDLE))
    found = Case.visible_to(by).select(*sums, sendings).where(Case.state.in_(OPEN)).tuples().get()
    return Beside(*(number or 0 for number in found))


def _keys(query: peewee.ModelSelect) -> peewee.ModelSelect:
    return query.select(Case.id).order_by()


def _first(condition: Any, by: Account, most: int) -> Few:
    return few(_with_handler(by).where(condition).order_by(Case.due_on, Case.id), most)


def _to_send(by: Account) -> Any:
    waiting = Sending.select(Sending.case).where(Sending.state == SendingState.WAITING)
    theirs = (Case.handler == by.id) | (Case.state == State.CLOSED)
    return theirs & (Case.state != State.PURGED) & Case.id.in_(waiting)


def _to_approve(by: Account) -> Any:
    return (Case.state == State.PROPOSED) & (Case.proposed_by != by.id) & (Case.handler != by.id)


def _to_advise() -> Any:
    withheld = CaseCall.select(CaseCall.case).where(CaseCall.ground.in_(SECTION_34))
    muted = CaseCall.select(CaseCall.case).join(Passage).where(Passage.ground.in_(SECTION_34))
    return (Case.state == State.PROPOSED) & Case.opinion_at.is_null() & (Case.id.in_(withheld) | Case.id.in_(muted))


@dataclasses.dataclass(frozen=True)
class Waits:
    """How much waits for one person."""

    pressing: int = 0
    """Cases that remind them of the last day."""
    approvals: int = 0
    extensions: int = 0
    opinions: int = 0
    sendings: int = 0
    """Requests with a letter that leaves apart from the answer."""

    @property
    def any(self) -> bool:
        return any(dataclasses.astuple(self))


def waits(by: Account) -> Waits | None:
    """None for those who have nothing to do with requests: nothing is asked of the database then."""
    if not by.may(Permission.CASES_READ):
        return None
    decides, handles = by.may(Permission.CASES_DECIDE), by.may(Permission.CASES_HANDLE)
    return Waits(
        pressing=reminders.notices(by).count() if decides or handles else 0,
        approvals=Case.select().where(_to_approve(by)).count() if decides else 0,
        extensions=reminders.to_decide(by).count() if decides else 0,
        opinions=Case.select().where(_to_advise()).count() if by.may(Permission.CASES_ADVISE) else 0,
        sendings=Case.select().where(_to_send(by)).count() if handles else 0,
    )
