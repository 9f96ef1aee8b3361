"""Asking for a user right: for whom, which role for which queues, why and until when. Another decides.

Who asks is the one who answers for the person: whoever heads their unit, any manager where a person has no unit, and
those who grant, for anybody.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import peewee

from portal import clock, config
from portal.accounts.models import Account, UnitHead
from portal.accounts.permissions import Permission, Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.cases import personal_codes
from portal.db import db
from portal.errors import Conflict, Denied, Invalid, NotFound
from portal.language import N_
from portal.queues.models import Queue
from portal.rights import incompatible
from portal.rights.models import SCOPED, Right, RightQueue, State
from portal.spelling import date

REASON_LEAST = 10
"""Signs."""
AHEAD_MONTHS = 3
"""A right begins at most so many calendar months after it was asked for: what is needed later is decided later."""


class RoleNeeded(Invalid):
    text = N_("Välj en roll.")


class QueuesNeeded(Invalid):
    text = N_("Välj minst ett servicenummer: rollen gäller bara de servicenummer som nämns.")


class ReasonNeeded(Invalid):
    text = N_("Skriv mer utförligt, minst %(least)s tecken.")


class FirstBefore(Invalid):
    text = N_("Den första dagen kan inte vara före i dag. Välj i dag eller en senare dag.")


class FirstTooFar(Invalid):
    text = N_("Den första dagen kan vara högst den %(last)s. Begär rättigheten närmare den dag då den behövs.")


class LastBefore(Invalid):
    text = N_("Den sista dagen kan inte vara före den första. Rätta en av dem.")


class TooLong(Invalid):
    text = N_("En rättighet gäller högst %(months)s månader: den sista dagen kan vara högst den %(last)s.")


class AlreadyAsked(Invalid):
    text = N_("En begäran om samma roll för personen väntar redan på beslut. Ta tillbaka den först.")


class NotWaiting(Conflict):
    text = N_("Begäran är redan avgjord eller tillbakatagen. Ladda om sidan och se hur läget är nu.")


class NotYours(Denied):
    text = N_("Bara den som begärde rättigheten kan ta tillbaka begäran.")


def people(by: Account) -> peewee.ModelSelect:
    """The open accounts that `by` may ask for a right for."""
    chosen = Account.select().where(Account.closed_at.is_null())
    if by.may(Permission.RIGHTS_GRANT):
        return chosen
    if not by.may(Permission.RIGHTS_ASK):
        return chosen.where(Account.id.is_null())
    headed = UnitHead.select(UnitHead.unit).where(UnitHead.account == by.id)
    return chosen.where(Account.unit.is_null() | Account.unit.in_(headed))


def person(key: uuid.UUID, *, by: Account) -> Account:
    """One of them. NotFound for others."""
    found: Account | None = people(by).where(Account.uuid == key).first()
    if found is None:
        raise NotFound
    return found


@db.atomic()
def ask(
    account: Account,
    *,
    role: Role | str,
    queues: Iterable[Queue] = (),
    reason: str,
    first_on: dt.date,
    last_on: dt.date,
    by: Account,
) -> Right:
    """Ask that the person gets the role, for those queues where the role is for queues, both days included.

    Denied, NotFound, RoleNeeded, QueuesNeeded, ReasonNeeded, PersonalCode, FirstBefore, FirstTooFar, LastBefore,
    TooLong, AlreadyAsked, and those of `incompatible`.
    """
    if not by.may(Permission.RIGHTS_ASK):
        raise Denied
    receiver = person(account.uuid, by=by)
    wanted, scope = scoped(role, queues)
    words = told(reason)
    refuse_days(first_on, last_on)
    begins_at, ends_at = instants(first_on, last_on)
    incompatible.refuse(receiver, wanted, begins_at, ends_at)
    waiting = Right.select().where(Right.account == receiver.id, Right.role == wanted, Right.state == State.ASKED)
    if waiting.exists():
        raise AlreadyAsked
    made: Right = Right.create(
        account=receiver,
        role=wanted,
        unit=receiver.unit_id,
        reason=words,
        first_on=first_on,
        last_on=last_on,
        begins_at=begins_at,
        ends_at=ends_at,
        asked_by=by,
    )
    name(made, scope)
    record(
        Act.RIGHT_ASKED,
        made,
        by=by,
        **codes(made),
        first_on=first_on.isoformat(),
        last_on=last_on.isoformat(),
    )
    return made


@db.atomic()
def take_back(right: Right, *, by: Account) -> Right:
    """The one who asked no longer does. NotFound, NotYours, NotWaiting."""
    found = Right.visible_to(by).where(Right.uuid == right.uuid).first()
    if found is None:
        raise NotFound
    if found.asked_by_id != by.id:
        raise NotYours
    settle(found, state=State.TAKEN_BACK)
    record(Act.RIGHT_TAKEN_BACK, found, by=by, **codes(found))
    return Right.get_by_id(found.id)


def settle(right: Right, **values: object) -> None:
    """UPDATE … WHERE it still waits for a decision; else NotWaiting."""
    update = Right.update(waits=None, **values).where(Right.id == right.id, Right.state == State.ASKED)
    if not update.execute():
        raise NotWaiting


def scoped(role: Role | str, queues: Iterable[Queue]) -> tuple[Role, list[Queue]]:
    """The role, and the queues in use that it is to be for: none for a role without. RoleNeeded, QueuesNeeded."""
    try:
        wanted = Role(role)
    except ValueError as error:
        raise RoleNeeded from error
    if wanted not in SCOPED:
        return wanted, []
    scope = sorted({queue.id: queue for queue in queues if queue.active}.values(), key=lambda queue: queue.number)
    if not scope:
        raise QueuesNeeded
    return wanted, scope


def told(reason: str, least: int = REASON_LEAST) -> str:
    """Words long enough, without a personal identity code. ReasonNeeded, PersonalCode."""
    words = reason.strip()
    if len(words) < least:
        raise ReasonNeeded(least=least)
    personal_codes.refuse(words)
    return words


def refuse_days(first_on: dt.date, last_on: dt.date) -> None:
    """FirstBefore, FirstTooFar, LastBefore, TooLong."""
    if first_on < clock.today():
        raise FirstBefore
    if first_on > (ahead := clock.months_after(clock.today(), AHEAD_MONTHS)):
        raise FirstTooFar(last=date(ahead))
    if last_on < first_on:
        raise LastBefore
    refuse_long(first_on, last_on)


def refuse_long(first_on: dt.date, last_on: dt.date) -> None:
    """TooLong when it is more than `rights_months` calendar months."""
    if last_on > (last := latest(first_on)):
        raise TooLong(months=config.settings().rights_months, last=date(last))


def latest(first_on: dt.date) -> dt.date:
    """The last day that a right from `first_on` on may have."""
    return clock.months_after(first_on, config.settings().rights_months) - dt.timedelta(days=1)


def instants(first_on: dt.date, last_on: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """When the first day begins and the last is over in Helsinki."""
    return clock.day_start(first_on), clock.day_start(last_on + dt.timedelta(days=1))


def name(right: Right, queues: Iterable[Queue]) -> None:
    """Write which queues the right is for."""
    for queue in queues:
        RightQueue.create(right=right, queue=queue)


def codes(right: Right) -> dict[str, Any]:
    """What the log says of a right: whose, which role, which queues."""
    named = Queue.select(Queue.uuid).join(RightQueue).where(RightQueue.right == right.id).order_by(Queue.number)
    return {
        "person": str(right.account.uuid),
        "role": right.role,
        "queues": [str(key) for (key,) in named.tuples()],
    }
