"""A request that comes near its last day reminds: first its handler, then those who decide as well. So does, its
handler, one whose clock stands though the time to prove identity is over.

A reminder is given once each: a code on the row, a line of the timeline, an entry of the log. The notice stands on the
pages until the answer has left, or the last day has moved away.
"""

import datetime as dt
import enum
import functools
import operator

import peewee

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import clockwork, deadlines, turns
from portal.cases.codes import OPEN, UNDECIDED, State
from portal.cases.handling import HANDLED
from portal.cases.models import Case, Step
from portal.cases.steps import What, tell
from portal.db import db


class Reminder(enum.StrEnum):
    """How loudly a case reminds, in rising order."""

    IDENTITY = "identity"
    """The time to prove identity is over, and nobody has said how it went: the clock stands on."""
    HANDLER = "handler"
    """`case_reminder_days` before the last day, or when the proposal should have lain with the decider."""
    DECIDER = "decider"
    """Half of that before the last day."""
    OVERDUE = "overdue"
    """The last day has passed."""


RANK = {"": 0, **{str(reminder): rank for rank, reminder in enumerate(Reminder, 1)}}
OF_DECIDERS = (Reminder.DECIDER, Reminder.OVERDUE)


def due(case: Case, today: dt.date) -> str:
    """The reminder that the case's days call for on `today`: a code of `Reminder`, or ''."""
    if case.state not in OPEN:
        return ""
    if deadlines.stands(case):
        over = case.state == State.IDENTITY_ASKED and today > clockwork.identity_reply_by(case)
        return Reminder.IDENTITY if over else ""
    days, near = (case.due_on - today).days, config.settings().case_reminder_days
    if days < 0:
        return Reminder.OVERDUE
    if days <= near // 2:
        return Reminder.DECIDER
    late_with_proposal = deadlines.urgency(case, today) == deadlines.Urgency.WORKING
    return Reminder.HANDLER if days <= near or late_with_proposal else ""


def remind() -> int:
    """Give every reminder that has become due; how many. One transaction each."""
    today = clock.today()
    waiting = Case.select().where(Case.state.in_(OPEN))
    reminding = [case for case in waiting if due(case, today) != case.reminded]
    return turns.each(reminding, lambda case: _remind(case, today))


@db.atomic()
def _remind(case: Case, today: dt.date) -> bool:
    reminder = due(case, today)
    given = Case.update(reminded=reminder).where(
        Case.id == case.id, Case.version == case.version, Case.reminded == case.reminded, Case.state.in_(OPEN)
    )
    if not given.execute() or RANK[reminder] <= RANK[str(case.reminded)]:
        return False  # somebody is at it; or the last day moved away, and it begins anew
    record(Act.CASE_REMINDED, case, reference=case.number, reminder=reminder, due_on=case.due_on.isoformat())
    tell(case, What.REMINDED, by=None, day=case.due_on)
    return True


def notices(by: Account) -> peewee.ModelSelect:
    """The open cases that remind `by`, the most pressing first: a handler of their own, every clerk of those that no
    one handles any more, those who decide of every one that presses."""
    reminding = Case.visible_to(by).where(Case.state.in_(OPEN))
    mine: list[peewee.Expression] = []
    if by.may(Permission.CASES_HANDLE):
        left = Account.select(Account.id).where(Account.closed_at.is_null(False))
        handles = (Case.handler == by.id) | Case.handler.is_null() | Case.handler.in_(left)
        mine.append(handles & (Case.reminded != ""))
    if by.may(Permission.CASES_DECIDE):
        mine.append(Case.reminded.in_(OF_DECIDERS))
    if not mine:
        return reminding.where(Case.id.is_null())
    return reminding.where(functools.reduce(operator.or_, mine)).order_by(Case.due_on, Case.id)


def to_decide(by: Account) -> peewee.ModelSelect:
    """The open cases with a proposal of longer time that `by` may decide on, the most pressing first."""
    decidable = Case.state.in_((*UNDECIDED, State.PROPOSED))
    chosen = Case.visible_to(by).where(decidable, Case.extension_state == "proposed")
    if not by.may(Permission.CASES_DECIDE):
        return chosen.where(Case.id.is_null())
    handled = Step.select(Step.case).where(Step.by == by.id, HANDLED)
    others = (Case.extension_by != by.id, Case.handler.is_null() | (Case.handler != by.id), Case.id.not_in(handled))
    return chosen.where(*others).order_by(Case.due_on, Case.id)
