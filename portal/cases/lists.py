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
from portal.db import db

PAGE = 50
COUNTED = 10_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    whose: str = ""
    """'' · 'mine' · 'others' · 'free': without a handler who can act."""
    state: str = ""
    """A code of `State`; '': all that are open."""
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
    conditions: list[Any] = [Case.state == asked.state if asked.state else Case.state.in_(OPEN)]
    if asked.whose == "mine":
        conditions.append(Case.handler == by.id)
    elif asked.whose == "others":
        conditions.append(Case.handler != by.id)
    elif asked.whose == "free":
        closed = Account.select(Account.id).where(Account.closed_at.is_null(False))
        conditions.append(Case.handler.is_null() | Case.handler.in_(closed))
    if asked.late:
        conditions += [Case.state.in_(OPEN), _late()]
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


def approvals(by: Account) -> list[Case]:
    """Proposals that `by` may decide on, the first to be due first."""
    if not by.may(Permission.CASES_DECIDE):
        return []
    return list(_with_handler(by).where(_to_approve(by)).order_by(Case.due_on, Case.id).limit(PAGE))


def opinions(by: Account) -> list[Case]:
    """Proposals that wait for the data protection officer's opinion on 34 §."""
    if not by.may(Permission.CASES_ADVISE):
        return []
    return list(_with_handler(by).where(_to_advise()).order_by(Case.due_on, Case.id).limit(PAGE))


def to_send(by: Account) -> list[Case]:
    """Requests that `by` handles, or that are closed, with a letter that leaves apart from the answer and has not been
    sent: of a closed one any clerk sends it."""
    if not by.may(Permission.CASES_HANDLE):
        return []
    return list(_with_handler(by).where(_to_send(by)).order_by(Case.due_on, Case.id).limit(PAGE))


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
