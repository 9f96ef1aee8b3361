"""What every act on a case stands on: finding it, who may act on it, and the guarded change of its row."""

import uuid
from collections.abc import Iterable
from typing import Any

from portal.accounts.models import Account
from portal.accounts.permissions import Permission
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases.codes import State
from portal.cases.models import Case, CaseCall
from portal.cases.steps import What, tell
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_


class CaseChanged(Conflict):
    text = N_("Begäran har ändrats eller gått vidare medan du arbetade. Ladda om sidan och se hur läget är nu.")


class NotHandler(Invalid):
    text = N_("Begäran handläggs av någon annan. Ta över den först, om det är ditt att göra.")


class AlreadyHandler(Conflict):
    text = N_("Du handlägger redan begäran.")


class NotNow(Conflict):
    """The state of the case does not allow it."""

    text = N_("Det går inte att göra i det läge som begäran är i nu. Se nästa steg på begärans sida.")


def get(key: uuid.UUID, *, by: Account) -> Case:
    """The case that an address names. NotFound when absent or not for `by`."""
    found: Case | None = Case.visible_to(by).where(Case.uuid == key).first()
    if found is None:
        raise NotFound
    return found


def get_call(case: Case, key: uuid.UUID, *, by: Account) -> CaseCall:
    """A call of the case, with `case` and `recording` loaded. NotFound when it is none, or not for `by`."""
    found: CaseCall | None = CaseCall.visible_to(by).where(CaseCall.case == case.id, CaseCall.uuid == key).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def view(case: Case, *, by: Account) -> None:
    """Write that `by` opened the case."""
    record(Act.CASE_VIEWED, case, by=by, reference=case.number)


def handled(case: Case, *states: State, by: Account) -> Case:
    """The case as it is now, for its handler to act on; call inside the act's transaction.

    NotFound when it is not theirs to see, Denied without the permission, NotHandler when another handles it,
    NotNow when it is in none of `states` (none named: any).
    """
    found = get(case.uuid, by=by)
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    if found.handler_id != by.id:
        raise NotHandler
    if states and found.state not in states:
        raise NotNow
    return found


def handled_or_closed(case: Case, *states: State, by: Account) -> Case:
    """As `handled`; of a closed case any clerk may: its handler may have left long ago."""
    found = get(case.uuid, by=by)
    if found.state != State.CLOSED:
        return handled(case, *states, by=by)
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    return found


def advance(case: Case, before: Iterable[State], **values: Any) -> Case:
    """Change the row while it is in one of `before` and of the version that `case` has; the row as it then is.

    The one guarded statement that every change of a case goes through. CaseChanged when somebody was first.
    """
    changed = Case.update(version=Case.version + 1, **values).where(
        Case.id == case.id, Case.version == case.version, Case.state.in_(tuple(before))
    )
    if not changed.execute():
        raise CaseChanged
    row: Case = Case.get_by_id(case.id)
    return row


@db.atomic()
def take_over(case: Case, *, by: Account) -> Case:
    """Become the handler of an open case. Denied, NotFound, AlreadyHandler, NotNow, CaseChanged."""
    found = get(case.uuid, by=by)
    if not by.may(Permission.CASES_HANDLE):
        raise Denied
    if found.handler_id == by.id:
        raise AlreadyHandler
    if found.state in (State.CLOSED, State.PURGED):
        raise NotNow
    before = found.handler
    values: dict[str, Any] = {"handler": by}
    if found.state == State.RECEIVED:
        values["state"] = State.IN_PROGRESS
    taken = advance(found, (State(found.state),), **values)
    record(
        Act.CASE_TAKEN_OVER,
        taken,
        by=by,
        reference=taken.number,
        person=before.uuid.hex if before is not None else "",
    )
    tell(taken, What.TAKEN_OVER, by=by)
    return taken
