"""Rights given on the machine itself: to the first people of a portal, and when nobody is left who could grant."""

import datetime as dt
from collections.abc import Iterable

from portal import clock, config
from portal.accounts.models import Account
from portal.accounts.permissions import Role
from portal.audit.actions import record
from portal.audit.acts import Act
from portal.db import db
from portal.errors import Invalid
from portal.language import N_
from portal.queues.models import Queue
from portal.rights import asking, effect, ending, incompatible
from portal.rights.models import SCOPED, End, Kind, Right, RightQueue, State


class NoQueue(Invalid):
    text = N_("Välj minst ett servicenummer: rollen gäller bara dem.")


class TooLong(Invalid):
    text = N_("Rättigheten kan ges för högst %(months)s månader. Välj en kortare tid.")


class AccountClosed(Invalid):
    text = N_("Kontot är stängt. Öppna det innan någon rättighet ges.")


@db.atomic()
def by_command(account: Account, *, role: Role, queues: Iterable[Queue] = (), days: int | None = None) -> Right:
    """A right from this instant on, for so many days, today included (None: as long as a right may last).

    The log tells that nobody asked for it and nobody decided it. Raises AccountClosed, NoQueue, TooLong, and those of
    `incompatible`.
    """
    months, today, now = config.settings().rights_months, clock.today(), clock.now()
    longest = asking.latest(today)
    last_on = longest if days is None else today + dt.timedelta(days=days - 1)
    scope = list(queues) if role in SCOPED else []
    if not Account.get_by_id(account.id).is_active:
        raise AccountClosed
    if role in SCOPED and not scope:
        raise NoQueue
    if not today <= last_on <= longest:
        raise TooLong(months=months)
    ends_at = clock.day_start(last_on + dt.timedelta(days=1))
    incompatible.refuse(account, role, now, ends_at)
    right: Right = Right.create(
        account=account,
        kind=Kind.COMMAND,
        role=role,
        unit=account.unit_id,
        first_on=today,
        last_on=last_on,
        begins_at=now,
        ends_at=ends_at,
        state=State.GRANTED,
        waits=None,
        asked_at=now,
        decided_at=now,
    )
    for queue in scope:
        RightQueue.create(right=right, queue=queue)
    effect.give(right)
    record(
        Act.RIGHT_GIVEN_BY_COMMAND,
        right,
        role=role,
        person=account.uuid.hex,
        queues=sorted(str(queue.uuid) for queue in scope),
        first_on=today.isoformat(),
        last_on=last_on.isoformat(),
    )
    return right


@db.atomic()
def end_by_command(account: Account, *, role: Role) -> list[Right]:
    """End every right to this role that the account has, now or later; returns them. Raises as `ending.end_all`."""
    return ending.end_some(account, End.DECISION, Right.role == role, by=None)
